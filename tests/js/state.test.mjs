import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore, indexOf, mentioned, recall, remember, unset } from "../../static/js/state.js";

test("listeners get the new state and the one before", () => {
  const store = createStore({ index: 0, speed: 1 });
  const seen = [];
  store.subscribe((next, previous) => seen.push([next, previous]));
  store.set({ index: 3 });
  assert.deepEqual(seen, [
    [
      { index: 3, speed: 1 },
      { index: 0, speed: 1 },
    ],
  ]);
});

test("only values that the text names are sent", () => {
  const given = { x: 1, w_1: 2, w: 3 };
  assert.deepEqual(mentioned("f = x * w_1", given), { x: 1, w_1: 2 });
});

test("an attribute or a longer word is not the name", () => {
  assert.deepEqual(mentioned("f = np.x + x2", { x: 1 }), {});
});

for (const [source, why] of [
  ["x = 3\ny = x * x", "an assignment"],
  ["x, y = 3, 4", "a tuple"],
  ["y,x=3,4", "a tuple without spaces"],
  ["a = 1; x = 2", "a second statement on a line"],
]) {
  test(`a value is forgotten when the text sets it by ${why}`, () => {
    assert.deepEqual(unset(source, { x: 1, z: 2 }), { z: 2 });
  });
}

test("a comparison, a use and an augmented assignment set nothing", () => {
  assert.deepEqual(unset("y = x == 3\nz = x\nx += 1", { x: 1 }), { x: 1 });
});

test("a step is found again by its address, else the beginning", () => {
  const trace = { steps: [{ address: "f:inputs" }, { address: "f:q" }] };
  assert.equal(indexOf(trace, "f:q"), 1);
  assert.equal(indexOf(trace, "f:gone"), 0);
  assert.equal(indexOf(trace, undefined), 0);
});

test("where the browser refuses its storage, what is remembered lasts as long as the page", () => {
  assert.equal(recall("theme"), undefined);
  remember("theme", "dark");
  assert.equal(recall("theme"), "dark");
});
