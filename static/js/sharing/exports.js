/** The files that a page can save: of the step that is shown, and of the whole pass. */

import { dotOf } from "./dot.js";
import { facesOf } from "./faces.js";
import { latexOf } from "./latex.js";
import { writePng } from "./png.js";
import { describe, drawingOf, dress, stillOf } from "./still.js";

/** @import { Host } from "../state.js" */

/** Pixels of a picture a px of the drawing, and the most it may have a side. */
const SHARPNESS = 2;
const MOST_PIXELS = 8192;

/**
 * @param {Host} host
 * @param {string} link of the place, whole
 * @param {string} name of the files, without an ending
 */
export function exportsOf({ store, request, bytes }, link, name) {
  const { trace, index } = store.get();
  const step = trace.steps[index];
  const { source, inputs } = request();
  const carried = { link, source, inputs };
  const stepName = `${name}-step-${index + 1}`;

  async function still() {
    const board = document.getElementById("picture");
    if (!board) throw new Error("There is no board here.");
    const drawing = await stillOf(board);
    describe(drawing, {
      title: `${source.trim().split("\n").at(-1)}, step ${index + 1} of ${trace.steps.length}`,
      description: step.text,
      carried: JSON.stringify(carried),
    });
    return drawing;
  }

  /** @param {object} content */
  const json = (content) => `${JSON.stringify(content)}\n`;

  return {
    link: () => fileOf(`${name}.json`, json(carried), "application/json"),
    svg: async () => {
      const drawing = await still();
      dress(drawing, await facesOf(drawing, bytes));
      return fileOf(`${stepName}.svg`, drawingOf(drawing), "image/svg+xml");
    },
    png: async () => {
      const pixels = await rasterized(await still());
      return fileOf(`${stepName}.png`, writePng(pixels, JSON.stringify(carried)), "image/png");
    },
    latex: () => fileOf(`${name}.tex`, latexOf(trace, link), "application/x-tex"),
    json: () => fileOf(`${name}-trace.json`, json({ ...trace, link }), "application/json"),
    dot: () => fileOf(`${name}.dot`, dotOf(trace), "text/vnd.graphviz"),
  };
}

/**
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type
 */
const fileOf = (name, content, type) => new File([content], name, { type });

/**
 * @param {SVGSVGElement} still
 * @returns {Promise<Uint8Array>} of a PNG file
 */
async function rasterized(still) {
  const { width, height } = still.viewBox.baseVal;
  const scale = Math.min(SHARPNESS, MOST_PIXELS / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  still.setAttribute("width", String(canvas.width));
  still.setAttribute("height", String(canvas.height));
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser draws no pictures here; save the SVG.");
  const letters = typesetter(still);
  context.drawImage(await loaded(drawingOf(still)), 0, 0);
  letters(context);
  /** @type {Blob | null} */
  const png = await new Promise((done) => canvas.toBlob(done, "image/png"));
  if (!png) throw new Error("The browser could not make a picture of this size; save the SVG.");
  return new Uint8Array(await png.arrayBuffer());
}

/** @param {string} drawing */
async function loaded(drawing) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([drawing], { type: "image/svg+xml" }));
  await image.decode();
  URL.revokeObjectURL(image.src);
  return image;
}

/**
 * Takes the text out of a drawing, and draws it with the page's own faces: a picture in a picture has none of them, and
 * nobody can wait until those that it brings along have arrived.
 * @param {SVGSVGElement} still
 * @returns {(context: CanvasRenderingContext2D) => void}
 */
function typesetter(still) {
  document.body.append(still);
  const runs = [...still.querySelectorAll("text")].flatMap((text) => {
    const { a, b, c, d, e, f } = /** @type {DOMMatrix} */ (text.getCTM());
    let at = 0;
    return leaves(text).map(({ data, parentElement }) => {
      const { fontStyle, fontWeight, fontSize, fontFamily, fill } = getComputedStyle(
        /** @type {Element} */ (parentElement),
      );
      const { x, y } = text.getStartPositionOfChar(at);
      at += data.length;
      const font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
      return { data, x, y, font, fill, matrix: /** @type {const} */ ([a, b, c, d, e, f]) };
    });
  });
  for (const text of still.querySelectorAll("text")) text.remove();
  still.remove();
  return (context) => {
    for (const { data, x, y, font, fill, matrix } of runs) {
      context.setTransform(...matrix);
      Object.assign(context, { font, fillStyle: fill });
      context.fillText(data, x, y);
    }
  };
}

/**
 * @param {Node} node
 * @returns {Text[]}
 */
const leaves = (node) =>
  node instanceof Text ? [node] : [...node.childNodes].flatMap((child) => leaves(child));
