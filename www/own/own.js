// The visitor's own pictures, as a page adds and asks for them. Every type is in `private-eye.d.ts`.

import { EyeError } from "../link.js";
import { usual } from "./pool.js";

/** Milliseconds between two reports of progress. */
const INTERVAL = 100;
/** Milliseconds between two times of keeping, and pictures that may wait for it. */
const REST = 250;
const MOST_WAITING = 64;
/** Milliseconds that one who aborts waits at most for what was embedded already to be kept. */
const GRACE = 150;
/** Records that are asked for where nobody says how many. */
const ALL = 0xffffffff;

export class OwnPictures {
  #link;
  #pool;

  constructor(link, pool) {
    this.#link = link;
    this.#pool = pool;
  }

  info() {
    return this.#link.call("ownInfo", []);
  }

  items(from = 0, count = ALL) {
    return this.#link.call("ownItems", [from, count]);
  }

  async thumbnail(id) {
    return new Blob([await this.#link.call("ownThumbnail", [id])], { type: "image/jpeg" });
  }

  async remove(ids) {
    await this.#link.call("ownRemove", [ids]);
  }

  duplicates({ threshold, onProgress, signal } = {}) {
    return this.#link.call("ownDuplicates", [threshold], { onProgress, signal });
  }

  export() {
    return this.#link.call("ownExport", []);
  }

  async import(file, { onProgress, signal } = {}) {
    const { added, known } = await this.#link.call("ownImport", [file], { onProgress, signal });
    return { added, known, failed: [], stopped: false };
  }

  async forget() {
    await this.#link.call("ownForget", []);
  }

  async add(files, { onProgress, signal, workers = usual, pauser } = {}) {
    if (!(Number.isInteger(workers) && workers > 0)) throw new EyeError("BadOption", "`workers` is a number from 1.");
    const known = new Set(await this.#link.call("ownHashes", []));
    const adding = new Adding(this.#link, files, onProgress);
    const stop = stopping(signal);
    const work = async () => {
      for (;;) {
        await Promise.race([pauser?.going(), stop.stopped]);
        await Promise.race([adding.room(), stop.stopped]);
        const { value: file, done } = stop.is() ? { done: true } : await adding.next();
        if (done || stop.is()) return;
        await adding.take(file, () => this.#pool.with((seat) => embed(seat, file, known)), stop);
      }
    };
    try {
      await Promise.race([Promise.all(Array.from({ length: workers }, work)), stop.stopped]);
      const kept = adding.keepAll();
      await (stop.is() ? Promise.race([kept, pause(GRACE)]) : kept);
    } finally {
      stop.now();
      adding.end();
    }
    return adding.outcome(Boolean(signal?.aborted));
  }
}

/** What is kept of the picture in a file, or null where it is known. */
async function embed(seat, file, known) {
  let own;
  try {
    return await seat.embed(file, (sha256) => {
      if (known.has(sha256)) return true;
      own = sha256;
      known.add(own);
      return false;
    });
  } catch (error) {
    known.delete(own);
    throw error;
  }
}

/** Lets the visitor pause and go on. */
export class Pauser {
  #going = null;

  get paused() {
    return this.#going !== null;
  }

  pause() {
    this.#going ??= resolvers();
  }

  resume() {
    this.#going?.resolve();
    this.#going = null;
  }

  /** Resolves once it is not paused. */
  async going() {
    while (this.#going) await this.#going.promise;
  }
}

/** One call of `add`: what came, what became of it, what still has to be kept. */
class Adding {
  #link;
  #source;
  #total;
  #onProgress;
  #counts = { added: 0, known: 0, failed: 0 };
  #failed = [];
  #waiting = [];
  /** The keeping that is under way. */
  #keeping = null;
  /** Whether it is too early for the next one. */
  #resting = false;
  /** Why something could not be kept. */
  #refused = null;
  #reported = -Infinity;
  /** The report that waits until it is time for the next. */
  #later = null;
  #over = false;
  /** Files are asked for one after the other. */
  #turn = Promise.resolve();

  constructor(link, files, onProgress) {
    this.#link = link;
    this.#total = files.length ?? files.size;
    this.#source = files[Symbol.asyncIterator]?.() ?? files[Symbol.iterator]();
    this.#onProgress = onProgress;
  }

  next() {
    const next = this.#turn.then(() => this.#source.next());
    this.#turn = next.catch(() => {});
    return next;
  }

  /** Embeds a file by `embed` and has the result kept before long. */
  async take(file, embed, stop) {
    try {
      const prepared = await embed();
      if (!prepared) this.#counts.known += 1;
      else if (!stop.is()) {
        this.#waiting.push({ file: path(file), added: new Date().toISOString(), ...prepared });
        this.#keep();
      }
    } catch (error) {
      if (error.code === "Closed") throw error;
      this.#failed.push({ file: path(file), code: error.code ?? "Crashed", message: error.message });
      this.#counts.failed += 1;
    }
    this.#report();
  }

  /** Resolves when there is room for another picture that waits to be kept; rejects where there will be none. */
  async room() {
    if (this.#refused || this.#waiting.length >= MOST_WAITING) await this.keepAll();
  }

  /** Keeps what waits, one call after the other, not more often than now and then. */
  async #keep() {
    if (this.#keeping || this.#resting) return;
    this.#resting = true;
    await this.keepAll().catch(() => {}); // who adds hears of it
    await pause(REST);
    this.#resting = false;
    if (this.#waiting.length > 0) this.#keep();
  }

  /** Resolves when all that waited is kept; rejects with the first reason why something was not. */
  async keepAll() {
    while (this.#keeping || this.#waiting.length > 0) await (this.#keeping ??= this.#keepWaiting());
    if (this.#refused) throw this.#refused;
  }

  async #keepWaiting() {
    const pictures = this.#waiting.splice(0);
    try {
      const { added, known } = await this.#link.call("ownKeep", [pictures]);
      this.#counts.added += added;
      this.#counts.known += known;
    } catch (error) {
      this.#refused ??= error;
    }
    this.#keeping = null;
    this.#report();
  }

  /** Tells how far it is, not more often than now and then; what comes in between is told in the end, even in a pause. */
  #report() {
    if (this.#over) return;
    const wait = INTERVAL - (performance.now() - this.#reported);
    if (wait > 0) this.#later ??= setTimeout(() => this.#tell(), wait);
    else this.#tell();
  }

  #tell() {
    clearTimeout(this.#later);
    this.#later = null;
    this.#reported = performance.now();
    const { added, known, failed } = this.#counts;
    this.#onProgress?.({ done: added + known + failed, total: this.#total, added, known, failed });
  }

  /** From now on nothing is reported any more. */
  end() {
    this.#over = true;
    clearTimeout(this.#later);
  }

  outcome(stopped) {
    this.end();
    this.#tell();
    return { added: this.#counts.added, known: this.#counts.known, failed: this.#failed, stopped };
  }
}

/** `stopped` resolves, and `is()` is true, once the signal was aborted or `now()` was called. */
function stopping(signal) {
  const { promise: stopped, resolve } = resolvers();
  let is = Boolean(signal?.aborted);
  const now = () => {
    is = true;
    signal?.removeEventListener("abort", now);
    resolve();
  };
  signal?.addEventListener("abort", now);
  if (is) resolve();
  return { stopped, is: () => is, now };
}

function resolvers() {
  let resolve;
  const promise = new Promise((done) => { resolve = done; });
  return { promise, resolve };
}

const path = (file) => file.webkitRelativePath || file.name;
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
