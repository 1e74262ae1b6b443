/** The circuit in Graphviz's language. */

import { formatTensor } from "../format.js";

/** @import { Trace, TraceNode } from "../types.d.ts" */

/**
 * A quoted string; only the quote and the backslash mean something in one.
 * @param {string} text
 */
const quoted = (text) => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** @param {string[]} lines of a label */
const lines = (lines) => `"${lines.map((line) => quoted(line).slice(1, -1)).join("\\n")}"`;

/** @param {TraceNode} node */
function labelOf({ kind, face, symbol, label, name, value, upstream }) {
  const title = kind === "gate" ? [face || symbol, ...(name ? [name] : [])] : [label];
  const gradient = upstream ? [`gradient ${formatTensor(upstream)}`] : [];
  return lines([...title, formatTensor(value), ...gradient]);
}

/**
 * @param {Trace} trace
 * @returns {string}
 */
export function dotOf(trace) {
  const nodes = trace.nodes.map(
    (node) =>
      `  ${quoted(node.id)} [label=${labelOf(node)}${node.kind === "gate" ? ", shape=circle" : ""}];`,
  );
  const wires = trace.edges.map(({ source, target, key }) => {
    const gate = trace.nodes.find(({ id }) => id === target);
    const downstream = gate?.inputs[key]?.downstream;
    const label = downstream ? ` [label=${lines([formatTensor(downstream)])}]` : "";
    return `  ${quoted(source)} -> ${quoted(target)}${label};`;
  });
  return [
    `digraph ${quoted(trace.source)} {`,
    "  rankdir=LR;",
    "  node [shape=plaintext];",
    ...nodes,
    ...wires,
    "}",
    "",
  ].join("\n");
}
