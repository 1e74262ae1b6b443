import assert from "node:assert/strict";
import { test } from "node:test";
import { createViewport } from "../../static/js/circuit/viewport.js";

globalThis.ResizeObserver = class {
  observe() {}
};

/** A window of 1000 × 500 on a picture ten times as wide, and what it tells; the time is the test's. @param {any} t */
function wide(t) {
  /** @type {any[]} */
  const told = [];
  const clock = { now: 0 };
  t.mock.method(performance, "now", () => clock.now);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const frame = { clientWidth: 1000, clientHeight: 500, addEventListener() {} };
  const viewport = createViewport(
    /** @type {any} */ (frame),
    /** @type {any} */ ({ style: {} }),
    [],
    (window, passed) => told.push({ window, passed }),
  );
  viewport.room();
  viewport.setPicture(10_000, 500, 1);
  /** @param {number} x */
  const follow = (x) => viewport.follow({ left: x, right: x + 100, top: 100, bottom: 200 }, 600);
  return { viewport, told, clock, follow };
}

test("a glide passes what lies between where the window is and where it goes", (t) => {
  const { viewport, told, follow } = wide(t);
  const { left } = viewport.view();
  follow(1200);
  const { window, passed } = told.at(-1);
  assert.equal(passed.left, left);
  assert.equal(passed.right, window.right);
  assert.ok(window.left > left);
});

test("of one glide after the other, what is left behind is not passed again", (t) => {
  const { told, clock, follow } = wide(t);
  follow(1200);
  const first = told.at(-1).window;
  clock.now = 300;
  follow(1800);
  const half = told.at(-1).passed.left;
  assert.ok(half > 0 && half < first.left);
  clock.now = 900;
  follow(2400);
  assert.ok(told.at(-1).passed.left > first.left);
});

test("the window jumps to what lies more than a window away from where it is by now", (t) => {
  const { told, clock, follow } = wide(t);
  const jumps = () => told.at(-1).passed.left === told.at(-1).window.left;
  follow(1200);
  follow(2000);
  assert.ok(jumps());
  follow(2700);
  clock.now = 600;
  follow(3400);
  assert.ok(!jumps());
});
