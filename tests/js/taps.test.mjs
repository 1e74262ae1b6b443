import assert from "node:assert/strict";
import { test } from "node:test";

import { pictureOf } from "../../static/js/circuit/picture.js";
import { makeStyle } from "../../static/js/circuit/styles.js";
import * as taps from "../../static/js/circuit/taps.js";
import { atOnce } from "../../static/js/player.js";
import { recurrence, traceOf } from "./folding-traces.mjs";

/** @param {readonly { text: string }[]} pieces @param {number} size */
const measure = (pieces, size) =>
  pieces.reduce((sum, { text }) => sum + text.length, 0) * size * 0.55;

/** @param {any} trace @param {"lr" | "tb"} [direction] */
const picture = (trace, direction = "lr") =>
  atOnce(pictureOf(trace, makeStyle(direction, 16, 14), measure, { taps }));

test("a weight of every turn is wired to its first use and tapped at the others", () => {
  const { taps: found, graph } = picture(recurrence(4));
  const tapped = [...found.entries()];
  assert.deepEqual([...new Set(tapped.map(([, { source }]) => source))], ["w"]);
  assert.deepEqual(
    graph.edges.filter(({ source }) => source === "w").map(({ target }) => target),
    ["m0"],
  );
  assert.equal(tapped.length, 7);
  for (const [edge, { box }] of tapped) {
    assert.equal(graph.edges.find(({ id }) => id === edge)?.source, box.id);
    assert.ok(graph.boxes.some(({ id }) => id === box.id));
  }
});

test("contributions of a tapped input are still written at its uses, and add at its home", () => {
  const { figures, fans } = picture(recurrence(4));
  assert.equal(fans.get("w")?.length, 8);
  assert.ok(figures.get("w")?.sum);
  assert.ok(figures.get("m3")?.partials.has("w>m3:0"));
});

test("an input used up to three times, or four times side by side, keeps its wires", () => {
  assert.equal(picture(recurrence(1)).taps.size, 0);
  const sideBySide = traceOf([
    { id: "x" },
    ...["a", "b", "c", "d"].map((id) => ({ id, inputs: ["x"] })),
    { id: "L", inputs: ["a", "b", "c", "d"] },
  ]);
  assert.equal(picture(sideBySide).taps.size, 0);
});

test("uses count where they are drawn, as late as they can be", () => {
  const late = traceOf([
    { id: "x" },
    { id: "y" },
    ...[0, 1, 2, 3].map((i) => ({ id: `p${i}`, inputs: ["x"] })),
    { id: "s0", inputs: ["y", "p0"] },
    ...[1, 2, 3].map((i) => ({ id: `s${i}`, inputs: [`s${i - 1}`, `p${i}`] })),
  ]);
  assert.deepEqual([...picture(late).taps.keys()], ["x>p1:0", "x>p2:0", "x>p3:0"]);
});

test("a tap takes as much room as its name, whichever way values flow", () => {
  const [[, { box: right }]] = picture(recurrence(4)).taps;
  const [[, { box: down }]] = picture(recurrence(4), "tb").taps;
  assert.deepEqual([right.along, right.across], [down.across, down.along]);
  assert.equal(right.axis, right.across / 2);
});
