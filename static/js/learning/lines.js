/** The lines of a derivation: element, pattern, vectorized, each with its numbers and whether it holds. */

import { h } from "../panels/dom.js";

/** @import { TraceNode } from "../types.d.ts" */
/** @import { Derivation } from "./primer.js" */

/**
 * @typedef {object} Line
 * @property {"element" | "pattern" | "vectorized"} stage
 * @property {string} words
 * @property {string} formula
 * @property {string} numbers
 * @property {boolean} holds
 */

/** @type {Record<Line["stage"], string>} */
const STAGES = {
  element: "One element",
  pattern: "The pattern",
  vectorized: "Vectorized",
};

/**
 * @param {Derivation} answer
 * @param {TraceNode} by
 * @param {(text: string) => (Node | string)[]} words
 * @param {(change: { entry: number[] }) => void} turn
 * @returns {Node[]}
 */
export function linesOf(answer, by, words, turn) {
  const { lines } = answer;
  const stages = /** @type {Line["stage"][]} */ (Object.keys(STAGES));
  return stages
    .filter((stage) => lines.some((line) => line.stage === stage))
    .flatMap((stage) => [
      h(
        "div",
        { class: "stage-head" },
        h("h2", {}, STAGES[stage]),
        ...(stage === "element" ? entriesOf(answer, by, turn) : []),
      ),
      h(
        "ol",
        { class: "derivation", "aria-label": STAGES[stage] },
        ...lines.filter((line) => line.stage === stage).map((line) => drawn(line, words)),
      ),
    ]);
}

/**
 * Chooses the entry that the lines are about.
 * @param {Derivation} answer
 * @param {TraceNode} by
 * @param {(change: { entry: number[] }) => void} turn
 */
function entriesOf({ entry, gradient: { shape } }, by, turn) {
  if (shape.length === 0) return [];
  const selects = shape.map((size, axis) => {
    const select = h(
      "select",
      {
        "aria-label":
          shape.length > 1 ? `Entry of ${by.code}, axis ${axis}` : `Entry of ${by.code}`,
      },
      ...Array.from({ length: Math.min(size, 100) }, (_, at) => h("option", {}, String(at))),
    );
    select.value = String(entry[axis]);
    select.addEventListener("change", () =>
      turn({ entry: entry.map((old, i) => (i === axis ? Number(select.value) : old)) }),
    );
    return select;
  });
  return [h("span", { class: "entry-of" }, "entry ", ...selects)];
}

/**
 * @param {Line} line
 * @param {(text: string) => (Node | string)[]} words
 */
function drawn({ words: text, formula, numbers, holds }, words) {
  const sign = h(
    "span",
    {
      class: holds ? "holds" : "holds no",
      role: "img",
      "aria-label": holds ? "holds" : "does not hold",
    },
    holds ? "✓" : "✗",
  );
  return h(
    "li",
    {},
    h("p", { class: "line-words" }, ...words(text)),
    h("p", { class: "line-formula" }, ...words(formula)),
    ...(numbers
      ? [h("p", { class: "line-numbers" }, ...words(numbers), " ", sign)]
      : [h("p", { class: "line-numbers" }, "both sides computed ", sign)]),
  );
}
