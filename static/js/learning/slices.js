/** A derivative as a stack of slices, one an output, and what it collapses to; and what one example contributes. */

import { formatNumber } from "../format.js";
import { h, nameOf } from "../panels/dom.js";
import { drawCells, rowsOf, scaleOf } from "./cells.js";

/** @import { Nested, Numeric, Tensor, TraceNode } from "../types.d.ts" */
/** @import { Derivation } from "./primer.js" */

/**
 * @typedef {object} Slices
 * @property {number[][]} outputs
 * @property {Tensor} slopes
 * @property {Tensor} weights
 * @property {Tensor} collapsed
 * @property {number} nonzeros
 */

/**
 * @typedef {object} Share
 * @property {Tensor} factor
 * @property {Tensor} upstream
 * @property {Tensor} product
 * @property {Tensor} so_far
 * @property {Tensor} total
 * @property {boolean} holds
 */

/** Slices that are drawn; of more, the first. */
const MOST_SLICES = 8;

/** @typedef {(change: { example: number }) => void} Turn */

/** @param {readonly number[]} place */
const bracket = (place) => (place.length ? `[${place.join(", ")}]` : "");

/**
 * @param {Slices} slices
 * @param {Derivation} answer
 * @param {TraceNode} of
 * @param {TraceNode} by
 * @param {Turn} turn
 * @returns {Node[]}
 */
export function stackOf({ outputs, slopes, weights, collapsed, nonzeros }, answer, of, by, turn) {
  const size = slopes.shape.reduce((a, b) => a * b, 1);
  if (size < 2) return [];
  const head = [
    h(
      "div",
      { class: "stage-head" },
      h("h2", {}, slopes.shape[0] > 1 ? "A slice for each output" : "The slopes"),
      ...exampleOf(answer, of, turn),
    ),
    h(
      "p",
      { class: "entries" },
      `${slopes.shape.join(" × ")}: ${nonzeros} of ${size.toLocaleString("en")} entries ${nonzeros === 1 ? "is" : "are"} not 0.`,
    ),
  ];
  const sheets = slopes.data === null ? [] : /** @type {Nested[]} */ (slopes.data);
  const drawn = sheets
    .slice(0, MOST_SLICES)
    .map((data) => rowsOf({ shape: slopes.shape.slice(1), data }));
  const total = rowsOf(collapsed);
  if (!total || drawn.length === 0 || drawn.some((rows) => !rows))
    return [
      ...head,
      h(
        "p",
        { class: "entries" },
        "Too large to be drawn here; the lines below hold for it all the same.",
      ),
    ];
  const all = /** @type {Numeric[][][]} */ (drawn);
  const most = Math.max(...all.map(scaleOf));
  const given = /** @type {Numeric[]} */ ([weights.data].flat());
  const more = slopes.shape[0] - all.length;
  return [
    ...head,
    h(
      "div",
      { class: "slices" },
      ...all.map((rows, i) => {
        const output = `${of.code}${bracket(outputs[i])}`;
        return h(
          "figure",
          {},
          drawCells(rows, {
            role: "slope",
            label: `Slopes of ${output} for ${by.code}`,
            most,
          }),
          h(
            "figcaption",
            {},
            "∂",
            nameOf(of.code),
            bracket(outputs[i]),
            h("span", { class: "weight" }, ` × ${formatNumber(given[i])}`),
          ),
        );
      }),
      ...(more > 0 ? [h("p", { class: "entries" }, `and ${more} more`)] : []),
      h("span", { class: "becomes", "aria-hidden": "true" }, "→"),
      h(
        "figure",
        {},
        drawCells(total, { role: "gradient", label: `All slices, each times its upstream, added` }),
        h(
          "figcaption",
          {},
          answer.examples > 1 ? "added: this row's part of d" : "added: d",
          nameOf(by.code),
        ),
      ),
    ),
  ];
}

/**
 * Chooses the row of outputs.
 * @param {Derivation} answer
 * @param {TraceNode} of
 * @param {Turn} turn
 */
function exampleOf({ example, examples }, of, turn) {
  if (examples < 2) return [];
  /** @param {number} by @param {string} label @param {string} face */
  const button = (by, label, face) =>
    h(
      "button",
      {
        type: "button",
        "aria-label": label,
        click: () => turn({ example: (example + by + examples) % examples }),
      },
      face,
    );
  return [
    h(
      "span",
      { class: "example-of" },
      button(-1, "Previous row", "‹"),
      h("span", {}, "row ", nameOf(of.code), `[${example}] of ${examples}`),
      button(1, "Next row", "›"),
    ),
  ];
}

/**
 * The outer product of one example, and the sum of all.
 * @param {Share} share
 * @param {Derivation} answer
 * @param {TraceNode} of
 * @param {TraceNode} by
 * @param {Turn} turn
 * @returns {Node[]}
 */
export function shareOf({ factor, upstream, product, total, holds }, answer, of, by, turn) {
  const column = rowsOf(factor)?.[0].map((x) => [x]);
  const row = rowsOf(upstream);
  const [own, sum] = [product, total].map(rowsOf);
  if (!column || !row || !own || !sum) return [];
  const { example, examples } = answer;
  const most = Math.max(scaleOf(own), scaleOf(sum));
  const width = 150;
  return [
    h(
      "div",
      { class: "stage-head" },
      h("h2", {}, "One example's share"),
      ...(answer.slices ? [] : exampleOf(answer, of, turn)),
    ),
    h(
      "div",
      { class: "share-of-one" },
      h(
        "div",
        { class: "outer" },
        drawCells(column, { role: "value", label: `Row ${example} of the left side, as a column` }),
        h("span", {}, "⊗"),
        drawCells(row, { role: "gradient", label: `Row ${example} of the upstream`, width }),
      ),
      h(
        "figure",
        {},
        drawCells(own, {
          role: "gradient",
          label: `Outer product of example ${example}`,
          most,
          width,
        }),
        h("figcaption", {}, `example ${example} alone`),
      ),
      h(
        "figure",
        {},
        drawCells(sum, {
          role: "gradient",
          label: `Sum of all ${examples} outer products`,
          most,
          width,
        }),
        h("figcaption", {}, `all ${examples} added = d`, nameOf(by.code), holds ? " ✓" : " ✗"),
      ),
    ),
  ];
}
