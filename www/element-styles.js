// How <private-eye> looks. Made in script, so that it needs neither a request nor leave of the page's content policy.
//
// For the page around it:
// (docs/embedding.md says the same to those who read no source)
//   custom properties  --private-eye-accent, --private-eye-on-accent, --private-eye-ink, --private-eye-soft,
//                      --private-eye-ground, --private-eye-line, --private-eye-size (width of a work)
//   parts              frame, query, button, hint, progress, bytes, status, error, retry, results, result (with its verdict:
//                      same, similar, none), picture, title, maker, verdict

const css = `
:host {
  --accent: var(--private-eye-accent, #a8432c);
  --on-accent: var(--private-eye-on-accent, #fffaf2);
  --ink: var(--private-eye-ink, inherit);
  --soft: var(--private-eye-soft, inherit);
  --ground: var(--private-eye-ground, transparent);
  --line: var(--private-eye-line, #888);
  display: grid;
  gap: 0.75rem;
  color: var(--ink);
  line-height: 1.45;
  overflow-wrap: anywhere;
}
/* Browsers before 2024 take what is above; a property of one's own with a value that they do not know would be none. */
@supports (color: light-dark(red, red)) {
  :host {
    --accent: var(--private-eye-accent, light-dark(#8c2f1b, #f0a184));
    --on-accent: var(--private-eye-on-accent, light-dark(#fffaf2, #2a0f06));
    --soft: var(--private-eye-soft, color-mix(in srgb, currentColor 72%, transparent));
    --line: var(--private-eye-line, color-mix(in srgb, currentColor 25%, transparent));
  }
}
:host([hidden]), [hidden] { display: none !important; }
* { box-sizing: border-box; }
p, ol { margin: 0; padding: 0; font: inherit; list-style: none; }

.frame { display: grid; gap: 0.75rem; justify-items: center; padding: 1.25rem; text-align: center; background: var(--ground); border: 1px dashed var(--line); }
.query:empty { display: none; }
.query img { display: block; max-width: 100%; max-height: 14rem; }
.input { position: absolute; width: 1px; height: 1px; opacity: 0; pointer-events: none; }
.button, .retry { min-height: 2.75rem; padding: 0.65rem 1.2rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: 2px; cursor: pointer; }
.retry { justify-self: start; color: var(--accent); background: none; }
.button:has(:focus-visible), .retry:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.hint, .bytes, .status, [part~="maker"], [part~="verdict"] { font-size: 0.875em; color: var(--soft); }
.progress { width: 100%; height: 4px; accent-color: var(--accent); }
.error:not(:empty) { padding: 0.6rem 0.8rem; border-inline-start: 3px solid var(--accent); }

.results { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(var(--private-eye-size, 8.5rem), 100%), 1fr)); gap: 1.25rem 1rem; }
.results:empty { display: none; }
.results li { display: grid; gap: 0.15rem; align-content: end; min-width: 0; }
.results img { display: block; max-width: 100%; max-height: 12rem; margin-block-end: 0.4rem; }
[part~="title"] { font-style: italic; }
[part~="same"] [part~="verdict"], [part~="similar"] [part~="verdict"] { color: var(--accent); }
`;

let sheet = null;

/** The style sheet, one for all elements. */
export function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
