import assert from "node:assert/strict";
import { test } from "node:test";

import {
  displayName,
  formatFull,
  formatNumber,
  formatShape,
  formatShort,
  spokenFace,
} from "../../static/js/format.js";

for (const [x, shown] of [
  [-2, "−2.00"],
  [-12, "−12.00"],
  [31.6923, "31.7"],
  [0.73106, "0.731"],
  [0.5, "0.500"],
  [0.0123, "0.0123"],
  [1.2e-5, "1.2e−5"],
  [0, "0.00"],
  [-0, "0.00"],
  [99.96, "100"],
  [1234.5, "1235"],
  [123456789, "1.23e8"],
  ["NaN", "NaN"],
  ["-Infinity", "−∞"],
]) {
  test(`${x} is shown as ${shown}`, () => assert.equal(formatNumber(x), shown));
}

test("a whole part never loses digits to zeros", () => {
  for (const x of [101, 999, 1001, 12345, 99999]) assert.equal(formatNumber(x), String(x));
});

test("zeros that say nothing are left out of short numbers only", () => {
  assert.deepEqual(
    [3, -4, 0.5, 120, 0.5403].map((x) => formatShort(x)),
    ["3", "−4", "0.5", "120", "0.54"],
  );
});

test("the full number has every digit", () => {
  assert.equal(formatFull(-0.1 - 0.2), "−0.30000000000000004");
  assert.equal(formatFull(1e21), "1e21");
  assert.equal(formatFull("Infinity"), "∞");
});

test("a shape is its axes", () => {
  assert.equal(formatShape([2, 3]), "2 × 3");
  assert.equal(formatShape([]), "");
});

for (const [name, base, subscript] of [
  ["x", "x", ""],
  ["W_1", "W", "1"],
  ["x12", "x", "12"],
  ["y_hat", "ŷ", ""],
  ["y_hat_2", "ŷ", "2"],
  ["theta", "θ", ""],
  ["sigma_t", "σ", "t"],
  ["W_hh", "W", "hh"],
  ["h_prev", "h", "prev"],
  ["loss_1", "loss", "1"],
  ["learning_rate", "learning_rate", ""],
  ["_t", "_t", ""],
]) {
  test(`${name} is typeset as ${base} with ${subscript || "nothing"} below`, () => {
    assert.deepEqual(displayName(name), { base, subscript });
  });
}

test("signs are spoken as words", () => {
  assert.deepEqual(["×", "@", "relu"].map(spokenFace), ["times", "matrix product", "relu"]);
});
