// Workers that embed own pictures: as many as the processor has cores to spare.
//
// They are started with the collection, because what a browser starts it fetches, and nothing is fetched once the collection
// is ready. Until there are pictures they hold nothing but their script.

import { EyeError } from "../link.js";

const MOST = 4;

/** One less than there are cores, so that the page and the search have one. */
export const usual = Math.min(Math.max((globalThis.navigator?.hardwareConcurrency ?? 2) - 1, 1), MOST);

export class Pool {
  #link;
  #seats;
  /** Workers that nobody uses now. */
  #idle;
  #waiting = [];

  /**
   * @param {import("../link.js").Link} link to the worker that searches, which embeds where no other can
   * @param {number} size
   */
  constructor(link, size = usual) {
    this.#link = link;
    this.#seats = Array.from({ length: size }, () => new Seat());
    this.#idle = [...this.#seats];
  }

  /** Resolves when nothing of this is fetched any more. */
  async loaded() {
    await Promise.all(this.#seats.map((seat) => seat.loaded));
  }

  /** A worker for as long as `work` takes. */
  async with(work) {
    if (this.#seats.length === 0) return work(this.#here);
    const seat = await this.#take();
    try {
      return await work(await this.#opened(seat));
    } finally {
      const next = this.#waiting.shift();
      if (next) next(seat);
      else this.#idle.push(seat);
    }
  }

  close() {
    for (const seat of this.#seats) seat.close();
  }

  /** The worker that searches: slower, and the search waits meanwhile. */
  #here = {
    embed: async (file, isKnown) => {
      const { sha256 } = await this.#link.call("ownHash", [file]);
      return isKnown(sha256) ? null : { sha256, ...await this.#link.call("ownEmbed", [file]) };
    },
  };

  #take() {
    const seat = this.#idle.shift();
    return seat ?? new Promise((resolve) => { this.#waiting.push(resolve); });
  }

  async #opened(seat) {
    this.supplies ??= this.#link.call("ownSupplies", []);
    await seat.open(await this.supplies);
    return seat.works ? seat : this.#here;
  }
}

/** One worker. */
class Seat {
  /** Resolves when its script is here, or will never be. */
  loaded;
  /** Whether it has the weights. */
  works = false;

  #worker = new Worker(new URL("./embedder.js", import.meta.url), { type: "module", name: "private-eye embedder" });
  #opening;
  #longest;
  /** Who waits for the next message. */
  #next = () => {};

  constructor() {
    this.loaded = new Promise((resolve) => {
      this.#next = resolve;
      this.#worker.addEventListener("message", ({ data }) => this.#next(data));
      this.#worker.addEventListener("messageerror", () => this.#next({ refused: "The program did not arrive." }));
      this.#worker.addEventListener("error", (event) => {
        event.preventDefault();
        this.#next({ refused: event.message, error: { code: "Crashed", message: String(event.message) } });
      });
    });
  }

  /** Hands it the program and the address of the weights on this device, once. */
  open(supplies) {
    this.#opening ??= this.loaded.then(async () => {
      this.#longest = supplies.longest;
      const { module, address, kind } = supplies;
      try {
        this.works = Boolean((await this.#ask({ module, address, kind })).ready);
      } catch {
        this.works = false; // this browser hands over no programs
      }
    });
    return this.#opening;
  }

  /**
   * What is kept of the picture in a file: `{ sha256, vectors, thumbnail }`, or null where `isKnown` says so of its hash.
   */
  async embed(file, isKnown) {
    const answer = await this.#ask({ file, longest: this.#longest });
    if (answer.error) throw new EyeError(answer.error.code, answer.error.message);
    const { hash: sha256 } = answer;
    if (isKnown(sha256)) {
      this.#worker.postMessage({ go: false });
      return null;
    }
    const { error, ...prepared } = await this.#ask({ go: true });
    if (error) throw new EyeError(error.code, error.message);
    return { sha256, ...prepared };
  }

  close() {
    this.#worker.terminate();
    this.#next({ error: { code: "Closed", message: "This collection was closed." } });
  }

  #ask(message) {
    return new Promise((resolve) => {
      this.#next = resolve;
      this.#worker.postMessage(message);
    });
  }
}
