// The ways of asking: file input, camera, drop anywhere, paste.

/**
 * @param {object} on
 * @param {(picture: File) => void} on.ask
 * @param {(code: string) => void} on.refuse for what was given and holds no file
 */
export function askedBy({ ask, refuse }) {
  for (const id of ["picture", "camera"]) {
    const input = document.getElementById(id);
    input.addEventListener("change", () => {
      const [file] = input.files;
      if (file) ask(file);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  dropAnywhere({ ask, refuse });
  addEventListener("paste", (event) => {
    const { clipboardData } = event;
    const [file] = clipboardData?.files ?? [];
    if (!file && !clipboardData?.types.length) return;
    event.preventDefault();
    if (file) ask(file);
    else refuse("NotAFile");
  });
}

function dropAnywhere({ ask, refuse }) {
  const curtain = document.getElementById("drop-here");
  let inside = 0; // dragenter and dragleave come for each element on the way
  const show = (change) => {
    inside = change === 0 ? 0 : Math.max(0, inside + change);
    curtain.hidden = inside === 0;
  };
  addEventListener("dragenter", () => show(+1));
  addEventListener("dragleave", () => show(-1));
  addEventListener("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    event.preventDefault(); // or the browser would leave the page and show the file
    show(0);
    const [file] = event.dataTransfer.files;
    if (file) ask(file);
    else refuse("NotAFile");
  });
}
