import assert from "node:assert/strict";
import { test } from "node:test";
import { foldingOf } from "../../static/js/folding/groups.js";
import { frameOn, viewOf, withAll, withFold } from "../../static/js/folding.js";
import { frameAt } from "../../static/js/timeline.js";
import { program, recurrence, traceOf, twice } from "./folding-traces.mjs";

/** @import { View } from "../../static/js/types.d.ts" */

/** @param {any} trace */
const ids = (trace) => foldingOf(trace).groups.map(({ id }) => id);
/** @param {View} view */
const boxes = (view) => view.nodes.filter(({ box }) => box).map(({ id }) => id);
/** @param {View} view */
const gates = (view) =>
  view.nodes.filter(({ kind, host }) => kind === "box" || (kind === "gate" && !host)).length;

test("each call of a function is a group of its gates", () => {
  assert.deepEqual(ids(twice), ["sigmoid#1", "sigmoid#2"]);
  const [{ gates, label }] = foldingOf(twice).groups;
  assert.deepEqual(
    gates.map(({ id }) => id),
    ["neg", "exp", "a"],
  );
  assert.equal(label, "sigmoid");
});

test("turns of a loop hold the calls inside them", () => {
  const { groups } = foldingOf(recurrence(2));
  assert.deepEqual(
    groups.map(({ id, parent, depth, label }) => [id, parent, depth, label]),
    [
      ["t=0#1", undefined, 0, "t = 0"],
      ["t=1#1", undefined, 0, "t = 1"],
      ["t=0#1/cell#1", "t=0#1", 1, "cell"],
      ["t=1#1/cell#2", "t=1#1", 1, "cell"],
    ],
  );
});

test("what folding could not shorten, or what is not in one piece, is no group", () => {
  const rows = [
    { id: "x" },
    { id: "one", module: ["f#1"], inputs: ["x"] },
    { id: "two", module: ["g#1"], inputs: ["one"] },
    { id: "between", inputs: ["two"] },
    { id: "three", module: ["g#1"], inputs: ["between"] },
  ];
  assert.deepEqual(ids(traceOf(rows)), []);
});

test("a small circuit is drawn open", () => {
  const view = viewOf(twice, []);
  assert.deepEqual(view.nodes, twice.nodes);
  assert.deepEqual(view.edges, twice.edges);
  assert.deepEqual(
    view.open.map(({ id }) => id),
    ["sigmoid#1", "sigmoid#2"],
  );
});

test("a folded call is one box with the same wires, values and gradients at its boundary", () => {
  const { nodes, edges, hidden, output } = viewOf(twice, ["-sigmoid#1"]);
  assert.deepEqual(
    nodes.map(({ id }) => id),
    ["x", "w", "v", "xw", "sigmoid#1", "a", "av", "neg2", "f"],
  );
  const at = (/** @type {string} */ id) => /** @type {any} */ (nodes.find((n) => n.id === id));
  const was = (/** @type {string} */ id) => twice.nodes.find((/** @type {any} */ n) => n.id === id);
  assert.deepEqual(at("sigmoid#1").inputs, was("neg").inputs);
  assert.deepEqual([at("a").value, at("a").upstream], [was("a").value, was("a").upstream]);
  assert.deepEqual(
    at("sigmoid#1").box.members.map((/** @type {any} */ { id }) => id),
    ["neg", "exp", "one", "a"],
  );
  assert.equal(hidden.get("one")?.id, "sigmoid#1");
  assert.deepEqual(
    edges.map(({ source, target, key }) => [source, target, key]),
    [
      ["x", "xw", 0],
      ["w", "xw", 1],
      ["xw", "sigmoid#1", 0],
      ["a", "av", 0],
      ["v", "av", 1],
      ["av", "neg2", 0],
      ["neg2", "f", 0],
    ],
  );
  assert.equal(output, "f");
});

test("each value that leaves a box keeps a wire of its own", () => {
  const { nodes, edges } = viewOf(recurrence(2), withAll(true));
  const box = nodes.find(({ id }) => id === "t=0#1");
  assert.deepEqual(box?.box?.outlets, ["h1", "L1"]);
  assert.deepEqual(
    nodes.filter(({ host }) => host === "t=0#1").map(({ id, inputs }) => [id, inputs]),
    [
      ["h1", []],
      ["L1", []],
    ],
  );
  assert.deepEqual(
    edges.filter(({ target }) => target === "t=1#1").map(({ source, key }) => [source, key]),
    [
      ["w", 0],
      ["w", 1],
      ["h1", 2],
      ["L1", 3],
    ],
  );
});

test("only what nobody outside needs is hidden with its outer group", () => {
  const { nodes, open } = viewOf(recurrence(2), ["-t=0#1", "+t=0#1/cell#1"]);
  assert.equal(nodes.filter(({ box }) => box).length, 1);
  assert.deepEqual(
    open.map(({ id }) => id),
    ["t=1#1", "t=1#1/cell#2"],
  );
});

test("a box with many wires has one for each source, whose gradient is not made up", () => {
  const many = traceOf([
    { id: "x" },
    { id: "y" },
    ...Array.from({ length: 8 }, (_, i) => ({
      id: `s${i}`,
      module: ["f#1"],
      inputs: [i ? `s${i - 1}` : "y", "x"],
    })),
  ]);
  const { nodes, edges, origins } = viewOf(many, withAll(true));
  assert.deepEqual(
    edges.map(({ source }) => source),
    ["y", "x"],
  );
  assert.equal(origins.get(edges[1].id)?.length, 8);
  assert.deepEqual(nodes.find(({ box }) => box)?.inputs[1].downstream, {
    shape: [],
    data: null,
  });
});

test("above 300 gates the outermost turns are folded, unasked", () => {
  const large = recurrence(101);
  const view = viewOf(large, []);
  assert.equal(boxes(view).length, 101);
  assert.equal(viewOf(recurrence(100), []).open.length, 200);
});

test("a program without functions and loops folds by source line", () => {
  const view = viewOf(program(160), []);
  assert.equal(boxes(view).length, 160);
  assert.equal(boxes(view)[11], "line 12");
});

test("where single groups would still be too many, runs of them are one box", () => {
  const turns = viewOf(recurrence(700), []);
  assert.deepEqual(boxes(turns).slice(0, 2), ["t=0..19#1", "t=20..39#1"]);
  assert.equal(turns.nodes.find(({ box }) => box)?.label, "t = 0…19");
  const lines = viewOf(program(400, 1), []);
  assert.deepEqual(boxes(lines).slice(0, 2), ["lines 1-20", "lines 21-40"]);
  assert.ok(gates(turns) <= 300 && gates(lines) <= 300);
});

/** A network of equal layers of two lines, in a program without functions. @param {number} layers */
const network = (layers) =>
  traceOf([
    { id: "h0" },
    ...Array.from({ length: layers }, (_, i) => ({ id: `w${i}` })),
    ...Array.from({ length: layers }, (_, i) => [
      { id: `z${i}`, line: 2 * i + 1, inputs: [`h${i}`, `w${i}`] },
      { id: `h${i + 1}`, line: 2 * i + 2, inputs: [`z${i}`] },
    ]).flat(),
    { id: "sum", line: 2 * layers + 1, inputs: [`h${layers}`, "h0", "w0"] },
  ]);

test("layers that repeat can be folded, though nobody wrote them as a function", () => {
  const trace = network(3);
  for (const node of trace.nodes)
    if (node.inputs.length) node.primitive = `of${node.inputs.length}`;
  assert.deepEqual(ids(trace), ["lines 1-2", "lines 3-4", "lines 5-6"]);
  const view = viewOf(trace, withAll(true));
  assert.deepEqual(boxes(view), ["lines 1-2", "lines 3-4", "lines 5-6"]);
  assert.equal(view.nodes.find(({ box }) => box)?.label, "lines 1–2");
});

test("lines that only look alike are no layers", () => {
  const side = traceOf([
    { id: "x" },
    { id: "w" },
    { id: "p", line: 1, inputs: ["x", "w"] },
    { id: "a", line: 1, inputs: ["p", "w"] },
    { id: "q", line: 2, inputs: ["x", "w"] },
    { id: "b", line: 2, inputs: ["q", "w"] },
    { id: "L", line: 3, inputs: ["a", "b"] },
  ]);
  assert.deepEqual(ids(side), []);
});

test("an unfolded run shows its turns folded", () => {
  const view = viewOf(recurrence(700), ["+t=0..19#1"]);
  assert.deepEqual(boxes(view).slice(0, 2), ["t=0#1", "t=1#1"]);
  assert.equal(gates(view), 34 + 20);
});

test("one function around everything is opened, and its own turns are folded", () => {
  const { nodes, output } = recurrence(120);
  const rows = nodes.map((/** @type {any} */ node) => ({
    id: node.id,
    module: node.kind === "gate" ? ["main#1", ...node.module] : [],
    inputs:
      node.kind === "gate" ? node.inputs.map((/** @type {any} */ wire) => wire.node) : undefined,
  }));
  const view = viewOf(traceOf(rows), []);
  assert.equal(boxes(view)[0], "main#1/t=0#1");
  assert.deepEqual(
    view.open.map(({ id }) => id),
    ["main#1"],
  );
  assert.equal(view.output, output);
});

test("a tighter limit folds more", () => {
  assert.equal(viewOf(recurrence(40), [], 100).nodes.filter(({ box }) => box).length, 40);
  assert.ok(gates(viewOf(recurrence(40), [], 20)) <= 20);
});

test("a view of any program is a circuit: every wire ends after it starts", () => {
  for (const trace of [twice, recurrence(5), recurrence(700), program(160), program(400, 1)]) {
    for (const folds of [[], withAll(true)]) {
      const view = viewOf(trace, folds);
      const place = new Map(view.nodes.map(({ id }, i) => [id, i]));
      const at = (/** @type {string} */ id) => place.get(id) ?? Number.NaN;
      const hosts = new Map(view.nodes.map(({ id, host }) => [id, host ?? id]));
      for (const { source, target } of view.edges)
        assert.ok(at(hosts.get(source) ?? "") < at(target), `${source} > ${target}`);
    }
  }
});

test("what is chosen is told from what is automatic, and forgotten once they agree", () => {
  const large = recurrence(101);
  const opened = withFold(large, [], "t=3#1", false);
  assert.deepEqual(opened, ["+t=3#1"]);
  assert.equal(boxes(viewOf(large, opened)).length, 100);
  assert.deepEqual(withFold(large, opened, "t=3#1", true), []);
  assert.deepEqual(withFold(large, withAll(false), "t=4#1", true), ["+*", "-t=4#1"]);
  assert.deepEqual(boxes(viewOf(large, withAll(false))), []);
});

test("what a link says of another program's groups does no harm", () => {
  assert.deepEqual(viewOf(twice, ["-tanh#1", "nonsense", ""]).nodes, twice.nodes);
});

// ---------------------------------------------------------------- frames

const folded = viewOf(twice, ["-sigmoid#1"]);
/** @param {string} kind @param {string} node @param {string} [edge] */
const frameOf = (kind, node, edge) => {
  const step = twice.steps.find(
    (/** @type {any} */ each) =>
      each.kind === kind && each.node === node && (!edge || each.edge === edge),
  );
  return frameOn(folded, frameAt(twice, step.index));
};

test("a box is at work while one of its gates is, and the step stays the same step", () => {
  const frame = frameOf("evaluate", "exp");
  assert.equal(frame.nodes["sigmoid#1"].active, true);
  assert.equal(frame.step.node, "sigmoid#1");
  assert.equal(frame.index, frameAt(twice, frame.index).index);
  assert.equal(frame.nodes.a.valueKnown, false);
  assert.equal(frame.edges["xw>neg:0"].valueKnown, true);
});

test("a value outside a box is known when its gate inside is", () => {
  const frame = frameOf("evaluate", "a");
  assert.equal(frame.nodes.a.lands, "value");
  assert.equal(frame.nodes["sigmoid#1"].valueKnown, true);
  assert.equal(frame.nodes["sigmoid#1"].active, true);
  assert.equal(frame.nodes.a.active, false);
});

test("a step inside a box is on no wire, one at its boundary on the wire that is drawn", () => {
  assert.equal(frameOf("multiply", "exp").step.edge, null);
  const frame = frameOf("multiply", "neg");
  assert.equal(frame.step.edge, "xw>neg:0");
  assert.equal(frame.edges["xw>neg:0"].downstreamKnown, true);
  assert.equal(frame.nodes.xw.lands, "gradient");
});

test("the gradient of a value outside arrives outside", () => {
  const view = viewOf(recurrence(2), withAll(true));
  const { steps } = view.whole;
  const sum = steps.find(({ kind, node }) => kind === "accumulate" && node === "h1");
  const frame = frameOn(view, frameAt(view.whole, sum?.index ?? 0));
  assert.equal(frame.step.node, "h1");
  assert.equal(frame.nodes.h1.adds, true);
  assert.equal(frame.nodes["t=0#1"].active, false);
});

test("one wire of several uses has brought its gradient back once every use has", () => {
  const many = traceOf([
    { id: "x" },
    ...Array.from({ length: 8 }, (_, i) => ({
      id: `s${i}`,
      module: ["f#1"],
      inputs: [i ? `s${i - 1}` : "x", "x"],
    })),
  ]);
  const view = viewOf(many, withAll(true));
  const [{ id }] = view.edges;
  const known = many.steps.map(
    (/** @type {any} */ { index }) => frameOn(view, frameAt(many, index)).edges[id].downstreamKnown,
  );
  const last = many.steps.findLastIndex((/** @type {any} */ { kind }) => kind === "multiply");
  assert.equal(known.indexOf(true), last);
});
