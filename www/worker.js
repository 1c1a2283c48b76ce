// The worker behind private-eye.js: owns the WebAssembly engine and answers numbered calls.
//
// In:  { id, method, values }  or  { abort: id }  or  { consent: id }
// Out: { id, progress }*, perhaps { id, ask }, then  { id, value }  or  { id, error: { code, message } };
//      and { request: { url, time } }

let eye;
/** The calls that may still be aborted. */
const running = new Map();
/** What goes on when the page consents to the download that a call asked it about. */
const asked = new Map();

const methods = {
  async open([url, { asks, ...options }], { signal, progress, ask }) {
    const { default: init, Eye } = await import("./pkg/private_eye.js").catch(unreachable);
    await init({ module_or_path: new URL("./pkg/private_eye_bg.wasm", import.meta.url) }).catch(unreachable);
    eye = await Eye.open(url, progress, { ...options, consent: asks ? ask : null }, signal);
    reportRequests();
  },
  info: () => eye.info(),
  item: ([id]) => eye.item(id),
  columns: () => eye.columns(),
  thumbnail: ([id]) => eye.thumbnail(id),
  samples: () => eye.samples().map((sample, index) => ({ ...sample, bytes: eye.sample(index) })),
  async search([question, { region, ...options }], { signal }) {
    const parts = []; // [embedding or number, its place in the question, the look at it]
    for (const [place, part] of question.entries()) {
      if (!(part instanceof Blob)) parts.push([part, place]);
      else for (const { embedding, look } of eye.look(await read(part, signal), { region, closer: options.closer })) parts.push([embedding, place, look]);
    }
    const answer = eye.search(parts.map(([part]) => part), options);
    for (const match of answer.matches) {
      const [, place, look] = parts[match.query];
      Object.assign(match, { query: place }, options.closer && look && { look });
    }
    return answer;
  },
  async look([picture, options], { signal }) {
    return eye.look(await read(picture, signal), options);
  },
  async embed([picture, options], { signal }) {
    return eye.embed(await read(picture, signal), options);
  },
};

addEventListener("message", async ({ data }) => {
  if (data.abort) return running.get(data.abort)?.abort();
  if (data.consent) return asked.get(data.consent)?.();
  const { id, method, values } = data;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const progress = (value) => postMessage({ id, progress: value });
    const ask = (size) => new Promise((resolve) => {
      asked.set(id, resolve);
      postMessage({ id, ask: size });
    });
    postMessage({ id, value: await methods[method](values, { signal: controller.signal, progress, ask }) });
  } catch (error) {
    postMessage({ id, error: inWords(error) });
  } finally {
    running.delete(id);
    asked.delete(id);
  }
  return undefined;
});

/**
 * The bytes of a picture. The engine cannot be interrupted once it computes, so this is where a search that was
 * aborted while it waited in line ends.
 */
async function read(picture, signal) {
  eye.accepts(picture.size); // refused before a huge file is read into memory
  const bytes = new Uint8Array(await picture.arrayBuffer().catch(() => {
    throw coded("NotFound", "The file cannot be read any more. Was it moved, or is it a folder?");
  }));
  await turn();
  if (signal.aborted) throw coded("Aborted", "Stopped, because something newer was asked.");
  return bytes;
}

/** Lets messages that already wait be handled first. */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** Tells the page of each request that this worker makes from now on. There should be none. */
function reportRequests() {
  const ready = performance.now();
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) {
      if (startTime > ready) postMessage({ request: { url: name, time: performance.timeOrigin + startTime } });
    }
  }).observe({ type: "resource" });
}

function unreachable(error) {
  if (error instanceof WebAssembly.CompileError) throw error;
  throw navigator.onLine
    ? coded("Network", `The search program could not be fetched (${error.message}). Check the connection and try again.`)
    : coded("Offline", "You are offline, and the search program is not on this device yet.");
}

function coded(code, message) {
  return Object.assign(new Error(message), { code });
}

function inWords(error) {
  return { code: error?.code && typeof error.code === "string" ? error.code : "Crashed", message: String(error?.message ?? error) };
}
