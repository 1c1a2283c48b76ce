// One open collection for everybody on a page who asks for the same address.

import { open } from "./eye.js";

/** What is open, or opening, by its address. */
const collections = new Map();

/**
 * Takes part in the collection at this address, opening it where nobody did so far. Who opens it first decides how it
 * is opened.
 *
 * @param {string} address
 * @param {{patience?: number, onProgress: (progress: import("./private-eye.js").Progress) => void}} options
 * @returns {{eye: Promise<import("./private-eye.js").Eye>, leave: () => void}} `leave` closes the collection when the
 *   last one leaves
 */
export function join(address, { patience, onProgress }) {
  const known = collections.get(address) ?? begin(address, patience);
  const member = { onProgress };
  known.members.add(member);
  if (known.progress) onProgress(known.progress);
  const leave = () => {
    if (!known.members.delete(member) || known.members.size > 0) return;
    forget(address, known);
    known.controller.abort();
    known.eye.then((eye) => eye.close(), () => {});
  };
  return { eye: known.eye, leave };
}

function begin(address, patience) {
  const known = { members: new Set(), controller: new AbortController(), progress: null };
  const onProgress = (progress) => {
    known.progress = progress;
    for (const member of known.members) member.onProgress(progress);
  };
  known.eye = open(address, { patience, workers: 0, onProgress, signal: known.controller.signal });
  known.eye.catch(() => forget(address, known)); // so that the next one tries anew
  collections.set(address, known);
  return known;
}

function forget(address, known) {
  if (collections.get(address) === known) collections.delete(address);
}
