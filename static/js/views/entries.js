/** What a Jacobian is made of, in words and numbers; no DOM. */

/** @import { Local, Numeric, Tensor, Trace, TraceNode, TraceStep } from "../types.d.ts" */

/**
 * An answer of /api/jacobian.
 * @typedef {object} Jacobian
 * @property {{ node: string, shape: number[] }} of
 * @property {{ node: string, shape: number[] }} wrt
 * @property {number} rows
 * @property {number} columns
 * @property {Local["structure"]} structure
 * @property {boolean} related
 * @property {number} nonzeros
 * @property {boolean} counted
 * @property {Numeric[][] | null} data
 * @property {Tensor | null} diagonal
 * @property {Tensor | null} product
 * @property {string} note
 */

/**
 * What a structure says of the entries.
 * @type {Record<Local["structure"], { title: string, words: string }>}
 */
export const STRUCTURES = {
  scalar: { title: "one slope", words: "A single number: how fast the one follows the other." },
  diagonal: {
    title: "diagonal",
    words:
      "Each entry depends on the entry in its own place and on no other, so only the diagonal is not zero.",
  },
  matmul: {
    title: "Kronecker: one block, repeated",
    words:
      "The other factor of the product stands in it again and again, once for each row or column that it meets; all between is zero.",
  },
  reduction: {
    title: "a sum's rows",
    words: "Each row has entries only where the sum that it stands for took them from.",
  },
  broadcast: {
    title: "copies",
    words: "Every row has a single 1: in the column of the entry that it is a copy of.",
  },
  permutation: {
    title: "permutation",
    words: "A single 1 in every row and every column: entries move, none is changed.",
  },
  selection: {
    title: "selection",
    words: "A single 1 in every row: in the column of the entry that was picked.",
  },
  dense: { title: "dense", words: "Every entry can depend on every other." },
};

/** @param {number} count */
export const counted = (count) =>
  count >= 1e5
    ? `${(count / 1e6).toPrecision(3).replace(/\.?0+$/, "")} M`
    : count.toLocaleString("en");

/**
 * How large it is: "would be 4,096 × 4,096 = 16.8 M entries; 4,096 not zero".
 * @param {Jacobian} jacobian
 */
export function sizeOf({ rows, columns, nonzeros, counted: exact, data }) {
  const verb = data ? "" : "would be ";
  const size = `${rows.toLocaleString("en")} × ${columns.toLocaleString("en")} = ${counted(rows * columns)}`;
  const few = `${exact ? "" : "at most "}${nonzeros.toLocaleString("en")} not zero`;
  return `${verb}${size} ${rows * columns === 1 ? "entry" : "entries"}; ${few}`;
}

/**
 * A place of a flat row or column in its tensor: "[0, 2]"; "" for a single number.
 * @param {number} flat
 * @param {readonly number[]} shape
 */
export function placeOf(flat, shape) {
  /** @type {number[]} */
  const place = [];
  for (const size of [...shape].reverse()) {
    place.unshift(flat % size);
    flat = Math.floor(flat / size);
  }
  return shape.length ? `[${place.join(", ")}]` : "";
}

/** @param {Tensor | null} tensor @returns {Numeric[]} in C order */
export const flatOf = (tensor) =>
  /** @type {Numeric[]} */ ([tensor?.data ?? []].flat(/** @type {1} */ (9)));

/** @param {TraceNode} node */
const differentiable = ({ kind }) => kind !== "constant";

/**
 * The two nodes that a moment is about: the gate picked, else the step's, and its input on the step's wire.
 * @param {Trace} trace
 * @param {TraceStep} step
 * @param {string | undefined} selected
 * @returns {[of: string, wrt: string] | undefined}
 */
export function pairOf(trace, step, selected) {
  const gates = trace.nodes.filter(({ kind, inputs }) => kind === "gate" && inputs.length);
  const find = /** @param {string | undefined} id */ (id) => gates.find((gate) => gate.id === id);
  const picked = find(selected);
  const gate = picked ?? find(step.node) ?? gates[0];
  if (!gate) return undefined;
  const edge = trace.edges.find(({ id }) => id === step.edge);
  const wires = gate.inputs.filter(({ node }) =>
    trace.nodes.some((each) => each.id === node && differentiable(each)),
  );
  const source =
    edge?.target === gate.id
      ? edge.source
      : (wires.find(({ downstream }) => downstream) ?? wires[0])?.node;
  return source === undefined ? undefined : [gate.id, source];
}
