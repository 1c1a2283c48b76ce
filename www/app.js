// The search page: joins the ways of asking, the engine in its worker, and the answer.
//
// Stable hooks for tests and styles:
//   body[data-state]          loading | ready | searching | answered | error
//   #picture                  the file input (camera: #camera)
//   #samples button           one per ready query picture
//   #progress                 bytes downloaded, of all; #parts li[data-part] one per part
//   #status (role=status)     what goes on, announced politely
//   #error (role=alert)       what went wrong, in words; [data-code] the error's code
//   #verdict                  heading of the answer; [data-verdict] same | similar | none
//   #results li               data-rank, data-id, data-file, data-verdict, data-score
//   #requests                 number of requests since "ready"

import { askedBy } from "./ask.js";
import { keepOffline } from "./offline.js";
import { open, EyeError } from "./private-eye.js";
import { countRequests } from "./privacy.js";
import { showProgress } from "./progress.js";
import { showAnswer, showNoAnswer, showQuery, showSamples, showWall } from "./results.js";
import * as words from "./words.js";

const COLLECTION = "collection/";
const LIMIT = 10;

const element = (id) => document.getElementById(id);
const setState = (state) => { document.body.dataset.state = state; };
const say = (text) => { element("status").textContent = text; };

/** The search that is under way or was answered last; a newer one aborts it. */
let current = null;
let opening = start();

askedBy({ ask: search, refuse: (code) => showError(new EyeError(code, words.errors[code]?.() ?? "")) });
element("retry").addEventListener("click", () => {
  clearError();
  opening = start();
  element("picture").focus();
});

/** Downloads and opens the collection. Never rejects before somebody asks: the page shows the reason itself. */
function start() {
  setState("loading");
  say(words.status.loading);
  showRoom(true);
  element("loading").hidden = false;
  const requests = countRequests();
  const opened = (async () => {
    // Offline copies are part of getting ready, so that after "ready" nothing is left to fetch.
    const [eye] = await Promise.all([
      open(COLLECTION, { onProgress: showProgress, onRequest: requests.add }),
      keepOffline(),
    ]);
    await loaded();
    await showSamples(eye, search);
    await showWall(eye);
    return eye;
  })();
  opened.then((eye) => {
    requests.start();
    element("loading").hidden = true;
    element("facts").textContent = words.facts(eye.info);
    if (current) return; // a question that waited goes on from here
    setState("ready");
    say(words.status.ready(words.works(eye.info.count)));
  }, (error) => {
    showError(error);
    showRoom(false);
    element("retry").hidden = error.code === "NoSimd";
  });
  return opened;
}

/** The browser fetches the icon and the manifest on its own, until the page is loaded. */
function loaded() {
  if (document.readyState === "complete") return undefined;
  return new Promise((resolve) => { addEventListener("load", resolve, { once: true }); });
}

/** Searches with a picture; waits for the collection where it is still on its way. */
async function search(picture) {
  current?.abort();
  const controller = new AbortController();
  const { signal } = controller;
  current = controller;
  clearError();
  showQuery(picture);
  if (document.body.dataset.state === "loading") say(words.status.queued);
  try {
    const eye = await opening;
    signal.throwIfAborted();
    setState("searching");
    say(words.status.searching);
    const matches = await eye.search(picture, { limit: LIMIT, signal });
    const thumbnails = await Promise.all(matches.map(({ id }) => eye.thumbnail(id)));
    signal.throwIfAborted();
    showAnswer(matches, thumbnails, eye.info);
    say(words.status.answered(matches));
    setState("answered");
    element("verdict").focus({ preventScroll: true });
    element("verdict").scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (current === controller && error.code !== "Aborted") showError(error, picture.name);
  }
}

function showError(error, name) {
  showNoAnswer();
  say("");
  const shown = element("error");
  shown.dataset.code = error.code ?? "Crashed";
  shown.textContent = words.inWords(error, name);
  setState("error");
}

/** Without a collection there is no room to show. */
function showRoom(shown) {
  for (const id of ["samples", "answer"]) element(id).hidden = !shown;
  if (!shown) element("loading").hidden = true;
}

function clearError() {
  element("error").textContent = "";
  delete element("error").dataset.code;
  element("retry").hidden = true;
}
