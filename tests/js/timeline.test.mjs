import assert from "node:assert/strict";
import { test } from "node:test";

import { foundAt, frameAt, phasesOf, stopFrom, stopsOf, toldAt } from "../../static/js/timeline.js";
import { doubled, square, xyz } from "./picture-traces.mjs";

/** @param {any} frame @param {string} key */
const nodesWith = (frame, key) => Object.keys(frame.nodes).filter((id) => frame.nodes[id][key]);
/** @param {any} frame @param {string} key */
const edgesWith = (frame, key) => Object.keys(frame.edges).filter((id) => frame.edges[id][key]);

test("the first step brings every input, and nothing else", () => {
  const frame = frameAt(xyz, 0);
  assert.deepEqual(nodesWith(frame, "valueKnown"), ["x", "y", "z"]);
  assert.deepEqual(nodesWith(frame, "active"), ["x", "y", "z"]);
  assert.deepEqual(edgesWith(frame, "valueKnown"), []);
});

test("a gate's value comes with the values of its wires", () => {
  const frame = frameAt(xyz, 1);
  assert.deepEqual(edgesWith(frame, "valueKnown"), ["e0", "e1"]);
  assert.equal(frame.nodes.q.lands, "value");
  assert.deepEqual(nodesWith(frame, "used"), ["x", "y"]);
});

test("a local step shows its gate's local gradients and what they read", () => {
  const frame = frameAt(xyz, 4);
  assert.deepEqual(edgesWith(frame, "localShown"), ["e2", "e3"]);
  assert.deepEqual(nodesWith(frame, "used"), ["z", "q"]);
  assert.deepEqual(nodesWith(frame, "gradientKnown"), []);
});

test("the seed gives the output its gradient", () => {
  const frame = frameAt(xyz, 5);
  assert.equal(frame.nodes.f.lands, "gradient");
  assert.deepEqual(nodesWith(frame, "gradientKnown"), ["f"]);
});

test("a multiply brings one gradient along one wire and reads one factor", () => {
  const frame = frameAt(xyz, 6);
  assert.deepEqual(edgesWith(frame, "downstreamKnown"), ["e2"]);
  assert.deepEqual(edgesWith(frame, "active"), ["e2"]);
  assert.equal(frame.nodes.q.lands, "gradient");
  assert.deepEqual(nodesWith(frame, "used"), ["z"]);
});

test("fan-out knows its gradient only once the contributions have been added", () => {
  const known = square.steps.map((_, index) => frameAt(square, index).nodes.x.gradientKnown);
  assert.deepEqual(known, [false, false, false, false, false, false, true]);
  const last = frameAt(square, 6);
  assert.equal(last.nodes.x.adds, true);
  assert.equal(last.nodes.x.lands, "gradient");
  assert.deepEqual(edgesWith(last, "downstreamKnown"), ["e0", "e1"]);
});

test("a node that no gradient reaches never knows one", () => {
  const cut = { ...xyz, steps: xyz.steps.filter((step) => step.edge !== "e3") };
  assert.equal(frameAt(cut, cut.steps.length - 1).nodes.z.gradientKnown, false);
});

test("a gradient is found by its seed, its one product, or its sum", () => {
  assert.equal(foundAt(xyz, "f"), 5);
  assert.equal(foundAt(xyz, "q"), 6);
  assert.equal(foundAt(square, "x"), 6);
  assert.equal(foundAt(doubled, "two"), undefined);
});

test("an index out of range is brought into it", () => {
  assert.equal(frameAt(xyz, -3).index, 0);
  assert.equal(frameAt(xyz, 99).index, xyz.steps.length - 1);
});

test("equal states are the same object, so that views compare references", () => {
  assert.equal(frameAt(xyz, 2).nodes.x, frameAt(xyz, 3).nodes.y);
  assert.deepEqual(frameAt(xyz, 7), frameAt(xyz, 7));
});

test("the tape has three phases, or two without gates", () => {
  assert.deepEqual(phasesOf(xyz), [
    { phase: "forward", first: 0, last: 2 },
    { phase: "local", first: 3, last: 4 },
    { phase: "backward", first: 5, last: 9 },
  ]);
});

test("a coarser walk stops less often, and always at the end", () => {
  assert.deepEqual(stopsOf(xyz, 3).length, 10);
  assert.deepEqual(stopsOf(xyz, 2), [0, 1, 2, 3, 4, 5, 7, 9]);
  assert.equal(stopsOf(xyz, 1).at(-1), 9);
});

/** @param {any} trace @param {number} index @param {number} detail */
const told = (trace, index, detail) => toldAt(trace, index, detail).map(({ index }) => index);

test("a stop tells the steps since the stop before", () => {
  assert.deepEqual(told(xyz, 7, 3), [7]);
  assert.deepEqual(told(xyz, 7, 2), [6, 7]);
  assert.deepEqual(told(xyz, 4, 2), [4]);
});

test("a glance tells a gate's local gradients with its products, and the seed alone", () => {
  assert.deepEqual(told(xyz, 7, 1), [4, 6, 7]);
  assert.deepEqual(told(xyz, 5, 1), [5]);
});

test("every step of the way back is told at some stop, whatever the detail", () => {
  for (const trace of [xyz, square])
    for (const detail of [1, 2, 3]) {
      const all = new Set(stopsOf(trace, detail).flatMap((stop) => told(trace, stop, detail)));
      assert.equal(all.size, trace.steps.length);
    }
});

test("between stops a step tells itself", () => assert.deepEqual(told(xyz, 6, 2), [6]));

test("a walk goes from stop to stop, also from between them, and off either end", () => {
  assert.equal(stopFrom(xyz, 5, 2, 1), 7);
  assert.equal(stopFrom(xyz, 6, 2, 1), 7);
  assert.equal(stopFrom(xyz, 6, 2, -1), 5);
  assert.equal(stopFrom(xyz, 9, 2, 1), 10);
  assert.equal(stopFrom(xyz, 0, 1, -1), -1);
});

test("what a stop tells lands together", () => {
  const frame = frameAt(xyz, 7, 2);
  assert.equal(frame.index, 7);
  assert.deepEqual(edgesWith(frame, "active"), ["e2", "e3"]);
  assert.deepEqual([frame.nodes.q.lands, frame.nodes.z.lands], ["gradient", "gradient"]);
  assert.deepEqual(nodesWith(frame, "used").sort(), ["q", "z"]);
  assert.equal(frameAt(xyz, 7).nodes.q.lands, null);
});
