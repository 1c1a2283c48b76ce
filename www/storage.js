// What this page keeps on the device, and how it is erased. Of pictures, only those that were added to be kept are among it.

import { bytesKept, eraseAll } from "./own/store.js";

const LANGUAGE = "private-eye language";

/** The language that was chosen at an earlier visit, if any. */
export function chosenLanguage() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null; // storage is switched off
  }
}

export function keepLanguage(language) {
  try {
    localStorage.setItem(LANGUAGE, language);
  } catch {
    // Then it holds for this visit.
  }
}

/** What is kept: `[{ what: "page" | "collection" | "own" | "language", bytes }]`. */
export async function stored() {
  const found = [];
  for (const name of await ours()) {
    const cache = await caches.open(name);
    const responses = await Promise.all((await cache.keys()).map((request) => cache.match(request)));
    const sizes = await Promise.all(responses.map(async (response) => (await response?.blob())?.size ?? 0));
    found.push({ what: name.startsWith("private-eye page ") ? "page" : "collection", bytes: sizes.reduce((sum, size) => sum + size, 0) });
  }
  const own = await bytesKept();
  if (own > 0) found.push({ what: "own", bytes: own });
  if (chosenLanguage()) found.push({ what: "language", bytes: 0 });
  return found;
}

/**
 * Erases all of it. The service worker stays, for it holds nothing: without it, what another app shares with the installed
 * page would be sent to the server.
 */
export async function erase() {
  await Promise.all((await ours()).map((name) => caches.delete(name)));
  await eraseAll();
  try {
    localStorage.removeItem(LANGUAGE);
  } catch {
    // Nothing was stored where storage is switched off.
  }
}

async function ours() {
  try {
    return (await caches.keys()).filter((name) => name.startsWith("private-eye "));
  } catch {
    return []; // there are none here, or storage is switched off
  }
}
