/** A matrix as a heat map: rows and columns by their index, numbers where they fit, every entry within reach of the keys. */

import { cellText, strength } from "../circuit/grid.js";
import { svg } from "../circuit/text.js";
import { formatFull } from "../format.js";
import { h } from "../panels/dom.js";

/** @import { Numeric } from "../types.d.ts" */

/** px */
const WIDTH = 352;
const HEIGHT = 270;
const LEAST = 9;
const LARGEST = 44;
/** Cells this wide have room for two digits. */
const ROOMY = 27;
/** Labels closer than this would touch. */
const APART = 15;

/**
 * @param {object} matrix
 * @param {Numeric[][]} matrix.data
 * @param {(row: number) => string} matrix.rowName
 * @param {(column: number) => string} matrix.columnName
 * @param {string} matrix.label
 * @param {(row: number, column: number) => string} matrix.say what an entry is: "∂z[2]/∂x[5]"
 * @param {(row: number, column: number) => string} [matrix.why] what an entry's number comes from, in words
 * @param {{ row?: number, column?: number }} matrix.at the entry that is read; the largest, at first
 * @returns {HTMLElement}
 */
export function drawHeat({ data, rowName, columnName, label, say, why, at }) {
  const [rows, columns] = [data.length, data[0].length];
  const left = 12 + 7 * Math.max(...data.map((_, i) => rowName(i).length));
  const top = 22;
  const cell = Math.min(LARGEST, (WIDTH - left) / columns, Math.max(HEIGHT / rows, LEAST));
  const sizes = data.flat().map((x) => Math.abs(Number(x)));
  const most = Math.max(...sizes.filter(Number.isFinite), 0);
  const [width, height] = [left + cell * columns + 1, top + cell * rows + 1];
  const picture = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "aria-hidden": "true",
  });
  svg(
    "rect",
    { class: "ground", x: left, y: top, width: cell * columns, height: cell * rows },
    picture,
  );
  const texts = data.flat().map(cellText);
  const roomy = cell >= ROOMY && texts.every((text) => text.length * 7 <= cell);
  for (const [i, line] of data.entries()) {
    for (const [j, value] of line.entries()) {
      const group = svg(
        "g",
        { transform: `translate(${left + j * cell},${top + i * cell})` },
        picture,
      );
      const power = strength(value, most || 1);
      const odd = !Number.isFinite(Number(value));
      const sign = odd ? "odd" : Number(value) < 0 ? "negative" : "positive";
      const inset = cell > 12 ? 0.75 : 0.25;
      svg(
        "rect",
        {
          class: power > 0 || odd ? `entry ${sign}` : "entry zero",
          x: inset,
          y: inset,
          width: cell - 2 * inset,
          height: cell - 2 * inset,
          "fill-opacity": odd ? 1 : power.toFixed(3),
        },
        group,
      );
      if (roomy && (Number(value) || odd))
        svg(
          "text",
          {
            class: power > 0.62 || odd ? "strong" : "",
            x: cell / 2,
            y: cell / 2 + 4,
            "text-anchor": "middle",
          },
          group,
        ).textContent = cellText(value);
    }
  }
  const everyRow = Math.ceil(APART / cell);
  const everyColumn = Math.ceil((7 * columnName(columns - 1).length + 6) / cell);
  for (let i = 0; i < rows; i += everyRow)
    svg(
      "text",
      { class: "index", x: left - 6, y: top + (i + 0.5) * cell + 4, "text-anchor": "end" },
      picture,
    ).textContent = rowName(i);
  for (let j = 0; j < columns; j += everyColumn)
    svg(
      "text",
      { class: "index", x: left + (j + 0.5) * cell, y: top - 7, "text-anchor": "middle" },
      picture,
    ).textContent = columnName(j);
  const cursor = svg("rect", { class: "cursor", width: cell, height: cell }, picture);

  const readout = h("p", { class: "readout", role: "status" });
  /** @param {number} [down] @param {number} [right] */
  function read(down = 0, right = 0) {
    const row = Math.max(0, Math.min(rows - 1, down));
    const column = Math.max(0, Math.min(columns - 1, right));
    Object.assign(at, { row, column });
    cursor.setAttribute("x", String(left + column * cell));
    cursor.setAttribute("y", String(top + row * cell));
    readout.replaceChildren(
      `${say(row, column)} = `,
      h("b", {}, formatFull(Number(Number(data[row][column]).toPrecision(6)))),
      why?.(row, column) ?? "",
    );
  }
  const box = h(
    "div",
    {
      class: "heat",
      role: "group",
      tabindex: 0,
      "aria-label": `${label}, ${rows} by ${columns}; arrow keys walk its entries`,
    },
    picture,
  );
  box.addEventListener("keydown", (event) => {
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[
      event.key
    ];
    if (!move) return;
    event.preventDefault();
    read((at.row ?? 0) + move[0], (at.column ?? 0) + move[1]);
  });
  /** @param {PointerEvent} event */
  const point = (event) => {
    const { x, y } = picture.getBoundingClientRect();
    const [row, column] = [(event.clientY - y - top) / cell, (event.clientX - x - left) / cell];
    if (row >= 0 && row < rows && column >= 0 && column < columns)
      read(Math.floor(row), Math.floor(column));
  };
  box.addEventListener("pointermove", point);
  box.addEventListener("pointerdown", point);
  const strongest = Math.max(0, sizes.indexOf(most));
  read(at.row ?? Math.floor(strongest / columns), at.column ?? strongest % columns);
  return h("div", {}, box, readout);
}
