/**
 * Where the page's other files are: KaTeX, and its workers. A document without a server is bundled with
 * notebook-assets.mjs in this one's place, which finds the same inside the document.
 */

/**
 * Neither KaTeX nor its style is asked for before the first step.
 * @returns {Promise<typeof import("../vendor/katex.js")>} rejects without a network
 */
export async function loadKatex() {
  if (!navigator.onLine) throw new Error("KaTeX is not here yet, and the browser is offline");
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = "/static/vendor/katex.css";
  document.head.append(style);
  const styled = new Promise((done) => style.addEventListener("load", done));
  const [katex] = await Promise.all([import("../vendor/katex.js"), styled]);
  return katex;
}

/** @returns {Worker} */
export function startLayoutWorker() {
  return new Worker(new URL("./layout-worker.js", import.meta.url), { type: "module" });
}

/** @returns {Worker} */
export function startApiWorker() {
  return new Worker(new URL("./api.js", import.meta.url), { type: "module" });
}
