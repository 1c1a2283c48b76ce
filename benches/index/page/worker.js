// Opens a collection of many vectors and searches it, on one thread.
//
// Every file is fetched once, before the clock starts; then `fetch` answers from memory. So the time of opening is what is
// left after the download: checking and reading the files, and making ready what is not in them. A collection of the first
// vector alone tells how much of it is the network.

const EXACT = 100;

const options = new URLSearchParams(location.search);
const openings = Number(options.get("openings") ?? 5);
const [collection, first] = ["collection", "first"].map((site) => new URL(`/${site}/collection/`, location).href);

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

/** From now on, `fetch` gives the collection's files from memory. Tells how many bytes they have. */
async function download(collection) {
  const take = async (url) => {
    const answer = await network(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    files.set(url, await answer.arrayBuffer());
    bytes += files.get(url).byteLength;
    return files.get(url);
  };
  let bytes = 0;
  const manifest = JSON.parse(new TextDecoder().decode(await take(`${collection}manifest.json`)));
  const shards = Object.values(manifest.shards).flat();
  for (const { file } of [manifest.model, ...shards]) await take(new URL(file, collection).href);
  self.fetch = (request) => {
    const file = files.get(request.url ?? String(request));
    const headers = { "content-length": file?.byteLength };
    return file ? Promise.resolve(new Response(file, { headers })) : network(request);
  };
  // What is stored on the device is a download, too.
  Object.defineProperty(self, "caches", { value: undefined });
  return bytes;
}

function timed(work) {
  const start = performance.now();
  const value = work();
  return { ms: performance.now() - start, value };
}

async function measure() {
  const queries = await rows(`/vectors/${options.get("queries")}`);
  const bytes = await download(collection);
  await download(first);
  const { default: init, Eye } = await import("/site/www/pkg/private_eye.js");
  const { memory } = await init({ module_or_path: "/site/www/pkg/private_eye_bg.wasm" });
  const [open_ms, first_ms] = [[], []];
  let eye;
  for (let opening = 0; opening < openings; opening++) {
    for (const [site, times] of [[first, first_ms], [collection, open_ms]]) {
      eye?.free();
      const start = performance.now();
      eye = await Eye.open(site, () => {}, {}, undefined);
      times.push(performance.now() - start);
    }
  }
  const found = { n: eye.info().count, bytes, open_ms, first_ms, query_ms: [], exact_ms: [] };
  found.memory = memory.buffer.byteLength;
  const ask = (query, effort) => timed(() => eye.search([query], { limit: 10, effort }));
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
