import assert from "node:assert/strict";
import { test } from "node:test";
import { sorted, sortOf, turned } from "../../static/js/panels/sorting.js";
import { marksOf, path, withRoom } from "../../static/js/views/chart.js";
import { verdictOf } from "../../static/js/views/check.js";
import { counted, pairOf, placeOf, sizeOf } from "../../static/js/views/entries.js";
import { marked, trusted } from "../../static/js/views/marked.js";
import { linesOfStep, namesOf, tokensOf } from "../../static/js/views/script.js";
import { decades } from "../../static/js/views/sweep.js";
import { scaleLinear, scaleLog } from "../../static/vendor/charts.js";

// q = x * y; f = tanh(q) + q * x, as the engine writes it, without the inputs' values.
const code = `# forward
q = x * y
t1 = np.tanh(q)
t2 = q * x
f = t1 + t2
# backward
dt1 = 1.0
dt2 = 1.0
dq = dt2 * x
dx = dt2 * q
dq += dt1 * (1 - t1 ** 2)
dx += dq * y
print("dx =", dx)`;
const about = (line, node, phase = "backward") => ({ line, node, phase });
const script = {
  code,
  gradients: { x: "dx" },
  lines: [
    ...[about(2, "q"), about(3, "t1"), about(4, "t2"), about(5, "f")].map((each) => ({
      ...each,
      phase: "forward",
    })),
    ...[about(7, "f"), about(8, "f"), about(9, "t2"), about(10, "t2"), about(11, "t1")],
    ...[about(12, "q"), about(13, "x")],
  ],
};
const wire = (node, code) => ({ node, code, downstream: { shape: [], data: 1 } });
const gate = (id, ...inputs) => ({ id, code: id, kind: "gate", inputs });
const step = (phase, kind, node, edge = null) => ({
  phase,
  kind,
  node,
  edge,
  address: kind + node,
});
const trace = {
  nodes: [
    { id: "x", code: "x", kind: "input", inputs: [] },
    gate("q", wire("x", "dx = dx + dq * y")),
    gate("t1", wire("q", "dq = dq + dt1 * (1 - t1 ** 2)")),
    gate("t2", wire("q", "dq = dt2 * x"), wire("x", "dx = dt2 * q")),
    gate("f", wire("t1", "dt1 = df"), wire("t2", "dt2 = df")),
  ],
  edges: [
    ["e0", "q"],
    ["e1", "t1"],
    ["e2", "t2"],
    ["e3", "t2"],
    ["e4", "f"],
    ["e5", "f"],
  ].map(([id, target]) => ({ id, target })),
  steps: [step("forward", "evaluate", "x")],
};

for (const [name, moment, lines] of [
  ["a forward step", step("forward", "evaluate", "t2"), [4]],
  ["a local step, its gate's forward line", step("local", "local", "t1"), [3]],
  ["the seed, the first line back", step("backward", "seed", "f"), [7]],
  ["a product, the line of its own wire", step("backward", "multiply", "t2", "e3"), [10]],
  ["a sum, every line that adds to it", step("backward", "accumulate", "q"), [9, 11]],
]) {
  test(`the line of ${name}`, () => assert.deepEqual(linesOfStep(script, trace, moment), lines));
}

test("where a framework goes back by itself, its one line stands for every step back", () => {
  const torch = {
    code: "f = q * x\nf.backward()\ndx = x.grad",
    lines: [about(1, "f"), about(2, "f"), about(3, "x")].map((each, i) =>
      i ? each : { ...each, phase: "forward" },
    ),
  };
  assert.deepEqual(linesOfStep(torch, trace, step("backward", "multiply", "t1", "e1")), [2]);
});

test("a name that the way back sets is a gradient, one that the way there sets is a value", () => {
  const names = namesOf(script);
  assert.equal(names.get("q"), "forward");
  assert.equal(names.get("dq"), "gradient");
  assert.equal(names.has("print"), false);
});

test("a line falls into words whose texts are the line", () => {
  const names = namesOf(script);
  for (const line of [...code.split("\n"), 'print("dq =", 1e-3)  # dq', "dq.T.dot(x.q)", ""])
    assert.equal(
      tokensOf(line, names)
        .map(({ text }) => text)
        .join(""),
      line,
    );
  const toned = tokensOf("dq += dt1 * (1 - np.q ** 2.5e-3)  # q", names).filter(({ tone }) => tone);
  assert.deepEqual(toned, [
    { text: "dq", tone: "gradient" },
    { text: "dt1", tone: "gradient" },
    { text: "1", tone: "number" },
    { text: "2.5e-3", tone: "number" },
    { text: "# q", tone: "comment" },
  ]);
});

const node = (id, kind, inputs = []) => ({ id, kind, label: id, inputs });
const circuit = {
  nodes: [
    node("x", "input"),
    node("2", "constant"),
    node("q", "gate", [
      { node: "2", downstream: null },
      { node: "x", downstream: {} },
    ]),
    node("f", "gate", [{ node: "q", downstream: {} }]),
  ],
  edges: [
    { id: "e0", source: "2", target: "q" },
    { id: "e1", source: "x", target: "q" },
    { id: "e2", source: "q", target: "f" },
  ],
};

for (const [name, moment, selected, pair] of [
  ["a gate's first input that carries gradient", { node: "q", edge: null }, undefined, ["q", "x"]],
  ["a step's own wire", { node: "f", edge: "e2" }, undefined, ["f", "q"]],
  ["the gate picked rather than the step's", { node: "f", edge: "e2" }, "q", ["q", "x"]],
  ["the first gate while inputs land", { node: "x", edge: null }, undefined, ["q", "x"]],
]) {
  test(`the Jacobian is of ${name}`, () =>
    assert.deepEqual(pairOf(circuit, moment, selected), pair));
}

test("a flat place is found in its tensor", () => {
  assert.equal(placeOf(7, [2, 5]), "[1, 2]");
  assert.equal(placeOf(3, [5]), "[3]");
  assert.equal(placeOf(0, []), "");
});

test("a Jacobian that is not drawn says how large it would be", () => {
  const large = { rows: 4096, columns: 4096, nonzeros: 4096, counted: true, data: null };
  assert.equal(sizeOf(large), "would be 4,096 × 4,096 = 16.8 M entries; 4,096 not zero");
  const small = { rows: 2, columns: 3, nonzeros: 4, counted: false, data: [[]] };
  assert.equal(sizeOf(small), "2 × 3 = 6 entries; at most 4 not zero");
  assert.equal(counted(500_000), "0.5 M");
});

test("a verdict is said with its error", () => {
  assert.equal(verdictOf({ verdict: "ok", relative_error: 2.97e-12 }), "agrees to 3e−12");
  assert.equal(verdictOf({ verdict: "ok", relative_error: 0 }), "agrees exactly");
  assert.equal(verdictOf({ verdict: "kink", relative_error: 1 }), "kink near here");
  assert.equal(verdictOf({ verdict: "wrong", relative_error: 0.5 }), "wrong: off by 0.5");
});

test("a logarithmic scale covers whole decades, and what is 0 lies at the lowest", () => {
  const scale = decades([3e-4, 2e-1, 0], [0, 100]);
  assert.deepEqual(marksOf(scale), [1e-4, 1e-3, 1e-2, 1e-1, 1]);
  assert.deepEqual(
    [1e-4, 1e-2, 0].map((x) => Math.round(scale(x))),
    [0, 50, 0],
  );
  assert.deepEqual(
    marksOf(decades([1e-13, 0.1], [0, 100])),
    [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2],
  );
  assert.deepEqual(decades([0, 0], [0, 100]).domain(), [1e-16, 1]);
});

test("a scale with room covers a little more at both ends", () => {
  for (const scale of [scaleLinear([5, 10], [228, 0]), scaleLog([5, 10], [228, 0])]) {
    const [low, high] = withRoom(scale).domain();
    assert.ok(low < 5 && high > 10, `${low} ${high}`);
    assert.ok(Math.abs(scale(5) - 214) < 1e-9 && Math.abs(scale(10) - 14) < 1e-9);
  }
});

test("a path is broken where a number is none, and stays near what is seen", () => {
  assert.equal(
    path([
      [0, 1],
      [2, 3.14159],
      [4, NaN],
      [5, 6],
      [7, 1e300],
    ]),
    "M0,1L2,3.1M5,6L7,100000",
  );
  assert.equal(path([[0, NaN]]), "");
});

test("the parts of a formula are wrapped within one another", () => {
  const latex = "f = \\left(x + y\\right) \\cdot z";
  const parts = [
    { node: "n4", start: 4, end: latex.length },
    { node: "n2", start: 10, end: 15 },
  ];
  assert.equal(
    marked({ node: "n4", latex, parts }),
    "f = \\htmlData{about=n4}{\\left(\\htmlData{about=n2}{x + y}\\right) \\cdot z}",
  );
});

test("parts that meet close before others open, and equal ends close from within", () => {
  const parts = [
    { node: "a", start: 0, end: 5 },
    { node: "b", start: 0, end: 2 },
    { node: "c", start: 2, end: 5 },
  ];
  assert.equal(
    marked({ node: "a", latex: "xx+yy", parts }),
    "\\htmlData{about=a}{\\htmlData{about=b}{xx}\\htmlData{about=c}{+yy}}",
  );
});

test("KaTeX may mark and nothing else", () => {
  assert.equal(trusted({ command: "\\htmlData" }), true);
  assert.equal(trusted({ command: "\\href" }), false);
});

test("a table is sorted by a column, and what is not known yet stands last", () => {
  const scalar = (data) => ({ shape: [], data });
  const row = (id, label, value, upstream) => ({ id, label, value, upstream });
  const nodes = [
    row("n0", "w10", scalar(-3), scalar(7)),
    row(
      "n1",
      "w2",
      {
        shape: [2, 2],
        data: [
          [1, 9],
          [0, 4],
        ],
      },
      null,
    ),
    row("n2", "b", scalar(5), scalar(-1)),
  ];
  const frame = {
    nodes: Object.fromEntries(
      nodes.map(({ id }) => [
        id,
        { valueKnown: id !== "n2", gradientKnown: true, valueSized: id !== "n0" },
      ]),
    ),
  };
  const order = (column, way) => sorted(nodes, frame, { column, way }).map(({ label }) => label);
  assert.deepEqual(order(0, 0), ["w10", "w2", "b"]);
  assert.deepEqual(order(0, 1), ["b", "w2", "w10"]);
  assert.deepEqual(order(1, -1), ["w2", "b", "w10"]);
  assert.deepEqual(order(2, 1), ["w10", "w2", "b"]);
  assert.deepEqual(order(2, -1), ["w2", "w10", "b"]);
  assert.deepEqual(order(3, 1), ["b", "w10", "w2"]);
});

test("a header sorts upwards, then downwards, then as it was", () => {
  const first = turned({ column: 0, way: 0 }, 2);
  assert.deepEqual(first, { column: 2, way: 1 });
  assert.equal(sortOf(first, 2), "ascending");
  assert.equal(sortOf(first, 0), "none");
  assert.equal(sortOf(turned(first, 2), 2), "descending");
  assert.deepEqual(turned(turned(first, 2), 2), { column: 2, way: 0 });
});
