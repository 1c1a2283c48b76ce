// One search: what was asked, what was wished for, and the answer. It lives in memory only.

import { readable } from "./readable.js";

const LIMIT = 10;
const MORE = 20;

export class Search {
  /** `[{ file, part, approximate }]`: what the visitor gave, and as the engine can read it, with what it saw of it. */
  pictures;
  /** The work that this search looks for the like of, `{ id, own, title, thumbnail }`, in place of pictures. */
  work;
  /** The part of the one picture that is looked for besides the whole. */
  region = null;
  /** Wanted values by column. */
  filters;
  /** The works that were left out, `{ id, own, title }`. */
  without = [];
  /** Whose pictures may be matches: "all", "works", or the visitor's "own". */
  among;
  limit = LIMIT;
  /** The answer: matches in rank order, and their thumbnails in the same order. */
  matches = null;
  thumbnails = [];
  /** How far the collection had come when this was asked, in steps; Infinity where it was here. */
  asked = Infinity;
  /** How many pictures there were to search, by whose they are. */
  counts = null;

  /** The region that was looked at last, so that it is not looked at again. */
  #part = null;

  constructor({ files = [], work = null, filters = {}, among = "all" }) {
    this.pictures = files.map((file) => ({ file, part: null, approximate: false }));
    this.work = work;
    this.filters = filters;
    this.among = among;
  }

  get name() {
    return this.nameOf(0);
  }

  /** The name of the picture at this place of the question, or of the first. */
  nameOf(place) {
    return (this.pictures[place] ?? this.pictures[0])?.file.name;
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
    // Those that cannot be read are none; their room says so.
    const { count: own } = await eye.own.info().catch(() => ({ count: 0 }));
    if (own === 0) this.among = "all";
    const question = await this.#question();
    const { limit, filters, among } = this;
    const without = [...this.without, ...(this.work ? [this.work] : [])].map(named);
    const matches = await eye.search(question, { limit, filters, without, among, signal });
    question.forEach((part, place) => { if (part.picture) part.seen = matches.seen[place]; });
    const thumbnails = await Promise.all(matches.map((match) => (match.own ? eye.own : eye).thumbnail(match.id)));
    signal.throwIfAborted();
    matches.approximate = this.pictures.some(({ approximate }) => approximate);
    Object.assign(this, { matches, thumbnails, counts: { all: eye.info.count + own, works: eye.info.count, own } });
  }

  /** The work, or the pictures and then the chosen part. */
  async #question() {
    if (this.work) return [named(this.work)];
    for (const picture of this.pictures) {
      if (picture.part) continue;
      const { part, approximate } = await readable(picture.file);
      Object.assign(picture, { part: { picture: part }, approximate });
    }
    const parts = this.pictures.map(({ part }) => part);
    const { region } = this;
    if (region && this.#part?.region !== region) this.#part = { picture: parts[0].picture, region };
    return region ? [...parts, this.#part] : parts;
  }

  /** Own pictures have come or gone, so this must be asked again; those that are gone need not be left out any more. */
  forgetAnswer(gone) {
    if (this.matches) this.asked = -1;
    Object.assign(this, { matches: null, thumbnails: [], without: this.without.filter(({ id, own }) => !own || !gone(id)) });
  }

  /** Which part of the question a match belongs to: nothing where there is only one. */
  belongs(match) {
    if (this.region) return match.query === this.pictures.length ? "part" : null;
    return this.pictures.length > 1 ? match.query + 1 : null;
  }
}

/** A work as the engine knows it. */
function named({ id, own }) {
  return own ? { own: id } : id;
}
