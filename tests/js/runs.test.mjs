/** The passes of a numerical gradient, counted. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { passesOf, runsOf } from "../../static/js/views/nudge/runs.js";

const entries = ["x", "y", "z"].map((key) => ({ key, input: key, index: [] }));

test("a central difference takes two passes an entry, a forward one shares the first", () => {
  for (const n of [0, 1, 3]) {
    const some = entries.slice(0, n);
    const [central, forward] = [runsOf(some, "central"), runsOf(some, "forward")];
    assert.equal(passesOf(central, central.length), 2 * n);
    assert.equal(passesOf(forward, forward.length), n + 1);
  }
});

test("slopes are written once each, and the backward pass comes last", () => {
  for (const method of /** @type {const} */ (["central", "forward"])) {
    const runs = runsOf(entries, method);
    const written = runs.filter(({ writes }) => writes).map(({ entry }) => entry?.key);
    assert.deepEqual(written, ["x", "y", "z"]);
    assert.deepEqual(
      runs.map(({ backward }) => backward === true),
      runs.map((_, i) => i === runs.length - 1),
    );
  }
});
