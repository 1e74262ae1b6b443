import assert from "node:assert/strict";
import { test } from "node:test";
import { indicesOf, layOf, nest, short } from "../../static/js/panels/fields.js";
import { parseNumbers, resized } from "../../static/js/panels/pasting.js";
import { rangeFor } from "../../static/js/panels/ranges.js";

const SQUARE = [
  [1, 2],
  [3, 4],
];

for (const [text, numbers] of [
  ["1 2\n3 4", SQUARE],
  ["1, 2\n3, 4\n", SQUARE],
  ["1\t2\r\n3\t4", SQUARE],
  ["1 2; 3 4", SQUARE],
  ["[1 2; 3 4]", SQUARE],
  ["[[1, 2], [3, 4]]", SQUARE],
  ["[[1. 2.]\n [3. 4.]]", SQUARE],
  ["array([[1., 2.],\n       [3., 4.]], dtype=float32)", SQUARE],
  ["W = np.array([[1, 2], [3, 4]])", SQUARE],
  ["tensor([[1., 2.],\n        [3., 4.]], grad_fn=<MmBackward0>)", SQUARE],
  ["[[1.\n  2.]\n [3.\n  4.]]", SQUARE],
  [
    "[[[1], [2]], [[3], [4]]]",
    [
      [[1], [2]],
      [[3], [4]],
    ],
  ],
  ["1 -2.5 3e2 .4", [1, -2.5, 300, 0.4]],
  ["\u22121, +2", [-1, 2]],
  ["5\n6", [[5], [6]]],
  ["1 2\n3", undefined],
  ["[[1, 2], [3]]", undefined],
  ["[[1, nan]]", undefined],
  ["[[1 ... 2]]", undefined],
  ["[[1, 2]", undefined],
  ["[]", undefined],
  ["hello 3", undefined],
  ["", undefined],
]) {
  test(`numbers are read from ${JSON.stringify(text)}`, () =>
    assert.deepEqual(parseNumbers(text), numbers));
}

test("a matrix keeps its entries in another shape", () => {
  assert.deepEqual(resized(SQUARE, 3, 1), [[1], [3], [0]]);
});

for (const [value, max, step] of [
  [-2, 10, 0.1],
  [0, 10, 0.1],
  [0.03, 0.1, 0.001],
  [10, 100, 1],
  [-4321, 10000, 100],
]) {
  test(`the slider of ${value} reaches ${max}`, () =>
    assert.deepEqual(rangeFor(value, false), { min: -max, max, step }));
}

test("a range stays until its value leaves it or is lost in it", () => {
  const had = rangeFor(5, false);
  assert.equal(rangeFor(-10, false, had), had);
  assert.equal(rangeFor(0, false, had), had);
  assert.equal(rangeFor(0.5, false, had), had);
  assert.equal(rangeFor(12, false, had).max, 100);
  assert.equal(rangeFor(0.002, false, had).max, 0.01);
});

test("whole numbers count from 0", () => {
  assert.deepEqual(rangeFor(3, true), { min: 0, max: 10, step: 1 });
  assert.deepEqual(rangeFor(40, true), { min: 0, max: 100, step: 1 });
});

test("entries lie in rows, columns and sheets", () => {
  assert.deepEqual(layOf([3]), { width: 3, height: 1, sheets: 1, size: 3 });
  assert.deepEqual(layOf([13]), { width: 5, height: 3, sheets: 1, size: 13 });
  assert.deepEqual(layOf([40, 9]), { width: 9, height: 40, sheets: 1, size: 360 });
  assert.deepEqual(layOf([2, 3, 4, 5]), { width: 5, height: 4, sheets: 6, size: 120 });
});

test("a flat place has its indices, and a flat list its nesting", () => {
  assert.deepEqual(indicesOf(23, [2, 3, 4]), [1, 2, 3]);
  assert.deepEqual(nest([1, 2, 3, 4], [2, 2]), SQUARE);
  assert.deepEqual(nest([1, 2, 3, 4], [2, 1, 2]), [[[1, 2]], [[3, 4]]]);
  assert.deepEqual(nest([1, 2], [2]), [1, 2]);
});

for (const [x, text] of [
  [250, "250"],
  [-0.854096, "-0.85"],
  [-12.3456, "-12.3"],
  [0.00123456, "0.001"],
  [123456, "123456"],
  [0, "0"],
]) {
  test(`a narrow field shows ${x} as ${text}`, () => assert.equal(short(x), text));
}
