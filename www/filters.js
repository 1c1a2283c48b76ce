// What an answer is narrowed down to: whose pictures, and values of the collection's own columns with their counts, or
// numbers by a range.

import { button, element, make } from "./dom.js";
import { words } from "./words.js";

const filters = element("filters");
const form = filters.querySelector("form");
const summary = filters.querySelector("summary");
/** What the form shows: it is made anew for something else only, so that the visitor is not disturbed in it. */
let shown = [];
form.addEventListener("submit", (event) => event.preventDefault());

/**
 * Shows the columns with what a search wishes of them.
 *
 * @param {import("./private-eye.js").Column[]} columns
 * @param {import("./search.js").Search} search
 * @param {() => void} changed called after a wish of the search has changed
 */
export function showFilters(columns, search, changed) {
  showAmong(search);
  // Own pictures have none of the collection's columns.
  filters.hidden = columns.length === 0 || (search.among === "own" && search.filtered === 0);
  const count = () => { summary.textContent = words.filtered(search.filtered); };
  const clear = button(words.page.clear, () => {
    search.filters = {};
    shown = [];
    showFilters(columns, search, changed);
    summary.focus();
    changed();
  }, { className: "link" });
  // Where nothing is left, what asks for too much is shown.
  if (search.filtered > 0 && search.matches?.length === 0) filters.open = true;
  count();
  // While works come, there is more to choose from; whoever is choosing gets that afterwards.
  const now = [search, words, form.contains(document.activeElement) ? shown[2] : columns];
  if (now.every((one, place) => one === shown[place])) return;
  shown = now;
  form.replaceChildren(...columns.map((column) => {
    const wish = (wanted) => {
      search.wish(column.name, wanted);
      count();
      changed();
    };
    const choices = (column.values ? values : range)(column, search.filters[column.name], wish);
    return make("fieldset", { data: { column: column.name } }, make("legend", { textContent: words.columns[column.name] ?? column.name }), choices);
  }), clear);
}

function values({ values: all }, wanted = [], wish) {
  const chosen = new Set(wanted);
  return make("ul", {}, ...all.map(([value, count]) => {
    const box = make("input", { type: "checkbox", value, checked: chosen.has(value) });
    box.addEventListener("change", () => {
      chosen[box.checked ? "add" : "delete"](value);
      wish(chosen.size > 0 ? [...chosen] : null);
    });
    return make("li", {}, make("label", {}, box, make("span", { textContent: value }), make("span", { className: "figures", textContent: String(count) })));
  }));
}

function range({ range: { from, to } }, wanted = {}, wish) {
  const number = (label, placeholder, value) => {
    const input = make("input", { type: "number", min: from, max: to, step: 1, placeholder, value: value ?? "", inputMode: "numeric" });
    input.addEventListener("change", () => {
      const [least, most] = inputs.map(({ value: text }) => (text === "" ? undefined : Number(text)));
      // In an empty range lies nothing; the browser says what this number has to be instead.
      const empty = least > most;
      inputs[0].max = empty && input === inputs[0] ? most : to;
      inputs[1].min = empty && input === inputs[1] ? least : from;
      if (empty) input.reportValidity();
      else wish(least === undefined && most === undefined ? null : { from: least, to: most });
    });
    inputs.push(input);
    return make("label", {}, make("span", { textContent: label }), input);
  };
  const inputs = [];
  return make("p", { className: "range" }, number(words.from, from, wanted.from), number(words.to, to, wanted.to));
}

/** Says whose pictures are searched and how many they are, once the visitor has some of their own. */
function showAmong({ among, counts }) {
  element("among").hidden = counts.own === 0;
  for (const choice of element("among").querySelectorAll("button")) {
    choice.setAttribute("aria-pressed", choice.dataset.among === among);
    choice.querySelector(".figures").textContent = words.count(counts[choice.dataset.among]);
  }
}
