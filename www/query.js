// The frame with what was asked: one picture, several, or a work of the collection.

import { element, image, make } from "./dom.js";
import { regionOn } from "./region.js";
import { words } from "./words.js";

let region = null;

element("part").addEventListener("click", () => region?.toggle());

/**
 * Puts what was asked into the frame.
 *
 * @param {import("./search.js").Search | null} search nothing before the first
 * @param {(search: object, region: object | null) => void} choose called when a part of the one picture was chosen or given up
 */
export function showQuery(search, choose) {
  const frame = element("query");
  frame.hidden = !search;
  element("part").hidden = true;
  region = null;
  showNote(search?.work?.title ?? (search?.pictures.length > 1 ? words.pictures(search.pictures.length) : ""));
  if (!search) return frame.replaceChildren();
  frame.classList.toggle("several", search.pictures.length > 1);
  const shown = search.work
    ? [image(search.work.thumbnail, search.work.title)]
    : search.pictures.map(({ file }, index) => picture(file, search.pictures.length > 1 ? words.queryAltOf(index + 1) : words.queryAlt));
  const stages = shown.map((img) => make("div", { className: "stage" }, img));
  frame.replaceChildren(...stages);
  if (search.pictures.length === 1) {
    // Only a picture that can be seen has parts to choose.
    shown[0].addEventListener("load", () => {
      region = regionOn(stages[0], { choose: (part) => choose(search, part), region: search.region });
      element("part").hidden = false;
      showPart(search.region);
    });
  }
  return undefined;
}

/** Says on the button what it does next. */
export function showPart(chosen) {
  const key = chosen ? "wholeAgain" : "part";
  Object.assign(element("part"), { textContent: words.page[key] }).dataset.words = key;
}

function picture(file, alt) {
  const shown = image(file, alt);
  shown.draggable = false;
  // A format that the browser cannot show gets a line instead.
  shown.addEventListener("error", () => {
    shown.hidden = true;
    showNote(words.unseen(file.name));
  });
  return shown;
}

function showNote(text) {
  element("query-note").hidden = !text;
  element("query-note").textContent = text;
}
