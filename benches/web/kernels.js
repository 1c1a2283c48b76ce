// The convolutions of the network in every way (benches/kernels), beside the bare multiplications, sample by sample in turn.

const SAMPLES = Number(new URLSearchParams(location.search).get("samples") ?? 20);
const WAYS = ["direct", "patches of 2×2", "patches of 4×4"];

const module = await WebAssembly.compileStreaming(fetch("/kernels/kernels_bench.wasm"));
const sides = [];
for (const [number, name] of WAYS.entries()) {
  const { exports } = await WebAssembly.instantiate(module);
  exports.prepare(number);
  sides.push({ name, run: exports.run, ms: [] });
}
const bare = await WebAssembly.instantiateStreaming(fetch("/bare/bare_kernel.wasm"));
sides.push({ name: "bare", run: bare.instance.exports.network, ms: [] });

// The first rounds warm up.
for (let round = -5; round < SAMPLES; round++) {
  for (const { run, ms } of sides) {
    const start = performance.now();
    run();
    if (round >= 0) ms.push(performance.now() - start);
  }
}
const found = { browser: navigator.userAgent, sides: sides.map(({ name, ms }) => [name, ms]) };
await fetch("/found", { method: "POST", body: JSON.stringify(found) });
