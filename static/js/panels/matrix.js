/** The editor of one tensor: its entries as fields, its shape, and ways to fill it. Loaded on first use. */

import { h } from "./dom.js";
import { createFields } from "./fields.js";
import { parseNumbers, resized } from "./pasting.js";

/** @import { GivenInput, Tensor } from "../types.d.ts" */

/** Rows and columns from which on none is added one by one. */
const LARGEST = 100;
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
 * The fields, and what adds rows and columns to them and takes them away.
 * @param {string} name
 * @param {(value: GivenInput) => void} give
 */
function createGrid(name, give) {
  const fields = createFields(name, give);
  const sizes = h("div", { class: "sizes" });
  const none = h(
    "p",
    { class: "quiet" },
    "Too large to be shown entry by entry: fill it, or paste all of it here.",
  );
  const grid = h("div", {}, fields.element, sizes, none);
  let flat = false;

  /**
   * @param {"row" | "column" | "entry"} what
   * @param {1 | -1} by
   */
  function sizer(what, by) {
    const resize = () => {
      const rows = fields.rows();
      const across = what === "row" ? 0 : by;
      const wanted = resized(rows, rows.length + by - across, rows[0].length + across);
      if (wanted.flat().every(Number.isFinite)) give(flat ? wanted[0] : wanted);
    };
    const label = `${by > 0 ? "Add" : "Remove"} a ${what} of ${name}`.replace("a e", "an e");
    const button = { type: "button", "aria-label": label, title: label, click: resize };
    return h("button", button, `${by > 0 ? "+" : "−"} ${what}`);
  }

  let signature = "";
  /** @param {Tensor} tensor */
  function showGrid(tensor) {
    const { shape } = tensor;
    const fits = fields.show(tensor);
    none.hidden = fits;
    sizes.hidden = !fits || shape.length > 2;
    flat = shape.length === 1;
    if (!fits || shape.join() === signature) return;
    signature = shape.join();
    /** @type {["row" | "column" | "entry", number][]} */
    const ways = flat
      ? [["entry", shape[0]]]
      : [
          ["row", shape[0]],
          ["column", shape[1]],
        ];
    sizes.replaceChildren(
      ...ways.flatMap(([what, size]) => [
        ...(size > 1 ? [sizer(what, -1)] : []),
        ...(size < LARGEST ? [sizer(what, 1)] : []),
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
