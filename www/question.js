// The pictures of a question, looked at once or closer.

const verdicts = ["none", "similar", "same"];

/** Whether a closer look may find more: where the first found nothing sure, and somebody measured what its scores mean. */
export const mayFindMore = (answer, info) => answer.verdict !== "same" && Boolean(info.closer);

/** The answer to the closer look, unless it knows less: several looks must score higher to mean as much. */
export const better = (once, closer) => (verdicts.indexOf(closer.verdict) < verdicts.indexOf(once.verdict) ? once : closer);

export class Question {
  #eye;
  #read;
  /** `{ picture, region, seen }` or `{ value }`. What is seen first is the whole; more than that is a closer look. */
  #parts;
  /** The decoded picture, if it is the only one: several may be more than a phone has memory for. */
  #sight = null;

  /**
   * @param {object} eye the engine
   * @param {Part[]} parts
   * @param {object} [region] of every picture that has none of its own
   * @param {(picture?: Blob) => Promise<Uint8Array | undefined>} read gives the bytes of a picture, and ends an aborted search
   */
  constructor(eye, parts, region, read) {
    this.#eye = eye;
    this.#read = read;
    this.#parts = parts.map((part) => {
      if (part instanceof Blob) return { picture: part, region, seen: [] };
      if (!(part?.picture instanceof Blob)) return { value: part };
      return { picture: part.picture, region: part.region ?? region, seen: part.seen ?? [] };
    });
  }

  get pictures() {
    return this.#parts.filter(({ picture }) => picture).length;
  }

  /** What was seen of each part that is a picture. */
  get seen() {
    return this.#parts.map(({ seen = null }) => seen);
  }

  /** What to search for, each with its place in the question and the look that it is: `[{ value, place, look }]`. */
  async look(closer) {
    for (const [place, part] of this.#parts.entries()) {
      if (part.picture) await this.#lookAt(part, closer).catch((error) => { throw Object.assign(error, { place }); });
    }
    return this.#parts.flatMap(({ value, seen }, place) => seen?.slice(0, closer ? undefined : 1)
      .map(({ embedding, look }) => ({ value: embedding, place, look })) ?? { value, place });
  }

  async #lookAt(part, closer) {
    if (part.seen.length > (closer ? 1 : 0)) return;
    const bytes = await this.#read(this.#sight ? undefined : part.picture);
    this.#sight ??= this.#eye.sight(bytes, { region: part.region });
    if (part.seen.length === 0) part.seen = this.#eye.look(this.#sight, false);
    if (closer) part.seen = [...part.seen, ...this.#eye.look(this.#sight, true)];
    if (this.pictures > 1) this.close();
  }

  close() {
    this.#sight?.free();
    this.#sight = null;
  }
}
