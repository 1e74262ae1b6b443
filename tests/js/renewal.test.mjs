import assert from "node:assert/strict";
import { test } from "node:test";

import { pictureOf } from "../../static/js/circuit/picture.js";
import { renewed } from "../../static/js/circuit/renewal.js";
import { makeStyle } from "../../static/js/circuit/styles.js";
import { atOnce } from "../../static/js/player.js";
import { xyz } from "./picture-traces.mjs";

/** Every letter is half as wide as high. @type {any} */
const measure = (pieces, size) =>
  pieces.reduce((sum, { text }) => sum + 0.5 * size * text.length, 0);
const style = makeStyle("lr", 20, 18);
/** @param {any} trace */
const picture = (trace) => atOnce(pictureOf(trace, style, measure));

/** The same trace with another value of a node. @param {string} id @param {number} data */
const withValue = (id, data) => ({
  ...xyz,
  nodes: xyz.nodes.map((node) => (node.id === id ? { ...node, value: { shape: [], data } } : node)),
});

test("other values stand where the old ones stood", () => {
  const drawn = picture(xyz);
  const next = renewed(drawn, picture(withValue("x", 0.25)));
  assert.ok(next?.fits);
  assert.equal(next.picture.graph, drawn.graph);
  const [before, after] = [drawn, next.picture].map(({ figures }) => figures.get("x"));
  assert.deepEqual(after.bounds, before.bounds);
  assert.deepEqual(after.value, before.value);
  assert.equal(after.node.value.data, 0.25);
});

test("a number too wide for its place is shown there, and said to need more", () => {
  const drawn = picture(xyz);
  // −1.23e−100 has ten letters of 10 px; the place has room for −00.00, and for 6 px more at either side.
  const next = renewed(drawn, picture(withValue("x", -1.23e-100)));
  assert.equal(next?.fits, false);
  assert.deepEqual(next.picture.figures.get("x").bounds, drawn.figures.get("x").bounds);
});

test("another name, shape or wire is another picture", () => {
  const drawn = picture(xyz);
  const [node] = xyz.nodes;
  for (const other of [
    { ...node, name: "w", label: "w" },
    { ...node, value: { shape: [2], data: [1, 2] } },
  ])
    assert.equal(
      renewed(drawn, picture({ ...xyz, nodes: [other, ...xyz.nodes.slice(1)] })),
      undefined,
    );
  const edges = xyz.edges.map((edge) => (edge.id === "e1" ? { ...edge, source: "x" } : edge));
  assert.equal(renewed(drawn, picture({ ...xyz, edges })), undefined);
});
