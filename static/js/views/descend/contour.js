/** Contours of a grid of heights; no DOM. */

import { contours, curveLinearClosed, scaleLinear, transpose } from "../../../vendor/charts.js";
import { path } from "../chart.js";

/**
 * Paths around what lies above each level, and around what is no number; both reach half a cell beyond the grid.
 * @param {readonly (readonly number[])[]} grid a row a value of the first axis
 * @param {readonly number[]} levels
 * @param {number[]} across px; where the first axis begins and ends
 * @param {number[]} up px; the second
 * @returns {{ above: string[], missing: string }}
 */
export function regions(grid, levels, across, up) {
  const heights = transpose(grid).flat();
  const size = /** @type {const} */ ([grid.length, grid[0].length]);
  const around = contours().size([...size]);
  // In D3 a height stands in the middle of its cell.
  const [x, y] = [across, up].map((range, k) => scaleLinear([0.5, size[k] - 0.5], range));
  /** @param {(z: number) => number} height @param {number} level */
  const pathOf = (height, level) =>
    around
      .contour(heights.map(height), level)
      .coordinates.flat()
      .map((ring) =>
        path(
          ring.map(([i, j]) => [x(i), y(j)]),
          curveLinearClosed,
        ),
      )
      .join("");
  return {
    above: levels.map((level) => pathOf((z) => (Number.isFinite(z) ? z : -Infinity), level)),
    missing: pathOf((z) => (Number.isFinite(z) ? 0 : 1), Number.EPSILON),
  };
}
