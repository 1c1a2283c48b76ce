// The language of the page: the visitor's choice, or the first of the browser's languages that there is.

import { element, make } from "./dom.js";
import { chosenLanguage, keepLanguage } from "./storage.js";
import { catalogueFor, catalogues, speak, words } from "./words.js";

/** Speaks the visitor's language and lets it be switched; `changed` then shows anew what scripts have written. */
export function chooseLanguage(changed) {
  const select = element("language");
  select.replaceChildren(...Object.values(catalogues).map(({ language, name }) => make("option", { value: language, textContent: name, lang: language })));
  select.addEventListener("change", () => {
    keepLanguage(select.value);
    translate(select.value);
    changed();
  });
  translate(catalogueFor([chosenLanguage(), ...navigator.languages]).language);
  select.value = words.language;
}

/** Writes the sentences that the page itself brings. */
function translate(language) {
  speak(language);
  Object.assign(document.documentElement, { lang: words.language, dir: words.dir });
  for (const said of document.querySelectorAll("[data-words]")) said.textContent = words.page[said.dataset.words];
}
