// The panel that shows what leaves this page, what came here and what stays.

import { button, element, make } from "./dom.js";
import { forget, mayForget } from "./room.js";
import { erase, stored } from "./storage.js";
import { words } from "./words.js";

/**
 * @param {import("./private-eye.js").Eye} eye
 * @param {{own: number, witness: number | null}} requests since "ready", by the page's own count and by the service
 *   worker's, where there is one
 */
export function showTrust({ info, own }, requests) {
  const { trust, parts } = words;
  const part = (title, ...content) => make("section", {}, make("h3", { textContent: title }), ...content);
  const pairs = (rows) => make("dl", {}, ...rows.flatMap(([name, value, className = ""]) => [
    make("dt", { textContent: name }), make("dd", { textContent: value, className })]));
  const storage = part(trust.storedTitle, make("p", { textContent: trust.looking }));
  const status = make("p", { role: "status" });
  element("trust-text").replaceChildren(
    make("h2", { id: "trust-title", tabIndex: -1, textContent: trust.title }),
    make("p", { className: "count" }, make("output", { id: "trust-requests" }), make("span")),
    make("p", { id: "trust-witness", className: "figures" }),
    make("p", { textContent: trust.promise }),
    part(trust.checkTitle, make("ol", {}, ...trust.check.map((step) => make("li", { textContent: step })))),
    part(trust.downloadedTitle, pairs(info.parts.map(({ part: name, total, fetched }) => [parts[name] ?? name, trust.downloaded(Math.min(fetched, total), total)]))),
    part(trust.whatTitle, pairs([[trust.model, info.model.sha256, "hash"], [trust.collection, info.sha256, "hash"]])),
    storage, status);
  showRequests(requests);
  showStored(storage, own, status);
  if (!element("trust").open) element("trust").showModal();
}

/** Keeps the numbers of an open panel true. */
export function showRequests({ own, witness }) {
  const output = element("trust-requests");
  if (!output) return;
  output.textContent = own;
  output.nextElementSibling.textContent = words.trust.counted(own);
  element("trust-witness").textContent = witness === null ? words.trust.noWitness : words.trust.witness(witness);
}

async function showStored(section, own, status) {
  const { trust } = words;
  const [kept, { count }] = await Promise.all([stored(), own.info().catch(() => ({ count: 0 }))]);
  const lines = kept.map(({ what, bytes }) => [trust.stored[what], what === "own" ? trust.storedOwn(count, bytes) : bytes > 0 ? trust.storedBytes(bytes) : ""]);
  const erases = button(trust.erase, async () => {
    if (count > 0 || kept.some(({ what }) => what === "own")) {
      if (!await mayForget()) return;
      await forget();
    }
    await erase();
    await showStored(section, own, status);
    // The button that had the focus is gone.
    element("trust-title").focus();
    status.textContent = trust.erased;
  }, { id: "erase", className: "button quiet" });
  section.replaceChildren(section.firstElementChild,
    lines.length > 0
      ? make("dl", {}, ...lines.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]))
      : make("p", { id: "nothing-stored", textContent: trust.storedNothing }),
    make("p", { textContent: trust.storedNever }),
    lines.length > 0 ? erases : "");
}
