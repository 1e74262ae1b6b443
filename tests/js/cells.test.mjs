import assert from "node:assert/strict";
import { test } from "node:test";

import { linkOf } from "../../static/js/circuit/cells/links.js";
import { indexOfPlace, meeting, placeOfIndex } from "../../static/js/circuit/cells/places.js";
import { sheet, sheetsOf } from "../../static/js/circuit/grid.js";

/** @param {any} data */
const tensor = (data) => {
  const shape = [];
  for (let part = data; Array.isArray(part); part = part[0]) shape.push(part.length);
  return { shape, data };
};

/** One gate of arguments a, b, ...; every gradient is given. @param {any} out @param {any[]} wires */
function traceOf(out, ...wires) {
  const inputs = wires.map(({ value, downstream, ...local }, key) => ({
    node: "ab"[key],
    summed_axes: [],
    downstream: tensor(downstream ?? value),
    local: { code: "", value: null, shape: [], ...local },
  }));
  const nodes = [
    ...wires.map(({ value, downstream }, key) => ({
      id: "ab"[key],
      code: "ab"[key],
      kind: "input",
      inputs: [],
      value: tensor(value),
      upstream: tensor(downstream ?? value),
    })),
    { id: "out", code: "out", kind: "gate", inputs, value: tensor(out), upstream: tensor(out) },
  ];
  const edges = wires.map((_, key) => ({ id: `e${key}`, source: "ab"[key], target: "out", key }));
  return /** @type {any} */ ({ nodes, edges, steps: [] });
}

/** @param {any} trace @param {string} id @param {any} role @param {number} place */
function made(trace, id, role, place) {
  const link = linkOf(trace, { id, role, place });
  return link?.factors.map((factor) => [
    factor.node ? `${factor.role === "gradient" ? "d" : ""}${factor.node.id}` : "slope",
    factor.role === "local" ? factor.numbers : factor.places,
  ]);
}

// X is 2 × 3, W is 3 × 2.
const product = traceOf(
  [
    [1, 2],
    [3, 4],
  ],
  {
    structure: "matmul",
    value: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  },
  {
    structure: "matmul",
    value: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  },
);

test("z[1, 0] comes from row 1 of X and column 0 of W", () => {
  assert.deepEqual(made(product, "out", "value", 2), [
    ["a", [3, 4, 5]],
    ["b", [0, 2, 4]],
  ]);
});

test("dW[2, 1] comes from column 2 of X and column 1 of dz", () => {
  assert.deepEqual(made(product, "b", "gradient", 5), [
    ["a", [2, 5]],
    ["dout", [1, 3]],
  ]);
});

test("dX[1, 2] comes from row 1 of dz and row 2 of W", () => {
  assert.deepEqual(made(product, "a", "gradient", 5), [
    ["dout", [2, 3]],
    ["b", [4, 5]],
  ]);
});

test("vectors meet matrices as NumPy pairs them", () => {
  // A (2, 3) times v (3,): out (2,)
  assert.deepEqual(meeting([1], [2, 3], [3]), { left: [3, 4, 5], right: [0, 1, 2] });
  // v (2,) times A (2, 3): out (3,)
  assert.deepEqual(meeting([2], [2], [2, 3]), { left: [0, 1], right: [2, 5] });
  assert.deepEqual(meeting([], [2], [2]), { left: [0, 1], right: [0, 1] });
  // One matrix (2, 2) for each of a stack of two (2, 2, 1).
  assert.deepEqual(meeting([1, 0, 0], [2, 2], [2, 2, 1]), { left: [0, 1], right: [2, 3] });
});

test("a stretched argument's gradient is the line that was summed", () => {
  const bias = traceOf(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    {
      structure: "diagonal",
      value: [
        [1, 1],
        [1, 1],
        [1, 1],
      ],
    },
    {
      structure: "diagonal",
      value: [1, 2],
    },
  );
  for (const wire of bias.nodes[2].inputs)
    wire.local.value = tensor([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  assert.deepEqual(made(bias, "b", "gradient", 1), [["dout", [1, 3, 5]]]);
  assert.deepEqual(made(bias, "out", "value", 3), [
    ["a", [3]],
    ["b", [1]],
  ]);
});

test("a sum's cell comes from the line that was summed, and each of its cells gets the sum's gradient", () => {
  const rows = [
    [1, 2],
    [3, 4],
  ];
  const sum = traceOf([3, 7], { structure: "reduction", axes: [1], value: rows });
  sum.nodes[1].inputs[0].local.value = null;
  assert.deepEqual(made(sum, "out", "value", 1), [["a", [2, 3]]]);
  assert.deepEqual(made(sum, "a", "gradient", 2), [["dout", [1]]]);
});

test("moved entries come from where they were", () => {
  const turned = traceOf([1, 2, 3], { structure: "permutation", value: [3, 1, 2] });
  turned.nodes[1].inputs[0].local.indices = [2, 0, 1];
  assert.deepEqual(made(turned, "out", "value", 0), [["a", [2]]]);
  assert.deepEqual(made(turned, "a", "gradient", 2), [["dout", [0]]]);
});

test("a slope that is another argument is that argument's cell; other slopes are numbers", () => {
  const times = traceOf(
    [4, 10],
    { structure: "diagonal", code: "b", value: [1, 2] },
    { structure: "diagonal", code: "a", value: [4, 5] },
  );
  assert.deepEqual(made(times, "a", "gradient", 1), [
    ["dout", [1]],
    ["b", [1]],
  ]);
  const squared = traceOf([1, 4], { structure: "diagonal", code: "2 * a", value: [1, 2] });
  squared.nodes[1].inputs[0].local.value = tensor([2, 4]);
  assert.deepEqual(made(squared, "a", "gradient", 1), [
    ["dout", [1]],
    ["slope", [4]],
  ]);
});

test("several uses add their contributions", () => {
  const twice = traceOf([2, 4], { structure: "diagonal", value: [1, 2] });
  twice.nodes[1].inputs.push({ ...twice.nodes[1].inputs[0], downstream: tensor([10, 20]) });
  const link = linkOf(twice, { id: "a", role: "gradient", place: 1 });
  assert.equal(link?.how, "add");
  assert.deepEqual(
    link?.factors.map(({ numbers }) => numbers),
    [[2], [20]],
  );
});

test("what is given is made of nothing", () => {
  assert.equal(linkOf(product, { id: "a", role: "value", place: 0 }), undefined);
});

test("numbers that are not sent are not invented", () => {
  const large = traceOf([1, 2], { structure: "diagonal", value: [1, 2] });
  large.nodes[1].upstream = { shape: [2], data: null };
  assert.deepEqual(
    linkOf(large, { id: "a", role: "gradient", place: 1 })?.factors.map(({ numbers }) => numbers),
    [[], []],
  );
});

test("places and indices are each other's inverse", () => {
  assert.deepEqual(indexOfPlace(17, [2, 3, 4]), [1, 1, 1]);
  assert.equal(placeOfIndex([1, 1, 1], [2, 3, 4]), 17);
});

test("sheets of more than two axes are counted over the leading ones", () => {
  const stack = tensor([
    [[[0]], [[1]]],
    [[[2]], [[3]]],
    [[[4]], [[5]]],
  ]);
  assert.equal(sheetsOf(stack), 6);
  assert.deepEqual(
    [0, 3, 4].map((index) => sheet(stack, index)),
    [[[0]], [[3]], [[4]]],
  );
});
