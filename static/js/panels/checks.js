/**
 * What stands beside a step's equation: shapes held against each other, the line of code, what checked it, where it is
 * derived, and what the colours mean. Loaded with the first step.
 */

import { formatNumber } from "../format.js";
import { shownOf } from "../state.js";
import { timelineOf } from "../timeline.js";
import { h } from "./dom.js";
import { legendOf } from "./legend.js";
import { mathematics } from "./now.js";

/** @import { Page, Verdict } from "../state.js" */
/** @import { Frame, Trace, TraceStep } from "../types.d.ts" */
/** @import { Equation } from "./equation.js" */
/** @import { Known } from "./now.js" */

/**
 * @param {Page} page
 * @param {Frame} frame
 * @param {Pick<Equation, "shapes" | "code">[]} now
 * @param {Known} known
 * @returns {Node[]}
 */
export function checksOf(page, { nodes, told }, now, known) {
  const trace = shownOf(page);
  const checked = page.checked?.trace === page.trace ? page.checked.verdicts : {};
  const landed = trace.nodes.filter(({ id }) => nodes[id].lands === "gradient").slice(-1);
  return [
    ...landed.flatMap(({ id }) => (checked[id] ? [numericOf(checked[id])] : [])),
    ...now.flatMap((each) => comparedIn(each, known, now.length < 3)),
    ...(page.alone ? [] : reasonsOf(trace, trace.steps[page.index])),
    ...(now.length === 1 && !told ? coloursOf(page) : []),
  ];
}

/**
 * @param {Pick<Equation, "shapes" | "code">} equation
 * @param {Known} known
 * @param {boolean} roomy
 */
function comparedIn({ shapes, code }, known, roomy) {
  const [got, wanted] = shapes ?? [];
  const mark = h("b", { "aria-hidden": "true" }, got === wanted ? "✓ " : "✗ ");
  const compared = `shape ${got} ${got === wanted ? "=" : "≠"} ${wanted}`;
  return [
    ...(shapes && (roomy || got !== wanted)
      ? [h("p", {}, mark, ...mathematics(compared, known))]
      : []),
    ...(code ? [h("p", {}, h("code", {}, code))] : []),
  ];
}

/**
 * Where a message is derived, and balanced if it is a product of matrices.
 * @param {Trace} trace
 * @param {TraceStep} step
 */
function reasonsOf(trace, { kind, edge }) {
  const { target, key } = trace.edges.find(({ id }) => id === edge) ?? {};
  if (kind !== "multiply" || !target || key === undefined) return [];
  const wire = timelineOf(trace).nodes.get(target)?.inputs[key];
  const names = wire?.local.structure === "matmul" ? ["why", "balance"] : ["why"];
  const buttons = names.map((name) =>
    h("button", { type: "button", class: "reason", "data-action": name }, `${name}?`),
  );
  return [h("p", {}, ...buttons)];
}

/** @param {Verdict} verdict */
function numericOf({ verdict, error }) {
  const words = {
    ok: `numeric, error ${formatNumber(error, 1)}`,
    kink: "numeric: at a kink",
    wrong: `numeric: off by ${formatNumber(error, 1)}`,
  };
  const sign = { ok: "✓ ", kink: "∧ ", wrong: "✗ " }[verdict];
  return h("p", {}, h("b", { "aria-hidden": "true" }, sign), words[verdict]);
}

/**
 * The scale of the colours, where a step brings a tensor.
 * @param {Page} page
 */
function coloursOf({ trace, index }) {
  const { node, edge, phase } = trace.steps[index];
  const { nodes, sources } = timelineOf(trace);
  const subject = nodes.get((edge && sources.get(edge)) || node);
  if (phase === "local" || !subject?.value.shape.length) return [];
  return [legendOf(trace, phase === "forward" ? "value" : "gradient")];
}
