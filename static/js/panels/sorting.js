/** The order of the table of all values, by one of its columns. Loaded when a header is first pressed. */

/** @import { Frame, Numeric, Tensor, TraceNode } from "../types.d.ts" */

/** @typedef {{ column: number, way: -1 | 0 | 1 }} Order `way`: 1 upwards, −1 downwards, 0 as the nodes are evaluated */

/** @type {Record<string, Order["way"]>} */
const NEXT = { 0: 1, 1: -1, [-1]: 0 };
const SORTS = { 0: "none", 1: "ascending", [-1]: "descending" };

/**
 * The order after a header was pressed: upwards, downwards, then as before.
 * @param {Order} order
 * @param {number} column
 * @returns {Order}
 */
export const turned = (order, column) => ({
  column,
  way: order.column === column ? NEXT[order.way] : 1,
});

/** @param {Order} order @param {number} column */
export const sortOf = (order, column) => SORTS[order.column === column ? order.way : 0];

/**
 * Nodes by name, by number of entries, or by greatest entry. What is not known yet stands last.
 * @param {TraceNode[]} nodes
 * @param {Frame} frame
 * @param {Order} order
 */
export function sorted(nodes, frame, { column, way }) {
  if (!way) return nodes;
  const keys = new Map(nodes.map((node) => [node.id, keyOf(node, frame, column)]));
  return [...nodes].sort((a, b) => {
    const [one, other] = [keys.get(a.id), keys.get(b.id)];
    if (one === undefined || other === undefined)
      return Number(one === undefined) - Number(other === undefined);
    return typeof one === "string"
      ? way * one.localeCompare(String(other), "en", { numeric: true })
      : way * (one - Number(other));
  });
}

/**
 * @param {TraceNode} node
 * @param {Frame} frame
 * @param {number} column
 */
function keyOf({ id, label, value, upstream }, frame, column) {
  const { valueKnown, gradientKnown, valueSized } = frame.nodes[id];
  if (column === 0) return label;
  if (column === 1)
    return valueSized ? value.shape.reduce((product, size) => product * size, 1) : undefined;
  if (column === 2) return valueKnown ? greatest(value) : undefined;
  return gradientKnown && upstream ? greatest(upstream) : undefined;
}

/** @param {Tensor} tensor */
const greatest = ({ data, summary }) =>
  summary
    ? Number(summary.max)
    : Math.max(.../** @type {Numeric[]} */ ([data].flat(9)).map(Number));
