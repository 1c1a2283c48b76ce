// The trail of searches and of visits to the own room, under the browser's back and forward buttons.
//
// The browser keeps one number for each step, which says nothing about what was searched; the searches themselves are
// in memory, and neither in the address nor on disk.

import { button, element, image, make } from "./dom.js";
import { words } from "./words.js";

/** Tells the steps of this visit from those that an earlier one left in the browser's history. */
const VISIT = performance.timeOrigin;

export class Trail {
  /** `{ search, own }`: a search, or the room of own pictures that was entered from it. First, the page before any. */
  #steps = [{ search: null, own: false }];
  #at = 0;
  #show;

  /** @param {() => void} show called when the visitor goes back or forth */
  constructor(show) {
    this.#show = show;
    history.replaceState({ visit: VISIT, step: 0 }, "");
    addEventListener("popstate", ({ state }) => {
      if (state === null) return; // a change of the fragment, which is not ours
      this.#at = state.visit === VISIT && state.step < this.#steps.length ? state.step : 0;
      this.#show();
      this.draw();
    });
  }

  /** The search of this step, or the one from which the own room was entered. */
  get current() {
    return this.#steps[this.#at].search;
  }

  /** Whether this step is the own room. */
  get own() {
    return this.#steps[this.#at].own;
  }

  /** A new step, after the present one; steps that were taken back are gone, as they are in the browser. */
  add(search) {
    this.#add({ search, own: false });
  }

  enterOwn() {
    if (!this.own) this.#add({ search: this.current, own: true });
  }

  /** Back to the search from which the own room was entered. */
  leaveOwn() {
    if (this.own) history.back();
  }

  /**
   * Own pictures have come or gone: earlier answers are no longer true, and pictures that are gone are no longer
   * questions.
   *
   * @param {(id: number) => boolean} gone
   */
  ownChanged(gone) {
    for (const step of this.#steps) {
      if (step.search?.work?.own && gone(step.search.work.id)) step.search = null;
      step.search?.forgetAnswer(gone);
    }
    this.draw();
  }

  #add(step) {
    this.#steps.length = this.#at + 1;
    this.#steps.push(step);
    this.#at += 1;
    history.pushState({ visit: VISIT, step: this.#at }, "");
  }

  /** Shows the searches as small pictures to go back to. */
  draw() {
    const trail = element("trail");
    const made = this.#steps.flatMap(({ search, own }, step) => (own || (step > 0 && !search) ? [] : [this.#line(search, step)]));
    trail.hidden = made.length < 3;
    const focused = trail.contains(document.activeElement);
    trail.querySelector("ol").replaceChildren(...made);
    if (focused) trail.querySelector("[aria-current]")?.focus();
  }

  #line(search, step) {
    const name = step === 0 ? words.start : search.work?.title || search.name || words.search(step);
    const made = button("", () => history.go(step - this.#at), { title: name, ariaLabel: name });
    if (step === this.#at) made.setAttribute("aria-current", "step");
    const shown = search?.work?.thumbnail ?? search?.pictures[0]?.file;
    const picture = shown && image(shown, "");
    // What the browser cannot show stays an empty mount.
    picture?.addEventListener("error", () => picture.remove(), { once: true });
    made.append(picture ?? make("span", { textContent: words.start }));
    return make("li", {}, made);
  }
}
