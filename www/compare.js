// The visitor's picture and a work, one laid over the other, with a slider between them.

import { element, image, make } from "./dom.js";
import { facts, original } from "./results.js";
import { scale } from "./scale.js";
import { words } from "./words.js";

const slider = element("slider");
slider.addEventListener("input", slide);

function slide() {
  element("stage").style.setProperty("--shown", `${slider.value}%`);
}

/** Opens the comparison. `asked` is the picture that the match belongs to. */
export function compare({ asked, match, thumbnail, thresholds }) {
  const { id, title, own, score, verdict, item } = match;
  const named = title || words.untitled;
  const mine = image(asked, words.page.yours);
  mine.className = "mine";
  element("stage").replaceChildren(image(thumbnail, words.page.work), mine);
  slider.value = 50;
  slider.ariaLabel = words.page.slider;
  slide();
  element("compared").replaceChildren(
    make("p", { className: "verdict", textContent: words.verdicts[verdict], data: { verdict } }),
    make("h2", { id: "compare-title", textContent: named }),
    own ? make("p", { className: "yours", textContent: words.own.yours }) : "",
    facts("maker", [item.maker, item.year]) || "",
    facts("style", [item.style]) || "",
    make("p", { className: "figures", textContent: words.similarity(score) }),
    scale(thresholds, score),
    original(item.link, named) ?? "");
  // An early answer that was completed meanwhile has another line for this work, with another button.
  element("compare").addEventListener("close", () => {
    document.querySelector(`#results [data-id="${id}"][data-own="${Boolean(own)}"] .opens`)?.focus();
  }, { once: true });
  element("compare").showModal();
  slider.focus();
}
