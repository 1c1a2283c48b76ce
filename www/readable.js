// Pictures that the engine cannot read but this browser may: HEIC from phones, AVIF, JPEG XL.

/**
 * The picture as the engine can read it. A format that it does not know goes through the browser's own decoder and
 * comes out as PNG; where the browser cannot decode it either, the picture stays as it is, and the engine says why it
 * is refused.
 *
 * @param {Blob} picture
 * @returns {Promise<{part: Blob, approximate: boolean}>} `approximate`: decoded by the browser, whose colours may differ
 *   slightly from those that the collection was built with
 */
export async function readable(picture) {
  const head = await picture.slice(0, 12).arrayBuffer().catch(() => new ArrayBuffer(0));
  if (!isForeign(new Uint8Array(head))) return { part: picture, approximate: false };
  try {
    const bitmap = await createImageBitmap(picture);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    return { part: await canvas.convertToBlob({ type: "image/png" }), approximate: true };
  } catch {
    return { part: picture, approximate: false };
  }
}

function isForeign(head) {
  const text = String.fromCharCode(...head);
  return /^....ftyp(avi[fs]|hei[cmsx]|hev[cmx]|mif1|msf1)/s.test(text) || text.startsWith("\xff\x0a") || text.slice(4, 8) === "JXL ";
}
