// The ways of asking: file input, camera, drop anywhere, paste by key or button, and what other apps share.

import { element } from "./dom.js";
import { dropped } from "./folders.js";
import { words } from "./words.js";

/**
 * @param {object} on
 * @param {(pictures: File[]) => void} on.ask
 * @param {(files: File[], folders: FileSystemDirectoryEntry[]) => void} on.keep for folders, and for what was dropped
 *   on the visitor's own pictures
 * @param {() => boolean} on.inRoom whether the visitor is in the room of these
 * @param {(code: string) => void} on.refuse for what was given and holds no file
 */
export function askedBy({ ask, keep, inRoom, refuse }) {
  for (const id of ["picture", "camera"]) {
    const input = element(id);
    const take = () => {
      const files = [...input.files];
      if (files.length > 0) ask(files);
      input.value = ""; // so that the same file can be chosen again
    };
    input.addEventListener("change", take);
    take(); // what was chosen before this script came
  }
  dropAnywhere({ ask, keep, inRoom, refuse });
  addEventListener("paste", (event) => {
    const { clipboardData, target } = event;
    const files = [...clipboardData?.files ?? []];
    if (files.length === 0 && (!clipboardData?.types.length || target.closest?.("input:not([type=file]), textarea"))) return;
    event.preventDefault();
    if (files.length > 0) ask(files);
    else refuse("NotAFile");
  });
  pasteByButton({ ask, refuse });
}

/** The pictures that another app shared with this one, if that is how the page was opened. */
export async function shared() {
  if (location.hash !== "#shared" || !navigator.serviceWorker?.controller) return [];
  history.replaceState(history.state, "", location.pathname + location.search);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    navigator.serviceWorker.controller.postMessage("shared", [port2]);
  });
}

/** Where the browser lets pages read the clipboard, after asking the visitor. */
function pasteByButton({ ask, refuse }) {
  const button = element("paste");
  button.hidden = !navigator.clipboard?.read;
  button.addEventListener("click", async () => {
    const items = await navigator.clipboard.read().catch(() => null);
    if (!items) return refuse("NoPasting");
    const files = await Promise.all(items.flatMap((item) => {
      const type = item.types.find((name) => name.startsWith("image/"));
      return type ? [item.getType(type)] : [];
    }));
    if (files.length === 0) return refuse("NothingToPaste");
    return ask(files.map((blob) => new File([blob], "", { type: blob.type })));
  });
}

function dropAnywhere({ ask, keep, inRoom, refuse }) {
  const curtain = element("drop-here");
  let inside = 0; // dragenter and dragleave come for each element on the way
  const show = (change) => {
    inside = change === 0 ? 0 : Math.max(0, inside + change);
    curtain.hidden = inside === 0;
    curtain.textContent = words.page[inRoom() ? "dropOwn" : "drop"];
  };
  addEventListener("dragenter", () => show(+1));
  addEventListener("dragleave", () => show(-1));
  addEventListener("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    event.preventDefault(); // or the browser would leave the page and show the file
    show(0);
    const { files, folders } = dropped(event.dataTransfer);
    if (files.length + folders.length === 0) refuse("NotAFile");
    else if (folders.length > 0 || inRoom()) keep(files, folders);
    else ask(files);
  });
}
