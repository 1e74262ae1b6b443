/**
 * Traces with modules and lines, for the tests of folding, from one row a node.
 */

/** @param {number} data */
const scalar = (data) => ({ shape: [], data });

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {"input" | "constant" | "gate"} [kind] a gate, if it has inputs
 * @property {string[]} [module]
 * @property {number} [line]
 * @property {string[]} [inputs] ids of nodes
 */

/**
 * Values and gradients are numbers that differ everywhere, so that a test sees which one it got.
 * @param {Row[]} rows in evaluation order; the last is the output
 * @returns {any}
 */
export function traceOf(rows) {
  let number = 0;
  const kindOf = (/** @type {Row} */ { kind, inputs }) => kind ?? (inputs ? "gate" : "input");
  const nodes = rows.map((row) => ({
    id: row.id,
    kind: kindOf(row),
    primitive: row.inputs ? "gate" : null,
    family: null,
    symbol: "·",
    face: "·",
    name: row.id,
    aliases: [],
    label: row.id,
    code: row.id,
    span: { line: row.line ?? 1, column: 0, end_line: row.line ?? 1, end_column: 1 },
    module: row.module ?? [],
    dims: [],
    value: scalar(++number),
    upstream: row.kind === "constant" ? null : scalar(++number),
    inputs: (row.inputs ?? []).map((node) => ({
      node,
      argument: "x",
      local: {
        structure: "scalar",
        shape: [],
        value: scalar(++number),
        code: "1",
        said: "1",
        latex: "",
      },
      downstream: isConstant(rows, node) ? null : scalar(++number),
      summed_axes: [],
      code: "",
      latex: "",
    })),
    latex: "",
  }));
  const edges = nodes.flatMap(({ id, inputs }) =>
    inputs.map(({ node }, key) => ({ id: `${node}>${id}:${key}`, source: node, target: id, key })),
  );
  return { output: rows[rows.length - 1].id, nodes, edges, steps: stepsOf(nodes, edges) };
}

/** @param {Row[]} rows @param {string} id */
const isConstant = (rows, id) => rows.find((row) => row.id === id)?.kind === "constant";

/**
 * As the engine orders them.
 * @param {any[]} nodes
 * @param {any[]} edges
 */
function stepsOf(nodes, edges) {
  const gates = nodes.filter(({ kind }) => kind === "gate");
  const steps = [["evaluate", nodes[0].id, null]];
  for (const kind of ["evaluate", "local"])
    for (const { id } of gates) steps.push([kind, id, null]);
  steps.push(["seed", nodes[nodes.length - 1].id, null]);
  const carries = (/** @type {any} */ { target, key }) =>
    nodes.find(({ id }) => id === target).inputs[key].downstream;
  for (const { id } of nodes.toReversed()) {
    const arriving = edges.filter((edge) => edge.source === id && carries(edge));
    if (arriving.length > 1) steps.push(["accumulate", id, null]);
    for (const edge of edges)
      if (edge.target === id && carries(edge)) steps.push(["multiply", id, edge.id]);
  }
  return steps.map(([kind, node, edge], index) => ({
    index,
    kind,
    node,
    edge,
    level: 1,
    address: String(index),
    text: "",
    latex: "",
    phase: kind === "evaluate" ? "forward" : kind === "local" ? "local" : "backward",
  }));
}

/** a = sigmoid(x w), f = sigmoid(a v): a def of three gates and a literal, called twice */
export const twice = traceOf([
  { id: "x" },
  { id: "w" },
  { id: "v" },
  { id: "xw", line: 3, inputs: ["x", "w"] },
  { id: "neg", line: 2, module: ["sigmoid#1"], inputs: ["xw"] },
  { id: "exp", line: 2, module: ["sigmoid#1"], inputs: ["neg"] },
  { id: "one", kind: "constant", module: ["sigmoid#1"] },
  { id: "a", line: 2, module: ["sigmoid#1"], inputs: ["exp", "one"] },
  { id: "av", line: 4, inputs: ["a", "v"] },
  { id: "neg2", line: 2, module: ["sigmoid#2"], inputs: ["av"] },
  { id: "f", line: 2, module: ["sigmoid#2"], inputs: ["neg2"] },
]);

/**
 * h = cell(w, h), L = L + h: turns that make two values, each with a def inside.
 * @param {number} turns
 */
export function recurrence(turns) {
  /** @type {Row[]} */
  const rows = [{ id: "w" }, { id: "h0" }, { id: "L0" }];
  for (let t = 0; t < turns; t++) {
    const turn = `t=${t}#1`;
    const cell = [turn, `cell#${t + 1}`];
    rows.push(
      { id: `m${t}`, line: 2, module: cell, inputs: ["w", `h${t}`] },
      { id: `h${t + 1}`, line: 2, module: cell, inputs: [`m${t}`, "w"] },
      { id: `L${t + 1}`, line: 4, module: [turn], inputs: [`L${t}`, `h${t + 1}`] },
    );
  }
  return traceOf(rows);
}

/**
 * z = z w + b, so many lines long.
 * @param {number} lines
 * @param {number} [gates] of each line
 */
export function program(lines, gates = 2) {
  /** @type {Row[]} */
  const rows = [{ id: "w" }, { id: "z0" }];
  for (let line = 1; line <= lines; line++) {
    for (let gate = 0; gate < gates; gate++)
      rows.push({
        id: gate === gates - 1 ? `z${line}` : `p${line}_${gate}`,
        line,
        inputs: [gate === 0 ? `z${line - 1}` : `p${line}_${gate - 1}`, "w"],
      });
  }
  return traceOf(rows);
}
