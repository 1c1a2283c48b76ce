// The room of the visitor's own pictures: what is in it, and what can be done with all of it.
//
// Stable hooks for tests and styles:
//   #own[data-filled]         where there is any picture; #own-count how many
//   #underway                 while pictures are added, imported or compared
//   #own-report               what came of it; [data-code] the error's code
//   #own-pictures li[data-id], #own-twins li li[data-id]
//   #own-status (role=status) what happens, announced politely in whichever room the visitor is

import { element, make } from "./dom.js";
import { filesBelow, picturesOf } from "./folders.js";
import { hung } from "./hung.js";
import { Pauser } from "./own/own.js";
import { round, stop, watch } from "./underway.js";
import { inWords, words } from "./words.js";

/** Pictures that hang there before more are asked for. */
const ROOM = 60;
/** Milliseconds between two looks at what has been added meanwhile. */
const GLANCE = 500;
const FILE_NAME = "my-pictures.zip";
/** Codes of errors that say of what was read that it is damaged, or newer than this page. */
const DAMAGE = ["BadCollection", "CorruptedDownload"];

let own = null;
let on = null;
let room = ROOM;
let turn = Promise.resolve();
let glance = null;
/** Whether the browser was asked to keep what comes here. */
let asked = false;

/**
 * Opens the room, once the collection is open.
 *
 * @param {import("./private-eye.js").Eye} eye
 * @param {object} handlers
 * @param {(work: object) => void} handlers.like searches for the like of an own picture
 * @param {(gone: (id: number) => boolean) => void} handlers.changed called when pictures came or went
 */
export async function openRoom(eye, handlers) {
  ({ own } = eye);
  on = handlers;
  await hangAll();
  element("rooms").hidden = false;
}

for (const id of ["own-folder", "own-files"]) {
  const input = element(id);
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = ""; // so that the same can be chosen again
  });
}
element("own-more").addEventListener("click", async () => {
  const first = element("own-pictures").childElementCount;
  room += ROOM;
  await hangMore();
  element("own-pictures").children[first]?.querySelector("button").focus();
});
element("twins").addEventListener("click", () => attempt(async () => {
  if (element("own-twins").hidden) await hangTwins();
  else await hangAll();
}));
element("export").addEventListener("click", () => attempt(async () => {
  aloud(words.own.exporting);
  save(await own.export());
  say(words.own.exported);
}));
element("import").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  target.value = "";
  if (file) attempt(async () => {
    // What is kept here may be what is damaged.
    await own.info();
    await attempt(() => take({ name: "importing", run: (how) => own.import(file, how) }), words.own.badFile);
  });
});
element("forget-all").addEventListener("click", () => attempt(async () => {
  if (!await mayForget()) return;
  await forget();
  element("own-title").focus();
}));

/** Adds files, and those below folders; the visitor can do other things meanwhile. */
export function add(files, folders = []) {
  const since = round;
  return attempt(async () => {
    const all = [...files, ...(await Promise.all(folders.map(filesBelow))).flat()];
    const pictures = all.length > 1 ? picturesOf(all) : all;
    const pauser = new Pauser();
    if (pictures.length > 0) await take({ name: "adding", pauser, since, run: (how) => own.add(pictures, { ...how, pauser }) }, all.length - pictures.length);
    else if (folders.length > 0) say(words.own.nothing);
  });
}

/** Asks before everything is forgotten. Resolves with the answer. */
export async function mayForget() {
  // What cannot be read can be forgotten.
  const { count } = await own.info().catch(() => ({ count: 0 }));
  const question = element("forget");
  element("forget-title").textContent = words.own.forgetTitle(count);
  element("forget-text").textContent = words.own.forgetText;
  question.returnValue = "keep";
  question.showModal();
  // A browser may tell of an earlier close only now, with its next frame.
  do await new Promise((resolve) => { question.addEventListener("close", resolve, { once: true }); }); while (question.open);
  return question.returnValue === "forget";
}

export async function forget() {
  await stop();
  await own.forget();
  on.changed(() => true);
  await hangAll();
  say(words.own.forgotten);
}

/** Sees what another tab has changed meanwhile. */
export function lookAround() {
  return reading(async () => {
    const before = element("own-count").textContent;
    await count();
    if (element("own-count").textContent === before) return;
    on.changed(() => false);
    await hangAll();
  });
}

/** Shows the room in another language. */
export function sayRoomAgain() {
  element("own-report").hidden = true;
  return hangAll();
}

/** Hangs all pictures anew, and says in the language of the page how many there are. */
async function hangAll() {
  // Emptied first, so that what hung there before is not seen for a moment.
  await inTurn(() => element("own-pictures").replaceChildren());
  element("own-twins").hidden = true;
  element("own-pictures").hidden = false;
  element("twins").setAttribute("aria-pressed", "false");
  await reading(() => Promise.all([count(), hangMore()]));
}

/** Reads what is kept. Where that cannot be read, the room says so, and all of it can be forgotten. */
async function reading(deed) {
  try {
    await deed();
  } catch (error) {
    showCount({ count: 0 });
    element("own-said").textContent = "";
    element("forget-all").hidden = false;
    fail(error, words.own.damaged(error));
  }
}

/** Hangs what does not hang yet, as far as there is room. */
function hangMore() {
  return inTurn(async () => {
    const list = element("own-pictures");
    const from = list.childElementCount;
    const items = await own.items(from, room - from + 1);
    list.append(...await Promise.all(items.slice(0, room - from).map((item) => hung(item, own, { like: on.like, remove }))));
    element("own-more").hidden = list.hidden || items.length <= room - from;
  });
}

/** What hangs is changed by one at a time, because what comes next is found by how many hang already. */
function inTurn(change) {
  const result = turn.then(change);
  turn = result.catch(() => {});
  return result;
}

async function hangTwins() {
  const groups = await watch({ name: "comparing", run: (how) => own.duplicates(how) }, aloud);
  const items = new Map((await own.items()).map((item) => [item.id, item]));
  element("own-twins").replaceChildren(...await Promise.all(groups.map(async (group) => make("li", {}, make("ul", { className: "hung" },
    ...await Promise.all(group.map(({ id, score }) =>
      hung(items.get(id), own, { like: on.like, remove }, [items.get(id).file, words.similarity(score)]))))))));
  element("own-twins").hidden = false;
  element("own-pictures").hidden = true;
  element("own-more").hidden = true;
  element("twins").setAttribute("aria-pressed", "true");
  say(words.own.twins(groups.length));
}

/** Takes pictures in, from files or from a file of an earlier export, and says what came of it. */
async function take(work, aside = 0) {
  element("own-report").hidden = true;
  // A browser that asks the visitor about it is not waited for.
  if (!asked) navigator.storage?.persist?.().then(count).catch(() => {});
  asked = true;
  const added = await watch({ ...work, onProgress: look }, aloud).finally(() => {
    on.changed(() => false);
    return hangAll();
  });
  say(words.own.report(added, aside));
  if (added.failed.length > 0) element("own-report").append(failures(added.failed));
}

/** While pictures come in, they are hung a few at a time. */
function look() {
  glance ??= setTimeout(async () => {
    await Promise.all([count(), hangMore()]).catch(() => {}); // whatever fails here fails again at the end, and is said then
    glance = null;
  }, GLANCE);
}

function failures(failed) {
  return make("details", {}, make("summary", { textContent: words.own.failed }),
    make("ul", {}, ...failed.map((one) => make("li", { textContent: `${one.file}: ${inWords(one, one.file)}` }))));
}

function remove({ id, named, line }) {
  return attempt(async () => {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    await inTurn(async () => {
      await own.remove([id]);
      for (const same of element("own").querySelectorAll(`li[data-id="${id}"]`)) same.remove();
    });
    (next?.querySelector(".not") ?? element("own-title")).focus();
    say(words.own.removed(named));
    on.changed((other) => other === id);
    await Promise.all([count(), hangMore()]);
  });
}

async function count() {
  showCount(await own.info(), await navigator.storage?.persisted?.().catch(() => false));
}

function showCount({ count: number, bytes, storage }, safe) {
  element("own").toggleAttribute("data-filled", number > 0);
  element("own-count").textContent = number > 0 ? words.count(number) : "";
  element("own-said").textContent = number > 0 ? words.own.kept(number, bytes, storage) : words.own.empty;
  element("own-note").hidden = storage !== "memory" && (safe || number === 0);
  element("own-note").textContent = words.own[storage === "memory" ? "memory" : "unsafe"];
  for (const id of ["twins", "export", "forget-all"]) element(id).hidden = number === 0;
}

async function attempt(deed, damaged = words.own.damaged) {
  try {
    await deed();
  } catch (error) {
    const { code } = error;
    if (code === "Aborted") aloud("");
    else fail(error, DAMAGE.includes(code) ? damaged(error) : code === "NotFound" ? words.own.gone : inWords(error));
  }
}

function fail({ code = "Crashed" }, sentence) {
  say(sentence);
  element("own-report").dataset.code = code;
}

export const sayWrong = (error) => fail(error, inWords(error));

/** Says what came of something, to be read and to be heard. */
function say(sentence) {
  const report = element("own-report");
  report.hidden = false;
  delete report.dataset.code;
  report.replaceChildren(make("p", { textContent: sentence }));
  aloud(sentence);
}

function aloud(sentence) {
  element("own-status").textContent = sentence;
}

function save(blob) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: FILE_NAME }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
