/**
 * What makes an exported file open again: each carries the link of its place, and reading any of them is finding it.
 */

import { linkTo } from "../url.js";
import { readPng } from "./png.js";

/** @import { GivenInput, Trace } from "../types.d.ts" */

/** Larger files are none of ours, bytes. */
const LARGEST = 32_000_000;

/** A file holds nothing that can be opened; the message says what would. */
class NotOurs extends Error {}

let saved = "";

/**
 * Hands a file to the browser's downloads.
 * @param {File} file
 */
export function save(file) {
  URL.revokeObjectURL(saved);
  saved = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = saved;
  link.download = file.name;
  link.click();
}

/**
 * The link that a file carries.
 * @param {File} file
 * @returns {Promise<string>}
 * @throws {NotOurs} in words for its reader
 */
export async function linkIn(file) {
  if (file.size > LARGEST) throw new NotOurs("It is larger than any file saved here.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const png = readPng(bytes);
  if (png.isPng && !png.text)
    throw new NotOurs(
      "This picture carries no program: it was not saved here, or saved anew since.",
    );
  const text = png.text ?? new TextDecoder().decode(bytes);
  const link = await linkInText(text);
  if (link) return link;
  throw new NotOurs(
    "It carries no program. What opens: SVG, PNG and JSON saved here, links, and answers of the API.",
  );
}

/**
 * @param {string} text of an SVG, a JSON file, a shortcut, or anything else with a link in it
 * @returns {Promise<string | undefined>}
 */
export async function linkInText(text) {
  const metadata = text.match(/<metadata\b[^>]*>([\s\S]*?)<\/metadata>/)?.[1];
  return (await linkInJson(metadata ? unescaped(metadata) : text)) ?? linkInWords(text);
}

/** @param {string} xml */
const unescaped = (xml) =>
  new DOMParser().parseFromString(`<x>${xml}</x>`, "application/xml").documentElement.textContent ??
  "";

/** @param {string} text */
async function linkInJson(text) {
  try {
    const content = JSON.parse(text);
    if (typeof content.link === "string") return linkInWords(content.link);
    return Array.isArray(content.nodes) ? await linkToAnswer(content) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * An answer of the API knows no link; its program and the inputs that were given are in it.
 * @param {Trace} trace
 */
function linkToAnswer({ source, inputs, nodes }) {
  /** @type {Record<string, GivenInput>} */
  const given = {};
  for (const [name, { node, assumed, assigned }] of Object.entries(inputs)) {
    const value = nodes.find(({ id }) => id === node)?.value.data ?? null;
    if (!assumed && !assigned && value !== null) given[name] = value;
  }
  return linkTo({ source, inputs: given });
}

/** @param {string} text */
const linkInWords = (text) =>
  text
    .match(/https?:\/\/[^\s"'<>]+/g)
    ?.map((link) => link.replaceAll("&amp;", "&"))
    .find((link) => /^https?:\/\/[^/]+\/(#(.*&)?[sit]=|(e|embed|print)\b)/.test(link));
