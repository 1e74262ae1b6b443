import assert from "node:assert/strict";
import { test } from "node:test";

import {
  axesOf,
  changed,
  descending,
  entryFrom,
  numberAt,
  offered,
  rounded,
  steepest,
} from "../../static/js/views/descend/axes.js";
import { regions } from "../../static/js/views/descend/contour.js";
import { span } from "../../static/js/views/descend/figure.js";

const node = (id, data, shape) => ({ id, kind: "input", value: { shape, data } });
const trace = {
  inputs: {
    X: { node: "n0", role: "data" },
    W: { node: "n1", role: "parameter" },
    b: { node: "n2", role: "parameter" },
    k: { node: "n3", role: "label" },
  },
  nodes: [
    node("n0", [5], [1]),
    node("n1", [[1, 2, 3]], [1, 3]),
    node("n2", 4, []),
    node("n3", 1, []),
  ],
  gradients: {
    X: { shape: [1], data: [99] },
    W: { shape: [1, 3], data: [[0.5, -7, 2]] },
    b: { shape: [], data: 3 },
  },
};
const page = (view, given = {}) => ({ trace, given, look: { view } });

test("a descent moves the parameters, and no label", () => {
  assert.deepEqual(descending(trace), ["W", "b"]);
  const inputs = { X: trace.inputs.X, k: trace.inputs.k };
  assert.deepEqual(descending({ ...trace, inputs }), ["X"]);
});

test("the axes are the two entries that the output depends on most", () => {
  assert.deepEqual(
    steepest(trace).map(({ key }) => key),
    ["W[0,1]", "b"],
  );
});

test("a link chooses the axes, and what it cannot name is left to the page", () => {
  const keys = (view) => axesOf(page(view)).map(({ key }) => key);
  assert.deepEqual(keys("descend.surface.W[0,2].X[0]"), ["W[0,2]", "X[0]"]);
  assert.deepEqual(keys("descend.surface.b.none"), ["b"]);
  assert.deepEqual(keys("descend.surface.b.b"), ["b"]);
  for (const wrong of ["W[0,3]", "W", "q", "k", "W[0]", "", "b[0]"])
    assert.deepEqual(keys(`descend.race.${wrong}`), ["W[0,1]", "b"], wrong);
});

test("entries are offered by index, of large inputs the first", () => {
  assert.deepEqual(
    offered(trace).map(({ key }) => key),
    ["X[0]", "W[0,0]", "W[0,1]", "W[0,2]", "b"],
  );
  const large = { ...trace, nodes: [node("n0", null, [1e6]), ...trace.nodes.slice(1)] };
  assert.equal(offered(large).filter(({ input }) => input === "X").length, 133);
});

test("a moved entry is written into the whole of its input, given before drawn", () => {
  const entry = entryFrom("W[0,1]", trace);
  const other = entryFrom("W[0,2]", trace);
  assert.equal(numberAt(page(""), entry), 2);
  assert.equal(numberAt(page("", { W: [[7, 8, 9]] }), entry), 8);
  const moves = [
    { entry, to: -1 },
    { entry: other, to: -2 },
  ];
  assert.deepEqual([...changed(page(""), moves)], [["W", [[1, -1, -2]]]]);
  assert.deepEqual(trace.nodes[1].value.data, [[1, 2, 3]]);
  const large = {
    ...page(""),
    trace: { ...trace, nodes: [trace.nodes[0], node("n1", null, [1, 3])] },
  };
  assert.equal(changed(large, moves), undefined);
});

test("a level runs where the heights between two corners say", () => {
  // Heights rise from 0 to 4 along the first axis: the level 1 lies a quarter of the way.
  const { above, missing } = regions(
    [
      [0, 0],
      [4, 4],
    ],
    [1],
    [0, 10],
    [0, 10],
  );
  assert.deepEqual(above, ["M15,10L15,0L10,-5L2.5,0L2.5,10L10,15L15,10Z"]);
  assert.equal(missing, "");
});

test("what is no number is told apart, and the rest is drawn up to it", () => {
  const { above, missing } = regions(
    [
      [1, 1, 1],
      [1, 1, 1],
      [1, NaN, 1],
    ],
    [0.5],
    [0, 20],
    [0, 20],
  );
  // A corner of the grid is cut, too, half a cell beyond it.
  assert.deepEqual(above, [
    "M25,20L20,20L10,10L20,0L25,0L20,-5L10,-5L0,-5L-5,0L-5,10L-5,20L0,25L10,25L20,25L25,20Z",
  ]);
  assert.equal(missing, "M25,10L20,0L10,10L20,20L25,10Z");
});

test("a hand moves in round steps", () => {
  assert.equal(rounded(1.2473648, 4), 1.25);
  assert.equal(rounded(-0.1, 40), -0.1);
  assert.equal(rounded(123.4, 4000), 120);
});

test("a curve that shoots off does not flatten the rest", () => {
  const heights = [1, 2, 3, 4, 1e9];
  assert.deepEqual(span(heights, [1, 2, 3, 4]), [1, 10]);
  assert.deepEqual(span([3, 3], []), [2, 4]);
  assert.deepEqual(span([NaN], []), [0, 1]);
});
