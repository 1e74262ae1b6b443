/** Contours of a grid of heights: what lies above a level, and the line along it. Corners, not pixels; no DOM. */

/** @typedef {[number, number]} Point in cells: the first axis, the second */

/**
 * One cell cut along a level: what of it lies above, and the pieces of the line.
 * @param {readonly number[]} heights of its corners, in order around it
 * @param {readonly Point[]} corners
 * @param {number} level
 * @returns {{ above: Point[], cuts: Point[] }} cuts are ends of pieces, two by two
 */
export function cut(heights, corners, level) {
  /** @type {Point[]} */
  const above = [];
  /** @type {Point[]} */
  const leaving = [];
  /** @type {Point[]} */
  const entering = [];
  for (const [i, height] of heights.entries()) {
    const next = (i + 1) % heights.length;
    const isAbove = height >= level;
    if (isAbove) above.push(corners[i]);
    if (isAbove === heights[next] >= level) continue;
    const part = (level - height) / (heights[next] - height);
    const crossing = /** @type {Point} */ (
      corners[i].map((x, k) => x + part * (corners[next][k] - x))
    );
    above.push(crossing);
    (isAbove ? leaving : entering).push(crossing);
  }
  // Around the cell, every way out is followed by a way in: between the two runs the line.
  const first = heights[0] >= level ? 0 : 1;
  const cuts = leaving.flatMap((out, i) => [out, entering[(i + first) % entering.length]]);
  return { above, cuts };
}

/**
 * The cells of a grid, row by row along the second axis.
 * @param {readonly (readonly number[])[]} grid a row a value of the first axis
 * @returns {{ heights: number[], i: number, j: number }[][]}
 */
function cells(grid) {
  return Array.from({ length: grid[0].length - 1 }, (_, j) =>
    Array.from({ length: grid.length - 1 }, (_, i) => ({
      heights: [grid[i][j], grid[i + 1][j], grid[i + 1][j + 1], grid[i][j + 1]],
      i,
      j,
    })),
  );
}

/**
 * Paths of a level: the region above it, and the line. Cells with a corner that is no number are left out.
 * @param {readonly (readonly number[])[]} grid
 * @param {number} level
 * @param {(point: Point) => string} at "x,y" of a point
 * @returns {{ region: string, line: string }}
 */
export function contour(grid, level, at) {
  const region = [];
  const line = [];
  for (const row of cells(grid)) {
    let from = -1;
    for (const { heights, i, j } of [...row, { heights: [], i: row.length, j: row[0].j }]) {
      const whole = heights.length > 0 && heights.every((z) => z >= level && Number.isFinite(z));
      if (whole && from < 0) from = i;
      if (whole) continue;
      if (from >= 0)
        region.push(`M${at([from, j])}L${at([i, j])}L${at([i, j + 1])}L${at([from, j + 1])}Z`);
      from = -1;
      if (!heights.every(Number.isFinite) || !heights.some((z) => z >= level)) continue;
      /** @type {Point[]} */
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ];
      const { above, cuts } = cut(heights, corners, level);
      region.push(`M${above.map(at).join("L")}Z`);
      for (let k = 0; k < cuts.length; k += 2) line.push(`M${at(cuts[k])}L${at(cuts[k + 1])}`);
    }
  }
  return { region: region.join(""), line: line.join("") };
}

/**
 * Round numbers within a range, some five of them.
 * @param {number} low
 * @param {number} high
 */
export function ticks(low, high) {
  const width = high - low;
  if (!(width > 0) || !Number.isFinite(width)) return [low];
  const power = 10 ** Math.floor(Math.log10(width / 4));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => width / s <= 6) ?? 10 * power;
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  return Array.from({ length: last - first + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(12)),
  );
}

/**
 * A number in steps that a hand can make over this range: 1.25, not 1.2473648.
 * @param {number} x
 * @param {number} width of the range
 */
export function rounded(x, width) {
  const grain = 10 ** Math.floor(Math.log10(width / 200));
  return Number((Math.round(x / grain) * grain).toPrecision(12));
}

/**
 * The range that a curve is drawn over: all of it, but not what shoots far beyond most of it.
 * @param {readonly number[]} heights
 * @param {readonly number[]} levels heights between which there is as much of the curve each
 * @returns {[low: number, high: number]}
 */
export function span(heights, levels) {
  const finite = heights.filter(Number.isFinite);
  if (!finite.length) return [0, 1];
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const [first = least, last = most] = [levels[0], levels.at(-1)];
  const room = 2 * (last - first);
  const low = Math.max(least, first - room);
  const high = Math.min(most, last + room);
  if (high > low) return [low, high];
  return [low - 1, low + 1];
}
