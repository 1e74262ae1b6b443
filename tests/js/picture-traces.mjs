/**
 * Small traces for the tests of timeline and picture, written by hand.
 */

/** @param {number} data */
const scalar = (data) => ({ shape: [], data });

/** A node without what these tests do not look at. @param {object} own */
const node = (own) => ({
  kind: "input",
  primitive: null,
  family: null,
  symbol: "",
  face: "",
  aliases: [],
  span: null,
  module: [],
  dims: [],
  inputs: [],
  latex: "",
  upstream: null,
  name: null,
  label: "",
  ...own,
});

/** @param {string} from @param {string} code @param {number} local @param {number | null} downstream */
const wire = (from, code, local, downstream) => ({
  node: from,
  argument: "x",
  summed_axes: [],
  code: "",
  latex: "",
  local: { structure: "scalar", shape: [], value: scalar(local), code, said: code, latex: "" },
  downstream: downstream === null ? null : scalar(downstream),
});

/** @param {string} id @param {number} value @param {number} gradient */
const input = (id, value, gradient) =>
  node({ id, code: id, name: id, value: scalar(value), upstream: scalar(gradient) });

/** @param {string} id @param {string} face @param {number} value @param {number} gradient @param {object[]} inputs */
const gate = (id, face, value, gradient, inputs) =>
  node({
    id,
    code: id,
    name: id,
    kind: "gate",
    primitive: "gate",
    face,
    symbol: face,
    value: scalar(value),
    upstream: scalar(gradient),
    inputs,
  });

/** @param {[string, string, string | null, number][]} rows kind, node, edge, level */
const steps = (rows) =>
  rows.map(([kind, of, edge, level], index) => ({
    index,
    kind,
    node: of,
    edge,
    level,
    address: String(index),
    text: "",
    latex: "",
    phase: kind === "evaluate" ? "forward" : kind === "local" ? "local" : "backward",
  }));

/** f = (x + y) z at −2, 5, −4 */
export const xyz = {
  output: "f",
  nodes: [
    input("x", -2, -4),
    input("y", 5, -4),
    input("z", -4, 3),
    gate("q", "+", 3, -4, [wire("x", "1", 1, -4), wire("y", "1", 1, -4)]),
    gate("f", "×", -12, 1, [wire("q", "z", -4, -4), wire("z", "q", 3, 3)]),
  ],
  edges: [
    { id: "e0", source: "x", target: "q", key: 0 },
    { id: "e1", source: "y", target: "q", key: 1 },
    { id: "e2", source: "q", target: "f", key: 0 },
    { id: "e3", source: "z", target: "f", key: 1 },
  ],
  steps: steps([
    ["evaluate", "x", null, 1],
    ["evaluate", "q", null, 1],
    ["evaluate", "f", null, 1],
    ["local", "q", null, 2],
    ["local", "f", null, 2],
    ["seed", "f", null, 1],
    ["multiply", "f", "e2", 3],
    ["multiply", "f", "e3", 1],
    ["multiply", "q", "e0", 3],
    ["multiply", "q", "e1", 1],
  ]),
};

/** y = x x at 3 */
export const square = {
  output: "y",
  nodes: [input("x", 3, 6), gate("y", "×", 9, 1, [wire("x", "x", 3, 3), wire("x", "x", 3, 3)])],
  edges: [
    { id: "e0", source: "x", target: "y", key: 0 },
    { id: "e1", source: "x", target: "y", key: 1 },
  ],
  steps: steps([
    ["evaluate", "x", null, 1],
    ["evaluate", "y", null, 1],
    ["local", "y", null, 2],
    ["seed", "y", null, 1],
    ["multiply", "y", "e0", 3],
    ["multiply", "y", "e1", 1],
    ["accumulate", "x", null, 2],
  ]),
};

/** f = 2 x: the literal has no name */
export const doubled = {
  output: "f",
  nodes: [
    input("x", 3, 2),
    node({ id: "two", code: "two", kind: "constant", label: "2", value: scalar(2) }),
    gate("f", "×2", 6, 1, [wire("two", "x", 3, null), wire("x", "2", 2, 2)]),
  ],
  edges: [
    { id: "e0", source: "two", target: "f", key: 0 },
    { id: "e1", source: "x", target: "f", key: 1 },
  ],
  steps: [],
};

/** L = Σ X, X of the given shape */
export const total = (/** @type {number[]} */ shape) => {
  /** @param {number[]} axes @returns {any} */
  const filled = ([n, ...rest]) =>
    n === undefined ? 1 : Array.from({ length: n }, () => filled(rest));
  const tensor = { shape, data: filled(shape) };
  return {
    output: "L",
    nodes: [
      node({ id: "X", code: "X", name: "X", value: tensor, upstream: tensor }),
      gate("L", "Σ", 12, 1, [
        {
          ...wire("X", "1", 1, 1),
          downstream: tensor,
          local: { structure: "reduction", shape, value: null, code: "1", latex: "" },
        },
      ]),
    ],
    edges: [{ id: "e0", source: "X", target: "L", key: 0 }],
    steps: [],
  };
};
