/** A small matrix with its numbers, in the colours that its kind has on the board. */

import { cellText, strength } from "../circuit/grid.js";
import { svg } from "../circuit/text.js";

/** @import { Numeric, Tensor } from "../types.d.ts" */

/** Sides of a cell, px. */
const LARGEST = 40;
const LEAST = 10;

/** Width of a digit, px. */
const DIGIT = 7;

/** Rows and columns that are drawn; what is larger is told by its size. */
export const MOST = 12;

/**
 * A tensor as rows: a number is one entry, a vector one row.
 * @param {Tensor} tensor
 * @returns {Numeric[][] | undefined} undefined where it was not sent, or is too large to be drawn
 */
export function rowsOf({ shape, data }) {
  if (data === null || shape.length > 2 || shape.some((size) => size > MOST)) return undefined;
  const flat = /** @type {Numeric[]} */ ([data].flat(/** @type {1} */ (9)));
  const columns = shape[shape.length - 1] ?? 1;
  return Array.from({ length: flat.length / columns }, (_, row) =>
    flat.slice(row * columns, (row + 1) * columns),
  );
}

/** @param {readonly Numeric[][]} rows the largest finite entry */
export const scaleOf = (rows) =>
  Math.max(
    0,
    ...rows
      .flat()
      .map((x) => Math.abs(Number(x)))
      .filter(Number.isFinite),
  ) || 1;

/**
 * @param {Numeric[][]} rows
 * @param {object} how
 * @param {"value" | "gradient" | "slope"} how.role
 * @param {string} how.label
 * @param {number} [how.width] px that it may take
 * @param {number} [how.most] the number that is coloured fully; its own largest, at first
 * @param {readonly number[]} [how.marked] row and column of an entry with a ring
 * @returns {SVGSVGElement}
 */
export function drawCells(rows, { role, label, width = 330, most = scaleOf(rows), marked }) {
  const texts = rows.map((row) => row.map(cellText));
  const longest = Math.max(...texts.flat().map((text) => text.length));
  const roomy = Math.max(28, longest * DIGIT + 6);
  const cell = Math.max(LEAST, Math.min(LARGEST, Math.max(roomy, 28), width / rows[0].length));
  const picture = svg("svg", {
    class: `cells ${role}`,
    width: cell * rows[0].length + 2,
    height: cell * rows.length + 2,
    role: "img",
    "aria-label": label,
  });
  for (const [i, row] of rows.entries())
    for (const [j, value] of row.entries()) {
      const group = svg("g", {}, picture);
      group.style.transform = `translate(${1 + j * cell}px, ${1 + i * cell}px)`;
      const power = strength(value, most);
      const square = { x: 0.5, y: 0.5, width: cell - 1, height: cell - 1 };
      svg("rect", { class: "under", ...square }, group);
      const sign = Number(value) < 0 ? "negative" : "positive";
      if (power > 0)
        svg("rect", { class: `entry ${sign}`, ...square, "fill-opacity": power.toFixed(3) }, group);
      if (marked && i === marked[0] && j === marked[1])
        svg("rect", { class: "marked", x: 1, y: 1, width: cell - 2, height: cell - 2 }, group);
      if (cell < longest * DIGIT + 2) continue;
      const text = svg(
        "text",
        {
          class: power > 0.62 ? "strong" : Number(value) === 0 ? "zero" : "",
          x: cell / 2,
          y: cell / 2 + 4,
          "text-anchor": "middle",
        },
        group,
      );
      text.textContent = texts[i][j];
    }
  return picture;
}
