// Serves the page's own files from the device. The collection and the model are not its business: the engine keeps
// those itself (see src/web/store.rs), because it alone can tell whether they are whole.

/** The files of the page: `[path, start of its SHA-256 in hex]`. */
const PRECACHE = /* filled in by the build */ [];
const VERSION = "";

const PREFIX = `private-eye page ${registration.scope} `;
const CACHE = PREFIX + VERSION;
const address = (path) => new URL(path === "index.html" ? "./" : path, registration.scope).href;
const kept = new Set(PRECACHE.map(([path]) => address(path)));

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => {
  const { data, ports: [port] } = event;
  if (data === "activate") skipWaiting();
  if (data === "shared") hand(port);
  if (data === "whole") {
    port.postMessage(false);
    event.waitUntil(fill().catch(() => {}).then(() => port.postMessage(true)));
  }
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  url.search = url.hash = "";
  if (request.method === "POST" && url.href === address("share")) return event.respondWith(take(event));
  if (url.href === address("index.html") + "index.html") url.href = address("index.html");
  if (request.method !== "GET" || !kept.has(url.href)) return report(event);
  // To open the cache would make it again where it was erased.
  return event.respondWith(caches.match(url.href, { cacheName: CACHE, ignoreVary: true }).then((found) => {
    if (!found) report(event);
    return found ?? fetch(request);
  }));
});

/** Tells the page of each of its requests that goes to the network. */
async function report({ request: { url }, clientId }) {
  const time = Date.now();
  // A navigation comes from no page yet.
  if (!clientId) return;
  const client = await clients.get(clientId);
  // In a worker nobody listens, and whose worker it is, is not said.
  for (const page of client?.type === "window" ? [client] : await clients.matchAll()) page.postMessage({ request: { url, time } });
}

/** Pictures that another app has shared, until the page asks for them. They are never sent anywhere, nor stored. */
let shared = [];
/** Milliseconds that a page takes to open. The browser ends an idle service worker, and what it holds, after a while. */
const TIME_TO_OPEN = 60_000;

async function take(event) {
  event.waitUntil(new Promise((resolve) => { setTimeout(resolve, TIME_TO_OPEN); }));
  const form = await event.request.formData();
  shared = form.getAll("pictures").filter((file) => file instanceof File && file.size > 0);
  return Response.redirect(`${address("index.html")}#shared`, 303);
}

function hand(port) {
  port.postMessage(shared);
  shared = [];
}

/** Fetches the files of the page, unless all are here: the visitor may have erased them, or the browser, for want of room. */
async function fill() {
  if (await caches.has(CACHE) && (await (await caches.open(CACHE)).keys()).length === PRECACHE.length) return;
  // All of them before any is kept: what another version has in their place may not fit those that are here.
  const files = await Promise.all(PRECACHE.map(([path, hash]) => whole(address(path), hash)));
  const cache = await caches.open(CACHE);
  await Promise.all(files.map(({ url, headers: sent, bytes }) => {
    const headers = new Headers(sent);
    for (const stale of ["content-encoding", "content-length"]) headers.delete(stale); // the body is decoded by now
    // A copy without the mark of a redirect, which browsers refuse as an answer to a navigation.
    return cache.put(url, new Response(bytes, { headers }));
  }));
}

/**
 * The file whose SHA-256 starts with these 8 digits: from the HTTP cache, where the page's own visit left it, or from the server.
 * It tells versions apart; whoever could forge a file could send another list as well.
 */
async function whole(url, hash) {
  for (const cache of ["default", "reload"]) {
    const response = await fetch(url, { cache });
    const bytes = await response.arrayBuffer();
    const start = new DataView(await crypto.subtle.digest("SHA-256", bytes)).getUint32(0);
    if (response.ok && start === parseInt(hash, 16)) return { url, headers: response.headers, bytes };
  }
  throw new Error(`${url} is not of this version`);
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await clients.claim();
}
