import assert from "node:assert/strict";
import { test } from "node:test";

import { gaitOf, switchAt } from "../../static/js/circuit/gait.js";

/** @param {any} data */
const tensor = (data) => {
  const shape = [];
  for (let part = data; Array.isArray(part); part = part[0]) shape.push(part.length);
  return { shape, data };
};

/** A gate of arguments a, b, ... with these local gradients. @param {any[]} locals */
const gate = (...locals) => ({
  inputs: locals.map((local, i) => ({
    node: "ab"[i],
    local: { structure: "scalar", code: "", ...local, value: local.value ?? null },
  })),
});
/** @param {string} id @returns {any} */
const find = (id) => ({ id, code: id });
/** @param {any} of @param {number} key */
const gait = (of, key) => gaitOf(of, key, find);

test("slopes of 1 hand on copies", () => {
  const add = gate({ code: "1", value: tensor(1) }, { code: "1", value: tensor(1) });
  assert.equal(gait(add, 0), "copy");
  assert.equal(gait(add, 1), "copy");
});

test("a slope that is another argument's value is a swap, even where the values are 0 and 1", () => {
  const times = gate({ code: "b", value: tensor(0) }, { code: "a", value: tensor(1) });
  assert.equal(gait(times, 0), "swap");
  const square = {
    inputs: [0, 1].map(() => ({
      node: "a",
      local: { structure: "scalar", code: "a", value: tensor(3) },
    })),
  };
  assert.equal(gait(square, 0), "swap");
});

test("slopes of 0 and 1 are switches, closed and open", () => {
  const larger = gate({ code: "a > b", value: tensor(1) }, { code: "b > a", value: tensor(0) });
  assert.equal(gait(larger, 0), "route");
  assert.equal(/** @type {any} */ (switchAt)(larger, 0), "closed");
  assert.equal(/** @type {any} */ (switchAt)(larger, 1), "open");
});

test("a mask routes cell by cell, so it has no switch", () => {
  const mask = gate({ structure: "diagonal", code: "a > 0", value: tensor([1, 0]) });
  assert.equal(gait(mask, 0), "route");
  assert.equal(/** @type {any} */ (switchAt)(mask, 0), undefined);
});

test("shared ties are no switch", () => {
  const tie = gate({ code: "h", value: tensor(0.5) }, { code: "h", value: tensor(0.5) });
  assert.equal(gait(tie, 0), "scale");
});

test("structures say what happens to matrices", () => {
  for (const [structure, expected] of [
    ["matmul", "meet"],
    ["reduction", "spread"],
    ["broadcast", "collapse"],
    ["permutation", "pass"],
    ["selection", "pass"],
    ["dense", "pass"],
  ])
    assert.equal(gait(gate({ structure }), 0), expected);
});

test("a largest entry is routed; a mean is spread", () => {
  assert.equal(gait(gate({ structure: "reduction", value: tensor([0, 1, 0]) }), 0), "route");
  assert.equal(gait(gate({ structure: "reduction", value: tensor([0.5, 0.5]) }), 0), "spread");
});

test("slopes that were not sent are no switch and no copy by accident", () => {
  const summarised = gate({ structure: "diagonal", value: { shape: [200, 200], data: null } });
  assert.equal(gait(summarised, 0), "scale");
});
