/** A pass whose numbers are there before its words: what an input that changes while one looks on gives. */

/** @import { Numbers, Trace, TraceNode, TraceStep } from "./types.d.ts" */

/**
 * A trace with other numbers; of its steps only those that were told have words.
 * @param {Trace} trace
 * @param {Numbers} numbers of the same form
 * @returns {Trace}
 */
export function withNumbers(trace, { value, inputs, nodes, steps, gradients }) {
  const words = new Map(steps.map((step) => [step.index, step]));
  return {
    ...trace,
    ...{ value, inputs, gradients },
    nodes: trace.nodes.map((node, i) => nodeWith(node, nodes[i])),
    steps: trace.steps.map((step) => ({ ...step, ...(words.get(step.index) ?? UNTOLD) })),
  };
}

const UNTOLD = { text: "", latex: "" };

/** Whether a step's words are there. @param {TraceStep} step */
export const isTold = ({ text }) => text !== "";

/**
 * @param {TraceNode} node
 * @param {Numbers["nodes"][number]} numbers
 * @returns {TraceNode}
 */
function nodeWith(node, { value, upstream, inputs }) {
  return {
    ...node,
    ...{ value, upstream },
    inputs: node.inputs.map((wire, key) => {
      const { local, indices, downstream } = inputs[key];
      return { ...wire, downstream, local: { ...wire.local, value: local, indices } };
    }),
  };
}
