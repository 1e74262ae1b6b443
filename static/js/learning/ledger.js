/** What the five-step menu knows of a program: its error signals, its cost, the products to balance. No DOM. */

import { foundAt, timelineOf } from "../timeline.js";

/** @import { Learning } from "../state.js" */
/** @import { Trace, TraceNode } from "../types.d.ts" */

/**
 * The error signals, in the order in which they arrive: every gate's but the output's.
 * @param {Trace} trace
 * @returns {TraceNode[]}
 */
export const signalsOf = (trace) =>
  trace.nodes
    .filter(({ kind, id, upstream }) => kind === "gate" && upstream && id !== trace.output)
    .reverse();

/**
 * What the cost is taken of: the nearest node before the output that has a name, or that is used in several ways.
 * @param {Trace} trace
 * @returns {TraceNode | undefined}
 */
export function costOf(trace) {
  const { nodes } = timelineOf(trace);
  let node = nodes.get(trace.output);
  do {
    const [wire, ...others] = node?.inputs.filter(({ downstream }) => downstream) ?? [];
    node = nodes.get(wire?.node ?? "");
    if (others.length > 0) break;
  } while (node && node.kind === "gate" && node.name === null);
  return node;
}

/**
 * Factors of matrix products whose whole gradient is one product.
 * @param {Trace} trace
 * @returns {TraceNode[]}
 */
export function balancedBy(trace) {
  const { nodes } = timelineOf(trace);
  const uses = trace.nodes.flatMap(({ inputs }) => inputs.filter(({ downstream }) => downstream));
  const factors = uses.filter(
    ({ node, local }) =>
      local.structure === "matmul" && uses.filter((other) => other.node === node).length === 1,
  );
  return factors.flatMap(({ node }) => nodes.get(node) ?? []).reverse();
}

/**
 * What of the menu is done, by step; undefined where there is nothing to do.
 * @param {Trace} trace
 * @param {Learning} learning
 * @returns {(boolean | undefined)[]}
 */
export function ticksOf(trace, { far, done, shapes }) {
  const signals = signalsOf(trace);
  const tensors = signals.filter(({ value }) => value.shape.length > 0);
  const last = trace.steps.findLastIndex(({ phase }) => phase === "forward");
  return [
    done.includes("graph") || far >= last,
    costOf(trace) ? done.includes("cost") : undefined,
    signals.length > 0 ? signals.every(({ id }) => hasArrived(trace, id, far)) : undefined,
    tensors.length > 0 ? tensors.every(({ id }) => shapes[id] === true) : undefined,
    balancedBy(trace).length > 0 ? done.includes("balance") : undefined,
  ];
}

/**
 * Whether the student has come to where a signal is found.
 * @param {Trace} trace
 * @param {string} id
 * @param {number} far the last step told
 */
export const hasArrived = (trace, id, far) => (foundAt(trace, id) ?? Infinity) <= far;
