/** The editor of one tensor: a grid of fields up to 6 by 6, and a shape with a way to fill it. Loaded on first use. */

import { h } from "./dom.js";

/** @import { GivenInput, Nested, Tensor } from "../types.d.ts" */

/** Rows and columns that still fit the column. */
const MOST = 6;

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @param {(value: GivenInput | undefined) => void} give
 * @returns {(value: Tensor, given: GivenInput | undefined) => void}
 */
export function createMatrix(root, name, give) {
  const grid = h("div", { class: "grid" });
  const shape = h("input", { "aria-label": `${name} shape`, inputmode: "numeric", size: 6 });
  const fill = h(
    "select",
    { "aria-label": `${name} fill` },
    ...["normal", "uniform", "zeros", "ones", "linspace"].map((kind) => h("option", {}, kind)),
  );
  const seed = h("input", { type: "number", "aria-label": `${name} seed`, value: 0, step: 1 });
  const scale = h("input", {
    type: "number",
    "aria-label": `${name} scale`,
    value: 1,
    step: "any",
  });
  const refill = h(
    "button",
    {
      type: "button",
      click: () =>
        give({
          shape: (shape.value.match(/\d+/g) ?? []).map(Number),
          fill: /** @type {"normal"} */ (fill.value),
          seed: seed.valueAsNumber || 0,
          scale: Number.isFinite(scale.valueAsNumber) ? scale.valueAsNumber : 1,
        }),
    },
    "fill",
  );
  const assume = h("button", { type: "button", click: () => give(undefined) }, "assume");
  const field = /** @type {(label: string, control: HTMLElement) => HTMLElement} */ (
    label,
    control,
  ) => h("label", {}, label, control);
  root.replaceChildren(
    grid,
    h(
      "div",
      { class: "fills" },
      field("shape", shape),
      field("fill", fill),
      field("seed", seed),
      field("scale", scale),
      refill,
      assume,
    ),
  );

  /** @type {HTMLInputElement[][]} */
  let cells = [];
  let flat = false;
  const read = () => {
    const rows = cells.map((row) => row.map((cell) => cell.valueAsNumber));
    if (rows.flat().every(Number.isFinite)) give(flat ? rows[0] : rows);
  };
  grid.addEventListener("input", read);
  grid.addEventListener("paste", (event) => {
    const rows = parseRows(event.clipboardData?.getData("text") ?? "");
    if (rows.flat().length < 2) return;
    event.preventDefault();
    give(flat && rows.length === 1 ? rows[0] : rows);
  });
  grid.addEventListener("keydown", (event) => {
    const at = cells.flat().indexOf(/** @type {HTMLInputElement} */ (event.target));
    const step = { ArrowUp: -(cells[0]?.length ?? 0), ArrowDown: cells[0]?.length ?? 0 }[event.key];
    if (!step) return;
    event.preventDefault();
    cells.flat()[at + step]?.focus();
  });

  return ({ shape: sizes, data }, given) => {
    if (document.activeElement !== shape) shape.value = sizes.join(", ");
    if (given && typeof given === "object" && !Array.isArray(given)) {
      fill.value = given.fill;
      seed.value = String(given.seed ?? 0);
      scale.value = String(given.scale ?? 1);
    }
    flat = sizes.length === 1;
    const rows = /** @type {Nested[][]} */ (flat ? [data] : data);
    const fits =
      data !== null && sizes.length <= 2 && sizes.every((size) => size > 0 && size <= MOST);
    grid.hidden = !fits;
    if (!fits) return;
    if (rows.length !== cells.length || rows[0].length !== cells[0]?.length) {
      cells = rows.map((row, i) =>
        row.map((_, j) =>
          h("input", {
            type: "number",
            step: "any",
            "aria-label": `${name}[${flat ? j : `${i}, ${j}`}]`,
          }),
        ),
      );
      grid.replaceChildren(...cells.map((row) => h("div", { class: "grid-row" }, ...row)));
    }
    for (const [i, row] of cells.entries()) {
      for (const [j, cell] of row.entries()) {
        if (document.activeElement !== cell)
          cell.value = String(Number(Number(rows[i][j]).toPrecision(6)));
      }
    }
  };
}

/**
 * Rows as a spreadsheet, NumPy or a person writes them.
 * @param {string} text
 * @returns {number[][]} [] unless all rows are of one length
 */
export function parseRows(text) {
  const lines = text.replaceAll("\u2212", "-").split(/\r?\n|;|\]\s*,?/);
  const rows = lines
    .map((line) => (line.match(/[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/gi) ?? []).map(Number))
    .filter((row) => row.length);
  return rows.every((row) => row.length === rows[0].length) ? rows : [];
}
