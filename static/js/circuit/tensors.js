/**
 * Heat maps: an empty grid while unknown, then cells coloured by sign and size.
 */

/** @import { Tensor } from "../types.d.ts" */
/** @import { Grid } from "./types.d.ts" */

import { CELL_TEXT, cellText, sheet, strength } from "./grid.js";
import { svg, write } from "./text.js";

/** Cells stronger than this carry light numbers. */
const STRONG = 0.62;

/** Cells of this side, px, and without a number, carry a minus where they are negative: colour alone says too little. */
const SIGNED = 7;

/**
 * @param {Element} parent
 * @param {{ x: number, y: number, grid: Grid }} at
 * @param {"value" | "gradient"} role
 */
export function drawMap(parent, { x, y, grid }, role) {
  const group = svg("g", { class: `map ${role}`, transform: `translate(${x},${y})` }, parent);
  drawGrid(group, grid);
  return group;
}

/**
 * The empty grid, in which cells, or a question, will stand.
 * @param {SVGGElement} group
 * @param {Grid} grid
 */
export function drawGrid(group, { rows, columns, width, height, stack, image }) {
  for (let sheets = stack; sheets > 0; sheets -= 3) {
    svg("rect", { class: "sheet", x: sheets, y: -sheets, width, height, rx: 3 }, group);
  }
  svg("rect", { class: "ground", width, height, rx: 2 }, group);
  let lines = "";
  if (!image) {
    for (let row = 1; row < rows; row++) lines += `M0,${(row * height) / rows}h${width}`;
    for (let column = 1; column < columns; column++)
      lines += `M${(column * width) / columns},0v${height}`;
  }
  svg("path", { class: "lines", d: lines }, group);
}

/**
 * Fills a map with a tensor's cells.
 * @param {SVGGElement} group
 * @param {Grid} grid
 * @param {Tensor} tensor
 * @param {number} most the magnitude of the strongest colour
 * @param {number} [index] of the slice
 */
export function fillMap(group, grid, tensor, most, index = 0) {
  const { rows, columns, width, height, image, numbers } = grid;
  const cells = svg("g", { class: "cells" }, group);
  const values = sheet(tensor, index);
  if (image) {
    svg(
      "image",
      { width, height, preserveAspectRatio: "none", href: pixels(group, values, most) },
      cells,
    );
  } else {
    const w = width / columns;
    const h = height / rows;
    const minus = { weak: "", strong: "" };
    for (const [row, line] of values.entries()) {
      for (const [column, value] of line.entries()) {
        const power = strength(value, most);
        const sign = Number.isFinite(Number(value))
          ? Number(value) < 0
            ? "negative"
            : "positive"
          : "odd";
        if (power > 0 || sign === "odd") {
          svg(
            "rect",
            {
              class: sign,
              x: column * w + 0.75,
              y: row * h + 0.75,
              width: w - 1.5,
              height: h - 1.5,
              "fill-opacity": power.toFixed(3),
            },
            cells,
          );
        }
        if (!numbers && sign === "negative" && Math.min(w, h) >= SIGNED)
          minus[power > STRONG ? "strong" : "weak"] +=
            `M${(column + 0.3) * w},${(row + 0.5) * h}h${0.4 * w}`;
        if (numbers) {
          const size = CELL_TEXT;
          const at = /** @type {const} */ ({
            x: (column + 0.5) * w,
            y: (row + 0.5) * h + 0.36 * size,
            anchor: "middle",
            size,
          });
          write(cells, at, power > STRONG || sign === "odd" ? "strong" : "", cellText(value));
        }
      }
    }
    for (const [how, d] of Object.entries(minus))
      if (d) svg("path", { class: `minus ${how}`, d }, cells);
  }
  svg("rect", { class: "frame", x: -2, y: -2, width: width + 4, height: height + 4, rx: 3 }, cells);
  svg(
    "rect",
    { class: "landing", x: -8, y: -8, width: width + 16, height: height + 16, rx: 8 },
    cells,
  );
}

/**
 * One pixel a cell.
 * @param {Element} group gives the colours
 * @param {ReturnType<typeof sheet>} values
 * @param {number} most
 * @returns {string} data URL
 */
function pixels(group, values, most) {
  const canvas = document.createElement("canvas");
  canvas.width = values[0]?.length ?? 1;
  canvas.height = values.length;
  const context = canvas.getContext("2d");
  if (!context) return "data:,";
  const colours = ["positive", "negative"].map((sign) => {
    const sample = svg("rect", { class: sign }, group);
    const { fill } = getComputedStyle(sample);
    sample.remove();
    return fill;
  });
  for (const [row, line] of values.entries()) {
    for (const [column, value] of line.entries()) {
      context.fillStyle = colours[Number(value) < 0 ? 1 : 0];
      context.globalAlpha = strength(value, most);
      context.fillRect(column, row, 1, 1);
    }
  }
  return canvas.toDataURL();
}
