import assert from "node:assert/strict";
import { test } from "node:test";
import { otherInputs } from "../../static/js/learning/again.js";
import { bare, hintOf, isTensor, means, readAnswer } from "../../static/js/learning/answers.js";

test("what is typed is a number, a list, a shape or a formula", () => {
  assert.equal(readAnswer("  "), undefined);
  assert.deepEqual(readAnswer("−4"), {
    kind: "numbers",
    data: -4,
    shape: [],
    digits: 0,
    text: "-4",
  });
  assert.equal(readAnswer("1.50e-3").digits, 5);
  assert.deepEqual(readAnswer("[[1, 2.25], [3, 4]]").shape, [2, 2]);
  assert.equal(readAnswer("[[1, 2.25], [3, 4]]").digits, 2);
  for (const [text, shape] of [
    ["(3, 2)", [3, 2]],
    ["(3,)", [3]],
    ["()", []],
    ["3 × 2", [3, 2]],
    ["3x2", [3, 2]],
  ])
    assert.deepEqual(readAnswer(text), { kind: "shape", shape, text });
  for (const text of ["(3)", "2*y_hat", "[1, 2] * 3", "x * 2", "[[1], [2, 3]]"])
    assert.equal(readAnswer(text).kind, "formula", text);
});

test("a number counts to the digits it was typed with", () => {
  assert.ok(means(0.39, 0.3932, 2));
  assert.ok(!means(0.4, 0.3932, 2), "0.40 was rounded on the way");
  assert.ok(means(0.4, 0.3932, 1));
  assert.ok(means(1.2e-4, 1.23e-4, 5));
  assert.ok(means(-12, -12.3, 0));
  assert.ok(!means(0, 0.39, 0), "a whole number says too little of a small one");
  assert.ok(!means(1, 0.6, 0));
  assert.ok(means(Number.NaN, Number.NaN, 0));
});

test("a list must have the answer's shape, and each of its numbers", () => {
  const tensor = { shape: [2], data: [0.333333, 2] };
  assert.ok(isTensor(readAnswer("[0.33, 2]"), tensor));
  assert.ok(!isTensor(readAnswer("[0.33, 2.1]"), tensor));
  assert.ok(!isTensor(readAnswer("[[0.33, 2]]"), tensor));
  assert.ok(!isTensor(readAnswer("[1]"), { shape: [1], data: null }));
});

test("formulas are alike whatever way a transpose is written", () => {
  const forms = ["W_2.T", "W_2ᵀ", "W_2^T", " np.transpose(W_2)", "W_2.transpose()", "(W_2.T)"];
  assert.deepEqual(new Set(forms.map(bare)), new Set(["W_2.T"]));
  assert.equal(bare("(a + b) * (c)"), "(a+b)*(c)");
});

test("wrong numbers are told what they are, as far as the page can know", () => {
  const blank = {
    label: "∂f/∂q",
    kind: "gradient",
    node: "n1",
    shape: [],
    written: [],
    tensor: { shape: [], data: -4 },
    confused: [{ name: "the upstream", tensor: { shape: [], data: 1 } }],
  };
  const hint = (text) => hintOf(readAnswer(text), blank);
  assert.match(hint("4"), /sign/);
  assert.match(hint("1"), /the upstream alone/);
  assert.match(hint("-4.1"), /Close/);
  assert.match(hint("[1, 2]"), /shape first: yours is \(2,\)/);
  assert.match(hint("7"), /upstream times the local gradient/);
});

test("other inputs are like the ones before, and the same seed gives the same", () => {
  const input = (id, data, shape = []) => ({ id, value: { shape, data } });
  const trace = {
    inputs: {
      x: { node: "n0", role: "data" },
      W: { node: "n1", role: "parameter" },
      y: { node: "n2", role: "label" },
      big: { node: "n3", role: "data" },
    },
    nodes: [
      input("n0", 5),
      input("n1", [[0.5, -1]], [1, 2]),
      input("n2", 1),
      input("n3", null, [900]),
    ],
  };
  const given = otherInputs(trace, 3);
  assert.deepEqual(given, otherInputs(trace, 3));
  assert.notDeepEqual(given, otherInputs(trace, 4));
  assert.deepEqual(Object.keys(given), ["x", "W", "big"]);
  assert.ok(Number.isInteger(given.x) && given.x > 0, "what was positive may have to be");
  assert.deepEqual(
    given.W.map((row) => row.length),
    [2],
  );
  assert.ok(given.W.flat().every((each) => Math.abs(each) > 0));
  assert.deepEqual(given.big.shape, [900]);
});
