/** The error of a difference against its step, both on logarithmic axes: the V that every gradient check lives in. */

import { svg } from "../circuit/text.js";
import { formatNumber } from "../format.js";
import { h } from "../panels/dom.js";

/** @import { Numeric } from "../types.d.ts" */

/** @typedef {{ absolute: Numeric[], relative: Numeric[], best: number | null }} Curve */
/** @typedef {{ node: string, central: Curve, forward: Curve, evaluations: number }} Swept */
/** @typedef {{ h: number[], inputs: Record<string, Swept>, method_note: string }} Sweep */

const WIDTH = 360;
const HEIGHT = 220;
const EDGE = { left: 46, right: 12, top: 12, bottom: 38 };

/**
 * A scale over whole decades.
 * @param {number[]} numbers
 * @param {number} start px
 * @param {number} end px
 */
export function decades(numbers, start, end) {
  const powers = numbers.filter((x) => x > 0 && x < Infinity).map(Math.log10);
  const low = Math.floor(Math.min(...powers, 0));
  const high = Math.max(Math.ceil(Math.max(...powers, -16)), low + 1);
  const every = Math.ceil((high - low) / 6);
  const ticks = Array.from(
    { length: Math.floor((high - low) / every) + 1 },
    (_, i) => low + i * every,
  );
  return {
    ticks,
    /** @param {number} x what is 0 lies at the lowest decade */
    at: (x) =>
      start + (((x > 0 ? Math.max(low, Math.log10(x)) : low) - low) / (high - low)) * (end - start),
  };
}

/** @param {number} power */
const written = (power) =>
  `10${[...String(power)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("")}`;

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
  const x = decades(steps, EDGE.left, WIDTH - EDGE.right);
  const y = decades(errors, HEIGHT - EDGE.bottom, EDGE.top);
  const bests = curves.map(({ name, curve: { best } }) =>
    best === null ? "" : `; ${name} is best at h = ${formatNumber(best, 1)}`,
  );
  const picture = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
    "aria-label": `Error against h${bests.join("")}`,
  });
  /** @param {string} text @param {number} left @param {number} top @param {string} anchor */
  const label = (text, left, top, anchor) => {
    svg("text", { x: left, y: top, "text-anchor": anchor }, picture).textContent = text;
  };
  for (const power of x.ticks) {
    const at = x.at(10 ** power);
    svg("path", { class: "grid-line", d: `M${at},${EDGE.top}V${HEIGHT - EDGE.bottom}` }, picture);
    label(written(power), at, HEIGHT - EDGE.bottom + 16, "middle");
  }
  for (const power of y.ticks) {
    const at = y.at(10 ** power);
    svg("path", { class: "grid-line", d: `M${EDGE.left},${at}H${WIDTH - EDGE.right}` }, picture);
    label(written(power), EDGE.left - 6, at + 4, "end");
  }
  label("h", WIDTH - EDGE.right, HEIGHT - 6, "end");
  label("error", 4, EDGE.top + 2, "start");
  for (const { name, curve } of curves) {
    const points = steps.map((step, i) => [x.at(step), y.at(Number(curve.absolute[i]))]);
    const path = points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join("L");
    svg("path", { class: `curve ${name}`, d: `M${path}` }, picture);
    const best = steps.indexOf(curve.best ?? NaN);
    if (best >= 0)
      svg(
        "circle",
        { class: `best ${name}`, cx: points[best][0], cy: points[best][1], r: 4 },
        picture,
      );
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
