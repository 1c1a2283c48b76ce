// Own pictures in the worker: what is in the engine's memory and what lies on the device are the same, in every tab.
//
// On the device, a state is a manifest and the files that it names by their hashes. A change writes its new files first, then
// a manifest under a new name, then removes what no longer counts: whatever breaks off in between, the last whole manifest is
// found again. Only one tab changes at a time, and each sees the others' changes before it makes its own.

import { openStore, PREFIX } from "./store.js";
import { unzipped, zipped } from "./zip.js";

/** `manifest-<number>-<start of its SHA-256>.json`; the highest number that is whole counts. */
const MANIFEST = /^manifest-(\d+)-([0-9a-f]{16})\.json$/;
/** Where the files lie in an archive. */
const FOLDER = "collection/";
/** Codes of errors that no second look would change. */
const DAMAGE = ["BadCollection", "CorruptedDownload"];
const LONGEST_MANIFEST = 16 << 20;
const LONGEST_FILE = 8 << 20;
/** Milliseconds of comparing before something else gets its turn. */
const STINT = 20;

export class Keeping {
  #eye;
  #module;
  #store;
  #key;
  /** The manifest whose state is in memory; null for none, undefined before anything was read. */
  #current;
  /** Where the browser has no locks, calls of this worker at least wait for each other. */
  #last = Promise.resolve();

  /** @param {object} module the bindings of the WebAssembly module */
  constructor(eye, module) {
    this.#eye = eye;
    this.#module = module;
    this.#key = eye.own_kind().key;
  }

  /** Makes sure that what is in memory is what is kept, whichever tab changed it. */
  fresh() {
    return this.#alone(() => this.#refresh());
  }

  async info() {
    await this.fresh();
    return { ...this.#eye.own_info(), storage: (await this.#open()).kind };
  }

  async hashes() {
    await this.fresh();
    return this.#eye.own_hashes();
  }

  hash(bytes) {
    return this.#module.hash(bytes);
  }

  /** `[{ file, added, sha256, vectors, thumbnail }]`: how many were new, and how many here already. */
  keep(pictures) {
    return this.#change(() => {
      const added = pictures.filter((picture) => this.#eye.own_add(picture)).length;
      return { added, known: pictures.length - added };
    });
  }

  async items(from, count) {
    await this.fresh();
    return this.#eye.own_items(from, count);
  }

  async thumbnail(id) {
    try {
      return this.#eye.own_thumbnail(id);
    } catch {
      await this.fresh();
      return this.#eye.own_thumbnail(id);
    }
  }

  remove(ids) {
    return this.#change(() => this.#eye.own_remove(Uint32Array.from(ids)));
  }

  forget() {
    return this.#alone(async () => {
      const store = await this.#open();
      await store.erase();
      this.#eye.own_clear();
      this.#current = null;
    });
  }

  async duplicates(threshold, { progress, signal, turn }) {
    await this.fresh();
    const search = this.#eye.own_duplicates(threshold);
    try {
      const total = search.total();
      for (let done = 0; done < total;) {
        const until = performance.now() + STINT;
        while (done < total && performance.now() < until) done = search.go_on(4);
        progress({ done, total });
        await turn();
        if (signal.aborted) return [];
      }
      return search.groups();
    } finally {
      search.free();
    }
  }

  export() {
    return this.#alone(async () => {
      await this.#refresh();
      if (!this.#current) throw coded("NotFound", "There are no pictures of your own yet, so there is nothing to export. Add some first.");
      const store = await this.#open();
      const manifest = await store.read(this.#current);
      const names = new this.#module.Coming(manifest).files();
      return zipped((async function* files() {
        yield [`${FOLDER}manifest.json`, manifest];
        for (const name of new Set(names)) yield [FOLDER + name, await store.read(name)];
      })());
    });
  }

  async import(archive, { progress, signal }) {
    const coming = await this.#unpack(archive, signal);
    return this.#change(() => {
      if (signal.aborted) throw coded("Aborted", "Stopped, and nothing was imported.");
      const counts = this.#eye.own_import(coming);
      const total = counts.added + counts.known;
      progress({ done: total, total, ...counts, failed: 0 });
      return counts;
    });
  }

  async #unpack(archive, signal) {
    const damaged = (error) => coded("BadCollection", `${archive.name ?? "The file"} is not an export of own pictures that can be read: ${error.message}. Export them again, or choose another file.`);
    const files = await unzipped(archive).catch((error) => { throw damaged(error); });
    const place = [...files.keys()].find((name) => name === "manifest.json" || name.endsWith("/manifest.json"));
    if (place === undefined) throw damaged(new Error("there is no manifest in it"));
    const folder = place.slice(0, -"manifest.json".length);
    const read = (name, longest) => files.get(folder + name)(longest).catch((error) => { throw damaged(error); });
    const coming = new this.#module.Coming(await read("manifest.json", LONGEST_MANIFEST));
    for (const name of new Set(coming.files())) {
      if (signal.aborted) throw coded("Aborted", "Stopped, and nothing was imported.");
      if (!files.has(folder + name)) throw damaged(new Error(`${name} is missing`));
      await coming.add(name, await read(name, LONGEST_FILE));
    }
    return coming;
  }

  /** Changes what is in memory by `work`, and what is kept likewise; or neither. */
  #change(work) {
    return this.#alone(async () => {
      await this.#refresh();
      try {
        const result = work();
        await this.#save();
        return result;
      } catch (error) {
        this.#current = undefined;
        await this.#refresh();
        throw error.name === "QuotaExceededError"
          ? coded("NoRoom", "There is no room on this device for more pictures. Remove some, or free some space, and add the rest again.")
          : error;
      }
    });
  }

  async #save() {
    const { manifest, files, names } = this.#eye.own_save();
    const store = await this.#open();
    if (manifest === null) {
      await store.erase();
      this.#current = null;
    } else {
      for (const { name, bytes } of files) await store.write(name, bytes);
      const bytes = new TextEncoder().encode(manifest);
      const number = 1 + Number(this.#current?.match(MANIFEST)[1] ?? 0);
      const name = `manifest-${number}-${(await this.#module.hash(bytes)).slice(0, 16)}.json`;
      await store.write(name, bytes);
      this.#current = name;
      const counts = new Set([name, ...names]);
      for (const old of await store.list()) if (!counts.has(old)) await store.remove(old);
    }
  }

  /** Takes in what is kept, where it is not what is in memory. */
  async #refresh() {
    const store = await this.#open();
    const names = await store.list();
    const manifests = names.filter((name) => MANIFEST.test(name)).sort((one, other) => number(other) - number(one));
    if (this.#current !== undefined && (manifests[0] ?? null) === this.#current) return;
    let reason;
    for (const name of manifests) {
      try {
        const files = await this.#restore(store, name);
        this.#current = name;
        // Of a newer state that cannot be read just now, nothing is thrown away.
        if (!reason || DAMAGE.includes(reason.code)) await this.#tidy(store, names, [name, ...files]);
        return;
      } catch (error) {
        reason ??= error;
      }
    }
    if (reason) throw typeof reason.code === "string" ? reason : coded("BadCollection", `What is kept of your own pictures on this device cannot be read (${reason.message}). Forget them and add them again, or import an export.`);
    await this.#tidy(store, names, []);
    this.#eye.own_clear();
    this.#current = null;
  }

  /** Removes what a change has left behind that broke off; whoever has a lock knows that no other tab is at one. */
  async #tidy(store, names, counts) {
    if (!navigator.locks) return;
    for (const name of names) if (!counts.includes(name)) await store.remove(name).catch(() => {});
  }

  /** Takes in the state of a manifest, and gives the names of its files. */
  async #restore(store, name) {
    const manifest = await store.read(name);
    if ((await this.#module.hash(manifest)).slice(0, 16) !== name.match(MANIFEST)[2]) {
      throw coded("BadCollection", "What is kept of your own pictures on this device is damaged. Forget them and add them again, or import an export.");
    }
    const coming = new this.#module.Coming(manifest);
    const files = new Set(coming.files());
    for (const file of files) await coming.add(file, await store.read(file));
    this.#eye.own_restore(coming);
    return files;
  }

  async #open() {
    this.#store ??= openStore(this.#key);
    return this.#store;
  }

  /** Runs `work` while no tab, this one included, does anything else with what is kept. */
  async #alone(work) {
    let began = false;
    try {
      if (navigator.locks) return await navigator.locks.request(PREFIX + this.#key, () => { began = true; return work(); });
    } catch (error) {
      if (began) throw error;
      // A visitor who lets no site keep anything has no locks either, and nothing that another tab could change.
    }
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}

const number = (name) => Number(name.match(MANIFEST)[1]);

function coded(code, message) {
  return Object.assign(new Error(message), { code });
}
