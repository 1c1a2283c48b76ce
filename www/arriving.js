// While the collection arrives: what is asked is answered by the works that are here, and asked again as more come,
// without taking away what the visitor is at.

import { element, image } from "./dom.js";

/** A screen reader hears of each quarter of the way, not of every file. */
const STEPS = 4;
/** Milliseconds between two looks for thumbnails that have come. */
const REST = 1000;

const step = ({ works, of }) => Math.floor((STEPS * works) / of);

/**
 * Whether an answer is worth asking for again.
 *
 * @param {import("./search.js").Search | null} search
 * @param {{works: number, of: number}} searchable
 */
export const isDue = (search, searchable) => Boolean(search?.matches) && step(searchable) > step(search.matches.searched);

/** Shows the answer to the same question anew: the focus stays where it is, what was opened stays open. */
export function inPlace(show) {
  const here = document.activeElement;
  const before = new Map(lines().map((line) => [key(line), line]));
  const [old] = lines().filter((line) => line.contains(here));
  const place = old && controls(old).indexOf(here);
  show();
  for (const line of lines()) {
    const same = before.get(key(line));
    if (!same) continue;
    line.querySelector("details").open = same.querySelector("details").open;
    // The picture is decoded already.
    const [shown, anew] = [same, line].map((either) => either.querySelector(".opens > *"));
    if (shown.complete && anew.matches("img")) anew.replaceWith(shown);
  }
  if (!old) return;
  const now = lines().find((line) => key(line) === key(old));
  (now ? controls(now)[place] : element("verdict"))?.focus({ preventScroll: true });
}

const lines = () => [...element("results").children];
const key = ({ dataset: { own, id } }) => `${own} ${id}`;
const controls = (line) => [...line.querySelectorAll("button, summary, a")];

let looking = false;

/** Hangs thumbnails that came after their works into the mounts that were left empty for them. */
export async function hangThumbnails(eye, search) {
  if (looking || !search?.thumbnails.some(isMissing)) return;
  looking = true;
  const { matches, thumbnails } = search;
  const came = await Promise.all(matches.map(({ id, own }, index) => (!own && isMissing(thumbnails[index]) ? eye.thumbnail(id) : null)))
    .catch(() => []); // closed meanwhile
  for (const [index, thumbnail] of came.entries()) {
    if (!thumbnail || isMissing(thumbnail)) continue;
    thumbnails[index] = thumbnail;
    const line = lines().find((shown) => key(shown) === `${Boolean(matches[index].own)} ${matches[index].id}`);
    if (search.matches === matches) line?.querySelector(".opens > .ghost")?.replaceWith(image(thumbnail, ""));
  }
  setTimeout(() => { looking = false; }, REST);
}

const isMissing = ({ size }) => size === 0;
