// The wire between a page and the worker that searches: numbered calls, each answered once.

/** What every promise of this module rejects with. `code` is stable and meant for programs, `message` for people. */
export class EyeError extends Error {
  /**
   * @param {string} code about the picture: NotAPicture, OtherFormat, DamagedPicture, TooLarge, NotFound; about the
   *   call: BadOption, Aborted, Closed; about the collection: CorruptedDownload, BadCollection, BadModel,
   *   ModelMismatch; about the network: Network, Timeout, Offline; about own pictures: NoRoom; about the browser: NoSimd, Browser, Crashed
   * @param {string} message
   * @param {number} [place] of the part of a question that it is about
   */
  constructor(code, message, place) {
    super(message);
    this.name = code === "Aborted" ? "AbortError" : code;
    this.code = code;
    this.place = place;
  }
}

export const aborted = () => new EyeError("Aborted", "Stopped, because something newer was asked.");
const closed = () => new EyeError("Closed", "This collection was closed. Open it again to search.");

export class Link {
  #worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "private-eye" });
  #waiting = new Map();
  #calls = 0;

  constructor(onRequest) {
    this.#worker.addEventListener("message", ({ data }) => {
      if (data.request) return onRequest?.(data.request);
      const call = this.#waiting.get(data.id);
      if (!call) return undefined; // aborted in the meantime: a stale answer is dropped
      if (data.progress) return call.onProgress?.(data.progress);
      if (data.early) return call.onEarly?.(data.early);
      if (data.ask) return this.#ask(data.id, call, data.ask);
      this.#waiting.delete(data.id);
      call.forget();
      return data.error ? call.reject(new EyeError(data.error.code, data.error.message, data.error.place)) : call.resolve(data.value);
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      // No message: the script itself did not come.
      this.#fail(event.message
        ? new EyeError("Crashed", `The search stopped unexpectedly: ${event.message}`)
        : new EyeError(navigator.onLine ? "Network" : "Offline", "The search program could not be fetched. Check the connection and try again."));
    });
  }

  /** Lets the call go on once the page has consented, or fail with the page's reason. */
  async #ask(id, call, size) {
    try {
      await call.onAsk(size);
      this.#worker?.postMessage({ consent: id });
    } catch (error) {
      this.#worker?.postMessage({ abort: id });
      if (!this.#waiting.delete(id)) return;
      call.forget();
      call.reject(error);
    }
  }

  call(method, values, { onProgress, onAsk, onEarly, signal } = {}) {
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(closed());
      if (signal?.aborted) return reject(aborted());
      const id = ++this.#calls;
      const onAbort = () => {
        this.#waiting.delete(id);
        this.#worker?.postMessage({ abort: id });
        reject(aborted());
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.set(id, { resolve, reject, onProgress, onAsk, onEarly, forget: () => signal?.removeEventListener("abort", onAbort) });
      return this.#worker.postMessage({ id, method, values });
    });
  }

  close() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#fail(closed());
  }

  #fail(error) {
    for (const call of this.#waiting.values()) {
      call.forget();
      call.reject(error);
    }
    this.#waiting.clear();
  }
}
