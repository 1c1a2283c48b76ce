/** What every promise of this module rejects with. */
export class EyeError extends Error {
  constructor(code: ErrorCode, message: string);
  /** Stable, and meant for programs; `message` is for people. */
  readonly code: ErrorCode;
}

export type ErrorCode =
  // about the picture
  | "NotAPicture" | "OtherFormat" | "DamagedPicture" | "TooLarge" | "NotFound"
  // about the call
  | "BadOption" | "Aborted" | "Closed"
  // about the collection
  | "CorruptedDownload" | "BadCollection" | "BadModel" | "ModelMismatch"
  // about the network
  | "Network" | "Timeout" | "Offline"
  // about the browser
  | "NoSimd" | "Browser" | "Crashed";

/** Whether this browser has WebAssembly with 128-bit SIMD, which the search needs. */
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
  /** Aborts the download. */
  signal?: AbortSignal;
}

/** In bytes. */
export interface Progress {
  done: number;
  total: number;
  parts: PartProgress[];
}

export interface PartProgress {
  part: "model" | "vectors" | "forest" | "items" | "thumbnails" | "samples";
  done: number;
  total: number;
  /** As much of it as came over the network at this visit; the rest was on the device. */
  fetched: number;
}

/** An open collection. */
export interface Eye {
  readonly info: Info;
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
  /** The thumbnail of a work, a JPEG; empty where the collection was built without pictures. */
  thumbnail(id: number): Promise<Blob>;
  /** The metadata record of a work. */
  item(id: number): Promise<Item>;
  /** The columns to filter by. */
  columns(): Promise<Column[]>;
  /** Ready query pictures that came with the collection. */
  samples(): Promise<{ label: string; change: string; blob: Blob }[]>;
  /** Ends the worker and frees its memory. What is under way rejects with `Closed`. */
  close(): void;
}

/** A picture, an embedding of one, or the number of a work. */
export type Part = Blob | Float32Array | number;

/** What is seen of a picture when it is looked at in one way. */
export interface Seen {
  look: Look;
  embedding: Float32Array;
}

/** All of a picture, so much of each side around its centre, or its mirror image. */
export type Look = "whole" | "centre 85 %" | "centre 70 %" | "mirrored";

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
  /** How many works to compare: the collection's own measured default, all, or about this many. */
  effort?: "auto" | "exact" | number;
  /** The part of each picture to search for. */
  region?: Region;
  /** Wanted values of columns, by their names; works that lack such a column are left out. */
  filters?: Record<string, string[] | { from?: number; to?: number }>;
  /** Numbers of works to leave out. */
  without?: number[];
  /** Look at each picture in several ways: slower, and finds what was framed or mirrored. */
  closer?: boolean;
  signal?: AbortSignal;
}

export type Verdict = "same" | "similar" | "none";

export interface Matches extends Array<Match> {
  /** Of the best match. */
  verdict: Verdict;
  /** How many works were compared. */
  lookedAt: number;
  /** Whether these were all. */
  exact: boolean;
  /** Whether the browser itself decoded a picture (HEIC, AVIF), which may differ slightly from the collection's way. */
  approximate: boolean;
}

export interface Match {
  /** From 1. */
  rank: number;
  /** Number of the work in the collection, from 0. */
  id: number;
  /** The picture's path below the folder that the collection was built from. */
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
  /** The scores from which a match is the same picture, or looks alike. */
  thresholds: { same: number; similar: number };
  /** The same for pictures that are looked at closely, where that was measured. */
  closer: { same: number; similar: number } | null;
  /** The longest picture file that is read, in bytes. */
  longest_picture: number;
}

/**
 * `<private-eye src="/search/collection/">`. Attributes: `src`, `limit`, `min-verdict` ("same" or "similar"), `locale`,
 * `patience`. Elements with the same `src` share one worker.
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
