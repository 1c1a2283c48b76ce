// Long work on one's own pictures: how far it is, how long it takes yet, a pause, an end.

import { element } from "./dom.js";
import { words } from "./words.js";

/** Milliseconds of work after which its speed says something. */
const WARM_UP = 1500;
/** How far it is is said aloud after each such part of the way. */
const PART = 0.25;

/** What is under way: `{ controller, pauser, show }`. */
let current = null;
let ended = Promise.resolve();

element("pause").addEventListener("click", () => {
  const { pauser, show } = current;
  if (pauser.paused) pauser.resume();
  else pauser.pause();
  show();
});
element("cancel").addEventListener("click", stop);

/** Rises whenever everything is stopped; work of an earlier round is not begun any more. */
export let round = 0;

/** Ends what is under way and what waits for it, and resolves when it has ended. */
export function stop() {
  round += 1;
  current?.controller.abort();
  return ended;
}

/**
 * Does some work after what is under way, and shows how far it is.
 *
 * @param {object} work
 * @param {"adding" | "importing" | "comparing"} work.name
 * @param {(how: {signal: AbortSignal, onProgress: (progress: {done: number, total?: number}) => void}) => Promise} work.run
 * @param {import("./private-eye.js").Pauser} [work.pauser] where it can be paused
 * @param {() => void} [work.onProgress]
 * @param {number} [work.since] the round in which it was wished for
 * @param {(sentence: string) => void} aloud says something to those who do not see it
 */
export function watch(work, aloud) {
  const { since = round } = work;
  const result = ended.then(() => {
    if (since !== round) throw Object.assign(new Error("Stopped before it began."), { code: "Aborted" });
    return run(work, aloud);
  });
  ended = result.catch(() => {});
  return result;
}

async function run({ name, run: start, pauser = null, onProgress }, aloud) {
  const clock = new Clock();
  let now = { done: 0 };
  let told = 0;
  const show = () => {
    const { done, total } = now;
    const bar = element("underway-progress");
    if (total === undefined) bar.removeAttribute("value");
    else Object.assign(bar, { max: total || 1, value: done });
    clock.run(!pauser?.paused);
    const left = pauser?.paused ? words.own.paused : clock.left(now);
    element("underway-text").textContent = [total !== undefined && words.own.progress(done, total), left].filter(Boolean).join(" · ");
    say("pause", pauser?.paused ? "resume" : "pause");
  };
  current = { controller: new AbortController(), pauser, show };
  say("underway-title", name);
  aloud(words.page[name]);
  element("pause").hidden = !pauser;
  element("underway").hidden = false;
  show();
  try {
    return await start({
      signal: current.controller.signal,
      onProgress: (progress) => {
        now = progress;
        show();
        onProgress?.();
        const parts = Math.floor(now.done / now.total / PART);
        if (parts > told && now.done < now.total) aloud(element("underway-text").textContent);
        told = parts;
      },
    });
  } finally {
    current = null;
    aloud("");
    if (element("underway").contains(document.activeElement)) element("own-title").focus();
    element("underway").hidden = true;
  }
}

function say(id, key) {
  Object.assign(element(id), { textContent: words.page[key] }).dataset.words = key;
}

/** Time spent working, without the pauses. */
class Clock {
  #spent = 0;
  #since = performance.now();

  run(runs) {
    const now = performance.now();
    if (this.#since !== null) this.#spent += now - this.#since;
    this.#since = runs ? now : null;
  }

  left({ done, total }) {
    return this.#spent > WARM_UP && done > 0 && done < total ? words.timeLeft(((this.#spent / done) * (total - done)) / 1000) : "";
  }
}
