// The worker behind private-eye.js: owns the WebAssembly engine and answers numbered calls.
//
// In:  { id, method, values }  or  { abort: id }  or  { consent: id }
// Out: { id, progress }*, perhaps { id, ask }, perhaps { id, early }, then  { id, value }  or  { id, error: { code, message } };
//      and { request: { url, time } }

import { better, mayFindMore, Question } from "./question.js";
import { readable } from "./readable.js";

let eye;
/** What the visitor's own pictures are kept by. */
let own;
/** What a worker needs to embed pictures. */
let supplies;
/** The calls that may still be aborted. */
const running = new Map();
/** What goes on when the page consents to the download that a call asked it about. */
const asked = new Map();

const methods = {
  /** Says `early` what is open as soon as it can be searched, and ends when everything is here. */
  async open([url, { asks, ...options }], { signal, progress, ask, early }) {
    const [bindings, { Keeping }, module] = await Promise.all([
      import("./pkg/private_eye.js"), import("./own/keeping.js"), compiled(new URL("./pkg/private_eye_bg.wasm", import.meta.url)),
    ]).catch(unreachable);
    await bindings.default({ module_or_path: module });
    eye = await bindings.Eye.open(url, progress, { ...options, consent: asks ? ask : null }, signal);
    own = new Keeping(eye, bindings);
    const kind = eye.own_kind();
    supplies = { module, kind, address: new URL(kind.file, url.endsWith("/") ? url : `${url}/`).href, longest: eye.info().longest_picture };
    early(eye.info());
    await eye.complete();
    reportRequests();
    return eye.info();
  },
  item: ([id]) => eye.item(id),
  columns: () => eye.columns(),
  thumbnail: ([id]) => eye.thumbnail(id),
  samples: () => eye.samples().map((sample, index) => ({ ...sample, bytes: eye.sample(index) })),
  async search([question, { region, ...options }], { signal }) {
    // What is wrong with what is kept of own pictures is said by those who ask for them.
    if (options.among !== "works") await own.fresh().catch(() => {});
    options.withoutOwn = options.without?.filter(isOwn).map(({ own: id }) => id);
    options.without = options.without?.filter((id) => !isOwn(id));
    const asked = new Question(eye, question, region, (picture) => read(picture, signal));
    const ask = async (closer) => {
      const parts = await asked.look(closer);
      const answer = eye.search(parts.map(({ value }) => value), { ...options, closer });
      for (const match of answer.matches) {
        const { place, look } = parts[match.query];
        Object.assign(match, { query: place }, closer && look && { look });
      }
      return answer;
    };
    try {
      let answer = await ask(options.closer ?? false);
      const unsure = options.closer === undefined && asked.pictures > 0 && mayFindMore(answer, eye.info());
      if (unsure) answer = better(answer, await ask(true));
      return { ...answer, seen: asked.seen };
    } finally {
      asked.close();
    }
  },
  async look([picture, { closer, region }], { signal }) {
    const asked = new Question(eye, [picture], region, (blob) => read(blob, signal));
    try {
      await asked.look(closer);
      return asked.seen[0];
    } finally {
      asked.close();
    }
  },
  async embed([picture, options], { signal }) {
    return eye.embed(await read(picture, signal), options);
  },
  // The weights lie on the device, for other workers to find them, once everything does.
  ownSupplies: () => eye.complete().then(() => supplies, () => supplies),
  ownInfo: () => own.info(),
  ownHashes: () => own.hashes(),
  ownKeep: ([pictures]) => own.keep(pictures),
  ownItems: ([from, count]) => own.items(from, count),
  ownThumbnail: ([id]) => own.thumbnail(id),
  ownRemove: ([ids]) => own.remove(ids),
  ownDuplicates: ([threshold], { signal, progress }) => own.duplicates(threshold, { signal, progress, turn }),
  ownExport: () => own.export(),
  ownImport: ([file], { signal, progress }) => own.import(file, { signal, progress }),
  ownForget: () => own.forget(),
  async ownHash([file], { signal }) {
    return { sha256: await own.hash(await read(file, signal)) };
  },
  async ownEmbed([file], { signal }) {
    const { part } = await readable(file);
    return eye.own_prepare(await read(part, signal));
  },
};

addEventListener("message", async ({ data }) => {
  if (data.abort) return running.get(data.abort)?.abort();
  if (data.consent) return asked.get(data.consent)?.();
  const { id, method, values } = data;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const progress = (value) => postMessage({ id, progress: value });
    const ask = (size) => new Promise((resolve) => {
      asked.set(id, resolve);
      postMessage({ id, ask: size });
    });
    const early = (value) => postMessage({ id, early: value });
    postMessage({ id, value: await methods[method](values, { signal: controller.signal, progress, ask, early }) });
  } catch (error) {
    // What it gave up waiting for is not left hanging, as far as the browser lets go of it.
    controller.abort();
    postMessage({ id, error: inWords(error) });
  } finally {
    running.delete(id);
    asked.delete(id);
  }
  return undefined;
});

/**
 * The bytes of a picture, where one is given. The engine cannot be interrupted once it computes, so this is where a search
 * that was aborted while it waited in line ends.
 */
async function read(picture, signal) {
  if (picture) eye.accepts(picture.size); // refused before a huge file is read into memory
  const bytes = picture && new Uint8Array(await picture.arrayBuffer().catch(() => {
    throw coded("NotFound", "The file cannot be read any more. Was it moved, or is it a folder?");
  }));
  await turn();
  if (signal.aborted) throw coded("Aborted", "Stopped, because something newer was asked.");
  return bytes;
}

/** Lets messages that already wait be handled first. */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

const isOwn = (part) => typeof part === "object" && "own" in part;

/** The program, to be shared with other workers. */
async function compiled(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  if (response.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** Tells the page of each request that this worker makes from now on. There should be none. */
function reportRequests() {
  const ready = performance.now();
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (startTime > ready) postMessage({ request: { url: name, time: performance.timeOrigin + startTime } });
    }
  }).observe({ type: "resource" });
}

function unreachable(error) {
  if (error instanceof WebAssembly.CompileError) throw error;
  throw navigator.onLine
    ? coded("Network", `The search program could not be fetched (${error.message}). Check the connection and try again.`)
    : coded("Offline", "You are offline, and the search program is not on this device yet.");
}

function coded(code, message) {
  return Object.assign(new Error(message), { code });
}

function inWords(error) {
  return { code: error?.code && typeof error.code === "string" ? error.code : "Crashed", message: String(error?.message ?? error), place: error?.place };
}
