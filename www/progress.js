// Progress of the download, in bytes, by named part, with the time that is left.

import { element, make } from "./dom.js";
import { words } from "./words.js";

/** Milliseconds after which the speed of a download says something. */
const WARM_UP = 2000;

let began = null;

/** @param {import("./private-eye.js").Progress} progress */
export function showProgress({ done, total, parts }) {
  const fetched = parts.reduce((sum, part) => sum + part.fetched, 0);
  began ??= { time: performance.now(), fetched };
  const bar = element("progress");
  bar.max = total;
  bar.value = done;
  const took = performance.now() - began.time;
  const speed = (fetched - began.fetched) / took;
  const left = took > WARM_UP && speed > 0 && done < total ? ` · ${words.timeLeft((total - done) / speed / 1000)}` : "";
  element("progress-text").textContent = words.progress(done, total) + left;
  const list = element("parts");
  for (const part of parts) {
    const line = list.querySelector(`[data-part="${part.part}"]`) ?? list.appendChild(newLine(part.part));
    const finished = part.done === part.total;
    line.classList.toggle("here", finished);
    line.lastElementChild.textContent = finished ? words.partDone : words.progress(part.done, part.total);
  }
}

function newLine(part) {
  return make("li", { data: { part } }, make("span", { textContent: words.parts[part] ?? part }), make("span"));
}
