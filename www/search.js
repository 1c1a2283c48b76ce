// One search: what was asked, what was wished for, and the answer. It lives in memory only.

import { readable } from "./readable.js";

const LIMIT = 10;
const MORE = 20;

export class Search {
  /** `[{ file, read, embedding }]`: what the visitor gave, as the engine can read it, and what it says of it. */
  pictures;
  /** The work that this search looks for the like of, `{ id, title, thumbnail }`, in place of pictures. */
  work;
  /** The part of the one picture that is looked for besides the whole. */
  region = null;
  /** Wanted values by column. */
  filters;
  /** Titles of the works that were left out, by their numbers. */
  without = new Map();
  limit = LIMIT;
  /** The answer: matches in rank order, and their thumbnails in the same order. */
  matches = null;
  thumbnails = [];

  /** The part that was looked at last, so that it is not looked at again: `{ region, embedding }`. */
  #part = null;

  constructor({ files = [], work = null, filters = {} }) {
    this.pictures = files.map((file) => ({ file, read: null, embedding: null }));
    this.work = work;
    this.filters = filters;
  }

  get name() {
    return this.pictures[0]?.file.name;
  }

  get mayHaveMore() {
    return this.matches?.length === this.limit;
  }

  /** The number of filters that are set. */
  get filtered() {
    return Object.keys(this.filters).length;
  }

  wantMore() {
    this.limit += MORE;
  }

  /** A wish for a column; without one, every value of it is welcome. */
  wish(column, wanted) {
    const { [column]: _, ...others } = this.filters;
    this.filters = wanted ? { ...others, [column]: wanted } : others;
  }

  /** Asks the engine. A picture is looked at once, however often its answer is narrowed down afterwards. */
  async ask(eye, signal) {
    const question = await this.#question(eye, signal);
    const without = [...this.without.keys()];
    if (this.work) without.push(this.work.id);
    const { limit, filters } = this;
    const matches = await eye.search(question, { limit, filters, without, signal });
    const thumbnails = await Promise.all(matches.map(({ id }) => eye.thumbnail(id)));
    signal.throwIfAborted();
    matches.approximate = this.pictures.some(({ read }) => read.approximate);
    Object.assign(this, { matches, thumbnails });
  }

  async #question(eye, signal) {
    if (this.work) return [this.work.id];
    const question = [];
    for (const picture of this.pictures) {
      picture.read ??= await readable(picture.file);
      picture.embedding ??= await eye.embed(picture.read.part, { normalized: true, signal });
      question.push(picture.embedding);
    }
    if (this.region) question.push(await this.#embedPart(eye, signal));
    return question;
  }

  async #embedPart(eye, signal) {
    const { region } = this;
    if (this.#part?.region !== region) {
      this.#part = { region, embedding: await eye.embed(this.pictures[0].read.part, { normalized: true, region, signal }) };
    }
    return this.#part.embedding;
  }

  /** Which part of the question a match belongs to: nothing where there is only one. */
  belongs(match) {
    if (this.region) return match.query === this.pictures.length ? "part" : null;
    return this.pictures.length > 1 ? match.query + 1 : null;
  }
}
