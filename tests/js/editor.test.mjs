import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceOf } from "../../static/js/editor/difference.js";
import { numberAt, reachOf, stepped, written } from "../../static/js/editor/numbers.js";
import { nodesAt } from "../../static/js/editor/pointing.js";

for (const [before, after, caret, change] of [
  ["f = x", "f = xy", 6, { from: 5, to: 5, insert: "y" }],
  ["f = xx", "f = xxx", 5, { from: 4, to: 4, insert: "x" }],
  ["f = x + y", "f = y", 4, { from: 4, to: 8, insert: "" }],
  ["abc", "xyz", 3, { from: 0, to: 3, insert: "xyz" }],
  ["", "a\nb", 3, { from: 0, to: 0, insert: "a\nb" }],
  ["aaa", "aa", 2, { from: 2, to: 3, insert: "" }],
]) {
  test(`typing is one change: ${JSON.stringify([before, after])}`, () => {
    assert.deepEqual(differenceOf(before, after, caret), change);
    const { from, to, insert } = differenceOf(before, after);
    assert.equal(before.slice(0, from) + insert + before.slice(to), after);
  });
}

test("equal texts differ in nothing", () => assert.equal(differenceOf("f", "f", 1), undefined));

for (const [source, place, text] of [
  ["f = 0.5 * x", 5, "0.5"],
  ["f = 0.5 * x", 7, "0.5"],
  ["f = x**2", 7, "2"],
  ["x = -2", 5, "-2"],
  ["f = x - 2", 9, "2"],
  ["f = x - -2", 9, "-2"],
  ["f = (-1.5 + y)", 6, "-1.5"],
  ["return -3", 8, "-3"],
  ["a = 1\nlr = 1e-3", 12, "1e-3"],
  ["f = .5", 5, ".5"],
  ["f = x_1 + h2", 6, undefined],
  ["f = x  # of 3", 12, undefined],
  ["f = 2*x", 6, undefined],
]) {
  test(`at ${place} of ${JSON.stringify(source)} stands ${text ?? "no number"}`, () => {
    const found = numberAt(source, place);
    assert.equal(found?.text, text);
    if (found) assert.equal(source.slice(found.from, found.to), text);
  });
}

for (const [text, steps, moved] of [
  ["0.5", 1, "0.6"],
  ["0.50", -7, "0.43"],
  ["2", -3, "-1"],
  ["-2", 2, "0"],
  ["-0.1", 1, "0.0"],
  ["12", 5, "17"],
  ["1000", 1, "1100"],
  ["1e-3", 1, "2e-3"],
  ["3.", 1, "4."],
  [".5", 5, "1.0"],
]) {
  test(`${text} goes ${steps} steps on to ${moved}`, () =>
    assert.equal(stepped(text, steps), moved));
}

const span = (line, column, end_line, end_column) => ({ line, column, end_line, end_column });
const trace = {
  source: "q = x + y\nf = q * z",
  nodes: [
    { id: "n0", name: "x", span: span(1, 4, 1, 5) },
    { id: "n1", name: "y", span: span(1, 8, 1, 9) },
    { id: "n2", name: "q", span: span(1, 4, 1, 9) },
    { id: "n3", name: "z", span: span(2, 8, 2, 9) },
    { id: "n4", name: "f", span: span(2, 4, 2, 9) },
    { id: "n5", name: null, span: null },
  ],
};

test("a place in the text points at the gates of the narrowest expression around it", () => {
  assert.deepEqual(nodesAt(trace, 4), ["n0"]);
  assert.deepEqual(nodesAt(trace, 6), ["n2"]);
  assert.deepEqual(nodesAt(trace, 16), ["n4"]);
});

test("left of an equals sign a place points at its whole line", () => {
  assert.deepEqual(nodesAt(trace, 0), ["n0", "n1", "n2"]);
  assert.deepEqual(nodesAt(trace, 11), ["n3", "n4"]);
});

for (const [text, reach] of [
  ["2.0", { min: -10, max: 10, step: 0.1, value: 2 }],
  ["2", { min: -10, max: 10, step: 1, value: 2 }],
  ["-0.5", { min: -1, max: 1, step: 0.01, value: -0.5 }],
  ["250", { min: -1000, max: 1000, step: 10, value: 250 }],
  ["2e-3", { min: -10, max: 10, step: 0.1, value: 2 }],
  ["0", { min: -10, max: 10, step: 1, value: 0 }],
]) {
  test(`a slider reaches from ${reach.min} to ${reach.max} around ${text}`, () =>
    assert.deepEqual(reachOf(text), reach));
}

for (const [text, value, shown] of [
  ["2.0", 2.3, "2.3"],
  ["2.00", 2.3, "2.30"],
  ["0.5", 0.53, "0.53"],
  ["2", -7, "-7"],
  ["3.", 4, "4."],
  ["3.", 4.5, "4.5"],
  ["2e-3", 2.1, "2.1e-3"],
  ["0.1", 0.1 + 0.2, "0.3"],
]) {
  test(`a slider at ${value} writes ${text} as ${shown}`, () =>
    assert.equal(written(text, value), shown));
}
