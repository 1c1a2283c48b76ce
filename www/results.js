// The answer, the samples and the wall of works.

import { scale } from "./scale.js";
import { button, element, image, make } from "./dom.js";
import { words } from "./words.js";

const WALL = 18;

/** Buttons for the ready query pictures of the collection, as soon as they have come. */
export async function showSamples(eye, ask, all) {
  const list = element("samples").querySelector("ul");
  if (!all && isSaid(list)) return;
  const samples = await eye.samples();
  if (all) element("samples").hidden = samples.length === 0;
  if (samples.length === 0 || (isSaid(list) && list.childElementCount === samples.length)) return;
  list.dataset.said = words.language;
  list.replaceChildren(...samples.map(({ label, blob }) => {
    const said = words.samples[label] ?? label;
    const made = make("button", { type: "button", title: words.sample(said) }, image(blob, ""), make("span", { textContent: said }));
    made.addEventListener("click", () => ask([new File([blob], said, { type: blob.type })]));
    return make("li", {}, made);
  }));
}

/**
 * Some works of the collection, evenly spread over it, until there is an answer to show. Each starts a search. Unless `all`
 * are here, those that are still to come keep their places.
 */
export async function showWall(eye, like, all) {
  const { count } = eye.info;
  const shown = Math.min(count, WALL);
  const wall = element("wall");
  while (wall.childElementCount > shown) wall.lastElementChild.remove();
  while (wall.childElementCount < shown) wall.append(make("li", { className: "ghost" }));
  await Promise.all([...wall.children].map(async (place, number) => {
    if (isSaid(place)) return;
    const id = Math.floor(((number + 0.5) * count) / shown);
    const thumbnail = await eye.thumbnail(id);
    if (!all && thumbnail.size === 0) return;
    const item = await eye.item(id).catch(() => null);
    if (!item) return;
    const title = item.title || words.untitled;
    const made = button("", () => like({ id, title: item.title, thumbnail }), { title: words.moreLikeTitle(title) });
    made.append(image(thumbnail, words.moreLikeTitle(title)));
    place.replaceWith(make("li", { data: { said: words.language } }, made));
  }));
}

/** Whether this stands here already, in the language of the page. */
const isSaid = ({ dataset: { said } }) => said === words.language;

/** Takes an earlier answer away, so that it does not stand beside a picture it does not belong to. */
export function showNoAnswer() {
  element("verdict").textContent = words.page.collection;
  delete element("verdict").dataset.verdict;
  element("explanation").textContent = "";
  element("results").replaceChildren();
  for (const id of ["results", "numbers", "tools", "after", "approximate"]) element(id).hidden = true;
  element("wall").hidden = false;
}

/**
 * The answer: a verdict in words, then the works in rank order.
 *
 * @param {import("./search.js").Search} search
 * @param {{like: Function, leaveOut: Function, compare: Function}} on what can be done with a match
 */
export function showAnswer(search, on) {
  const { matches, thumbnails, work } = search;
  const { heading, explanation } = said(search);
  element("verdict").textContent = heading;
  element("verdict").dataset.verdict = matches.verdict;
  element("explanation").textContent = explanation;
  element("approximate").hidden = !matches.approximate;
  element("approximate").textContent = words.approximate;
  for (const id of ["results", "numbers", "tools", "after"]) element(id).hidden = false;
  element("wall").hidden = true;
  element("results").replaceChildren(...matches.map((match, index) =>
    line({ match, thumbnail: thumbnails[index], nearest: nearestTo(search, match), found: !work && index === 0 && match.verdict !== "none" }, matches.thresholds, on)));
  element("more").hidden = !search.mayHaveMore;
  const out = element("left-out");
  out.hidden = search.without.length === 0;
  out.firstElementChild.textContent = words.leftOut(search.without.length);
  element("numbers").querySelector("summary").textContent = words.numbersTitle;
  element("numbers-text").textContent = words.numbers(matches.lookedAt, search.counts[search.among], matches.exact, isEarly(matches));
}

/** Whether works were still on their way when this was asked. */
const isEarly = ({ searched }) => searched.works < searched.of;

function said({ matches, work, filtered }) {
  if (isEarly(matches) && (matches.length === 0 || (!work && matches.verdict === "none"))) return words.answers.soFar;
  if (matches.length === 0) return words.answers.empty;
  if (work) return { heading: words.answers.like.heading(work.title || words.untitled), explanation: words.answers.like.explanation };
  const { heading, explanation } = words.answers[matches.verdict];
  return { heading, explanation: filtered && matches.verdict === "none" ? words.answers.filtered : explanation(matches) };
}

function nearestTo(search, match) {
  const part = search.belongs(match);
  const found = part === null ? null : part === "part" ? words.nearestToPart : words.nearestTo(part);
  const partOfWork = match.verdict !== "none" && match.work_look?.startsWith("centre") && words.partOfWork;
  return [found, words.looks[match.look], partOfWork].filter(Boolean).join(" · ") || null;
}

/** One work, as on a museum's label: picture, title, maker and year, style, how near it is, and what to do with it. */
function line({ match, thumbnail, nearest, found }, marks, { like, leaveOut, compare }) {
  const { rank, id, own = false, file, title, score, verdict, item, query } = match;
  const named = title || words.untitled;
  const opens = button("", () => compare(match, thumbnail), { className: "opens", title: words.compare, ariaLabel: words.compareTitle(named) });
  opens.append(image(thumbnail, ""));
  return make("li", { className: found ? "found" : "", data: { rank, id, own, file, verdict, score, query } },
    make("div", { className: "picture" }, opens),
    make("div", { className: "caption" },
      make("div", {},
        make("p", { className: "verdict", textContent: words.verdicts[verdict] }),
        make("h3", { textContent: named }),
        own && make("p", { className: "yours", textContent: words.own.yours }),
        facts("maker", [item.maker, item.year]),
        facts("style", [item.style])),
      make("div", {},
        nearest && make("p", { className: "nearest", textContent: nearest }),
        make("details", { className: "score figures" },
          make("summary", { textContent: words.similarity(score) }),
          scale(marks, score)),
        make("p", { className: "deeds" },
          button(words.moreLikeThis, () => like({ id, own, title, thumbnail }), { className: "link like", ariaLabel: words.moreLikeTitle(named) }),
          button(words.notThisOne, () => leaveOut(match), { className: "link not", title: words.notThisOne, ariaLabel: words.notThisTitle(named) }),
          original(item.link, named)))));
}

export function facts(className, values) {
  const text = values.filter((value) => value != null && value !== "").join(" · ");
  return text && make("p", { className, textContent: text });
}

/** A labelled link to the original: the one thing here that leaves the page, and only when it is followed. */
export function original(link, title) {
  let address;
  try {
    address = new URL(link);
  } catch {
    return null;
  }
  if (!["http:", "https:"].includes(address.protocol)) return null;
  const text = `${words.original} ↗`;
  return make("a", { href: address.href, target: "_blank", rel: "noreferrer noopener", textContent: text, ariaLabel: words.originalOf(title, address.host) });
}
