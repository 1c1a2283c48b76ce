// Where own pictures lie on this device: the origin's private file system, a database where there is none, memory where the
// browser keeps neither. Each is a folder of named files that come whole or not at all.
//
// Nothing is made before something is written, so that looking leaves no trace.

export const PREFIX = "private-eye own ";

/** The store for what is kept under this name. */
export async function openStore(name) {
  const root = await navigator.storage?.getDirectory?.().catch(() => null);
  if (root && globalThis.FileSystemFileHandle?.prototype.createSyncAccessHandle) return new Files(root, PREFIX + name);
  return (await refusesDatabases()) ? new Memory() : new Records(PREFIX + name);
}

/** Whether there are no databases, or none for this page: where a visitor lets no site keep anything, asking fails already. */
async function refusesDatabases() {
  try {
    if (!globalThis.indexedDB) return true;
    await indexedDB.databases?.();
    return false;
  } catch {
    return true;
  }
}

/** Erases everything that any page of this origin keeps of own pictures. */
export async function eraseAll() {
  const root = await navigator.storage?.getDirectory?.().catch(() => null);
  for (const name of await folders(root)) await root.removeEntry(name, { recursive: true });
  for (const name of await databases()) await settled(indexedDB.deleteDatabase(name));
}

/** Bytes that own pictures take on this device. */
export async function bytesKept() {
  let bytes = 0;
  const root = await navigator.storage?.getDirectory?.().catch(() => null);
  for (const name of await folders(root)) {
    const folder = await root.getDirectoryHandle(name);
    // A file that is removed meanwhile takes no room any more.
    for await (const handle of folder.values()) bytes += (await handle.getFile().catch(() => null))?.size ?? 0;
  }
  for (const name of await databases()) {
    const records = new Records(name);
    for (const file of await records.list()) bytes += (await records.read(file)).byteLength;
    records.close();
  }
  return bytes;
}

async function folders(root) {
  const names = [];
  if (root) for await (const name of root.keys()) if (name.startsWith(PREFIX)) names.push(name);
  return names;
}

async function databases() {
  const all = (await refusesDatabases()) ? [] : (await indexedDB.databases?.()) ?? [];
  return all.map(({ name }) => name).filter((name) => name.startsWith(PREFIX));
}

/** In the origin's private file system. */
class Files {
  kind = "opfs";
  #root;
  #name;

  constructor(root, name) {
    this.#root = root;
    this.#name = name;
  }

  async list() {
    const names = [];
    const folder = await this.#folder(false);
    if (folder) for await (const name of folder.keys()) names.push(name);
    return names;
  }

  async read(name) {
    const handle = await (await this.#folder(false)).getFileHandle(name);
    return new Uint8Array(await (await handle.getFile()).arrayBuffer());
  }

  async write(name, bytes) {
    const handle = await (await this.#folder(true)).getFileHandle(name, { create: true });
    const file = await handle.createSyncAccessHandle();
    try {
      file.truncate(0);
      if (file.write(bytes, { at: 0 }) < bytes.length) throw new DOMException("Only a part was written.", "QuotaExceededError");
      file.flush();
    } finally {
      file.close();
    }
  }

  async remove(name) {
    await (await this.#folder(false))?.removeEntry(name);
  }

  async erase() {
    if (await this.#folder(false)) await this.#root.removeEntry(this.#name, { recursive: true });
  }

  async #folder(create) {
    try {
      return await this.#root.getDirectoryHandle(this.#name, { create });
    } catch (error) {
      if (error.name === "NotFoundError" && !create) return null;
      throw error;
    }
  }
}

const TABLE = "files";

/** In a database of its own. */
class Records {
  kind = "indexeddb";
  #name;
  #database = null;
  /** Where the browser refuses a database after all. */
  #memory = null;

  constructor(name) {
    this.#name = name;
  }

  async list() {
    return (await this.#run("readonly", (table) => table.getAllKeys())) ?? [];
  }

  async read(name) {
    return this.#run("readonly", (table) => table.get(name));
  }

  async write(name, bytes) {
    await this.#run("readwrite", (table) => table.put(bytes, name));
  }

  async remove(name) {
    await this.#run("readwrite", (table) => table.delete(name));
  }

  async erase() {
    this.close();
    if (await this.#exists()) await settled(indexedDB.deleteDatabase(this.#name));
  }

  close() {
    this.#database?.close();
    this.#database = null;
    this.#memory?.clear();
  }

  async #run(mode, work) {
    if (this.#memory) return this.#memory.run(work);
    if (!this.#database) {
      if (mode === "readonly" && !(await this.#exists())) return undefined;
      try {
        await this.#open();
      } catch {
        this.#memory = new Memory();
        this.kind = this.#memory.kind;
        return this.#memory.run(work);
      }
    }
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(TABLE, mode);
      const request = work(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  }

  async #exists() {
    if (!indexedDB.databases) return true;
    return (await indexedDB.databases().catch(() => [])).some(({ name }) => name === this.#name);
  }

  async #open() {
    const opening = indexedDB.open(this.#name);
    opening.onupgradeneeded = () => opening.result.createObjectStore(TABLE);
    this.#database = await settled(opening);
    // Another tab that erases must not wait for this one.
    this.#database.onversionchange = () => this.close();
    this.#database.onclose = () => { this.#database = null; };
  }
}

/** Until the worker ends. */
class Memory {
  kind = "memory";
  #files = new Map();

  async list() {
    return [...this.#files.keys()];
  }

  async read(name) {
    return this.#files.get(name);
  }

  async write(name, bytes) {
    this.#files.set(name, bytes);
  }

  async remove(name) {
    this.#files.delete(name);
  }

  async erase() {
    this.clear();
  }

  clear() {
    this.#files.clear();
  }

  /** Does what a request of a table would. */
  run(work) {
    const files = this.#files;
    return work({
      getAllKeys: () => [...files.keys()],
      get: (name) => files.get(name),
      put: (bytes, name) => { files.set(name, bytes); },
      delete: (name) => { files.delete(name); },
    });
  }
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
