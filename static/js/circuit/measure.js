/**
 * Widths of texts, measured once a text on a canvas.
 */

/** @import { Face, Measure, Piece } from "./types.d.ts" */

import { displayName, isAxis } from "../format.js";

/** @param {number} size of the text it stands beside, px */
export const subscriptSize = (size) => Math.max(12, 0.68 * size);

/** @type {Record<Face, [style: string, family: string]>} */
const FACES = {
  value: ["", "--number-font"],
  gradient: ["italic", "--number-font"],
  name: ["italic", "--name-font"],
  plain: ["", "--number-font"],
};

/**
 * @param {Element} element gives the families
 * @returns {{ measure: Measure, ready: () => Promise<void> }} `ready` resolves when the faces have come, or soon
 */
export function createMeasure(element) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    document.createElement("canvas").getContext("2d")
  );
  const style = getComputedStyle(element);
  const font = (/** @type {Face} */ face) =>
    `${FACES[face][0]} 100px ${style.getPropertyValue(FACES[face][1]) || "sans-serif"}`;
  /** @type {Map<string, number>} */
  const widths = new Map();
  /**
   * As text: a live style read amid a drawing would have the browser work out all that is drawn so far.
   * @type {Partial<Record<Face, string>>}
   */
  let fonts = {};
  /** @type {Promise<void> | undefined} */
  let loading;

  /** @param {Face} face @param {string} text */
  function width(face, text) {
    const key = face + text;
    let found = widths.get(key);
    if (found === undefined) {
      fonts[face] ??= font(face);
      context.font = fonts[face];
      found = context.measureText(text).width / 100;
      widths.set(key, found);
    }
    return found;
  }

  async function load() {
    const faces = /** @type {Face[]} */ (Object.keys(FACES)).map((face) =>
      document.fonts.load(font(face), "x0"),
    );
    await Promise.race([
      Promise.allSettled(faces),
      new Promise((resolve) => AbortSignal.timeout(800).addEventListener("abort", resolve)),
    ]);
    widths.clear();
    fonts = {};
  }

  return {
    measure: (pieces, size) =>
      pieces.reduce(
        (sum, { text, kind, shift }) =>
          sum + width(kind, text) * (shift ? subscriptSize(size) : size),
        0,
      ),
    ready: () => (loading ??= load()),
  };
}

/**
 * A program's name, typeset.
 * @param {string} name
 * @param {Face} kind
 * @returns {Piece[]}
 */
export function namePieces(name, kind) {
  const { base, subscript } = displayName(name);
  /** @type {Piece[]} */
  const pieces = [{ text: base, kind }];
  if (subscript) pieces.push({ text: subscript, kind, shift: "sub" });
  return pieces;
}

/**
 * A number. Its minus signs stand upright: in the italic face they are as short as hyphens.
 * @param {string} text
 * @param {Face} kind
 * @returns {Piece[]}
 */
export function numberPieces(text, kind) {
  return text
    .split(/(−)/)
    .filter(Boolean)
    .map((part) => plain(part, part === "−" ? "plain" : kind));
}

/**
 * A shape by its letters, each in its colour, else by its sizes: N × D, (H,), 3 × 4; [] for a scalar.
 * @param {import("../types.d.ts").TraceNode} node
 * @returns {Piece[]}
 */
export function shapePieces({ value: { shape }, dims }) {
  const letters = dims?.length === shape.length ? dims : shape.map(String);
  const axes = letters.flatMap((text, i) => [
    ...(i ? [plain(" × ")] : []),
    isAxis(text) ? { ...plain(text), axis: text } : plain(text),
  ]);
  return axes.length === 1 ? [plain("("), ...axes, plain(",)")] : axes;
}

/**
 * @param {string} text
 * @param {Face} [kind]
 * @returns {Piece}
 */
export function plain(text, kind = "plain") {
  return { text, kind };
}
