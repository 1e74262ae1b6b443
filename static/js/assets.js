/**
 * Where the page's other files are: KaTeX, the editor, and its workers. A document without a server is bundled with
 * notebook-assets.mjs in this one's place, which finds the same inside the document.
 */

/** KaTeX's faces that formulas of ours are set in. */
const FACES = ["Main", "Size1", "Size2", "Size3", "Size4"]
  .map((name) => `1em KaTeX_${name}`)
  .concat("bold 1em KaTeX_Main", "italic 1em KaTeX_Math");

/**
 * Neither KaTeX nor its style is asked for before the first touch.
 * @returns {Promise<typeof import("../vendor/katex.js")>} rejects without a network
 */
export async function loadKatex() {
  if (!navigator.onLine) throw new Error("KaTeX is not here yet, and the browser is offline");
  const [katex] = await Promise.all([
    import("../vendor/katex.js"),
    linked("/static/vendor/katex.css"),
  ]);
  // Whenever one comes, the browser lays the whole page out anew: not amid a walk.
  await Promise.allSettled(FACES.map((face) => document.fonts.load(face)));
  return katex;
}

/**
 * @param {string} name of a style sheet in css/ that the page does without until then
 * @returns {Promise<void>} rejects without a network
 */
export const loadStyle = (name) => linked(new URL(`../css/${name}.css`, import.meta.url).href);

/** @type {Map<string, Promise<void>>} by address */
const styles = new Map();

/**
 * Once, however often it is asked for.
 * @param {string} href
 */
function linked(href) {
  const style = styles.get(href) ?? link(href);
  styles.set(href, style);
  style.catch(() => styles.delete(href));
  return style;
}

/** @param {string} href */
async function link(href) {
  // Else the browser itself would put the failure on its console.
  if (!navigator.onLine) throw new Error(`${href} is not here yet, and the browser is offline`);
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  document.head.append(link);
  await /** @type {Promise<void>} */ (
    new Promise((done, fail) => {
      link.addEventListener("load", () => done());
      link.addEventListener("error", () => {
        link.remove();
        fail(new Error(`${href} could not be fetched`));
      });
    })
  );
}

/**
 * The editor, and CodeMirror with it.
 * @returns {Promise<typeof import("./editor/editor.js")>} rejects without a network
 */
export async function loadEditor() {
  if (!navigator.onLine) throw new Error("the editor is not here yet, and the browser is offline");
  return import("./editor/editor.js");
}

/**
 * What the textarea does without CodeMirror.
 * @returns {Promise<typeof import("./editor/plain.js")>} rejects without a network
 */
export async function loadPlainEditor() {
  if (!navigator.onLine) throw new Error("the editor is not here yet, and the browser is offline");
  return import("./editor/plain.js");
}

/** @returns {Worker} */
export function startLayoutWorker() {
  return new Worker(new URL("./layout-worker.js", import.meta.url), { type: "module" });
}

/** @returns {Worker} */
export function startApiWorker() {
  return new Worker(new URL("./api.js", import.meta.url), { type: "module" });
}
