// What the page shows of pictures: the query, the samples, the wall of works, the answer.
//
// All pictures here are blobs that are already on the device, and all text goes in as text, never as markup.

import * as words from "./words.js";

const WALL = 18;

const element = (id) => document.getElementById(id);

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

/** An image of a blob; an empty mount where the collection has none. */
function image(blob, alt) {
  if (blob.size === 0) return make("div", { className: "ghost" });
  const made = make("img", { alt, decoding: "async" });
  showBlob(made, blob);
  return made;
}

/** The blob's address is kept alive only until it has loaded. */
function showBlob(img, blob) {
  const address = URL.createObjectURL(blob);
  const release = () => URL.revokeObjectURL(address);
  img.addEventListener("load", release, { once: true });
  img.addEventListener("error", release, { once: true });
  img.src = address;
}

/** Puts the visitor's picture into the frame; a format that the browser cannot show gets a line instead. */
export function showQuery(picture) {
  const shown = element("query");
  const unseen = element("query-unseen");
  shown.hidden = false;
  unseen.hidden = true;
  shown.onerror = () => {
    shown.hidden = true;
    unseen.hidden = false;
    unseen.textContent = words.unseen(picture.name);
  };
  showBlob(shown, picture);
}

/** Buttons for the ready query pictures of the collection. */
export async function showSamples(eye, ask) {
  const samples = await eye.samples();
  element("samples").hidden = samples.length === 0;
  element("samples").querySelector("ul").replaceChildren(...samples.map(({ label, blob }) => {
    const button = make("button", { type: "button", title: words.sample(label) }, image(blob, ""), make("span", { textContent: label }));
    button.addEventListener("click", () => ask(new File([blob], label, { type: blob.type })));
    return make("li", {}, button);
  }));
}

/** Some works of the collection, evenly spread over it, until there is an answer to show. */
export async function showWall(eye) {
  const { count } = eye.info;
  const shown = Math.min(count, WALL);
  const ids = Array.from({ length: shown }, (_, place) => Math.floor(((place + 0.5) * count) / shown));
  element("wall").replaceChildren(...await Promise.all(ids.map(async (id) => {
    const [item, thumbnail] = await Promise.all([eye.item(id), eye.thumbnail(id)]);
    return make("li", {}, image(thumbnail, item.title || words.untitled));
  })));
}

/** Takes an earlier answer away, so that it does not stand beside a picture it does not belong to. */
export function showNoAnswer() {
  element("verdict").textContent = words.collection;
  delete element("verdict").dataset.verdict;
  element("explanation").textContent = "";
  element("results").replaceChildren();
  element("results").hidden = true;
  element("numbers").hidden = true;
  element("wall").hidden = false;
}

/** The answer: a verdict in words, then the works in rank order. */
export function showAnswer(matches, thumbnails, { thresholds, count }) {
  const answer = words.answers[matches.verdict];
  element("verdict").textContent = answer.heading;
  element("verdict").dataset.verdict = matches.verdict;
  element("explanation").textContent = answer.explanation(matches);
  element("wall").hidden = true;
  element("results").hidden = false;
  element("results").replaceChildren(...matches.map((match, index) => work(match, thumbnails[index])));
  element("numbers").hidden = false;
  element("numbers-text").textContent = words.numbers(thresholds, matches.lookedAt, count, matches.exact);
}

/** One work, as on a museum's label: picture, title, maker and year, style, and how near it is. */
function work({ rank, id, file, title, score, verdict, item }, thumbnail) {
  const named = title || words.untitled;
  const made = make("li", { className: rank === 1 && verdict !== "none" ? "found" : "" },
    make("div", { className: "picture" }, image(thumbnail, "")),
    make("div", { className: "caption" },
      make("p", { className: "verdict", textContent: words.verdicts[verdict] }),
      make("h3", { textContent: named }),
      line("maker", [item.maker, item.year]),
      line("style", [item.style]),
      make("p", { className: "score figures", textContent: words.similarity(score) }),
      original(item.link, named)));
  Object.assign(made.dataset, { rank, id, file, verdict, score });
  return made;
}

function line(className, values) {
  const text = values.filter((value) => value != null && value !== "").join(" · ");
  return text && make("p", { className, textContent: text });
}

/** A labelled link to the original: the one thing here that leaves the page, and only when it is followed. */
function original(link, title) {
  const address = typeof link === "string" && URL.canParse(link) ? new URL(link) : null;
  if (!address || !["http:", "https:"].includes(address.protocol)) return null;
  const text = `${words.original} ↗`;
  return make("a", { href: address.href, target: "_blank", rel: "noreferrer noopener", textContent: text, ariaLabel: words.originalOf(title, address.host) });
}
