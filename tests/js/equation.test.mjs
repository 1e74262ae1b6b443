import assert from "node:assert/strict";
import { test } from "node:test";
import { equationOf, spoken } from "../../static/js/panels/equation.js";

const scalar = (data) => ({ shape: [], data });
const input = (id, name, value, upstream) => ({
  id,
  kind: "input",
  symbol: "",
  name,
  label: name,
  code: name,
  span: null,
  dims: [],
  value,
  upstream,
  inputs: [],
});
const wire = (node, code, value, downstream) => ({
  node,
  argument: "x",
  local: { structure: "scalar", shape: [], value: scalar(value), code, said: code },
  downstream: scalar(downstream),
  summed_axes: [],
  code: `d = ${code}`,
});

// f = (x + y) * z at x = −2, y = 5, z = −4, and g = x * x at 3, worked by hand.
const sum = {
  source: "q = x + y\nf = q * z",
  output: "n4",
  nodes: [
    input("n0", "x", scalar(-2), scalar(-4)),
    input("n1", "y", scalar(5), scalar(-4)),
    input("n2", "z", scalar(-4), scalar(3)),
    {
      ...input("n3", "q", scalar(3), scalar(-4)),
      kind: "gate",
      symbol: "+",
      span: { line: 1 },
      inputs: [wire("n0", "1", 1, -4), wire("n1", "1", 1, -4)],
    },
    {
      ...input("n4", "f", scalar(-12), scalar(1)),
      kind: "gate",
      symbol: "×",
      span: { line: 2 },
      inputs: [wire("n3", "z", -4, -4), wire("n2", "q", 3, 3)],
    },
  ],
  edges: [
    ["e0", "n0", "n3", 0],
    ["e1", "n1", "n3", 1],
    ["e2", "n3", "n4", 0],
    ["e3", "n2", "n4", 1],
  ].map(([id, source, target, key]) => ({ id, source, target, key })),
  steps: [],
};
const square = {
  source: "g = x * x",
  output: "n1",
  nodes: [
    input("n0", "x", scalar(3), scalar(6)),
    {
      ...input("n1", "g", scalar(9), scalar(1)),
      kind: "gate",
      symbol: "×",
      span: { line: 1 },
      inputs: [wire("n0", "x", 3, 3), wire("n0", "x", 3, 3)],
    },
  ],
  edges: [
    ["e0", "n0", "n1", 0],
    ["e1", "n0", "n1", 1],
  ].map(([id, source, target, key]) => ({ id, source, target, key })),
  steps: [],
};

const text = (trace, step) =>
  equationOf(trace, { phase: "backward", edge: null, ...step })
    .parts.map((part) => part.text)
    .join(" ");

test("evaluate shows the line with its numbers", () => {
  assert.equal(text(sum, { kind: "evaluate", node: "n3" }), "−2.00 + 5.00 = 3.00");
  assert.equal(
    equationOf(sum, { kind: "evaluate", phase: "forward", node: "n3" }).code,
    "q = x + y",
  );
});

test("a negative second number is bracketed", () => {
  assert.equal(text(sum, { kind: "evaluate", node: "n4" }), "3.00 × (−4.00) = −12.00");
});

test("multiply is upstream times local is downstream, each named", () => {
  const { parts, where, shapes, code } = equationOf(sum, {
    phase: "backward",
    kind: "multiply",
    node: "n4",
    edge: "e2",
  });
  assert.deepEqual(
    parts.map(({ text, tone, role, caption }) => [text, tone, role, caption]),
    [
      ["1.00", "gradient", "upstream", "∂f/∂f"],
      ["×", "sign", undefined, undefined],
      ["−4.00", "local", "local", "∂f/∂q = z"],
      ["=", "sign", undefined, undefined],
      ["−4.00", "gradient", "downstream", "∂f/∂q"],
    ],
  );
  assert.equal(where, "backward · gate × · to q");
  assert.deepEqual(shapes, ["()", "()"]);
  assert.equal(code, "d = z");
});

test("accumulate adds what each port sent", () => {
  assert.equal(text(square, { kind: "accumulate", node: "n0" }), "3.00 + 3.00 = 6.00");
  const { parts } = equationOf(square, { phase: "backward", kind: "accumulate", node: "n0" });
  assert.deepEqual(
    parts.filter(({ caption }) => caption).map(({ caption }) => caption),
    ["by port 1", "by port 2", "∂g/∂x"],
  );
});

test("local gradients that are constants are not written twice", () => {
  const { parts } = equationOf(sum, { phase: "local", kind: "local", node: "n3", edge: null });
  assert.deepEqual(
    parts.filter(({ tone }) => tone === "local").map(({ text, caption }) => [text, caption]),
    [
      ["1.00", "∂q/∂x"],
      ["1.00", "∂q/∂y"],
    ],
  );
});

test("the seed is one", () =>
  assert.equal(text(sum, { kind: "seed", node: "n4" }), "∂f/∂f = 1.00"));

test("a matrix product shows the other factor transposed, on its side", () => {
  const matrix = (shape) => ({ shape, data: null });
  const product = (node, other) => ({
    node,
    argument: "x",
    local: { structure: "matmul", shape: [], value: null, code: "", said: "", other },
    downstream: matrix(node === "n0" ? [3, 4] : [4, 2]),
    summed_axes: [],
    code: "",
  });
  const trace = {
    source: "Y = X @ W",
    output: "n2",
    nodes: [
      { ...input("n0", "X", matrix([3, 4]), matrix([3, 4])), dims: ["N", "D"] },
      { ...input("n1", "W", matrix([4, 2]), matrix([4, 2])), dims: ["D", "C"] },
      {
        ...input("n2", "Y", matrix([3, 2]), matrix([3, 2])),
        dims: ["N", "C"],
        kind: "gate",
        symbol: "@",
        inputs: [product("n0", "n1"), product("n1", "n0")],
      },
    ],
    edges: [
      ["e0", "n0", "n2", 0],
      ["e1", "n1", "n2", 1],
    ].map(([id, source, target, key]) => ({ id, source, target, key })),
    steps: [],
  };
  assert.equal(text(trace, { kind: "multiply", node: "n2", edge: "e0" }), "∂Y/∂Y · Wᵀ = ∂Y/∂X");
  assert.equal(text(trace, { kind: "multiply", node: "n2", edge: "e1" }), "Xᵀ · ∂Y/∂Y = ∂Y/∂W");
  const { parts, shapes } = equationOf(trace, {
    phase: "backward",
    kind: "multiply",
    node: "n2",
    edge: "e1",
  });
  assert.deepEqual(
    parts.filter(({ tone }) => tone !== "sign").map(({ caption }) => caption),
    ["D × N · 4 × 3", "N × C · 3 × 2", "D × C · 4 × 2"],
  );
  assert.deepEqual(shapes, ["D × C", "D × C"]);
});

test("a gate that moves entries shows the transposed Jacobian, not the upstream as a factor", () => {
  const vector = (data) => ({ shape: [data.length], data });
  const x = input("n0", "x", vector([7, 8]), vector([0, 5]));
  const local = {
    structure: "selection",
    shape: [2],
    value: null,
    code: "dy",
    said: "dy",
    indices: [1],
  };
  const y = {
    ...input("n1", "y", scalar(8), scalar(5)),
    kind: "gate",
    symbol: "[ ]",
    inputs: [
      {
        node: "n0",
        argument: "x",
        local,
        downstream: vector([0, 5]),
        summed_axes: [],
        code: "dx = …",
      },
    ],
  };
  const edges = [{ id: "e0", source: "n0", target: "n1", key: 0 }];
  const trace = { source: "y = x[1]", output: "n1", nodes: [x, y], edges, steps: [] };
  assert.equal(text(trace, { kind: "multiply", node: "n1", edge: "e0" }), "Jᵀ · 5.00 = ∂y/∂x");
  const [part] = equationOf(trace, { phase: "local", kind: "local", node: "n1", edge: null }).parts;
  assert.deepEqual(part, { tone: "local", text: "∂y/∂x", caption: "put back" });
});

test("a sum has the slope 1 at every entry", () => {
  const vector = (data) => ({ shape: [data.length], data });
  const x = input("n0", "x", vector([7, 8]), vector([1, 1]));
  const local = {
    structure: "reduction",
    shape: [2],
    value: null,
    code: "np.ones_like(x)",
    said: "np.ones_like(x)",
  };
  const total = {
    ...input("n1", "L", scalar(15), scalar(1)),
    kind: "gate",
    symbol: "Σ",
    inputs: [
      { node: "n0", argument: "x", local, downstream: vector([1, 1]), summed_axes: [], code: "" },
    ],
  };
  const edges = [{ id: "e0", source: "n0", target: "n1", key: 0 }];
  const trace = { source: "L = np.sum(x)", output: "n1", nodes: [x, total], edges, steps: [] };
  assert.equal(text(trace, { kind: "multiply", node: "n1", edge: "e0" }), "1.00 × 1 = ∂L/∂x");
});

test("it is read aloud with its roles", () => {
  assert.equal(
    spoken(equationOf(sum, { phase: "backward", kind: "multiply", node: "n4", edge: "e3" }).parts),
    "upstream 1.00 × local 3.00 = downstream 3.00",
  );
});

test("a long sum is cut in the middle, never a number", () => {
  const gates = Array.from({ length: 9 }, (_, i) => ({
    ...input(`g${i}`, `g${i}`, scalar(1), scalar(1)),
    kind: "gate",
    symbol: "×",
    inputs: [wire("n0", "1", 1, i)],
  }));
  const trace = {
    source: "",
    output: "g8",
    nodes: [input("n0", "x", scalar(1), scalar(36)), ...gates],
    edges: [],
    steps: [],
  };
  assert.equal(
    text(trace, { kind: "accumulate", node: "n0" }),
    "8.00 + 7.00 + 6.00 + … + 0.00 = 36.00",
  );
});
