// One search: what was asked, what was wished for, and the answer. It lives in memory only.

import { better, mayFindMore } from "./closer.js";
import { readable } from "./readable.js";

const LIMIT = 10;
const MORE = 20;

export class Search {
  /** `[{ file, read, once, closer }]`: what the visitor gave, as the engine can read it, and what it sees of it. */
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

  /** The part that was looked at last, so that it is not looked at again: `{ region, once, closer }`. */
  #part = null;

  constructor({ files = [], work = null, filters = {}, among = "all" }) {
    this.pictures = files.map((file) => ({ file, read: null }));
    this.work = work;
    this.filters = filters;
    this.among = among;
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
    const { count: own } = await eye.own.info();
    if (own === 0) this.among = "all";
    let matches = await this.#find(eye, signal, "once");
    if (!this.work && mayFindMore(matches, eye.info)) matches = better(matches, await this.#find(eye, signal, "closer"));
    const thumbnails = await Promise.all(matches.map((match) => (match.own ? eye.own : eye).thumbnail(match.id)));
    signal.throwIfAborted();
    matches.approximate = this.pictures.some(({ read }) => read.approximate);
    Object.assign(this, { matches, thumbnails, counts: { all: eye.info.count + own, works: eye.info.count, own } });
  }

  async #find(eye, signal, how) {
    const seen = this.work ? [] : await this.#look(eye, signal, how);
    const question = this.work ? [named(this.work)] : seen.map(({ embedding }) => embedding);
    const without = [...this.without, ...(this.work ? [this.work] : [])].map(named);
    const { limit, filters, among } = this;
    const matches = await eye.search(question, { limit, filters, without, closer: how === "closer", among, signal });
    // The question is a list of embeddings; what counts is whose they are.
    for (const match of matches) {
      const { query, look } = seen[match.query] ?? match;
      Object.assign(match, { query, look });
    }
    return matches;
  }

  /**
   * What is seen of the pictures and of the chosen part, "once" or "closer": `[{ embedding, look, query }]`, the part's
   * query last.
   */
  async #look(eye, signal, how) {
    const { region } = this;
    const closer = how === "closer";
    for (const picture of this.pictures) {
      picture.read ??= await readable(picture.file);
      picture[how] ??= await eye.look(picture.read.part, { closer, signal });
    }
    if (region) {
      if (this.#part?.region !== region) this.#part = { region };
      this.#part[how] ??= await eye.look(this.pictures[0].read.part, { closer, region, signal });
    }
    const parts = [...this.pictures, ...(region ? [this.#part] : [])];
    return parts.flatMap((part, query) => part[how].map((one) => ({ ...one, query })));
  }

  /** Own pictures have come or gone, so this must be asked again; those that are gone need not be left out any more. */
  forgetAnswer(gone) {
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
