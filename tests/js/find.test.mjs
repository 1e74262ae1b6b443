import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesOf } from "../../static/js/panels/find.js";

const plain = { aliases: [], symbol: "", face: "", primitive: null, span: null, kind: "gate" };
const on = (line, column, end_column) => ({ line, column, end_line: line, end_column });

// h = relu(x); h_1 = h * 2; L = sum(h_1)
const trace = {
  source: "h = relu(x)\nh_1 = h * 2\nL = sum(h_1)",
  nodes: [
    { ...plain, id: "n0", kind: "input", name: "x", label: "x" },
    { ...plain, id: "n1", name: "h", label: "h", face: "relu", span: on(1, 4, 11) },
    { ...plain, id: "n2", kind: "constant", name: null, label: "2", span: on(2, 10, 11) },
    { ...plain, id: "n3", name: "h_1", label: "h_1", symbol: "×", span: on(2, 6, 11) },
    {
      ...plain,
      id: "n4",
      name: "L",
      label: "L",
      face: "sum",
      aliases: ["loss"],
      span: on(3, 4, 12),
    },
  ],
};

test("nodes are found by name, alias, operation and number, whatever the case", () => {
  for (const [text, ids] of [
    ["x", ["n0"]],
    ["RELU", ["n1"]],
    ["×", ["n3"]],
    [" los", ["n4"]],
    ["2", ["n2"]],
  ])
    assert.deepEqual(matchesOf(trace, text), ids, text);
});

test("what is called just so comes first", () => {
  assert.deepEqual(matchesOf(trace, "h_1"), ["n3"]);
  assert.deepEqual(matchesOf(trace, "h"), ["n1", "n3"]);
  assert.deepEqual(matchesOf({ ...trace, nodes: trace.nodes.toReversed() }, "h"), ["n1", "n3"]);
});

test("the source's text counts where nothing is called so", () => {
  assert.deepEqual(matchesOf(trace, "sum(h"), ["n4"]);
  assert.deepEqual(matchesOf(trace, "h * 2"), ["n3"]);
});

test("nothing is found by nothing", () => {
  assert.deepEqual(matchesOf(trace, "  "), []);
  assert.deepEqual(matchesOf(trace, "tanh"), []);
});
