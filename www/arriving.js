// While the collection arrives: when an answer is worth asking for again, and how it changes under the visitor's eyes.

import { element } from "./dom.js";

/**
 * How far the collection has come, in steps: quarters of the works, so that a screen reader does not hear of every file,
 * then small parts of the thumbnails.
 *
 * @param {import("./private-eye.js").Progress} progress
 */
export function steps({ searchable: { works, of }, parts }) {
  const { done, total } = parts.find(({ part }) => part === "thumbnails");
  return Math.floor((4 * works) / of) + Math.floor((32 * done) / total);
}

/** Shows an answer in the place of an earlier one: the focus stays where it is, what was opened stays open. */
export function inPlace(show) {
  const here = document.activeElement;
  const before = lines();
  const old = before.find((line) => line.contains(here));
  const place = old && controls(old).indexOf(here);
  show();
  for (const line of before) {
    const [now] = lines().filter(({ dataset: { own, id } }) => own === line.dataset.own && id === line.dataset.id);
    if (now) now.querySelector("details").open = line.querySelector("details").open;
    if (line === old) (now ? controls(now)[place] : element("verdict")).focus({ preventScroll: true });
  }
}

const lines = () => [...element("results").children];
const controls = (line) => [...line.querySelectorAll("button, summary, a")];
