// Small helpers for what the page shows. All text goes in as text, never as markup.

export const element = (id) => document.getElementById(id);

/** Makes an element; empty children are left out. */
export function make(tag, { data = {}, ...properties } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  Object.assign(made.dataset, data);
  made.append(...children.filter((child) => child != null && child !== "" && child !== false));
  return made;
}

/** A button that says what it does. */
export function button(text, onClick, properties = {}) {
  const made = make("button", { type: "button", textContent: text, ...properties });
  made.addEventListener("click", onClick);
  return made;
}

/** An image of a blob that is on the device already; an empty mount where the collection has none. */
export function image(blob, alt) {
  if (blob.size === 0) return make("div", { className: "ghost" });
  const made = make("img", { alt, decoding: "async" });
  showBlob(made, blob);
  return made;
}

/** The blob's address is kept alive only until it has loaded. */
export function showBlob(img, blob) {
  const address = URL.createObjectURL(blob);
  const release = () => URL.revokeObjectURL(address);
  img.addEventListener("load", release, { once: true });
  img.addEventListener("error", release, { once: true });
  img.src = address;
}
