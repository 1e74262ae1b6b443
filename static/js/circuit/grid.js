/**
 * A tensor as a grid of cells: which slice is shown, how large, and how strongly each cell is coloured.
 */

/** @import { Nested, Numeric, Tensor, Trace, TraceNode } from "../types.d.ts" */
/** @import { Grid, Measure, Style } from "./types.d.ts" */

import { formatNumber } from "../format.js";
import { plain } from "./pieces.js";

/** More cells a side than this are drawn as one image. */
const MOST_CELLS = 16;

const LEAST_SIDE = 28;

/** Size of the numbers in cells, px. */
export const CELL_TEXT = 12;

/**
 * @param {TraceNode} node
 * @param {Style} style
 * @param {Measure} measure
 * @returns {Grid}
 */
export function gridOf({ value, upstream }, style, measure) {
  const shown = sheet(value);
  const rows = Math.max(1, shown.length);
  const columns = Math.max(1, shown[0]?.length ?? 0);
  const longest = Math.max(rows, columns);
  const cell = Math.min(
    Math.max(style.cell, LEAST_SIDE / Math.min(rows, columns)),
    style.side / longest,
  );
  const texts =
    cell >= LEAST_SIDE
      ? [value, upstream].flatMap((tensor) => (tensor ? sheet(tensor).flat().map(cellText) : []))
      : [];
  const summary = value.data === null ? value.summary : undefined;
  return {
    rows,
    columns,
    width: Math.max(cell * columns, 4),
    height: Math.max(cell * rows, 4),
    stack: value.shape.length > 2 ? 6 : 0,
    numbers:
      texts.length > 0 &&
      texts.every((text) => measure([plain(text, "gradient")], CELL_TEXT) <= cell - 3),
    image: longest > MOST_CELLS,
    caption: summary ? captionOf(summary, style) : [],
  };
}

/**
 * In one line; where the flow turns downwards it stands beside its wire, and is no wider than it must be.
 * @param {{ mean: Numeric, norm: Numeric }} summary
 * @param {Style} style
 */
function captionOf({ mean, norm }, { direction }) {
  const words = ["corner", `mean ${formatNumber(mean)}`, `norm ${formatNumber(norm)}`];
  const lines = direction === "tb" ? words : [`${words[0]}; ${words[1]}, ${words[2]}`];
  return lines.map((line) => [plain(line)]);
}

/**
 * The two-dimensional slice that is shown: a vector is one row, of more axes one slice.
 * @param {Tensor} tensor
 * @param {number} [index] of the slice, counted over the leading axes
 * @returns {Numeric[][]}
 */
export function sheet({ data, preview, shape }, index = 0) {
  /** @type {Nested | undefined} */
  let nested = data ?? preview;
  for (let axis = 0; axis < shape.length - 2 && Array.isArray(nested); axis++) {
    const later = shape.slice(axis + 1, -2).reduce((count, size) => count * size, 1);
    nested = nested[data ? Math.floor(index / later) % shape[axis] : 0];
  }
  if (!Array.isArray(nested)) return nested === undefined ? [] : [[nested]];
  const rows = /** @type {Nested[]} */ (nested);
  return /** @type {Numeric[][]} */ (Array.isArray(rows[0]) ? rows : [rows]);
}

/** @param {Tensor} tensor @returns {number} how many slices can be shown */
export const sheetsOf = ({ data, shape }) =>
  data === null ? 1 : shape.slice(0, -2).reduce((count, size) => count * size, 1);

/**
 * @param {Nested} nested
 * @returns {Numeric[]} all numbers, the last axis fastest
 */
export const flat = (nested) => (Array.isArray(nested) ? nested.flatMap(flat) : [nested]);

/**
 * Two digits, for a cell: −0.314 is −.31, 0.0004 is 4e−4.
 * @param {Numeric} x
 */
export function cellText(x) {
  const size = Math.abs(Number(x));
  if (size === 0) return "0";
  if (size >= 0.995 || !(size > 0)) return formatNumber(x, 2).replace(/\.0$/, "");
  return (
    (Number(x) < 0 ? "−" : "") + (size < 0.005 ? formatNumber(size, 1) : size.toFixed(2).slice(1))
  );
}

/** @type {WeakMap<Trace, { value: number, gradient: number }>} */
const scales = new WeakMap();

/**
 * The magnitude of the strongest colour, by role.
 * @param {Trace} trace
 */
export function scalesOf(trace) {
  const found = scales.get(trace) ?? {
    value: scaleOf(trace.nodes.map((node) => node.value)),
    gradient: scaleOf(trace.nodes.map((node) => node.upstream)),
  };
  scales.set(trace, found);
  return found;
}

/**
 * The magnitude of the strongest colour, shared by all tensors of a role: between the largest tensor's and the usual
 * one's, so that one tensor of large numbers does not pale the others.
 * @param {(Tensor | null)[]} tensors
 */
function scaleOf(tensors) {
  const peaks = tensors
    .flatMap((tensor) => (tensor && tensor.shape.length > 0 ? [peak(tensor)] : []))
    .filter(Boolean)
    .sort((a, b) => a - b);
  return peaks.length === 0 ? 1 : Math.sqrt(peaks[peaks.length - 1] * peaks[peaks.length >> 1]);
}

/** @param {Tensor} tensor */
function peak(tensor) {
  const sizes = sheet(tensor)
    .flat()
    .map((x) => Math.abs(Number(x)));
  return sizes.reduce((most, size) => (size < Infinity ? Math.max(most, size) : most), 0);
}

/**
 * How strongly a cell is coloured, 0 to 1: zero is the ground itself, and nothing else is lost beside large numbers.
 * @param {Numeric} x
 * @param {number} most
 */
export function strength(x, most) {
  const size = Math.abs(Number(x));
  return size > 0 ? Math.min(1, 0.08 + 0.92 * (size / most) ** 0.5) : 0;
}
