import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOfStep, namesOf, tokensOf } from "../../static/js/views/script.js";

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
