// Opens a collection of many vectors and searches it, on one thread.
//
// Every file is fetched once, before any clock starts; then `fetch` answers from memory. A collection is opened
//   from memory      all at once, with nothing stored on the device: all that there is to compute and to copy
//   as it arrives    at the pace of a fast connection, and stored: what is left to do after the last byte
//   from the device  where it was stored: what a second visit waits for
// From memory, the weights are also opened alone, with the first vector only, and the collection alone, with a network that
// is hardly there.

const EXACT = 100;
/** Bytes a second of the fast connection: 400 Mbit/s. */
const PACE = 50e6;
const PIECE = 1 << 18;

const options = new URLSearchParams(location.search);
const openings = Number(options.get("openings") ?? 5);
const folder = (name) => new URL(`/${name}/collection/`, location).href;

/** The rows of a .npy file of f32 numbers. */
async function rows(url) {
  const file = await (await fetch(url)).arrayBuffer();
  const start = 10 + new DataView(file).getUint16(8, true);
  const header = new TextDecoder().decode(file.slice(10, start));
  const [count, dim] = header.match(/\((\d+), *(\d+)/).slice(1).map(Number);
  const numbers = new Float32Array(file.slice(start));
  return Array.from({ length: count }, (_, row) => numbers.slice(row * dim, (row + 1) * dim));
}

const network = self.fetch.bind(self);
const files = new Map();

/** Takes the files of a collection into memory and tells how many bytes they have. */
async function download(collection) {
  const take = async (url) => {
    const answer = await network(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    files.set(url, await answer.arrayBuffer());
    return files.get(url).byteLength;
  };
  let bytes = await take(`${collection}manifest.json`);
  for (const file of named(collection)) bytes += await take(new URL(file, collection).href);
  return bytes;
}

const manifest = (collection) => JSON.parse(new TextDecoder().decode(files.get(`${collection}manifest.json`)));

function named(collection) {
  const { model, shards } = manifest(collection);
  return [...new Set([model, ...Object.values(shards).flat()].map(({ file }) => file))];
}

/** The files of one collection with the model of another. */
function join(name, collection, other) {
  const joined = { ...manifest(collection), model: manifest(other).model };
  for (const file of named(collection)) files.set(new URL(file, folder(name)).href, files.get(new URL(file, collection).href));
  files.set(new URL(joined.model.file, folder(name)).href, files.get(new URL(joined.model.file, other).href));
  files.set(`${folder(name)}manifest.json`, new TextEncoder().encode(JSON.stringify(joined)).buffer);
  return folder(name);
}

/** From now on, `fetch` gives these files, all at once. */
function fromMemory() {
  // A stream, because a body that is given as a whole is copied first.
  self.fetch = (request) => answer(request, (file) => new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(file));
      controller.close();
    },
  }));
}

/** From now on, `fetch` gives these files at the pace of the connection; tells when the last byte was handed over. */
function atPace() {
  const link = { free: performance.now(), last: 0, bytes: 0 };
  self.fetch = (request) => answer(request, (file) => {
    let sent = 0;
    return new ReadableStream({
      async pull(controller) {
        const piece = new Uint8Array(file.slice(sent, sent + PIECE));
        sent += piece.byteLength;
        link.bytes += piece.byteLength;
        link.free = Math.max(link.free, performance.now()) + (piece.byteLength / PACE) * 1000;
        const wait = link.free - performance.now();
        if (wait > 0) await new Promise((resolve) => { setTimeout(resolve, wait); });
        if (piece.byteLength > 0) controller.enqueue(piece);
        if (sent >= file.byteLength) controller.close();
        link.last = performance.now();
      },
    });
  });
  return link;
}

function answer(request, body) {
  const file = files.get(request.url ?? String(request));
  if (!file) return network(request);
  return Promise.resolve(new Response(body(file), { headers: { "content-length": file.byteLength } }));
}

const stored = self.caches;
const storing = (on) => Object.defineProperty(self, "caches", { value: on ? stored : undefined, configurable: true });
const forget = async () => { for (const name of await stored.keys()) await stored.delete(name); };

async function measure() {
  const queries = await rows(`/vectors/${options.get("queries")}`);
  const [collection, first, hardly] = ["collection", "first", "hardly"].map(folder);
  const bytes = await download(collection);
  await download(first);
  await download(hardly);
  const bare = join("bare", collection, hardly);
  const { default: init, Eye } = await import("/site/www/pkg/private_eye.js");
  const { memory } = await init({ module_or_path: "/site/www/pkg/private_eye_bg.wasm" });
  const found = { bytes, open_ms: [], first_ms: [], bare_ms: [], last_byte_ms: [], arriving_ms: [], device_ms: [], query_ms: [], exact_ms: [] };
  let eye;
  const open = async (site, times) => {
    eye?.free();
    const start = performance.now();
    eye = await Eye.open(site, () => {}, {}, undefined);
    await eye.complete();
    times?.push(performance.now() - start);
  };
  fromMemory();
  storing(false);
  await open(first); // compiled by then
  for (let opening = 0; opening < openings; opening++) {
    storing(false);
    fromMemory();
    await open(first, found.first_ms);
    await open(bare, found.bare_ms);
    await open(collection, found.open_ms);
    storing(true);
    await forget();
    const link = atPace();
    await open(collection, found.arriving_ms);
    found.last_byte_ms.push(performance.now() - link.last);
    found.transfer_ms = (link.bytes / PACE) * 1000;
    await open(collection, found.device_ms);
  }
  await forget();
  found.n = eye.info().count;
  found.memory = memory.buffer.byteLength;
  const ask = (query, effort) => {
    const start = performance.now();
    const value = eye.search([query], { limit: 10, effort });
    return { ms: performance.now() - start, value };
  };
  for (const query of queries.slice(0, 20)) ask(query, "auto"); // compiled by then
  let hits = 0;
  for (const [place, query] of queries.entries()) {
    const quick = ask(query, "auto");
    found.query_ms.push(quick.ms);
    found.looked_at = quick.value.looked_at;
    if (place >= EXACT) continue;
    const exact = ask(query, "exact");
    found.exact_ms.push(exact.ms);
    const right = new Set(exact.value.matches.map(({ id }) => id));
    hits += quick.value.matches.filter(({ id }) => right.has(id)).length / right.size;
  }
  found.recall = hits / found.exact_ms.length;
  return found;
}

postMessage(await measure().catch((error) => ({ error: String(error?.stack ?? error) })));
