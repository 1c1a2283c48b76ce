// ZIP archives of files that are stored as they are, which every system can unpack.

const FILE = 0x04034b50;
const ENTRY = 0x02014b50;
const END = 0x06054b50;
const STORED = 0;
const DEFLATED = 8;
/** Names are UTF-8. */
const FLAGS = 0x800;
/** 1980-01-01: the same files give the same archive. */
const DATE = 0x21;
const LOCAL_BYTES = 30;
const ENTRY_BYTES = 46;
const END_BYTES = 22;
/** The longest comment that may follow the end. */
const COMMENT = 0xffff;

/**
 * @param {AsyncIterable<[name: string, bytes: Uint8Array]>} files one in memory at a time, less than 4 GB together
 * @returns {Promise<Blob>}
 */
export async function zipped(files) {
  const parts = [];
  const entries = [];
  let offset = 0;
  for await (const [path, bytes] of files) {
    const name = new TextEncoder().encode(path);
    const fields = [20, FLAGS, STORED, 0, DATE]; // version, flags, method, time, date
    const sizes = [crc32(bytes), bytes.length, bytes.length];
    const local = record(LOCAL_BYTES, FILE, fields, sizes, [name.length, 0]);
    const entry = record(ENTRY_BYTES, ENTRY, [20, ...fields], sizes, [name.length, 0, 0, 0, 0], [0, offset]);
    entries.push(entry, name);
    // A blob lies where the browser likes, outside of the heap.
    parts.push(new Blob([local, name, bytes]));
    offset += LOCAL_BYTES + name.length + bytes.length;
  }
  const directory = new Blob(entries);
  const count = entries.length / 2;
  const end = record(END_BYTES, END, [0, 0, count, count], [directory.size, offset], [0]);
  return new Blob([...parts, directory, end], { type: "application/zip" });
}

/**
 * The files of an archive by their names, each to be read when it is wanted: `Map<name, (longest) => Promise<Uint8Array>>`.
 * Throws an `Error` with a message where it is no archive.
 */
export async function unzipped(archive) {
  const tail = await view(archive.slice(Math.max(0, archive.size - END_BYTES - COMMENT)));
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END) at -= 1;
  if (at < 0) throw new Error("it is no ZIP archive, or it was cut off");
  const [count, size, offset] = [tail.getUint16(at + 10, true), tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  const directory = await view(archive.slice(offset, offset + size));
  const files = new Map();
  let place = 0;
  for (let number = 0; number < count; number += 1) {
    if (place + ENTRY_BYTES > directory.byteLength || directory.getUint32(place, true) !== ENTRY) throw new Error("its table of contents is damaged");
    const [nameBytes, extra, comment] = [28, 30, 32].map((field) => directory.getUint16(place + field, true));
    const name = new TextDecoder().decode(new Uint8Array(directory.buffer, place + ENTRY_BYTES, Math.min(nameBytes, directory.byteLength - place - ENTRY_BYTES)));
    const method = directory.getUint16(place + 10, true);
    const [packed, bytes, start] = [20, 24, 42].map((field) => directory.getUint32(place + field, true));
    files.set(name, (longest) => content(archive, { name, method, packed, bytes, start, longest }));
    place += ENTRY_BYTES + nameBytes + extra + comment;
  }
  return files;
}

async function content(archive, { name, method, packed, bytes, start, longest }) {
  if (bytes > longest) throw new Error(`${name} has ${bytes} bytes, more than ${longest}`);
  const head = await view(archive.slice(start, start + LOCAL_BYTES));
  if (head.byteLength < LOCAL_BYTES || head.getUint32(0, true) !== FILE) throw new Error(`${name} is not where its table of contents says`);
  const first = start + LOCAL_BYTES + head.getUint16(26, true) + head.getUint16(28, true);
  const body = archive.slice(first, first + packed);
  if (method === STORED) return new Uint8Array(await body.arrayBuffer());
  if (method !== DEFLATED) throw new Error(`${name} is packed in a way that is not known here`);
  // Somebody packed it anew.
  const whole = new Uint8Array(bytes);
  let length = 0;
  const reader = body.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  for (;;) {
    const { value, done } = await reader.read().catch(() => { throw new Error(`${name} is damaged`); });
    if (done) return whole.subarray(0, length);
    if (length + value.length > bytes) throw new Error(`${name} has more than the ${bytes} bytes that were announced`);
    whole.set(value, length);
    length += value.length;
  }
}

async function view(blob) {
  return new DataView(await blob.arrayBuffer());
}

/** A record of so many bytes: its mark, 16-bit, 32-bit, 16-bit and, in a table of contents, 32-bit numbers. */
function record(bytes, mark, ...groups) {
  const data = new DataView(new ArrayBuffer(bytes));
  let at = 0;
  const write = (number, wide) => {
    if (wide) data.setUint32(at, number, true);
    else data.setUint16(at, number, true);
    at += wide ? 4 : 2;
  };
  write(mark, true);
  for (const [place, group] of groups.entries()) for (const number of group) write(number, place % 2 === 1);
  return data.buffer;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

function crc32(bytes) {
  let remainder = -1;
  for (const byte of bytes) remainder = (remainder >>> 8) ^ TABLE[(remainder ^ byte) & 0xff];
  return ~remainder >>> 0;
}
