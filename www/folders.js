// Pictures out of folders, dropped or chosen.

/** Kinds of pictures for which some systems know no type. */
const NAMES = /\.(jpe?g|png|webp|gif|bmp|tiff?|hei[cf]|avif|jxl)$/i;

/** Those files of a folder that may be pictures; there is no telling before they are read. */
export function picturesOf(files) {
  return files.filter(({ name, type }) => !name.startsWith(".") && (type.startsWith("image/") || NAMES.test(name)));
}

/**
 * What was dropped. To be called while the drop is handled, because the browser forgets its items afterwards.
 *
 * @param {DataTransfer} transfer
 * @returns {{files: File[], folders: FileSystemDirectoryEntry[]}}
 */
export function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.());
  const folders = entries.filter((entry) => entry?.isDirectory);
  const names = new Set(folders.map(({ name }) => name));
  // Folders are among the files, too, as something that cannot be read.
  return { folders, files: [...transfer.files].filter(({ name, type }) => type || !names.has(name)) };
}

/** All files below a dropped folder. What cannot be read is left aside. */
export async function filesBelow(folder) {
  const files = [];
  const waiting = [folder];
  while (waiting.length > 0) {
    const reader = waiting.pop().createReader();
    // Browsers hand over a hundred at a time, and an empty list at the end.
    for (let entries = await some(reader); entries.length > 0; entries = await some(reader)) {
      for (const entry of entries) {
        if (entry.isDirectory) waiting.push(entry);
        else files.push(await fileOf(entry));
      }
    }
  }
  return files.filter(Boolean);
}

/** The file, with its path, which browsers tell only of files that were chosen. */
async function fileOf(entry) {
  const file = await new Promise((resolve) => { entry.file(resolve, () => resolve(null)); });
  return file && Object.defineProperty(file, "webkitRelativePath", { value: entry.fullPath.slice(1) });
}

function some(reader) {
  return new Promise((resolve) => { reader.readEntries(resolve, () => resolve([])); });
}
