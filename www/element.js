// <private-eye src="…">: a search in any page. Its styles and its markup are its own; parts and custom properties let
// the page around it decide how it looks (element-styles.js names them).
//
// Attributes: src, the collection's folder; loading, "lazy" to fetch it at the first touch only; limit, most works shown;
// min-verdict, "same" or "similar", to show only these; locale, the language of its words; patience, milliseconds that the
// server may take for the first file.
// Events: ready, progress, match, error; what they carry is in `private-eye.d.ts`.

import { button, image, make } from "./dom.js";
import { styles } from "./element-styles.js";
import { aborted, EyeError } from "./link.js";
import { join } from "./shared.js";
import { catalogueFor, inWords } from "./words.js";

const VERDICTS = ["none", "similar", "same"];
/** Where trying again would change nothing. */
const LASTING = ["NoSimd", "BadOption"];

export class PrivateEye extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ["src", "locale"];

  #root;
  #membership = null;
  /** Nothing is fetched before the visitor touches the element. */
  #asleep = false;
  #searching = null;
  /** Null before the first drawing. */
  #words = null;
  // What is shown, to be said again in another language.
  #status = () => "";
  #fetched = null;
  #picture = null;
  #answer = null;
  #failure = null;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open", delegatesFocus: true });
    this.#root.adoptedStyleSheets = [styles()];
    for (const touch of ["focusin", "pointerdown", "dragenter"]) {
      this.addEventListener(touch, () => {
        if (this.#asleep) this.#begin();
      });
    }
  }

  connectedCallback() {
    this.#draw();
    if (this.#membership || !this.hasAttribute("src")) return;
    this.#asleep = this.getAttribute("loading") === "lazy" || isMetered(navigator.connection);
    if (!this.#asleep) this.#begin();
  }

  disconnectedCallback() {
    // Moved within the page it stays what it is.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#searching?.abort();
      this.#leave();
    });
  }

  attributeChangedCallback(name, before, now) {
    // Before the first drawing nothing is to be changed.
    if (before === now || !this.#words) return;
    if (name === "locale") this.#draw();
    else this.#turn();
  }

  /** Searches with a picture, as if the visitor had chosen it. Resolves with the matches that are shown. */
  async search(picture) {
    this.#searching?.abort();
    const controller = new AbortController();
    this.#searching = controller;
    const { signal } = controller;
    if (!this.#words) this.#draw();
    this.#picture = picture;
    this.#fail(null);
    this.#part("query").replaceChildren(image(picture, this.#words.queryAlt));
    // Why a collection does not open is told there, once.
    const opening = this.#open();
    if (this.#fetched) this.#say(({ status }) => status.queued);
    const eye = await opening;
    try {
      if (signal.aborted) throw aborted();
      this.#say(({ status }) => status.searching);
      const limit = this.hasAttribute("limit") ? Number(this.getAttribute("limit")) : undefined;
      const matches = await eye.search(picture, { limit, among: "works", signal });
      const least = VERDICTS.indexOf(this.getAttribute("min-verdict") ?? "none");
      const shown = matches.filter(({ verdict }) => VERDICTS.indexOf(verdict) >= least);
      const thumbnails = await Promise.all(shown.map(({ id }) => eye.thumbnail(id)));
      if (signal.aborted) throw aborted();
      this.#show(shown, thumbnails);
      this.#tell("match", { matches: shown, verdict: shown[0]?.verdict ?? "none" });
      return shown;
    } catch (error) {
      if (this.#searching === controller && error.code !== "Aborted") this.#fail(error, picture.name);
      throw error;
    }
  }

  /** Opens the collection, where it is neither open nor opening. */
  async #open() {
    this.#asleep = false;
    if (this.#membership) return this.#membership.opened;
    let address;
    try {
      address = new URL(this.getAttribute("src") ?? "//", document.baseURI).href;
    } catch {
      throw this.#fail(new EyeError("BadOption", "The attribute src is to name the folder of a collection."));
    }
    const patience = this.hasAttribute("patience") ? Number(this.getAttribute("patience")) : undefined;
    this.#fail(null);
    this.#fetched = { done: 0 };
    this.#measure();
    this.#say(({ status }) => status.loading);
    const membership = join(address, { patience, onProgress: (progress) => this.#progress(progress) });
    this.#membership = membership;
    membership.opened = this.#opened(membership);
    return membership.opened;
  }

  async #opened(membership) {
    try {
      const eye = await membership.eye;
      if (this.#membership !== membership) return eye;
      this.#fetched = null;
      this.#measure();
      this.#say(({ status }) => status.ready(eye.info.count));
      this.#tell("ready", eye.info);
      return eye;
    } catch (error) {
      if (this.#membership === membership) {
        this.#leave();
        this.#fail(error);
      }
      throw error;
    }
  }

  /** Opens the collection; the visitor sees the reason of a failure, and it must not stay unhandled besides. */
  #begin() {
    this.#open().catch(() => {});
  }

  #leave() {
    this.#membership?.leave();
    this.#membership = this.#fetched = null;
    this.#measure();
  }

  /** Turns to another collection. It is opened before the other one is left, which may be the same by another name. */
  #turn() {
    this.#searching?.abort();
    const left = this.#membership;
    this.#membership = this.#picture = this.#fetched = null;
    this.#part("query").replaceChildren();
    this.#fail(null);
    this.#clear();
    this.#measure();
    this.#say(() => "");
    if (this.isConnected && this.hasAttribute("src") && !this.#asleep) this.#begin();
    left?.leave();
  }

  /** Draws everything, where it is not there yet in the language that is asked for. */
  #draw() {
    const words = catalogueFor([this.getAttribute("locale"), this.closest("[lang]")?.lang, ...navigator.languages]);
    if (words === this.#words) return;
    this.#words = words;
    const { element: said, page } = words;
    const part = (tag, name, properties = {}, ...children) => make(tag, { part: name, className: name, ...properties }, ...children);
    const input = make("input", { type: "file", accept: "image/*", ariaLabel: said.choose, className: "input" });
    input.addEventListener("change", () => {
      if (input.files[0]) this.#ask(input.files[0]);
      input.value = "";
    });
    const frame = part("div", "frame", {},
      part("div", "query", {}, this.#picture && image(this.#picture, words.queryAlt)),
      part("label", "button", {}, input, said.choose),
      part("p", "hint", { textContent: `${said.drop}. ${said.stays}` }));
    frame.addEventListener("dragover", (event) => event.preventDefault());
    frame.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files[0]) this.#ask(event.dataTransfer.files[0]);
    });
    this.onpaste = (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (!file) return;
      event.preventDefault();
      this.#ask(file);
    };
    const retry = button(said.retry, () => {
      if (this.#picture) this.#ask(this.#picture);
      else this.#begin();
    }, { part: "retry", className: "retry" });
    this.#root.replaceChildren(frame,
      part("progress", "progress", { ariaLabel: page.loading }),
      // What changes many times a second is not read out.
      part("p", "bytes"),
      part("p", "status", { role: "status" }),
      part("p", "error", { role: "alert" }), retry,
      part("ol", "results"));
    for (const child of this.#root.children) Object.assign(child, { lang: words.language, dir: words.dir ?? "ltr" });
    this.#measure();
    if (this.#answer) this.#show(...this.#answer);
    this.#excuse();
    this.#say(this.#status);
  }

  /** The visitor sees the reason of a failure; it must not stay unhandled besides. */
  #ask(picture) {
    this.search(picture).catch(() => {});
  }

  #show(matches, thumbnails) {
    this.#answer = [matches, thumbnails];
    const { untitled, verdicts, similarity } = this.#words;
    this.#say(({ element: said, status }) => (matches.length === 0 ? said.none : status.answered(matches.length)));
    this.#part("results").replaceChildren(...matches.map(({ id, title, score, verdict, item }, index) => {
      const picture = image(thumbnails[index], "");
      picture.part = "picture";
      return make("li", { part: `result ${verdict}`, data: { id, verdict, score } },
        picture,
        make("p", { part: "title", textContent: title || untitled }),
        make("p", { part: "maker", textContent: [item.maker, item.year].filter(Boolean).join(" · ") }),
        make("p", { part: "verdict", title: similarity(score), textContent: verdicts[verdict] }));
    }));
  }

  #progress(progress) {
    this.#fetched = progress;
    this.#measure();
    this.#tell("progress", progress);
  }

  /** Shows how much has come, while something is to come. */
  #measure() {
    const [bar, bytes] = [this.#part("progress"), this.#part("bytes")];
    const { done, total } = this.#fetched ?? {};
    bar.hidden = !this.#fetched;
    bytes.hidden = !total;
    if (!total) return bar.removeAttribute("value");
    bytes.textContent = this.#words.progress(done, total);
    return Object.assign(bar, { max: total, value: done });
  }

  #fail(error, name) {
    this.#failure = error && [error, name];
    this.#excuse();
    if (!error) return error;
    this.#say(() => "");
    this.#clear();
    this.#tell("error", error);
    return error;
  }

  #excuse() {
    const [error, name] = this.#failure ?? [];
    this.#part("error").textContent = error ? inWords(error, name, this.#words) : "";
    this.#part("retry").hidden = !error || Boolean(this.#membership) || LASTING.includes(error.code);
  }

  #clear() {
    this.#answer = null;
    this.#part("results").replaceChildren();
  }

  #say(status) {
    this.#status = status;
    this.#part("status").textContent = status(this.#words);
  }

  #part(name) {
    return this.#root.querySelector(`[part~="${name}"]`);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** As far as the browser tells: see metered.js. */
const isMetered = (connection) => Boolean(connection?.saveData) || connection?.type === "cellular";

if (globalThis.customElements && !customElements.get("private-eye")) customElements.define("private-eye", PrivateEye);
