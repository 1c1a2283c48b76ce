// Serves the page's own files from the device. The collection and the model are not its business: the engine keeps
// those itself (see src/web/store.rs), because it alone can tell whether they are whole.

/** The files of the page: `[path, SHA-256 in hex]`. */
const PRECACHE = /* filled in by the build */ [];
const VERSION = "";

const PREFIX = `private-eye page ${registration.scope} `;
const CACHE = PREFIX + VERSION;
const address = (path) => new URL(path === "index.html" ? "./" : path, registration.scope).href;
const kept = new Set(PRECACHE.map(([path]) => address(path)));

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => event.data === "activate" && skipWaiting());

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.search = url.hash = "";
  if (url.href === address("index.html") + "index.html") url.href = address("index.html");
  if (request.method !== "GET" || !kept.has(url.href)) return;
  event.respondWith(caches.open(CACHE).then((cache) => cache.match(url.href, { ignoreVary: true })).then((found) => found ?? fetch(request)));
});

async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all(PRECACHE.map(async ([path, sha256]) => {
    const response = await whole(address(path), integrity(sha256));
    const headers = new Headers(response.headers);
    for (const stale of ["content-encoding", "content-length"]) headers.delete(stale); // the body is decoded by now
    // A copy without the mark of a redirect, which browsers refuse as an answer to a navigation.
    await cache.put(address(path), new Response(response.body, { headers }));
  }));
}

/** The file with exactly these bytes: from the HTTP cache, where the page's own visit left it, or from the server. */
async function whole(url, integrity) {
  const response = await fetch(url, { integrity }).catch(() => fetch(url, { integrity, cache: "reload" }));
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

function integrity(hex) {
  return `sha256-${btoa(String.fromCharCode(...hex.match(/../g).map((byte) => parseInt(byte, 16))))}`;
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}
