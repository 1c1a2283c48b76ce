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
//   #results li               data-rank, data-id, data-file, data-verdict, data-score, data-query
//   #requests                 number of requests since "ready"
//   #rooms [data-room]        the doors: search | own

import { inPlace, steps } from "./arriving.js";
import { askedBy, shared } from "./ask.js";
import { compare } from "./compare.js";
import { element } from "./dom.js";
import { EyeError, open } from "./eye.js";
import { showFilters } from "./filters.js";
import { chooseLanguage } from "./language.js";
import { onMetered, sayMetered } from "./metered.js";
import { keepOffline } from "./offline.js";
import { countRequests } from "./privacy.js";
import { showProgress } from "./progress.js";
import { showPart, showQuery } from "./query.js";
import { showAnswer, showNoAnswer, showSamples, showWall } from "./results.js";
import { add, lookAround, openRoom, sayRoomAgain, sayWrong } from "./room.js";
import { Search } from "./search.js";
import { Trail } from "./trail.js";
import { showRequests, showTrust } from "./trust.js";
import { inWords, words } from "./words.js";

const COLLECTION = "collection/";
/** Milliseconds after which it pays to show a part of the collection before the rest: from the device all of it is here as soon. */
const SOON = 400;

/** What the status line says, as a function, so that it can be said again in another language. */
let saying = () => "";
const setState = (state) => { document.body.dataset.state = state; };
const say = (sentence) => {
  saying = sentence;
  // What is said already is not announced again.
  if (element("status").textContent !== sentence()) element("status").textContent = sentence();
};

/** The collection and its columns, as soon as the first works can be searched. */
let opened = null;
/** How far it has come, in steps; in the end, Infinity. */
let come = 0;
/** When opening began. */
let began = 0;
/** Resolves with what can be searched first. */
let first = null;
/** Why the collection, or the rest of it, did not come. */
let broken = null;
/** What is under way; something newer aborts it. */
let current = null;
let failure = null;
const requests = countRequests((counts) => {
  element("requests").textContent = counts.own;
  showRequests(counts);
});
const trail = new Trail(show);

chooseLanguage(sayAgain);
let opening = start();
askedBy({ ask, keep, inRoom: () => trail.own, refuse });
shared().then((files) => files.length > 0 && ask(files));

for (const door of element("rooms").querySelectorAll("button")) {
  door.addEventListener("click", () => (door.dataset.room === "own" ? enterOwn() : trail.leaveOwn()));
}
element("retry").addEventListener("click", () => {
  opening = start();
  clearError();
  if (trail.current && !trail.current.matches) run(trail.current); // it waits again
  element("picture").focus();
});
element("more").addEventListener("click", () => {
  const from = element("results").childElementCount;
  trail.current.wantMore();
  run(trail.current).then(() => (element("results").children[from]?.querySelector(".opens") ?? element("verdict")).focus());
});
element("left-out").querySelector("button").addEventListener("click", () => {
  trail.current.without = [];
  run(trail.current).then(toAnswer); // the button that had the focus is gone
});
for (const choice of element("among").querySelectorAll("button")) {
  choice.addEventListener("click", () => {
    trail.current.among = choice.dataset.among;
    run(trail.current);
  });
}
element("proof").addEventListener("click", () => showTrust(opened.eye, requests.counts()));
for (const choice of element("view").querySelectorAll("button")) {
  choice.addEventListener("click", () => {
    element("results").dataset.view = choice.dataset.view;
    for (const other of element("view").querySelectorAll("button")) other.setAttribute("aria-pressed", other === choice);
  });
}

/** Downloads and opens the collection. Never rejects before somebody asks: the page shows the reason itself. */
function start() {
  setState("loading");
  say(() => words.status.loading);
  showRoom(true);
  element("loading").hidden = false;
  come = 0;
  began = performance.now();
  broken = null;
  first = open(COLLECTION, { early: true, onProgress: comes, onRequest: requests.add, beforeDownload: onMetered }).then((eye) => {
    opened?.eye.close(); // of which the rest did not come
    opened = { eye, columns: [], countFrom: 0 };
    if (performance.now() > began + SOON) furnish();
    return eye;
  });
  const all = (async () => {
    // Offline copies are part of getting ready, so that after "ready" nothing is left to fetch.
    const [eye] = await Promise.all([first, keepOffline()]);
    await eye.complete;
    await loaded();
    await Promise.all([furnish({ all: true }), openRoom(eye, { like, changed: ownChanged })]);
    come = Infinity;
    return eye;
  })();
  all.then((eye) => {
    requests.start();
    element("loading").hidden = true;
    for (const id of ["sent", "proof"]) element(id).hidden = false;
    element("facts").textContent = words.facts(eye.info);
    if (trail.current) return askAgain(); // a question that waited goes on from here
    setState("ready");
    return say(() => words.status.ready(eye.info.count));
  }, (error) => {
    broken = error;
    if (opened) first = Promise.resolve(opened.eye); // answers by what came
    showError(error, undefined, { keep: opened });
    if (!opened) showRoom(false);
    element("loading").hidden = true;
    showRetry();
  });
  return all;
}

/** More of the collection has come. */
function comes(progress) {
  showProgress(progress);
  come = steps(progress);
  if (opened && performance.now() > began + SOON) furnish(progress.searchable);
  askAgain();
}

/** Completes an early answer that the visitor is looking at. One that is not shown is asked for again when it is. */
function askAgain() {
  if (!current && trail.current?.asked < come && !trail.own) run(trail.current, { anew: true });
}

/** Own pictures have come or gone: the answer that the visitor is looking at is asked for again, if its question is still there. */
function ownChanged(gone) {
  const before = trail.current;
  trail.ownChanged(gone);
  if (before && !trail.current && !trail.own) show();
  else askAgain();
}

/** Shows what has come by now of the samples, the wall and, for the next answer, the filters. */
async function furnish({ all = false, works = 0 } = {}) {
  const here = opened;
  const { eye } = here;
  // All works are counted for it, so not for every few that come.
  const counts = all || works >= here.countFrom;
  if (counts) here.countFrom = works + eye.info.count / 4;
  const shown = Promise.all([showSamples(eye, ask, all), showWall(eye, like, all), counts && eye.columns().then((columns) => { here.columns = columns; })]);
  // What goes wrong before everything is here goes wrong again at the end, and is said then.
  return all ? shown : shown.catch(() => {});
}

/** The browser fetches the icon and the manifest on its own, until the page is loaded. */
function loaded() {
  if (document.readyState === "complete") return undefined;
  return new Promise((resolve) => { addEventListener("load", resolve, { once: true }); });
}

/** Searches with pictures of the visitor: a new question, for which filters of an older one would hide the answer. */
function ask(files) {
  begin(new Search({ files }));
}

/** Searches for the like of a work, and goes on from the answer before: what it was narrowed down to holds. */
function like(work) {
  begin(new Search({ work, filters: trail.current?.filters, among: trail.current?.among }));
}

/** Adds to the visitor's own pictures, in their room. */
async function keep(files, folders) {
  if (!await opening.catch(() => null)) return; // the page has said why
  enterOwn();
  add(files, folders);
}

/** Says what is wrong with what was given, where the visitor is. An answer that is there stays. */
function refuse(code) {
  const error = new EyeError(code, "");
  if (trail.own) sayWrong(error);
  else showError(error, undefined, { keep: !element("results").hidden });
}

/** What comes next is not to happen beneath a dialog. */
function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}

function enterOwn() {
  closeDialogs();
  trail.enterOwn();
  showDoor();
  lookAround();
  element("own-title").focus();
}

/** Shows the room that the visitor is in. */
function showDoor() {
  for (const [room, here] of [["search", !trail.own], ["own", trail.own]]) {
    element(room).hidden = !here;
    const door = element("rooms").querySelector(`[data-room="${room}"]`);
    if (here) door.setAttribute("aria-current", "true");
    else door.removeAttribute("aria-current");
  }
}

function begin(search) {
  closeDialogs();
  trail.add(search);
  showDoor();
  trail.draw();
  showQuery(search, choosePart);
  run(search, { lead: true });
}

function choosePart(search, region) {
  if (search !== trail.current) return; // something else was asked before the choice had come to rest
  search.region = region;
  showPart(region);
  if (region) say(() => words.status.part(region));
  run(search);
}

/**
 * Runs a search and shows its answer; waits for the first works where they are still on their way. One that is run `anew`
 * only completes the answer that is shown.
 */
async function run(search, { lead = false, anew = false } = {}) {
  current?.abort();
  const controller = new AbortController();
  current = controller;
  if (!anew) clearError();
  if (!anew && document.body.dataset.state === "loading") say(() => words.status.queued);
  try {
    const eye = await first;
    controller.signal.throwIfAborted();
    if (!anew) setState("searching");
    if (!anew && !search.region) say(() => words.status.searching);
    const asked = come;
    await search.ask(eye, controller.signal);
    search.asked = asked;
    if (anew) inPlace(() => showResults(search));
    else showResults(search);
    if (!lead) return;
    toAnswer();
    element("verdict").scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (current === controller && error.code !== "Aborted" && error.name !== "AbortError") showError(error, search.nameOf(error.place));
  } finally {
    if (current === controller) current = null;
    if (!anew) askAgain();
  }
}

function toAnswer() {
  element("verdict").focus({ preventScroll: true });
}

function showResults(search) {
  const { region, matches } = search;
  showAnswer(search, { like, leaveOut, compare: (match, thumbnail) => {
    const asked = search.work?.thumbnail ?? (search.pictures[match.query] ?? search.pictures[0]).file;
    compare({ asked, match, thumbnail, thresholds: matches.thresholds });
  } });
  showFilters(opened.columns, search, () => run(search));
  const { length, searched } = matches;
  say(() => [region && words.status.part(region), words.status.answered(length), searched.works < searched.of && words.status.soFar(searched.works, searched.of)]
    .filter(Boolean).join(" "));
  if (!failure) setState("answered");
}

function leaveOut({ id, own, title }) {
  trail.current.without.push({ id, own, title });
  run(trail.current).then(() => {
    say(() => words.status.leftOut(title || words.untitled));
    toAnswer(); // the button that had the focus is gone
  });
}

/** Shows a step of the trail again, the start where there is no search. */
function show() {
  const search = trail.current;
  showDoor();
  if (trail.own) return undefined;
  current?.abort();
  clearError();
  showQuery(search, choosePart);
  if (search?.matches && !(search.asked < come)) return showResults(search);
  showNoAnswer();
  if (search) return run(search);
  if (broken) return showError(broken);
  if (come < Infinity) {
    setState("loading");
    return say(() => words.status.loading);
  }
  setState("ready");
  return say(() => words.status.ready(opened.eye.info.count));
}

/** Says what went wrong in the place of an answer, or beside the one that is there to `keep`. */
function showError(error, name, { keep = false } = {}) {
  failure = { error, name };
  if (!keep) {
    showNoAnswer();
    say(() => "");
  }
  const shown = element("error");
  shown.dataset.code = error.code ?? "Crashed";
  shown.textContent = inWords(error, name);
  setState("error");
}

/** Without a collection there is no room to show. */
function showRoom(shown) {
  for (const id of ["samples", "answer"]) element(id).hidden = !shown;
  if (!shown) element("loading").hidden = true;
}

function clearError() {
  failure = null;
  element("error").textContent = "";
  delete element("error").dataset.code;
  showRetry();
}

function showRetry() {
  element("retry").hidden = !broken || broken.code === "NoSimd";
}

/** Says everything that scripts have written again, after the language was switched. */
function sayAgain() {
  say(saying);
  element("parts").replaceChildren();
  sayMetered();
  if (failure) element("error").textContent = inWords(failure.error, failure.name);
  if (!opened) return;
  furnish({ all: come === Infinity });
  if (come === Infinity) {
    element("facts").textContent = words.facts(opened.eye.info);
    sayRoomAgain();
  }
  const search = trail.current;
  showQuery(search, choosePart);
  trail.draw();
  if (search?.matches && !element("results").hidden) showResults(search);
  else showNoAnswer();
}
