// A large download over a connection that is paid by the byte is not begun unasked.

import { element } from "./dom.js";
import { words } from "./words.js";

/** Bytes from which on a download is worth a question. */
const LARGE = 4e6;

/** The size that is asked about, while the question stands. */
let asked = null;

/**
 * Waits for a click where the connection is metered, as far as this browser can tell, and the download is large.
 *
 * @param {{missing: number}} size in bytes
 */
export function onMetered({ missing }) {
  if (missing < LARGE || !metered(navigator.connection)) return undefined;
  asked = missing;
  sayMetered();
  element("metered").hidden = false;
  return new Promise((resolve) => {
    element("metered").querySelector("button").addEventListener("click", () => {
      asked = null;
      element("metered").hidden = true;
      element("picture").focus(); // the button that had the focus is gone
      resolve();
    }, { once: true });
  });
}

/** Says the question, again in another language if need be. */
export function sayMetered() {
  if (asked !== null) element("metered").firstElementChild.textContent = words.metered(asked);
}

/** The Network Information API, which Chromium has. */
function metered(connection) {
  return Boolean(connection?.saveData) || connection?.type === "cellular";
}
