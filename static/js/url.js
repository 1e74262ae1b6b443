/** The only file that touches the address bar and the history. */

/** @import { Look } from "./look.js" */
/** @import { GivenInput } from "./types.d.ts" */

import { LOCKS, PLAIN, partsOf, VIEWS } from "./look.js";

/**
 * What a link holds: a program and how it is looked at. What is left out is as the page opens by itself.
 * @typedef {object} Place
 * @property {string} [source] left out where it is the example's
 * @property {Record<string, GivenInput>} [inputs] left out likewise
 * @property {string} [address] of the step
 * @property {Partial<Look>} [look]
 * @property {[number, number]} [boards] of a sheet: the first and the last that are drawn, from 1
 * @property {string[]} [ignored] fields that could not be read
 */

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
 * The field of one part of the look; plain looks are left out.
 * @template {keyof Look} K
 * @param {K} key
 * @param {(text: string) => Look[K]} parse throws where it can make nothing of the text
 */
const lookField = (key, parse) => ({
  write: (/** @type {Place} */ { look }) => {
    const value = look?.[key];
    return value !== undefined && String(value) !== String(PLAIN[key]) && writable(value);
  },
  read: (/** @type {string} */ text, /** @type {Place} */ place) => {
    place.look = { ...place.look, [key]: parse(text) };
  },
});

/** @param {unknown} value */
const writable = (value) => [value].flat().map(String).map(encodeURIComponent).join(",");

/**
 * @template T
 * @param {readonly T[]} allowed
 * @returns {(text: string) => T}
 */
const oneOf = (allowed) => (text) => {
  const found = allowed.find((each) => String(each) === text);
  if (found === undefined) throw new Error(`not one of ${allowed}`);
  return found;
};

/**
 * One entry a field of the link, in the order of writing. `write` returns undefined for what is left out; `read`
 * throws where it can make nothing of the text.
 * @type {Record<string, { write: (place: Place) => unknown, read: (text: string, place: Place) => unknown }>}
 */
const FIELDS = {
  stop: lookField("stop", (text) => {
    if (!/^[1-9]\d?$/.test(text)) throw new Error("no stop");
    return Number(text);
  }),
  s: {
    write: ({ source }) => source !== undefined && pack(source),
    read: async (text, place) => {
      place.source = await unpack(text);
    },
  },
  i: {
    write: ({ inputs }) => inputs && pack(JSON.stringify(inputs)),
    read: async (text, place) => {
      const inputs = JSON.parse(await unpack(text));
      if (typeof inputs !== "object" || !inputs || Array.isArray(inputs))
        throw new Error("not named values");
      place.inputs = inputs;
    },
  },
  t: {
    write: ({ address }) =>
      address !== undefined && encodeURIComponent(address).replaceAll("%3A", ":"),
    read: (text, place) => {
      place.address = decodeURIComponent(text);
    },
  },
  d: lookField("detail", oneOf(/** @type {const} */ ([1, 2, 3]))),
  f: lookField("folds", (text) => text.split(",").map(decodeURIComponent)),
  w: lookField("view", (text) => {
    const view = decodeURIComponent(text);
    oneOf(VIEWS)(partsOf(view)[0]);
    return view;
  }),
  r: lookField("round", oneOf(/** @type {const} */ ([true]))),
  p: lookField("predict", oneOf(/** @type {const} */ ([true]))),
  m: lookField("mode", oneOf(/** @type {const} */ (["lecture"]))),
  n: {
    write: ({ boards }) => boards?.join("-"),
    read: (text, place) => {
      const [, first, last] = text.match(/^([1-9]\d{0,4})-([1-9]\d{0,4})$/) ?? [];
      if (!last) throw new Error("no boards");
      place.boards = [Number(first), Number(last)];
    },
  },
  k: lookField("locks", (text) => (isEmbed() ? text.split(",").map(oneOf(LOCKS)) : [])),
};

/** @param {Place} place */
export async function encode(place) {
  const fields = [];
  for (const [name, { write }] of Object.entries(FIELDS)) {
    const text = await write(place);
    if (text) fields.push(`${name}=${text}`);
  }
  if (fields.some((field) => /^[si]=/.test(field))) fields.unshift("v=1");
  return `#${fields.join("&")}`;
}

/**
 * Reads what it can; `ignored` names the fields it could not.
 * @param {string} hash
 * @returns {Promise<Place & { ignored: string[] }>}
 */
export async function decode(hash) {
  /** @type {Place & { ignored: string[] }} */
  const place = { ignored: [] };
  for (const field of hash.replace(/^#/, "").split("&")) {
    const at = field.indexOf("=");
    const [name, text] = [field.slice(0, at), field.slice(at + 1)];
    try {
      if (name === "v" && text !== "1") throw new Error(`unknown version: ${text}`);
      if (Object.hasOwn(FIELDS, name)) await FIELDS[name].read(text, place);
    } catch {
      place.ignored.push(name);
    }
  }
  return place;
}

/**
 * What an address holds.
 * @param {string} [address] what the address bar holds now
 */
export const current = (address = document.URL) => decode(new URL(address).hash);

let writes = 0;

/**
 * Writes the place into the address bar.
 * @param {string} path
 * @param {Place} place
 * @param {boolean} push whether Back shall return to what was there
 * @returns {Promise<boolean>} false when it does not fit
 */
export async function write(path, place, push) {
  const write = ++writes;
  const hash = await encode(place);
  if (!fits(hash)) return false;
  if (write !== writes && !push) return true;
  const programs = depth();
  // A frame leaves no steps in the history of the page around it.
  if (push && !isEmbed()) history.pushState({ programs: programs + 1 }, "", path + hash);
  else history.replaceState({ programs }, "", path + hash);
  return true;
}

const depth = () => Number(history.state?.programs ?? 0);

/** How many programs stood before the one that this page opened with. */
const opened = depth();

/**
 * Back by one program, also to another page of ours, never off the site.
 * @param {number} [steps]
 */
export function undo(steps = 1) {
  const entry = globalThis.navigation?.currentEntry?.index ?? 0;
  const possible = Math.max(depth(), entry) >= steps;
  if (possible) history.go(-steps);
  return possible;
}

/** Back to before all that this page has shown. */
export const undoPage = () => undo(Math.max(1, depth() - opened + 1));

export const redo = () => history.forward();

/** Where this page was opened: its example lives there. */
export const home = location.pathname;

/** The path that stands for an edited program: an embed stays one, and so does a tour. */
export const editedPath = () => (isEmbed() || isTour() ? home : "/");

const isEmbed = () => /^\/embed(\/|$)/.test(home);
const isTour = () => home.startsWith("/lecture/");

/** @typedef {"page" | "embed" | "print" | "worksheet"} Kind with everything, a frame without chrome, paper: all steps, or one to fill in */

/**
 * The example that a link or path opens on; "" for the first.
 * @param {string} link
 */
export const slugOf = (link) =>
  new URL(link, location.origin).pathname.match(/^\/(?:e|embed|print|worksheet)\/([^/]+)$/)?.[1] ??
  "";

/**
 * @param {Kind} kind
 * @param {string} slug of an example; "" for the first
 */
const pathOf = (kind, slug) =>
  slug ? `/${kind === "page" ? "e" : kind}/${slug}` : kind === "page" ? "/" : `/${kind}`;

/**
 * The whole link of a place of this page, however long.
 * @param {Place} place
 * @param {Kind} [kind]
 */
export async function linkTo(place, kind = "page") {
  const look = { ...place.look, stop: 0, ...(kind === "embed" ? {} : { locks: [] }) };
  const slug = place.source === undefined ? slugOf(home) : "";
  return location.origin + pathOf(kind, slug) + (await encode({ ...place, look }));
}

/** @param {string} link */
export const fits = (link) => link.length - link.indexOf("#") <= LONGEST;

/**
 * Goes to the place of a link of any server: one program further, so that Back returns. Examples of another page are
 * opened there.
 * @param {string} link
 * @returns {Promise<Place | undefined>} undefined if the browser leaves this page
 */
export async function visit(link) {
  const { hash } = new URL(link, location.origin);
  const place = await decode(hash);
  const slug = slugOf(link);
  if (place.source === undefined && slug !== slugOf(home)) {
    location.assign(pathOf("page", slug) + hash);
    return undefined;
  }
  const path = place.source === undefined ? home : editedPath();
  history.pushState({ programs: depth() + 1 }, "", path + (fits(hash) ? hash : ""));
  return place;
}

/** Whether this page can show what the address bar points to. */
export const isOurs = () => [home, editedPath()].includes(location.pathname);
export const reload = () => location.reload();
