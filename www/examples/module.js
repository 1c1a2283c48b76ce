// The whole of a search page, with the module API alone.

import { open } from "../private-eye.js";

const picture = document.querySelector("#picture");
const status = document.querySelector("#status");
const fetched = document.querySelector("#fetched");
const list = document.querySelector("#matches");

const eye = await open("../../collection/", {
  workers: 0, // nobody adds pictures of their own here
  onProgress: ({ done, total }) => { Object.assign(fetched, { max: total, value: done }); },
});
fetched.hidden = true;
status.textContent = `${eye.info.count} works. Choose a picture; it stays on this device.`;
picture.disabled = false;

/** A newer picture aborts the search for an older one. */
let searching = new AbortController();

picture.addEventListener("change", async () => {
  searching.abort();
  searching = new AbortController();
  const { signal } = searching;
  try {
    const matches = await eye.search(picture.files[0], { limit: 5, signal });
    const thumbnails = await Promise.all(matches.map(({ id, own }) => (own ? eye.own : eye).thumbnail(id)));
    list.replaceChildren(...matches.map(({ title, score }, index) => line(title, score, thumbnails[index])));
    status.textContent = { same: "Here it is.", similar: "These look alike.", none: "No close match." }[matches.verdict];
  } catch (error) {
    if (error.code !== "Aborted") status.textContent = error.message;
  }
});

function line(title, score, thumbnail) {
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(thumbnail);
  image.onload = () => URL.revokeObjectURL(image.src);
  const made = document.createElement("li");
  const number = document.createElement("small");
  number.textContent = `similarity ${score.toFixed(3)}`;
  made.append(image, title, number);
  return made;
}
