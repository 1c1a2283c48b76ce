// The trail of searches, under the browser's back and forward buttons.
//
// The browser keeps one number for each step, which says nothing about what was searched; the searches themselves are
// in memory, and neither in the address nor on disk.

import { button, element, image, make } from "./dom.js";
import { words } from "./words.js";

/** Tells the steps of this visit from those that an earlier one left in the browser's history. */
const VISIT = performance.timeOrigin;

export class Trail {
  /** The first step is the page before any search. */
  #searches = [null];
  #at = 0;
  #show;

  /** @param {(search: import("./search.js").Search | null) => void} show called when the visitor goes back or forth */
  constructor(show) {
    this.#show = show;
    history.replaceState({ visit: VISIT, step: 0 }, "");
    addEventListener("popstate", ({ state }) => {
      if (state === null) return; // a change of the fragment, which is not ours
      this.#at = state.visit === VISIT && state.step < this.#searches.length ? state.step : 0;
      this.#show(this.current);
      this.draw();
    });
  }

  get current() {
    return this.#searches[this.#at];
  }

  /** A new step, after the present one; steps that were taken back are gone, as they are in the browser. */
  add(search) {
    this.#searches.length = this.#at + 1;
    this.#searches.push(search);
    this.#at += 1;
    history.pushState({ visit: VISIT, step: this.#at }, "");
  }

  /** Shows the steps as small pictures to go back to. */
  draw() {
    const trail = element("trail");
    trail.hidden = this.#searches.length < 3;
    trail.querySelector("ol").replaceChildren(...this.#searches.map((search, step) => {
      const name = step === 0 ? words.start : search.work?.title || search.name || words.search(step);
      const made = button("", () => history.go(step - this.#at), { title: name, ariaLabel: name });
      if (step === this.#at) made.setAttribute("aria-current", "step");
      const shown = search?.work?.thumbnail ?? search?.pictures[0]?.file;
      const picture = shown && image(shown, "");
      // What the browser cannot show stays an empty mount.
      picture?.addEventListener("error", () => picture.remove(), { once: true });
      made.append(picture ?? make("span", { textContent: words.start }));
      return make("li", {}, made);
    }));
  }
}
