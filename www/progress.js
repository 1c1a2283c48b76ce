// Progress of the download, in bytes, by named part.

import * as words from "./words.js";

/** @param {import("./private-eye.js").Progress} progress */
export function showProgress({ done, total, parts }) {
  const bar = document.getElementById("progress");
  bar.max = total;
  bar.value = done;
  document.getElementById("progress-text").textContent = words.progress(done, total);
  const list = document.getElementById("parts");
  for (const part of parts) {
    const line = list.querySelector(`[data-part="${part.part}"]`) ?? list.appendChild(newLine(part.part));
    const finished = part.done === part.total;
    line.classList.toggle("here", finished);
    line.lastElementChild.textContent = finished ? words.partDone : words.progress(part.done, part.total);
  }
}

function newLine(part) {
  const line = document.createElement("li");
  line.dataset.part = part;
  const name = document.createElement("span");
  name.textContent = words.parts[part] ?? part;
  line.append(name, document.createElement("span"));
  return line;
}
