// The element comes with the module; the module is used by itself, too.

import { open } from "private-eye-search";

const picture = document.querySelector("#picture");
const status = document.querySelector("#status");

open("/collection/").then((eye) => {
  picture.addEventListener("change", async () => {
    const matches = await eye.search(picture.files[0], { limit: 5 });
    document.querySelector("#matches").replaceChildren(...matches.map(({ title }) => {
      const line = document.createElement("li");
      line.textContent = title;
      return line;
    }));
    status.textContent = matches.verdict;
  });
  picture.disabled = false;
  status.textContent = `${eye.info.count} works`;
}, (error) => { status.textContent = error.message; });
