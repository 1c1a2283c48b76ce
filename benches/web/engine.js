// One way to run the network, alone in a worker, so that no two share a thread or an instance of a runtime.
//
// In:  { prepare: { kind, … } }, then any number of { run: {} }, { embed: url }, { memory: {} }
// Out: { value } or { error }, one for each message, in order

/** Each answers `{ run, … }`; `run` is what is timed and returns the embedding, where there is one. */
const kinds = {
  /** Private Eye as its page uses it. The picture is a bitmap file of 224 × 224, so decoding it is a copy. */
  async eye() {
    const { default: init, Eye } = await import("/site/www/pkg/private_eye.js");
    const { memory } = await init({ module_or_path: "/site/www/pkg/private_eye_bg.wasm" });
    const eye = await Eye.open(new URL("/site/collection/", location).href, () => {}, undefined);
    await eye.complete();
    const picture = await bytesOf("/models/query.bmp");
    return {
      run: () => eye.embed(picture, {}),
      embed: (bytes) => eye.embed(bytes, {}),
      memory: () => memory.buffer.byteLength,
    };
  },

  /** onnxruntime-web; its input is made ready before the clock starts. */
  async onnxruntime({ model, threads }) {
    const ort = await import("/ort/ort.wasm.min.mjs");
    ort.env.wasm.wasmPaths = new URL("/ort/", location).href;
    ort.env.wasm.numThreads = threads;
    const options = { executionProviders: ["wasm"], graphOptimizationLevel: "all" };
    const session = await ort.InferenceSession.create(await bytesOf(`/models/${model}`), options);
    const mean = await (await fetch("/models/mean.json")).json();
    const data = planes(await bytesOf("/models/query.bmp"), mean);
    const feeds = { pixels: new ort.Tensor("float32", data, [1, 3, SIDE, SIDE]) };
    const [name] = session.outputNames;
    return { run: async () => (await session.run(feeds))[name].data };
  },

  /** The multiplications of the network and nothing else: see benches/bare-kernel. */
  async bare() {
    const { instance } = await WebAssembly.instantiateStreaming(fetch("/bare/bare_kernel.wasm"));
    return { run: () => { instance.exports.network(); } };
  },
};

const SIDE = 224;

async function bytesOf(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** The pixels of a bitmap file (24 bits, rows from the bottom), less the mean colour, one plane for each colour. */
function planes(bitmap, mean) {
  const start = new DataView(bitmap.buffer).getUint32(10, true);
  const data = new Float32Array(3 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      for (let colour = 0; colour < 3; colour++) {
        const value = bitmap[start + ((SIDE - 1 - y) * SIDE + x) * 3 + 2 - colour];
        data[(colour * SIDE + y) * SIDE + x] = value - mean[colour];
      }
    }
  }
  return data;
}

let engine;
const calls = {
  async prepare({ kind, ...options }) {
    engine = await kinds[kind](options);
  },
  async run() {
    const start = performance.now();
    const output = await engine.run();
    const ms = performance.now() - start;
    return { ms, output: output && Array.from(output) };
  },
  async embed(url) {
    const bytes = await bytesOf(url);
    const start = performance.now();
    await engine.embed(bytes);
    return { ms: performance.now() - start };
  },
  memory: () => engine.memory(),
};

// One call after the other, however fast they come.
let last = Promise.resolve();
addEventListener("message", ({ data }) => {
  last = last.then(async () => {
    const [[name, value]] = Object.entries(data);
    try {
      postMessage({ value: await calls[name](value) });
    } catch (error) {
      postMessage({ error: String(error?.stack ?? error) });
    }
  });
});
