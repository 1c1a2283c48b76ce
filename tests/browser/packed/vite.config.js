// The worker loads its WebAssembly module when it is needed, which only a module worker can.

export default { worker: { format: "es" } };
