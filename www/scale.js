// Where a similarity stands between the limits of the collection, drawn and said.

import { make } from "./dom.js";
import { words } from "./words.js";

/** Three fields of equal width: no match, alike, the same. Near pictures crowd close to 1, so each field has its own scale. */
export function scale({ same, similar }, score) {
  const fields = [["none", 0, similar], ["similar", similar, same], ["same", same, 1]];
  const place = fields.findLastIndex(([, from]) => score >= from);
  const [, from, to] = fields[Math.max(0, place)];
  const within = to > from ? Math.min(1, Math.max(0, (score - from) / (to - from))) : 1;
  const mark = make("span", { className: "mark-here" });
  mark.style.setProperty("inset-inline-start", `${((Math.max(0, place) + within) / fields.length) * 100}%`);
  return make("div", { className: "scale" },
    make("div", { className: "fields", ariaHidden: "true" },
      ...fields.map(([name]) => make("span", { className: name, textContent: words.scale[name] })), mark),
    make("p", { textContent: words.meaning({ same, similar }, score) }));
}
