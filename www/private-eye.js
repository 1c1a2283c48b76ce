// The module API: a collection opened in a worker of its own, which searches it on this device.
//
//   import { open } from "./private-eye.js";
//   const eye = await open("/search/collection/", { onProgress, signal });
//   const matches = await eye.search(fileOrBlob, { limit: 10, region, signal });
//
// Everything is fetched before `open` resolves; afterwards nothing here uses the network.

/** What every promise of this module rejects with. `code` is stable and meant for programs, `message` for people. */
export class EyeError extends Error {
  /**
   * @param {string} code about the picture: NotAPicture, OtherFormat, DamagedPicture, TooLarge, NotFound; about the
   *   call: BadOption, Aborted, Closed; about the collection: CorruptedDownload, BadCollection, BadModel,
   *   ModelMismatch; about the network: Network, Offline; about the browser: NoSimd, Browser, Crashed
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = code === "Aborted" ? "AbortError" : code;
    this.code = code;
  }
}

/**
 * Whether this browser has WebAssembly with 128-bit SIMD, by letting it validate the smallest module that uses it:
 * one function that fills a vector from zero.
 */
export function supported() {
  const module = Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // "\0asm", version 1
    1, 5, 1, 0x60, 0, 1, 0x7b, // type: () -> v128
    3, 2, 1, 0, // one function of that type
    10, 8, 1, 6, 0, 0x41, 0, 0xfd, 15, 11, // i32.const 0; i8x16.splat; end
  );
  return typeof WebAssembly === "object" && WebAssembly.validate(module);
}

/**
 * Opens a collection: downloads what is not yet on this device, checks it, and resolves when it can be searched.
 *
 * @param {string | URL} collection the folder with `manifest.json`, relative to the page
 * @param {object} [options]
 * @param {(progress: Progress) => void} [options.onProgress] called a few times a second while downloading
 * @param {(request: {url: string, time: number}) => void} [options.onRequest] called for each request that the
 *   worker's own performance timeline shows; `time` is in milliseconds since 1970
 * @param {AbortSignal} [options.signal] aborts the download
 * @returns {Promise<Eye>}
 *
 * @typedef {{done: number, total: number, parts: {part: string, done: number, total: number}[]}} Progress in bytes
 */
export async function open(collection, { onProgress, onRequest, signal } = {}) {
  if (!supported()) {
    throw new EyeError("NoSimd", "This browser lacks WebAssembly SIMD, which the search needs. Chrome and Edge from 91, Firefox from 89 and Safari from 16.4 have it.");
  }
  throwIfAborted(signal);
  const link = new Link(onRequest);
  try {
    await link.call("open", [new URL(collection, document.baseURI).href], { onProgress, signal });
    return new Eye(link, await link.call("info", []));
  } catch (error) {
    link.close();
    throw error;
  }
}

/** An open collection. */
class Eye {
  #link;

  constructor(link, info) {
    this.#link = link;
    /** Title, number of works, model, sizes in bytes and thresholds of the collection. */
    this.info = info;
  }

  /**
   * The works nearest to a picture, best first. The array also carries `verdict` (of the best match), `lookedAt`
   * (works compared) and `exact` (whether these were all).
   *
   * @param {Blob} picture
   * @param {object} [options]
   * @param {number} [options.limit] most matches wanted, 10 by default
   * @param {"auto" | "exact" | number} [options.effort] how many candidates to compare
   * @param {{x: number, y: number, width: number, height: number}} [options.region] the part to search for, as
   *   fractions of width and height
   * @param {AbortSignal} [options.signal]
   */
  async search(picture, { limit, effort, region, signal } = {}) {
    const answer = await this.#link.call("search", [picture, { limit, effort, region }], { signal });
    const { matches, verdict, looked_at: lookedAt, exact } = answer;
    return Object.assign(matches, { verdict, lookedAt, exact });
  }

  /** The picture as numbers: what the network says, or (`normalized`) the same direction with length 1. */
  embed(picture, { normalized = false, region, signal } = {}) {
    return this.#link.call("embed", [picture, { normalized, region }], { signal });
  }

  /** The thumbnail of a work as a JPEG blob. */
  async thumbnail(id) {
    return jpeg(await this.#link.call("thumbnail", [id]));
  }

  /** The metadata record of a work. */
  item(id) {
    return this.#link.call("item", [id]);
  }

  /** The query pictures that came with the collection: `{label, change, blob}`. */
  async samples() {
    const samples = await this.#link.call("samples", []);
    return samples.map(({ bytes, ...sample }) => ({ ...sample, blob: jpeg(bytes) }));
  }

  /** Ends the worker and frees its memory. What is under way rejects with `Closed`. */
  close() {
    this.#link.close();
  }
}

/** The wire to the worker: numbered calls, each answered once. */
class Link {
  #worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "private-eye" });
  #waiting = new Map();
  #calls = 0;

  constructor(onRequest) {
    this.#worker.addEventListener("message", ({ data }) => {
      if (data.request) return onRequest?.(data.request);
      const call = this.#waiting.get(data.id);
      if (!call) return undefined; // aborted in the meantime: a stale answer is dropped
      if (data.progress) return call.onProgress?.(data.progress);
      this.#waiting.delete(data.id);
      call.forget();
      return data.error ? call.reject(new EyeError(data.error.code, data.error.message)) : call.resolve(data.value);
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      // No message: the script itself did not come.
      this.#fail(event.message
        ? new EyeError("Crashed", `The search stopped unexpectedly: ${event.message}`)
        : new EyeError(navigator.onLine ? "Network" : "Offline", "The search program could not be fetched. Check the connection and try again."));
    });
  }

  call(method, values, { onProgress, signal } = {}) {
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(closed());
      if (signal?.aborted) return reject(aborted());
      const id = ++this.#calls;
      const onAbort = () => {
        this.#waiting.delete(id);
        this.#worker?.postMessage({ abort: id });
        reject(aborted());
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(id, { resolve, reject, onProgress, forget: () => signal?.removeEventListener("abort", onAbort) });
      return this.#worker.postMessage({ id, method, values });
    });
  }

  close() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#fail(closed());
  }

  #fail(error) {
    for (const call of this.#waiting.values()) {
      call.forget();
      call.reject(error);
    }
    this.#waiting.clear();
  }
}

const aborted = () => new EyeError("Aborted", "Stopped, because something newer was asked.");
const closed = () => new EyeError("Closed", "This collection was closed. Open it again to search.");
const jpeg = (bytes) => new Blob([bytes], { type: "image/jpeg" });

function throwIfAborted(signal) {
  if (signal?.aborted) throw aborted();
}
