// <private-eye src="…">: a search in any page. Its styles and its markup are its own; parts and custom properties let
// the page around it decide how it looks (element.css names them).
//
// Attributes: src, the collection's folder; limit, most works shown; min-verdict, "same" or "similar", to show only
// these; locale, the language of its words; patience, milliseconds that the server may take for the first file.
// Events: ready, progress, match, error; what they carry is in `private-eye.d.ts`.

import { button, image, make } from "./dom.js";
import { styles } from "./element-styles.js";
import { EyeError } from "./link.js";
import { join } from "./shared.js";
import { catalogueFor, inWords } from "./words.js";

const VERDICTS = ["none", "similar", "same"];

export class PrivateEye extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ["src", "locale"];

  #root;
  #membership = null;
  #searching = null;
  #words;

  constructor() {
    super();
    this.#root = this.attachShadow({ mode: "open", delegatesFocus: true });
    this.#root.adoptedStyleSheets = [styles()];
  }

  connectedCallback() {
    if (!this.#membership) this.#begin();
  }

  disconnectedCallback() {
    // Moved within the page it stays what it is.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    this.#end();
    this.#begin();
  }

  /** Searches with a picture, as if the visitor had chosen it. Resolves with the matches that are shown. */
  async search(picture) {
    this.#searching?.abort();
    const controller = new AbortController();
    this.#searching = controller;
    const { signal } = controller;
    this.#fail(null);
    this.#part("query").replaceChildren(image(picture, this.#words.queryAlt));
    try {
      const eye = await this.#membership.eye;
      this.#say(this.#words.status.searching);
      const limit = this.hasAttribute("limit") ? Number(this.getAttribute("limit")) : undefined;
      const matches = await eye.search(picture, { limit, among: "works", signal });
      const least = VERDICTS.indexOf(this.getAttribute("min-verdict") ?? "none");
      const shown = matches.filter(({ verdict }) => VERDICTS.indexOf(verdict) >= least);
      const thumbnails = await Promise.all(shown.map(({ id }) => eye.thumbnail(id)));
      if (signal.aborted) throw new EyeError("Aborted", "Stopped, because something newer was asked.");
      this.#show(shown, thumbnails);
      this.#tell("match", { matches: shown, verdict: shown[0]?.verdict ?? "none" });
      return shown;
    } catch (error) {
      if (this.#searching === controller && error.code !== "Aborted") this.#fail(error, picture.name);
      throw error;
    }
  }

  async #begin() {
    this.#words = catalogueFor([this.getAttribute("locale"), this.closest("[lang]")?.lang, ...navigator.languages]);
    this.#draw();
    if (!this.hasAttribute("src")) return;
    const address = new URL(this.getAttribute("src"), document.baseURI).href;
    const patience = this.hasAttribute("patience") ? Number(this.getAttribute("patience")) : undefined;
    const membership = join(address, { patience, onProgress: (progress) => this.#progress(progress) });
    this.#membership = membership;
    try {
      const eye = await membership.eye;
      if (this.#membership !== membership) return;
      this.#part("progress").hidden = true;
      this.#say(this.#words.status.ready(eye.info.count));
      this.#tell("ready", eye.info);
    } catch (error) {
      if (this.#membership !== membership) return;
      this.#membership = null;
      this.#part("progress").hidden = true;
      this.#fail(error);
      this.#part("retry").hidden = error.code === "NoSimd";
    }
  }

  #end() {
    this.#searching?.abort();
    this.#membership?.leave();
    this.#membership = null;
  }

  #draw() {
    const { element: said, page } = this.#words;
    const part = (tag, name, properties = {}, ...children) => make(tag, { part: name, className: name, ...properties }, ...children);
    const input = make("input", { type: "file", accept: "image/*", ariaLabel: said.choose, className: "input" });
    input.addEventListener("change", () => {
      if (input.files[0]) this.#ask(input.files[0]);
      input.value = "";
    });
    const frame = part("div", "frame", {},
      part("div", "query"),
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
      this.#end();
      this.#begin();
    }, { part: "retry", className: "retry", hidden: true });
    this.#root.replaceChildren(frame,
      part("progress", "progress", { ariaLabel: page.loading, hidden: !this.hasAttribute("src") }),
      part("p", "status", { role: "status" }),
      part("p", "error", { role: "alert" }), retry,
      part("ol", "results"));
  }

  /** The visitor sees the reason of a failure; it must not stay unhandled besides. */
  #ask(picture) {
    this.search(picture).catch(() => {});
  }

  #show(matches, thumbnails) {
    const { element: said, status, untitled, verdicts, similarity } = this.#words;
    this.#say(matches.length === 0 ? said.none : status.answered(matches.length));
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
    const bar = this.#part("progress");
    bar.max = progress.total;
    bar.value = progress.done;
    this.#say(this.#words.progress(progress.done, progress.total));
    this.#tell("progress", progress);
  }

  #fail(error, name) {
    this.#part("error").textContent = error ? inWords(error, name, this.#words) : "";
    this.#part("retry").hidden = true;
    if (!error) return;
    this.#say("");
    this.#part("results").replaceChildren();
    this.#tell("error", error);
  }

  #say(text) {
    this.#part("status").textContent = text;
  }

  #part(name) {
    return this.#root.querySelector(`[part~="${name}"]`);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

if (globalThis.customElements && !customElements.get("private-eye")) customElements.define("private-eye", PrivateEye);
