// The language that the page speaks: one catalogue of sentences for each, chosen by what the visitor prefers.

import { de } from "./words/de.js";
import { en } from "./words/en.js";

/** Every catalogue by the code of its language. The first is spoken where none fits. */
export const catalogues = { en, de };

/** The catalogue in use. It changes when the visitor chooses another language. */
export let words = en;

/** The catalogue of the first of these languages that there is one for. */
export function catalogueFor(languages) {
  const codes = languages.map((language) => language?.toLowerCase().split("-")[0]);
  return catalogues[codes.find((code) => Object.hasOwn(catalogues, code))] ?? en;
}

export function speak(language) {
  words = catalogueFor([language]);
}

/** What went wrong, for a person: by the code of the error, in the engine's own words where these say more. */
export const inWords = (error, name, { errors } = words) => errors[error.code]?.(error, name) ?? error.message;
