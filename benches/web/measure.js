// Measures, sample by sample in turn, so that whatever else the machine does hits everybody alike.

const SAMPLES = Number(new URLSearchParams(location.search).get("samples") ?? 40);
const WARM_UP = 5;
const DECODES = 7;
const VISITS = 7;

const ENGINES = {
  ours: { kind: "eye" },
  ort_f32: { kind: "onnxruntime", model: "resnet18.f32.onnx", threads: 1 },
  ort_qdq: { kind: "onnxruntime", model: "resnet18.qdq.onnx", threads: 1 },
  ort_qoperator: { kind: "onnxruntime", model: "resnet18.qoperator.onnx", threads: 1 },
  ort_qdq_2threads: { kind: "onnxruntime", model: "resnet18.qdq.onnx", threads: 2 },
  bare_kernel: { kind: "bare" },
};

/** A worker that answers one call at a time. */
class Engine {
  constructor() {
    this.worker = new Worker("engine.js", { type: "module" });
  }

  call(message) {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
      this.worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
      this.worker.postMessage(message);
    });
  }

  static async start(options) {
    const engine = new Engine();
    await engine.call({ prepare: options });
    return engine;
  }

  end() {
    this.worker.terminate();
  }
}

/** Milliseconds from the start of a navigation to the page's "ready". */
function visit() {
  const frame = document.createElement("iframe");
  const start = performance.now();
  frame.src = "/site/";
  document.body.append(frame);
  return new Promise((resolve, reject) => {
    const look = () => {
      const state = frame.contentDocument?.body?.dataset.state;
      if (state === "error") return reject(new Error("the page shows an error"));
      if (state !== "ready") return void setTimeout(look, 1);
      resolve(performance.now() - start);
    };
    look();
  }).finally(() => frame.remove());
}

async function startUp() {
  const cold = await visit();
  const cached = [];
  // Whatever the first visit left behind, such as compiled code, is written in the background.
  await new Promise((done) => setTimeout(done, 2000));
  for (let round = 0; round < VISITS; round++) cached.push(await visit());
  return { cold, cached };
}

async function network() {
  const engines = {};
  for (const [name, options] of Object.entries(ENGINES)) engines[name] = await Engine.start(options);
  const samples = Object.fromEntries(Object.keys(ENGINES).map((name) => [name, []]));
  const outputs = {};
  for (let round = -WARM_UP; round < SAMPLES; round++) {
    for (const [name, engine] of Object.entries(engines)) {
      const { ms, output } = await engine.call({ run: {} });
      if (round >= 0) samples[name].push(ms);
      outputs[name] = output;
    }
  }
  const cosines = {};
  for (const [name, output] of Object.entries(outputs)) {
    if (output && name !== "ours") cosines[name] = cosine(outputs.ours, output);
  }
  Object.values(engines).forEach((engine) => engine.end());
  return { samples, cosines };
}

function cosine(a, b) {
  const dot = (x, y) => x.reduce((sum, value, at) => sum + value * y[at], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** File bytes to embedding, beside what the browser needs from the same bytes to pixels that a script can read. */
async function photograph(url) {
  const engine = await Engine.start(ENGINES.ours);
  const before = await engine.call({ memory: {} });
  const blob = await (await fetch(url)).blob();
  const ours = [];
  const browser = [];
  for (let round = -1; round < DECODES; round++) {
    const { ms } = await engine.call({ embed: url });
    const theirs = await browserDecodes(blob);
    if (round < 0) continue;
    ours.push(ms);
    browser.push(theirs);
  }
  const memory = await engine.call({ memory: {} });
  engine.end();
  return { ours, browser, memory, before };
}

async function browserDecodes(blob) {
  const start = performance.now();
  const bitmap = await createImageBitmap(blob);
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const ms = performance.now() - start;
  bitmap.close();
  return data.length > 0 ? ms : NaN;
}

async function measure() {
  if (!crossOriginIsolated) throw new Error("the page is not isolated: two threads need its headers");
  return {
    start_up: await startUp(),
    network: await network(),
    photo_12mp: await photograph("/models/photo-12mp.jpg"),
    photo_2mp: await photograph("/models/photo-2mp.jpg"),
    browser: navigator.userAgent,
  };
}

const found = await measure().catch((error) => ({ error: String(error?.stack ?? error) }));
await fetch("/found", { method: "POST", body: JSON.stringify(found) });
