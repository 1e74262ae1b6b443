/** PNG files that carry text: an uncompressed iTXt chunk before the last one. */

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const KEYWORD = "chainrule";
/** Length, type and checksum of a chunk, bytes. */
const FRAME = 12;

/**
 * Source: PNG specification (third edition), annex D.
 * @type {Uint32Array}
 */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? 0xedb88320 ^ (remainder >>> 1) : remainder >>> 1;
  return remainder;
});

/** @param {Uint8Array} bytes */
export function checksum(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = REMAINDERS[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/**
 * @param {Uint8Array} bytes
 * @returns {Generator<{ type: string, start: number, data: Uint8Array }>}
 */
function* chunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let start = SIGNATURE.length; start + FRAME <= bytes.length; ) {
    const length = view.getUint32(start);
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    yield { type, start, data: bytes.subarray(start + 8, start + 8 + length) };
    start += FRAME + length;
  }
}

/**
 * The same picture, carrying a text.
 * @param {Uint8Array} png
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writePng(png, text) {
  const end = [...chunks(png)].find(({ type }) => type === "IEND")?.start ?? png.length;
  const content = new TextEncoder().encode(`iTXt${KEYWORD}\0\0\0\0\0${text}`);
  const chunk = new Uint8Array(content.length + 8);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, content.length - 4);
  chunk.set(content, 4);
  view.setUint32(chunk.length - 4, checksum(content));
  const whole = new Uint8Array(png.length + chunk.length);
  whole.set(png.subarray(0, end));
  whole.set(chunk, end);
  whole.set(png.subarray(end), end + chunk.length);
  return whole;
}

/**
 * The text that a picture carries.
 * @param {Uint8Array} bytes of any file
 * @returns {{ isPng: boolean, text?: string }}
 */
export function readPng(bytes) {
  if (!SIGNATURE.every((byte, at) => bytes[at] === byte)) return { isPng: false };
  for (const { type, data } of chunks(bytes)) {
    if (type !== "iTXt") continue;
    const [keyword, , ...rest] = new TextDecoder().decode(data).split("\0");
    if (keyword === KEYWORD) return { isPng: true, text: rest.slice(3).join("\0") };
  }
  return { isPng: true };
}
