// A worker of the pool that embeds own pictures. It is started before the collection is ready, so that it needs nothing from
// the network afterwards, and gets the program and the weights from this device once there are pictures.
//
// In:  { module, address, kind }, then { file } and, if its hash is new, { go: true } or { go: false }
// Out: { loaded }, { ready } or { refused }; { hash }, then { vectors, thumbnail } or { error: { code, message } }

import init, { Embedder, hash } from "../pkg/private_eye.js";
import { readable } from "../readable.js";

let embedder;
/** Resolves with whether the picture is to be embedded. */
let go;

addEventListener("message", async ({ data }) => {
  if ("go" in data) return go(data.go);
  return data.file ? embed(data) : open(data);
});
postMessage({ loaded: true });

async function open({ module, address, kind }) {
  try {
    await init({ module_or_path: module });
    const kept = await caches.match(address);
    if (!kept) throw new Error("the weights do not lie on this device");
    embedder = await Embedder.open(new Uint8Array(await kept.arrayBuffer()), kind);
    postMessage({ ready: true });
  } catch (error) {
    postMessage({ refused: String(error?.message ?? error) });
  }
}

async function embed({ file, longest }) {
  try {
    const bytes = await whole(file, longest);
    const wanted = new Promise((resolve) => { go = resolve; });
    postMessage({ hash: await hash(bytes) });
    if (!(await wanted)) return;
    const { vectors, thumbnail } = embedder.prepare(await decodable(file, bytes));
    postMessage({ vectors, thumbnail }, [vectors.buffer, thumbnail.buffer]);
  } catch (error) {
    postMessage({ error: inWords(error) });
  }
}

/** The bytes of a file, unless it is too long to be a picture. */
async function whole(file, longest) {
  if (file.size > longest) {
    throw Object.assign(new Error(`The file has ${file.size} bytes, more than the ${longest} that are read. Make a smaller copy of the picture.`), { code: "TooLarge" });
  }
  const bytes = await file.arrayBuffer().catch(() => {
    throw Object.assign(new Error("The file cannot be read any more. Was it moved, or is it a folder?"), { code: "NotFound" });
  });
  return new Uint8Array(bytes);
}

/** Bytes that the engine can read. */
async function decodable(file, bytes) {
  const { part } = await readable(file);
  return part === file ? bytes : new Uint8Array(await part.arrayBuffer());
}

function inWords(error) {
  return { code: error?.code && typeof error.code === "string" ? error.code : "Crashed", message: String(error?.message ?? error) };
}
