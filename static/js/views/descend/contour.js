/** Contours of a grid of heights. In cells of the grid, not pixels; no DOM. */

import { contours, transpose } from "../../../vendor/charts.js";

/** @typedef {[number, number]} Point in cells: the first axis, the second */

/**
 * Paths around what lies above each level, and around what is no number; both reach half a cell beyond the grid.
 * @param {readonly (readonly number[])[]} grid a row a value of the first axis
 * @param {readonly number[]} levels
 * @param {(point: Point) => string} at "x,y" of a point
 * @returns {{ above: string[], missing: string }}
 */
export function regions(grid, levels, at) {
  const heights = transpose(grid).flat();
  const around = contours().size([grid.length, grid[0].length]);
  /** @param {(z: number) => number} height @param {number} level */
  const path = (height, level) =>
    around
      .contour(heights.map(height), level)
      .coordinates.flat()
      // In D3 a height stands in the middle of its cell.
      .map((ring) => `M${ring.map(([i, j]) => at([i - 0.5, j - 0.5])).join("L")}Z`)
      .join("");
  return {
    above: levels.map((level) => path((z) => (Number.isFinite(z) ? z : -Infinity), level)),
    missing: path((z) => (Number.isFinite(z) ? 0 : 1), Number.EPSILON),
  };
}
