/** The only file that touches the address bar and the history. */

/** @import { GivenInput } from "./types.d.ts" */

/** @typedef {{ source?: string, inputs?: Record<string, GivenInput>, address?: string, ignored: string[] }} Place */

/** The longest fragment that mail and chat programs pass on unharmed. */
const LONGEST = 8000;

/**
 * @param {string} text
 * @returns {Promise<string>} base64url(deflate-raw(text))
 */
export async function pack(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} packed */
export async function unpack(packed) {
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}

/**
 * @param {string | undefined} source left out where it is the example's
 * @param {Record<string, GivenInput> | undefined} inputs left out likewise
 * @param {string} address of the step
 */
export async function encode(source, inputs, address) {
  const fields = [`t=${encodeURIComponent(address).replaceAll("%3A", ":")}`];
  if (inputs) fields.unshift(`i=${await pack(JSON.stringify(inputs))}`);
  if (source !== undefined) fields.unshift(`s=${await pack(source)}`);
  if (fields.length > 1) fields.unshift("v=1");
  return `#${fields.join("&")}`;
}

/**
 * Reads what it can; `ignored` names the fields it could not.
 * @param {string} hash
 * @returns {Promise<Place>}
 */
export async function decode(hash) {
  const fields = new Map(
    hash
      .replace(/^#/, "")
      .split("&")
      .map((field) => {
        const at = field.indexOf("=");
        return /** @type {[string, string]} */ ([field.slice(0, at), field.slice(at + 1)]);
      }),
  );
  /** @type {Place} */
  const place = { ignored: [] };
  /** @type {Record<string, (value: string) => unknown>} */
  const readers = {
    v: (value) => {
      if (value !== "1") throw new Error(`unknown version: ${value}`);
    },
    s: async (value) => (place.source = await unpack(value)),
    i: async (value) => {
      const inputs = JSON.parse(await unpack(value));
      if (typeof inputs !== "object" || !inputs || Array.isArray(inputs))
        throw new Error("not named values");
      place.inputs = inputs;
    },
    t: (value) => (place.address = decodeURIComponent(value)),
  };
  for (const [name, read] of Object.entries(readers)) {
    const value = fields.get(name);
    try {
      if (value !== undefined) await read(value);
    } catch {
      place.ignored.push(name);
    }
  }
  return place;
}

/** What the address bar holds now. */
export const current = () => decode(location.hash);

let writes = 0;

/**
 * Writes the place into the address bar.
 * @param {string} path
 * @param {string | undefined} source
 * @param {Record<string, GivenInput> | undefined} inputs
 * @param {string} address
 * @param {boolean} push whether Back shall return to what was there
 * @returns {Promise<boolean>} false when it does not fit
 */
export async function write(path, source, inputs, address, push) {
  const write = ++writes;
  const hash = await encode(source, inputs, address);
  if (hash.length > LONGEST) return false;
  if (write !== writes && !push) return true;
  const programs = depth();
  if (push) history.pushState({ programs: programs + 1 }, "", path + hash);
  else history.replaceState({ programs }, "", path + hash);
  return true;
}

const depth = () => Number(history.state?.programs ?? 0);

/** Back by one program, never off the page. */
export function undo() {
  if (depth()) history.back();
  return depth() > 0;
}

export const redo = () => history.forward();

/** Where this page was opened: its example lives there. */
export const home = location.pathname;

/** The path that stands for an edited program: an embed stays one. */
export const editedPath = () => (home.startsWith("/embed") ? home : "/");

/** Whether this page can show what the address bar points to. */
export const isOurs = () => [home, editedPath()].includes(location.pathname);
export const reload = () => location.reload();
