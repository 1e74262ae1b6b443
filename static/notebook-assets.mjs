/** What assets.js is in a document without a server: everything is in the document, and nobody can be asked. */

/** @returns {Promise<typeof import("./vendor/katex.js")>} */
export const loadKatex = () => import("./vendor/katex.js");

/** Its style is in the document too. */
export const loadStyle = async () => {};

/**
 * Its program stays as it is.
 * @returns {Promise<never>}
 */
export async function loadEditor() {
  throw new Error("This document has no server.");
}

export const loadPlainEditor = loadEditor;

/** @type {string | undefined} */
let address;

/**
 * The page's own script, run as a worker, lays circuits out.
 * @returns {Worker}
 */
export function startLayoutWorker() {
  const script = document.getElementById("bundle")?.textContent ?? "";
  address ??= URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  return new Worker(address);
}

/** @returns {Worker} */
export function startApiWorker() {
  throw new Error("This document has no server.");
}
