/** The error of a difference against its step, both on logarithmic axes: the V that every gradient check lives in. */

import { extent, scaleLog } from "../../vendor/charts.js";
import { svg } from "../circuit/text.js";
import { formatNumber } from "../format.js";
import { h } from "../panels/dom.js";
import { ACROSS, axes, createChart, path, upOf } from "./chart.js";

/** @import { Numeric } from "../types.d.ts" */

/** @typedef {{ absolute: Numeric[], relative: Numeric[], best: number | null }} Curve */
/** @typedef {{ node: string, central: Curve, forward: Curve, evaluations: number }} Swept */
/** @typedef {{ h: number[], inputs: Record<string, Swept>, method_note: string }} Sweep */

/** px */
const HEIGHT = 232;

/**
 * A scale over whole decades; what is 0 lies at the lowest.
 * @param {number[]} numbers
 * @param {number[]} range px
 */
export function decades(numbers, range) {
  const [low = 1e-16, high = 1] = extent(numbers.filter((x) => x > 0 && x < Infinity));
  return scaleLog([low, high], range).nice().clamp(true);
}

/** @param {number} x a power of ten */
const written = (x) =>
  `10${[...String(Math.round(Math.log10(x)))].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("")}`;

/**
 * @param {number[]} steps
 * @param {Swept} swept
 * @returns {Node[]}
 */
export function drawSweep(steps, { central, forward }) {
  const curves = [
    { name: "forward", curve: forward },
    { name: "central", curve: central },
  ];
  const errors = curves.flatMap(({ curve }) => curve.absolute.map(Number));
  const x = decades(steps, ACROSS);
  const y = decades(errors, upOf(HEIGHT));
  const bests = curves.map(({ name, curve: { best } }) =>
    best === null ? "" : `; ${name} is best at h = ${formatNumber(best, 1)}`,
  );
  const picture = createChart(HEIGHT, {
    role: "img",
    "aria-label": `Error against h${bests.join("")}`,
  });
  picture.append(axes([x, y], { names: ["h", "error"], grid: true, format: written }));
  for (const { name, curve } of curves) {
    const points = steps.map((step, i) => [x(step), y(Number(curve.absolute[i]))]);
    svg("path", { class: `curve ${name}`, d: path(points) }, picture);
    const [cx, cy] = points[steps.indexOf(curve.best ?? NaN)] ?? [];
    if (cx !== undefined) svg("circle", { class: `best ${name}`, cx, cy, r: 4 }, picture);
  }
  const key = curves.map(({ name, curve }) =>
    h(
      "li",
      { class: name },
      h("b", {}, name),
      curve.best === null ? "" : ` best at h = ${formatNumber(curve.best, 1)}`,
    ),
  );
  return [
    picture,
    h("ul", { class: "sweep-key" }, ...key),
    h(
      "p",
      { class: "sweep-words" },
      "A V: from the right, a smaller h bends less and the error falls (as h, or as h² for central); from its foot on, the two values agree in so many digits that the subtraction loses the rest, and the error climbs.",
    ),
    h("details", {}, h("summary", {}, "As a table"), table(steps, central, forward)),
  ];
}

/**
 * @param {number[]} steps
 * @param {Curve} central
 * @param {Curve} forward
 */
function table(steps, central, forward) {
  const heads = ["h", "forward", "central"].map((name) => h("th", { scope: "col" }, name));
  const rows = steps.map((step, i) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, formatNumber(step, 2)),
      h("td", {}, formatNumber(forward.absolute[i], 2)),
      h("td", {}, formatNumber(central.absolute[i], 2)),
    ),
  );
  return h(
    "table",
    { "aria-label": "Error against h" },
    h("thead", {}, h("tr", {}, ...heads)),
    h("tbody", {}, ...rows),
  );
}
