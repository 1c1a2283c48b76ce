// A collection opened in a worker of its own, which searches it on this device.
//
// Everything is fetched before `open` resolves or, for those who want to search early, before `complete` does; afterwards
// nothing here uses the network.

import { aborted, EyeError, Link } from "./link.js";
import { OwnPictures } from "./own/own.js";
import { Pool } from "./own/pool.js";
import { readable } from "./readable.js";

export { EyeError };

/**
 * Whether this browser has WebAssembly with 128-bit SIMD, by letting it validate the smallest module that uses it:
 * one function that fills a vector from zero. And whether it asks what type a worker has, as for modules it must; it does
 * so before it finds that there is no such address.
 */
export function supported() {
  let modules = false;
  try {
    new Worker("//", { get type() { modules = true; return "module"; } });
  } catch {}
  const module = Uint8Array.of(
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // "\0asm", version 1
    1, 5, 1, 0x60, 0, 1, 0x7b, // type: () -> v128
    3, 2, 1, 0, // one function of that type
    10, 8, 1, 6, 0, 0x41, 0, 0xfd, 15, 11, // i32.const 0; i8x16.splat; end
  );
  return modules && typeof WebAssembly === "object" && WebAssembly.validate(module);
}

/**
 * Opens a collection: downloads what is not yet on this device, checks it, and resolves when it can be searched: all of
 * it or, `early`, the first works.
 * Every type is in `private-eye.d.ts`.
 *
 * @param {string | URL} collection the folder with `manifest.json`, relative to the page
 * @param {object} [options]
 * @param {(progress: import("./private-eye.js").Progress) => void} [options.onProgress] called a few times a second
 *   while downloading
 * @param {(request: {url: string, time: number}) => void} [options.onRequest] called for each request that the
 *   worker's own performance timeline shows after opening; `time` is in milliseconds since 1970
 * @param {(size: {missing: number, total: number}) => Promise<void> | void} [options.beforeDownload] asked, in bytes,
 *   before anything that is not on this device yet is fetched; what it returns is waited for
 * @param {number} [options.patience] milliseconds that the server may take for the first file, 10 000 by default
 * @param {number} [options.workers] to embed own pictures with, started at once so that nothing is fetched later
 * @param {boolean} [options.early] resolve with the first works: answers are then those of all works that have come,
 *   and say how many these are; the eye's `complete` tells when all have
 * @param {AbortSignal} [options.signal] aborts the download
 */
export async function open(collection, { onProgress, onRequest, beforeDownload, patience, workers, early = false, signal } = {}) {
  if (!supported()) {
    throw new EyeError("NoSimd", "This browser lacks WebAssembly SIMD or module workers, which the search needs. Chrome and Edge from 91, Firefox from 114, Safari from 16.4 have them.");
  }
  if (signal?.aborted) throw aborted();
  let link, pool;
  try {
    link = new Link(onRequest);
    pool = new Pool(link, workers);
  } catch (error) {
    link?.close();
    throw new EyeError("Browser", `The browser starts no worker: this page and the program must come from one host (${error.message}).`);
  }
  try {
    const address = new URL(collection, document.baseURI).href;
    let onEarly;
    const begun = new Promise((resolve) => { onEarly = resolve; });
    const whole = link.call("open", [address, { patience, asks: Boolean(beforeDownload) }], { onProgress, onAsk: beforeDownload, onEarly, signal })
      .then(async (info) => {
        await pool.loaded();
        return info;
      });
    return new Eye(link, pool, await (early ? Promise.race([begun, whole]) : whole), whole);
  } catch (error) {
    link.close();
    pool.close();
    throw error;
  }
}

/** An open collection, or one that can be searched while the rest of it is on its way. */
class Eye {
  #link;
  #pool;

  constructor(link, pool, info, whole) {
    this.#link = link;
    this.#pool = pool;
    /** The visitor's own pictures. */
    this.own = new OwnPictures(link, pool);
    /** Title, number of works, model, hashes, sizes in bytes and thresholds of the collection. */
    this.info = info;
    /**
     * Resolves when everything is here. Where the rest does not come, it rejects as `open` would have; what has come can
     * be searched all the same.
     */
    this.complete = whole.then((all) => { this.info = all; });
    this.complete.catch(() => {}); // for those who do not ask
  }

  /**
   * The works nearest to a question, best first. The question is a picture, an embedding or the number of a work, or
   * several of these in a list: a work then counts as near as it is to the nearest of them, which its `query` names by
   * its place in the list. Of a picture a `region` may be meant, and what was `seen` of it before is not looked at again.
   *
   * The array also carries `verdict` (of the best match), `lookedAt` (works compared), `exact` (whether these were
   * all), `searched` (how many `works` could be searched `of` those of the collection: all, unless some are still on their
   * way), `thresholds` (the scores from which on matches of this answer are the `same` or `similar`), `seen` (of each
   * picture, by its place in the list) and `approximate` (whether the browser had to decode a picture, which may differ
   * slightly).
   *
   * @param {Part | Part[]} question
   * @param {object} [options]
   * @param {number} [options.limit] most matches wanted, 10 by default
   * @param {"auto" | "exact" | number} [options.effort] how many candidates to compare
   * @param {{x: number, y: number, width: number, height: number}} [options.region] the part of each picture to search
   *   for, as fractions of width and height
   * @param {Record<string, string[] | {from?: number, to?: number}>} [options.filters] wanted values of columns
   * @param {(number | {own: number})[]} [options.without] works and own pictures to leave out
   * @param {"all" | "works" | "own"} [options.among] whose pictures may be matches: the works', the visitor's own, or, by
   *   default, both
   * @param {boolean} [options.closer] whether to look at each picture in several ways: always, never, or, left out, where
   *   one look found nothing that is surely the same; each match then says under `look` which one found it
   * @param {AbortSignal} [options.signal]
   *
   * @typedef {Blob | {picture: Blob, region?: object, seen?: object[]} | Float32Array | number | {own: number}} Part
   */
  async search(question, { limit, effort, region, filters, without, among, closer, signal } = {}) {
    const parts = await Promise.all((Array.isArray(question) ? question : [question]).map(async (part) => {
      if (part instanceof Blob) return readable(part);
      if (!(part?.picture instanceof Blob)) return { part, approximate: false };
      const { part: picture, approximate } = await readable(part.picture);
      return { part: { ...part, picture }, approximate };
    }));
    if (signal?.aborted) throw aborted();
    const options = { limit, effort, region, filters, without, among, closer };
    const answer = await this.#link.call("search", [parts.map(({ part }) => part), options], { signal });
    const { matches, verdict, looked_at: lookedAt, exact, searched, thresholds, seen } = answer;
    return Object.assign(matches, { verdict, lookedAt, exact, searched, thresholds, seen, approximate: parts.some(({ approximate }) => approximate) });
  }

  /**
   * What is seen of the picture, ready to be searched for: `{look, embedding}` for the whole or, `closer`, for several
   * ways of looking at it. A search for several of them at once should be told that it is `closer`, too.
   */
  async look(picture, { closer = false, region, signal } = {}) {
    const { part } = await readable(picture);
    if (signal?.aborted) throw aborted();
    return this.#link.call("look", [part, { closer, region }], { signal });
  }

  /** The picture as numbers: what the network says, or (`normalized`) the same direction with length 1. */
  async embed(picture, { normalized = false, region, signal } = {}) {
    const { part } = await readable(picture);
    if (signal?.aborted) throw aborted();
    return this.#link.call("embed", [part, { normalized, region }], { signal });
  }

  /** The thumbnail of a work as a JPEG blob. */
  async thumbnail(id) {
    return jpeg(await this.#link.call("thumbnail", [id]));
  }

  /** The metadata record of a work. */
  item(id) {
    return this.#link.call("item", [id]);
  }

  /** The columns to filter by: `{name, values: [value, count][]}` or `{name, range: {from, to}}`. */
  columns() {
    return this.#link.call("columns", []);
  }

  /** The query pictures that came with the collection: `{label, change, blob}`. */
  async samples() {
    const samples = await this.#link.call("samples", []);
    return samples.map(({ bytes, ...sample }) => ({ ...sample, blob: jpeg(bytes) }));
  }

  /** Ends the worker and frees its memory. What is under way rejects with `Closed`. */
  close() {
    this.#link.close();
    this.#pool.close();
  }
}

const jpeg = (bytes) => new Blob([bytes], { type: "image/jpeg" });
