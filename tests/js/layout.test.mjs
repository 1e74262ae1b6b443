import assert from "node:assert/strict";
import { test } from "node:test";
import { buildLayers } from "../../static/js/layout/layers.js";
import { countCrossings, orderColumns } from "../../static/js/layout/order.js";
import { layout } from "../../static/js/layout.js";
import { box, chain, circuit, extended, FAMILIES } from "./graphs.mjs";
import {
  crossings,
  displacement,
  drawingOf,
  samplePath,
  wiresThroughBoxes,
} from "./layout-metrics.mjs";
import { dagre, elk, rivalsInstalled } from "./layout-rivals.mjs";

/** @import { LayoutGraph, LayoutOptions } from "../../static/js/types.d.ts" */

/** @type {LayoutOptions} */
const OPTIONS = { direction: "lr", gapAcross: 16, gapAlong: 56 };
const GRAPHS = Object.entries(FAMILIES).map(([name, make]) => ({ name, graph: make() }));
const SMALLER = GRAPHS.filter(({ graph }) => graph.boxes.length <= 300);

/** The lecture's circuit, (x + y) * z. */
const XYZ = circuit([
  ["q", "x", "y"],
  ["f", "q", "z"],
]);

/** @param {LayoutGraph} graph @param {LayoutOptions["direction"]} direction */
function drawn(graph, direction = "lr") {
  return drawingOf(graph, layout(graph, { ...OPTIONS, direction }), direction, 64);
}

test("an input stands in the column before its first consumer", () => {
  const { places } = layout(XYZ, OPTIONS);
  assert.equal(places.x.x, places.y.x);
  assert.ok(places.q.x > places.x.x + 70);
  // q's column is as wide as z, its widest box: both start in it
  assert.equal(places.z.x, places.q.x);
  assert.ok(places.f.x > places.z.x + 70);
});

test("an input ends where its column ends, a gate begins where its column begins", () => {
  const graph = circuit([
    ["q", "x"],
    ["f", "q", "z"],
  ]);
  const gate = /** @type {import("../../static/js/types.d.ts").LayoutBox} */ (
    graph.boxes.find(({ id }) => id === "q")
  );
  gate.along = 100; // z is 70 wide
  const { places } = layout(graph, OPTIONS);
  assert.equal(places.z.x - places.q.x, 30);
});

test("ports are met in their order, so (x + y) * z has no crossing", () => {
  const { places } = layout(XYZ, OPTIONS);
  assert.ok(places.x.y < places.y.y);
  assert.ok(places.q.y < places.z.y);
  assert.deepEqual(crossings(drawn(XYZ)), { crossings: 0, pairs: 0 });
});

test("a chain is one straight line", () => {
  const graph = chain(5);
  const { routes } = layout(graph, OPTIONS);
  for (const { d } of Object.values(routes)) assert.match(d, /^M[\d.]+,28H[\d.]+$/);
});

for (const { name, graph } of GRAPHS) {
  test(`${name}: boxes keep gapAcross from one another and lie within the picture`, () => {
    const { places, width, height } = layout(graph, OPTIONS);
    const boxes = graph.boxes.map((b) => ({ ...b, ...places[b.id] }));
    for (const a of boxes) {
      assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.along <= width && a.y + a.across <= height + 0.02);
    }
    boxes.sort((a, b) => a.x - b.x);
    for (const [i, a] of boxes.entries()) {
      for (let j = i + 1; j < boxes.length && boxes[j].x < a.x + a.along; j++) {
        const b = boxes[j];
        const air = Math.max(b.y - (a.y + a.across), a.y - (b.y + b.across));
        assert.ok(air >= OPTIONS.gapAcross - 0.02, `${a.id} and ${b.id} are ${air} px apart`);
      }
    }
  });

  test(`${name}: no wire passes through a foreign box`, () => {
    assert.deepEqual(wiresThroughBoxes(drawn(graph), 2), []);
  });

  test(`${name}: every wire runs from its source's run end to its port`, () => {
    const { places, routes } = layout(graph, OPTIONS);
    const boxes = new Map(graph.boxes.map((b) => [b.id, b]));
    for (const { id, source, target, port } of graph.edges) {
      const points = samplePath(routes[id].d);
      const from = /** @type {NonNullable<ReturnType<typeof boxes.get>>} */ (boxes.get(source));
      const to = /** @type {NonNullable<ReturnType<typeof boxes.get>>} */ (boxes.get(target));
      near(points[0], { x: places[source].x + from.along, y: places[source].y + from.axis });
      near(points[points.length - 1], {
        x: places[target].x + to.portInset,
        y: places[target].y + to.ports[port],
      });
    }
  });
}

test("no wire passes through a foreign box in a picture from top to bottom", () => {
  for (const { graph } of SMALLER) {
    assert.deepEqual(wiresThroughBoxes(drawn(graph, "tb"), 2), []);
  }
});

test("tb is lr with its axes turned", () => {
  for (const { graph } of SMALLER) {
    const lr = layout(graph, OPTIONS);
    const tb = layout(graph, { ...OPTIONS, direction: "tb" });
    assert.deepEqual([tb.width, tb.height], [lr.height, lr.width]);
    for (const [id, { x, y }] of Object.entries(lr.places)) {
      assert.deepEqual(tb.places[id], { x: y, y: x });
    }
    for (const [id, { d }] of Object.entries(tb.routes)) {
      const turned = samplePath(d).map(({ x, y }) => ({ x: y, y: x }));
      assert.deepEqual(turned, samplePath(lr.routes[id].d));
    }
  }
});

test("a value with one consumer has no dot", () => {
  assert.deepEqual(layout(XYZ, OPTIONS).dots, {});
});

test("x * x splits once, right before its gate, on both wires", () => {
  const graph = circuit([
    ["sum", "x", "y"],
    ["square", "sum", "sum"],
  ]);
  const { dots, places, routes } = layout(graph, OPTIONS);
  assert.deepEqual(Object.keys(dots), ["sum"]);
  const [dot] = dots.sum;
  assert.equal(dots.sum.length, 1);
  assert.equal(dot.x, places.square.x - OPTIONS.gapAlong);
  for (const port of [0, 1]) {
    const points = samplePath(routes[`sum>square.${port}`].d);
    assert.ok(points.some(({ x, y }) => x === dot.x && y === dot.y));
  }
});

test("a value used in two columns has one trunk: its wires coincide up to the last dot", () => {
  const graph = circuit([
    ["a", "x"],
    ["b", "a"],
    ["c", "b", "x"],
    ["d", "c", "x"],
  ]);
  const { dots, routes } = layout(graph, OPTIONS);
  assert.equal(dots.x.length, 2); // to a; to c and d
  const [first, last] = dots.x;
  assert.ok(first.x < last.x);
  for (const id of ["x>c.1", "x>d.1"]) {
    const path = samplePath(routes[id].d);
    assert.ok(passes(path, first) && passes(path, last), id);
  }
});

test("each dot lies on at least two wires of its net, which part there", () => {
  for (const { graph } of SMALLER) {
    const { dots, routes } = layout(graph, OPTIONS);
    for (const [source, points] of Object.entries(dots)) {
      const wires = graph.edges.filter((edge) => edge.source === source);
      for (const dot of points) {
        const ahead = wires
          .map(({ id }) => samplePath(routes[id].d))
          .filter((path) => passes(path, dot))
          .map((path) => JSON.stringify(path.filter(({ x }) => x > dot.x)));
        assert.ok(new Set(ahead).size > 1, `${source} at ${dot.x},${dot.y}`);
      }
    }
  }
});

test("a wire with more weight is straighter", () => {
  const graph = circuit([["f", "x", "w"]], { input: [70, 200] });
  const fallOfX = () => {
    const points = samplePath(layout(graph, OPTIONS).routes["x>f.0"].d);
    return Math.abs(points[points.length - 1].y - points[0].y);
  };
  assert.ok(fallOfX() > 50); // half of 216 px, less half of the ports' distance
  graph.edges[0].weight = 8;
  assert.ok(fallOfX() < 1);
});

test("the same graph gives the same layout, and is left as it was", () => {
  for (const { graph } of SMALLER) {
    const before = structuredClone(graph);
    assert.deepEqual(layout(graph, OPTIONS), layout(structuredClone(graph), OPTIONS));
    assert.deepEqual(graph, before);
  }
});

test("ordering counts the crossings that are drawn", () => {
  for (const { name, graph } of SMALLER) {
    const { columns } = buildLayers(graph);
    orderColumns(columns, OPTIONS.gapAcross);
    assert.equal(countCrossings(columns), crossings(drawn(graph)).crossings, name);
  }
});

test("two wires that change places cross once, whatever their nets' other wires do", () => {
  const { columns } = buildLayers(
    circuit([
      ["p", "a"],
      ["q", "b"],
      ["f", "q", "p"],
      ["g", "p", "q"],
    ]),
  );
  // p and q feed f and g in opposite orders: one crossing at least, whichever way they lie
  orderColumns(columns, OPTIONS.gapAcross);
  assert.equal(countCrossings(columns), 2);
});

for (const { name, graph } of SMALLER.filter(({ graph }) => graph.boxes.length > 40)) {
  const skip = !rivalsInstalled() || graph.boxes.length > 100;
  test(`${name}: crosses no more than 1.25 times as often as dagre and ELK`, { skip }, async () => {
    const ours = crossings(drawn(graph));
    const theirs = [dagre(graph, OPTIONS)(), (await elk(graph, OPTIONS))()].map(crossings);
    for (const metric of /** @type {const} */ (["crossings", "pairs"])) {
      const best = Math.min(...theirs.map((counts) => counts[metric]));
      assert.ok(ours[metric] <= 1.25 * best, `${metric}: ${ours[metric]}, best other ${best}`);
    }
  });

  test(`${name}: one gate more moves the old boxes by 20 px at most, in the mean`, () => {
    const before = layout(graph, OPTIONS);
    const after = layout(extended(graph), { ...OPTIONS, previous: before.memory });
    const moved = displacement(drawingOf(graph, before), drawingOf(extended(graph), after));
    assert.ok(moved <= 20, `${moved} px`);
  });
}

test("an edit that changes nothing moves nothing much", () => {
  for (const { name, graph } of SMALLER) {
    const before = layout(graph, OPTIONS);
    const after = layout(graph, { ...OPTIONS, previous: before.memory });
    const moved = displacement(drawingOf(graph, before), drawingOf(graph, after));
    assert.ok(moved <= 5, `${name}: ${moved} px`);
  }
});

test("a previous picture of another circuit is forgotten", () => {
  const previous = { somewhere: 300, else: 10 };
  assert.deepEqual(layout(XYZ, { ...OPTIONS, previous }), layout(XYZ, OPTIONS));
});

test("names of object members are no positions of a previous picture", () => {
  const graph = circuit([["toString", "constructor", "valueOf"]]);
  assert.deepEqual(layout(graph, { ...OPTIONS, previous: {} }), layout(graph, OPTIONS));
});

test("a chain of 10,000 gates is laid out", () => {
  const { width, height } = layout(chain(10_000), OPTIONS);
  assert.equal(width, 70 + 10_000 * (56 + OPTIONS.gapAlong));
  assert.equal(height, 56);
});

test("one value feeding 2,000 gates is laid out", () => {
  const graph = circuit(Array.from({ length: 2000 }, (_, i) => [`g${i}`, "x"]));
  assert.equal(layout(graph, OPTIONS).dots.x.length, 1);
});

test("an empty graph has an empty picture", () => {
  assert.deepEqual(layout({ boxes: [], edges: [] }, OPTIONS), {
    places: {},
    routes: {},
    dots: {},
    memory: {},
    width: 0,
    height: 0,
  });
});

test("a lone box is the picture", () => {
  const { places, width, height } = layout({ boxes: [box("x", 70, 40, 0)], edges: [] }, OPTIONS);
  assert.deepEqual([places.x, width, height], [{ x: 0, y: 0 }, 70, 40]);
});

test("a cycle, an unknown box and a missing port are named", () => {
  const boxes = [box("f", 56, 56, 1), box("g", 56, 56, 1)];
  /** @param {[string, string, number][]} ends */
  const edges = (...ends) =>
    ends.map(([source, target, port], i) => ({ id: `e${i}`, source, target, port }));
  assert.throws(
    () => layout({ boxes, edges: edges(["f", "g", 0], ["g", "f", 0]) }, OPTIONS),
    /the graph has a cycle through f/,
  );
  assert.throws(
    () => layout({ boxes, edges: edges(["h", "g", 0]) }, OPTIONS),
    /edge e0 starts at an unknown box: h/,
  );
  assert.throws(
    () => layout({ boxes, edges: edges(["f", "h", 0]) }, OPTIONS),
    /edge e0 ends at an unknown box: h/,
  );
  assert.throws(
    () => layout({ boxes, edges: edges(["f", "g", 1]) }, OPTIONS),
    /edge e0 ends at port 1 of g, which has 1/,
  );
});

/** @typedef {import("../../static/js/types.d.ts").Point} Point */

/** @param {Point} actual @param {Point} expected to a twentieth of a pixel */
function near(actual, expected) {
  assert.ok(Math.abs(actual.x - expected.x) < 0.05 && Math.abs(actual.y - expected.y) < 0.05);
}

/** @param {Point[]} path @param {Point} dot */
function passes(path, dot) {
  return path.some((b, i) => {
    const a = path[Math.max(0, i - 1)];
    return a.x <= dot.x && b.x >= dot.x && a.y === dot.y && (b.y === dot.y || a.x === dot.x);
  });
}

/** A box that two values leave, each used twice and once again further on. */
const twoExits = () => {
  const graph = circuit([
    ["turn", "x"],
    ["a", "turn"],
    ["b", "turn"],
    ["c", "a", "b"],
    ["d", "c", "turn"],
  ]);
  const turn = graph.boxes.find(({ id }) => id === "turn");
  if (turn) Object.assign(turn, { across: 120, axis: 60, exits: { h: 20, L: 100 } });
  for (const edge of graph.edges)
    if (edge.source === "turn") edge.source = edge.target === "a" ? "h" : "L";
  return graph;
};

test("a box may have several exits: each value has a net of its own that starts there", () => {
  const graph = twoExits();
  const { places, routes, dots, memory } = layout(graph, OPTIONS);
  const startOf = (/** @type {string} */ id) => samplePath(routes[id].d)[0];
  const end = places.turn.x + 56;
  const at = (/** @type {number} */ y) => Math.round(100 * (places.turn.y + y)) / 100;
  assert.deepEqual(startOf("turn>a.0"), { x: end, y: at(20) });
  assert.deepEqual(startOf("turn>b.0"), { x: end, y: at(100) });
  assert.deepEqual(startOf("turn>d.1"), startOf("turn>b.0"));
  assert.equal(dots.h, undefined);
  assert.deepEqual(dots.L, [{ x: end, y: at(100) }]);
  assert.ok(Math.abs(memory.L - memory.h - 80) < 0.02);
});

test("nets from several exits keep the order of the exits", () => {
  const { places } = layout(twoExits(), OPTIONS);
  assert.ok(places.a.y < places.b.y);
});

test("wires from several exits may cross, and are counted", () => {
  const layers = buildLayers(twoExits());
  const column = layers.columns.find((one) => one.some(({ key }) => key === "a")) ?? [];
  column.sort((p, q) => ["a", "b"].indexOf(p.key) - ["a", "b"].indexOf(q.key));
  const straight = countCrossings(layers.columns);
  column.sort((p, q) => ["b", "a"].indexOf(p.key) - ["b", "a"].indexOf(q.key));
  assert.ok(countCrossings(layers.columns) > straight);
});
