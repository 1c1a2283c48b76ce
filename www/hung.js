// Own pictures as they hang in their room: the picture, its name, a way to take it away.

import { button, image, make } from "./dom.js";
import { words } from "./words.js";

/**
 * @param {{id: number, title: string, file: string}} item
 * @param {object} own the collection on this device
 * @param {{like: Function, remove: Function}} on
 * @param {string[]} said something more about it
 */
export async function hung({ id, title, file }, own, { like, remove }, said = []) {
  const named = title || words.untitled;
  const thumbnail = await own.thumbnail(id);
  const opens = button("", () => like({ id, title: named, thumbnail, own: true }), { className: "opens", title: words.moreLikeTitle(named) });
  opens.append(image(thumbnail, words.moreLikeTitle(named)));
  const line = make("li", { data: { id } }, opens,
    make("div", { className: "name" },
      make("h3", { textContent: named, title: file }),
      ...said.map((textContent) => make("p", { className: "figures", textContent })),
      button(words.own.remove, () => remove({ id, named, line }), { className: "link not", ariaLabel: words.own.removeTitle(named) })));
  return line;
}
