/** What every promise of this module rejects with. */
export class EyeError extends Error {
  constructor(code: ErrorCode, message: string, place?: number);
  /** Stable, and meant for programs; `message` is for people. */
  readonly code: ErrorCode;
  /** Where a picture of a question is what it is about: its place in the question. */
  readonly place?: number;
}

export type ErrorCode =
  // about the picture; `TooLarge` as well where memory does not suffice for a collection
  | "NotAPicture" | "OtherFormat" | "DamagedPicture" | "TooLarge" | "NotFound"
  // about the call
  | "BadOption" | "Aborted" | "Closed"
  // about the collection
  | "CorruptedDownload" | "BadCollection" | "BadModel" | "ModelMismatch"
  // about one's own pictures
  | "NoRoom"
  // about the network
  | "Network" | "Timeout" | "Offline"
  // about the browser
  | "NoSimd" | "Browser" | "Crashed";

/** Whether this browser has WebAssembly with 128-bit SIMD and module workers, which the search needs. */
export function supported(): boolean;

/**
 * Opens a collection in a worker of its own: downloads what is not yet on this device, checks it, and resolves when it
 * can be searched. Afterwards nothing uses the network.
 *
 * @param collection the folder with `manifest.json`, relative to the page
 */
export function open(collection: string | URL, options?: OpenOptions): Promise<Eye>;

export interface OpenOptions {
  /** Called a few times a second while downloading. */
  onProgress?: (progress: Progress) => void;
  /** Called for each request that the worker makes after opening: there should be none. */
  onRequest?: (request: { url: string; /** milliseconds since 1970 */ time: number }) => void;
  /**
   * Asked before anything that is not on this device yet is fetched, with its size in bytes. What it returns is waited
   * for; where it rejects, so does `open`.
   */
  beforeDownload?: (size: { missing: number; total: number }) => Promise<void> | void;
  /** Milliseconds that the server may take for the first file; 10 000 by default. */
  patience?: number;
  /**
   * How many workers are started with it, to embed own pictures: by default one less than the processor has cores, at
   * least 1 and at most 4. They are started at once, because what starts later is fetched later. With 0, for pages that
   * add no own pictures, whatever is added is embedded by the worker that searches.
   */
  workers?: number;
  /**
   * Resolve as soon as the first works can be searched. An answer is then that of comparing all works that have come,
   * and `searched` says how many these are: fewer than all as long as the rest is on its way. `complete` tells when
   * everything is here; what is fetched, and in which order, does not depend on what is asked meanwhile.
   */
  early?: boolean;
  /** Aborts the download; with `early`, also that of the rest. */
  signal?: AbortSignal;
}

/** In bytes. */
export interface Progress {
  done: number;
  total: number;
  parts: PartProgress[];
  /** How many works a search would look at by now. */
  searchable: Coverage;
}

/** So many works of those that the collection has. */
export interface Coverage {
  works: number;
  of: number;
}

export interface PartProgress {
  part: "model" | "vectors" | "forest" | "items" | "thumbnails" | "samples";
  done: number;
  total: number;
  /** As much of it as came over the network at this visit; the rest was on the device. */
  fetched: number;
}

/** An open collection, or (`early`) one that can be searched while the rest of it is on its way. */
export interface Eye {
  readonly info: Info;
  /**
   * Resolves when everything is here; without `early`, it is from the beginning. Where the rest does not come, it rejects
   * with the reason for which `open` would have, and what has come can be searched all the same. It need not be handled.
   */
  readonly complete: Promise<void>;
  /** The visitor's own pictures: a private collection on this device, searched together with the open one. */
  readonly own: OwnPictures;
  /**
   * The works nearest to a question, best first. Of a list, a work counts as near as it is to the nearest part, which
   * its `query` names by its place in the list.
   */
  search(question: Part | Part[], options?: SearchOptions): Promise<Matches>;
  /**
   * What is seen of the picture, ready to be searched for: of the whole or, `closer`, in several ways. A search for
   * several of these at once should be told that it is `closer`, too.
   */
  look(picture: Blob, options?: { closer?: boolean; region?: Region; signal?: AbortSignal }): Promise<Seen[]>;
  /** The picture as 512 numbers: what the network says, or (`normalized`) the same direction with length 1. */
  embed(picture: Blob, options?: { normalized?: boolean; region?: Region; signal?: AbortSignal }): Promise<Float32Array>;
  /** The thumbnail of a work, a JPEG; empty where the collection was built without pictures, or while it is on its way. */
  thumbnail(id: number): Promise<Blob>;
  /** The metadata record of a work; rejects with `NotFound` while it is on its way. */
  item(id: number): Promise<Item>;
  /** The columns to filter by, of the works that are here. */
  columns(): Promise<Column[]>;
  /** Ready query pictures that came with the collection, as far as they are here. */
  samples(): Promise<{ label: string; change: string; blob: Blob }[]>;
  /** Ends the worker and frees its memory. What is under way rejects with `Closed`. */
  close(): void;
}

/** A picture, an embedding of one, the number of a work, or the number of one of the visitor's own pictures. */
export type Part = Blob | PicturePart | Float32Array | number | { own: number };

/** A picture of which a part is meant, or that was looked at before and need not be looked at again. */
export interface PicturePart {
  picture: Blob;
  region?: Region;
  /** As an earlier answer had it (`Matches.seen`), for the same picture and region. */
  seen?: Seen[];
}

/** What is seen of a picture when it is looked at in one way. */
export interface Seen {
  look: Look;
  embedding: Float32Array;
}

/** All of a picture, what hangs on the wall in it, so much of each side around its centre, or its mirror image. */
export type Look = "whole" | "framed" | `centre ${number} %` | "mirrored";

/** Fractions of a picture's width and height, between 0 and 1. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface SearchOptions {
  /** The most matches wanted; 10 by default. */
  limit?: number;
  /**
   * How many works to compare: the collection's own measured default, all, or about this many, but no fewer than 80 for each
   * look at a work.
   */
  effort?: "auto" | "exact" | number;
  /** The part of each picture to search for. */
  region?: Region;
  /**
   * Wanted values of columns, by their names, or ranges, whose lower number comes first; works that lack such a column are
   * left out.
   */
  filters?: Record<string, string[] | { from?: number; to?: number }>;
  /** Numbers of works, and of own pictures, to leave out. */
  without?: (number | { own: number })[];
  /**
   * Whose pictures may be matches: by default "all", the works of the collection and the visitor's own pictures. A filter
   * on another column than `file`, `title` or `added` leaves own pictures out, as it leaves out works without that column.
   */
  among?: "all" | "works" | "own";
  /**
   * Whether to look at each picture in several ways: slower, and finds what hangs on a wall or is mirrored. Left out, that
   * is done where one look finds nothing that is surely the same picture.
   */
  closer?: boolean;
  signal?: AbortSignal;
}

export type Verdict = "same" | "similar" | "none";

export interface Matches extends Array<Match> {
  /** Of the best match. */
  verdict: Verdict;
  /** How many works, own pictures among them, were compared. */
  lookedAt: number;
  /** Whether these were all, for each part of the question; never while works are still on their way. */
  exact: boolean;
  /** How many works of the collection could be searched: fewer than all in an answer that was asked for `early`. */
  searched: Coverage;
  /**
   * From which scores on matches of this answer are the same or similar: the more works resemble a picture, the higher. In
   * an early answer they are guessed from the works that are here, and at least those of the collection.
   */
  thresholds: { same: number; similar: number };
  /** What was seen of each part of the question that is a picture, by its place: the whole and, if it was looked at closer, more. */
  seen: (Seen[] | null)[];
  /** Whether the browser itself decoded a picture (HEIC, AVIF), which may differ slightly from the collection's way. */
  approximate: boolean;
}

export interface Match {
  /** From 1. */
  rank: number;
  /** Number of the work in the collection, from 0; of an own picture, the `id` that `eye.own` knows it by. */
  id: number;
  /** Whether this is one of the visitor's own pictures: its thumbnail is `eye.own.thumbnail(id)`. */
  own: boolean;
  /** The picture's path below the folder that the collection was built from, or that was added. */
  file: string;
  title: string;
  /** Cosine similarity, -1 to 1, higher is nearer. */
  score: number;
  /** Annoy's angular distance, 0 to 2, lower is nearer. */
  distance: number;
  verdict: Verdict;
  /** Place in the question of the part that this work is nearest to, from 0. */
  query: number;
  /** Of a picture, the look that is nearest to this work. */
  look?: Look;
  /** Where the collection has several looks at each work, the one that is nearest. */
  work_look?: Look;
  item: Item;
}

/** A metadata record: `file` and `title` always, the others where they are known, and every column as it was given. */
export interface Item {
  file: string;
  title: string;
  maker?: string;
  year?: string;
  style?: string;
  link?: string;
  [column: string]: unknown;
}

export type Column = { name: string } & (
  | { /** Each value with the number of works that have it. */ values: [value: string, count: number][] }
  | { range: { from: number; to: number } }
);

export interface Info {
  title: string;
  /** Number of works. */
  count: number;
  columns: string[];
  model: { name: string; sha256: string; preprocessing: string; dim: number; file: string; bytes: number };
  generator: string;
  /** SHA-256 of the manifest, which names every other file by its hash. */
  sha256: string;
  /** Of the model and the collection together. */
  bytes: number;
  parts: PartProgress[];
  /** The scores from which a match is usually the same picture, or looks alike; those of an answer are for its question. */
  thresholds: { same: number; similar: number };
  /** The same for pictures that are looked at closely, where that was measured. */
  closer: { same: number; similar: number } | null;
  /** The longest picture file that is read, in bytes. */
  longest_picture: number;
}

/**
 * The visitor's own pictures. They are kept on this device, for this origin, once for each model: pictures that were added
 * with other weights are not seen here. What is kept of a picture is its vectors, a thumbnail, its name and the hash of the
 * file, never the file. Tabs share them; what one tab adds, the others find.
 */
export interface OwnPictures {
  /** How many there are, and what is kept of them in bytes. */
  info(): Promise<OwnInfo>;
  /**
   * Embeds and keeps pictures. Files are read one for each worker at a time, so that any number of them can be given, as
   * an iterator too. What cannot be read is named in the answer, and the rest goes in. Resolves when all are done, or
   * soon after `signal` aborted it: it does not reject then, and what was added stays. Rejects with `NoRoom` where the
   * device has no room for more; what was added by then stays as well.
   */
  add(files: Iterable<File> | AsyncIterable<File>, options?: AddOptions): Promise<Added>;
  /** Some of them, in the order in which they were added: all, or `count` from the place `from` on. */
  items(from?: number, count?: number): Promise<OwnItem[]>;
  /** The thumbnail of one of them, a JPEG; rejects with `NotFound` where there is none with that `id`. */
  thumbnail(id: number): Promise<Blob>;
  /** Forgets these; an `id` that is not there any more is no error. */
  remove(ids: number[]): Promise<void>;
  /**
   * Groups of pictures that are the same, by the collection's own threshold for "same" or by another score, the biggest
   * group first. `score` is that with the one of its group that a picture is most like, and the first of a group is the
   * one that was added first. `onProgress` is told how many pictures were compared with all others.
   */
  duplicates(options?: {
    threshold?: number;
    onProgress?: (progress: { done: number; total: number }) => void;
    signal?: AbortSignal;
  }): Promise<{ id: number; score: number }[][]>;
  /** All of them in one file, a ZIP archive of a collection, which `private-eye verify` and `query` read once it is unpacked. */
  export(): Promise<Blob>;
  /**
   * Adds the pictures of such a file. It is checked as a whole first: where it is damaged (`BadCollection`,
   * `CorruptedDownload`) or made with another model (`ModelMismatch`), nothing changes. Aborted, it rejects with `Aborted`.
   */
  import(file: Blob, options?: { onProgress?: (progress: AddProgress) => void; signal?: AbortSignal }): Promise<Added>;
  /** Forgets everything, in memory and on the device, in every tab. */
  forget(): Promise<void>;
}

export interface OwnInfo {
  count: number;
  bytes: number;
  /**
   * Where they are kept: in the origin's private file system, in a database, or in memory alone, until the page is closed,
   * where the browser keeps nothing (private windows).
   */
  storage: "opfs" | "indexeddb" | "memory";
}

export interface OwnItem {
  /** Stays the same as long as the picture is there. */
  id: number;
  /** Its path below the folder that was added, or its name. */
  file: string;
  title: string;
  /** When, as in `2026-02-28T12:00:00.000Z`. */
  added: string;
}

export interface AddOptions {
  /** Called at most a few times a second, and once at the end. */
  onProgress?: (progress: AddProgress) => void;
  /** Ends the adding. */
  signal?: AbortSignal;
  /** How many of the workers that were opened embed at a time; by default all. */
  workers?: number;
  /** Lets the visitor pause the adding and go on. */
  pauser?: Pauser;
}

/** In pictures: `done` are `added`, `known` and `failed` ones. */
export interface AddProgress {
  done: number;
  /** Unknown while an iterator still gives more. */
  total: number | undefined;
  added: number;
  known: number;
  failed: number;
}

export interface Added {
  added: number;
  /** As many as were there already, by the hash of the file. */
  known: number;
  failed: { file: string; code: ErrorCode; message: string }[];
  /** Whether `signal` ended it. */
  stopped: boolean;
}

/** Pauses an `add` that it is given to: pictures under way are finished, no others are begun. */
export class Pauser {
  readonly paused: boolean;
  pause(): void;
  resume(): void;
}

/**
 * `<private-eye src="/search/collection/">`. Attributes: `src`, `loading` ("lazy" to fetch nothing before the first touch),
 * `limit`, `min-verdict` ("same" or "similar"), `locale`, `patience`. Elements with the same `src` share one worker.
 */
export class PrivateEye extends HTMLElement {
  /** Searches with a picture, as if the visitor had chosen it; resolves with the matches that are shown. */
  search(picture: Blob): Promise<Match[]>;
  addEventListener<Name extends keyof PrivateEyeEvents>(
    type: Name,
    listener: (event: PrivateEyeEvents[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
}

export interface PrivateEyeEvents {
  ready: CustomEvent<Info>;
  progress: CustomEvent<Progress>;
  match: CustomEvent<{ matches: Match[]; verdict: Verdict }>;
  error: CustomEvent<EyeError>;
}

declare global {
  interface HTMLElementTagNameMap {
    "private-eye": PrivateEye;
  }
}
