/** The editor of one tensor: a grid of fields up to 6 by 6, its shape, and ways to fill it. Loaded on first use. */

import { h } from "./dom.js";
import { parseNumbers, resized } from "./pasting.js";

/** @import { GivenInput, Nested, Tensor } from "../types.d.ts" */

/** Rows and columns that still fit the column. */
const MOST = 6;
const FILLS = /** @type {const} */ (["normal", "uniform", "zeros", "ones", "linspace"]);
/** Those that a seed changes. */
const RANDOM = /** @type {string[]} */ (["normal", "uniform"]);

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @param {(value: GivenInput | undefined) => void} give
 * @returns {(value: Tensor, given: GivenInput | undefined) => void}
 */
export function createMatrix(root, name, give) {
  const { grid, showGrid } = createGrid(name, give);
  const { filling, showFilling } = createFilling(name, give);
  root.replaceChildren(grid, filling);
  root.addEventListener("paste", (event) => {
    const numbers = parseNumbers(event.clipboardData?.getData("text") ?? "");
    if (!numbers || numbers.flat(9).length < 2) return;
    event.preventDefault();
    give(numbers);
  });
  return (value, given) => {
    showGrid(value);
    showFilling(value.shape, given);
  };
}

/**
 * @param {string} name
 * @param {(value: GivenInput) => void} give
 */
function createGrid(name, give) {
  const fields = h("div", { class: "grid" });
  const sizes = h("div", { class: "sizes" });
  const grid = h("div", {}, fields, sizes);
  /** @type {HTMLInputElement[][]} */
  let cells = [];
  let flat = false;

  const numbers = () => cells.map((row) => row.map((cell) => cell.valueAsNumber));
  /** @param {number[][]} rows */
  const giveRows = (rows) => {
    if (rows.flat().every(Number.isFinite)) give(flat ? rows[0] : rows);
  };
  fields.addEventListener("input", () => giveRows(numbers()));
  fields.addEventListener("keydown", (event) => {
    const at = cells.flat().indexOf(/** @type {HTMLInputElement} */ (event.target));
    const width = cells[0]?.length ?? 0;
    const step = { ArrowUp: -width, ArrowDown: width }[event.key];
    if (!step) return;
    event.preventDefault();
    cells.flat()[at + step]?.focus();
  });

  /**
   * @param {"row" | "column" | "entry"} what
   * @param {1 | -1} by
   */
  function sizer(what, by) {
    const resize = () => {
      const [height, width] = [cells.length, cells[0].length];
      const across = what === "row" ? 0 : by;
      giveRows(resized(numbers(), height + by - across, width + across));
    };
    const label = `${by > 0 ? "Add" : "Remove"} a ${what} of ${name}`.replace("a e", "an e");
    const button = { type: "button", "aria-label": label, title: label, click: resize };
    return h("button", button, `${by > 0 ? "+" : "−"} ${what}`);
  }

  /** @param {Tensor} tensor */
  function showGrid({ shape, data }) {
    const fits = data !== null && shape.length <= 2 && shape.every((n) => n > 0 && n <= MOST);
    grid.hidden = !fits;
    if (!fits) return;
    flat = shape.length === 1;
    const rows = /** @type {Nested[][]} */ (flat ? [data] : data);
    if (rows.length !== cells.length || rows[0].length !== cells[0]?.length) {
      cells = rows.map((row, i) =>
        row.map((_, j) => {
          const label = `${name}[${flat ? j : `${i}, ${j}`}]`;
          return h("input", { type: "number", step: "any", "aria-label": label });
        }),
      );
      fields.replaceChildren(...cells.map((row) => h("div", { class: "grid-row" }, ...row)));
      showSizers(rows.length, rows[0].length);
    }
    for (const [i, row] of cells.entries()) {
      for (const [j, cell] of row.entries()) {
        if (document.activeElement !== cell)
          cell.value = String(Number(Number(rows[i][j]).toPrecision(6)));
      }
    }
  }

  /**
   * Only those that leave something to see.
   * @param {number} height
   * @param {number} width
   */
  function showSizers(height, width) {
    const ways = /** @type {["row" | "column" | "entry", number][]} */ (
      flat
        ? [["entry", width]]
        : [
            ["row", height],
            ["column", width],
          ]
    );
    sizes.replaceChildren(
      ...ways.flatMap(([what, size]) => [
        ...(size > 1 ? [sizer(what, -1)] : []),
        ...(size < MOST ? [sizer(what, 1)] : []),
      ]),
    );
  }

  return { grid, showGrid };
}

/**
 * @param {string} name
 * @param {(value: GivenInput | undefined) => void} give
 */
function createFilling(name, give) {
  const shape = h("input", {
    "aria-label": `${name} shape`,
    inputmode: "numeric",
    size: 6,
    change: () => refill(),
  });
  const fill = h(
    "select",
    { "aria-label": `${name} fill`, change: () => refill() },
    ...FILLS.map((kind) => h("option", {}, kind)),
  );
  /** @param {string} what @param {Record<string, string | number>} limits */
  const field = (what, limits) =>
    h("input", {
      type: "number",
      "aria-label": `${name} ${what}`,
      change: () => refill(),
      ...limits,
    });
  const seed = field("seed", { value: 0, min: 0, step: 1 });
  const scale = field("scale", { value: 1, step: "any" });

  /** @param {number} [another] a seed */
  function refill(another) {
    const sizes = (shape.value.match(/\d+/g) ?? []).map(Number);
    if (sizes.length === 0) return;
    if (another !== undefined) seed.value = String(another);
    give({
      shape: sizes,
      fill: /** @type {typeof FILLS[number]} */ (fill.value),
      seed: Math.max(0, Math.floor(seed.valueAsNumber || 0)),
      scale: Number.isFinite(scale.valueAsNumber) ? scale.valueAsNumber : 1,
    });
  }

  function randomize() {
    if (!RANDOM.includes(fill.value)) fill.value = RANDOM[0];
    refill(Math.floor(seed.valueAsNumber || 0) + 1);
  }

  /** @param {string} label @param {HTMLElement} control */
  const labelled = (label, control) => h("label", {}, label, control);
  const filling = h(
    "div",
    { class: "fills" },
    labelled("shape", shape),
    labelled("fill", fill),
    labelled("seed", seed),
    labelled("scale", scale),
    h("button", { type: "button", class: "wide", click: randomize }, "Randomize"),
    h("button", { type: "button", class: "wide", click: () => give(undefined) }, "Reset"),
    h("p", { class: "quiet" }, "Paste rows into any field: spaces, commas, tabs or NumPy's text."),
  );

  /**
   * @param {number[]} sizes
   * @param {GivenInput | undefined} given
   */
  function showFilling(sizes, given) {
    if (document.activeElement !== shape) shape.value = sizes.join(", ");
    if (!given || typeof given !== "object" || Array.isArray(given)) return;
    fill.value = given.fill;
    if (document.activeElement !== seed) seed.value = String(given.seed ?? 0);
    if (document.activeElement !== scale) scale.value = String(given.scale ?? 1);
  }

  return { filling, showFilling };
}
