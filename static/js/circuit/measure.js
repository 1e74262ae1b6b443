/**
 * Sizes: widths of texts, measured once a text on a canvas, and the bounds of what is drawn.
 */

/** @import { Face, Mark, Measure, Rect } from "./types.d.ts" */

/** The font's box above and under the baseline, in em. */
export const ASCENT = 1.07;
export const DESCENT = 0.3;

/** In none of the faces two signs of numbers, and of sums of numbers, move closer: together they are as wide as apart. */
const NUMBERS = /^[\d.−e∞+×=() …]{2,}$/;

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
  /** @type {Record<Face, Map<string, number>>} */
  const widths = { value: new Map(), gradient: new Map(), name: new Map(), plain: new Map() };
  /**
   * As text: a live style read amid a drawing would have the browser work out all that is drawn so far.
   * @type {Partial<Record<Face, string>>}
   */
  const fonts = {};
  /** @type {Promise<void> | undefined} */
  let loading;

  /** @param {Face} face @param {string} text @returns {number} */
  function width(face, text) {
    const found = widths[face].get(text);
    if (found !== undefined) return found;
    if (NUMBERS.test(text)) {
      let sum = 0;
      for (const sign of text) sum += width(face, sign);
      return sum;
    }
    fonts[face] ??= font(face);
    context.font = fonts[face];
    const measured = context.measureText(text).width / 100;
    widths[face].set(text, measured);
    return measured;
  }

  async function load() {
    const faces = /** @type {Face[]} */ (Object.keys(FACES)).map((face) => {
      fonts[face] = font(face);
      return document.fonts.load(fonts[face], "x0");
    });
    await Promise.race([
      Promise.allSettled(faces),
      new Promise((resolve) => AbortSignal.timeout(800).addEventListener("abort", resolve)),
    ]);
    for (const face of Object.values(widths)) face.clear();
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
 * Grows bounds around something more.
 * @param {Rect} bounds
 * @param {Rect} more
 */
export function cover(bounds, more) {
  bounds.left = Math.min(bounds.left, more.left);
  bounds.right = Math.max(bounds.right, more.right);
  bounds.top = Math.min(bounds.top, more.top);
  bounds.bottom = Math.max(bounds.bottom, more.bottom);
}

/**
 * Where a node and all around it lies.
 * @param {Mark} mark
 * @returns {Rect}
 */
export function rectOf({ origin: { x, y }, figure: { bounds } }) {
  return shifted(bounds, x, y);
}

/** @param {Rect} rect @param {number} x @param {number} y @returns {Rect} */
export const shifted = ({ left, right, top, bottom }, x, y) => ({
  left: left + x,
  right: right + x,
  top: top + y,
  bottom: bottom + y,
});

/** @param {Rect} a @param {Rect} b */
export function overlap(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}
