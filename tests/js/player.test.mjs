import assert from "node:assert/strict";
import { test } from "node:test";
import { atOnce, createSequence, debounce, inSlices, Player } from "../../static/js/player.js";

test("play takes the first step soon, then one a beat, until there is none", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let left = 3;
  let taken = 0;
  const player = new Player(
    () => {
      taken++;
      return --left > 0;
    },
    () => 1,
  );
  player.play();
  t.mock.timers.tick(300);
  assert.equal(taken, 1);
  t.mock.timers.tick(1199);
  assert.equal(taken, 1);
  t.mock.timers.tick(1);
  assert.equal(taken, 2);
  t.mock.timers.tick(10_000);
  assert.equal(taken, 3);
});

test("a change of speed counts from the next beat", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let speed = 1;
  let taken = 0;
  const player = new Player(
    () => Boolean(++taken),
    () => speed,
  );
  speed = 4;
  player.play();
  t.mock.timers.tick(75);
  t.mock.timers.tick(300);
  assert.equal(taken, 2);
});

test("pause stops", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let taken = 0;
  const player = new Player(
    () => Boolean(++taken),
    () => 1,
  );
  player.play();
  player.pause();
  t.mock.timers.tick(5000);
  assert.equal(taken, 0);
});

test("debounce calls once, after the calls have paused", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let calls = 0;
  const { later, cancel } = debounce(() => calls++, 120);
  later();
  t.mock.timers.tick(100);
  later();
  t.mock.timers.tick(119);
  assert.equal(calls, 0);
  t.mock.timers.tick(1);
  assert.equal(calls, 1);
  later();
  cancel();
  t.mock.timers.tick(500);
  assert.equal(calls, 1);
});

test("what is still to come can be hurried, and comes once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let calls = 0;
  const { later, hurry } = debounce(() => calls++, 120);
  hurry();
  assert.equal(calls, 0);
  later();
  hurry();
  assert.equal(calls, 1);
  t.mock.timers.tick(500);
  assert.equal(calls, 1);
});

test("the first call is answered at once where that is asked for, those close behind it together", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let calls = 0;
  const { soon, cancel } = debounce(() => {
    cancel(); // as what asks the engine does
    calls++;
  }, 75);
  soon();
  assert.equal(calls, 1);
  t.mock.timers.tick(30);
  soon();
  t.mock.timers.tick(30);
  soon();
  t.mock.timers.tick(74);
  assert.equal(calls, 1);
  t.mock.timers.tick(1);
  assert.equal(calls, 2);
  soon();
  assert.equal(calls, 3);
  t.mock.timers.tick(1000);
  assert.equal(calls, 3);
});

test("a sequence does the first at once, and gives way to a new one", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {string[]} */
  const done = [];
  const run = createSequence();
  run([() => done.push("a"), () => done.push("b"), () => done.push("c")], 100);
  assert.deepEqual(done, ["a"]);
  t.mock.timers.tick(100);
  assert.deepEqual(done, ["a", "b"]);
  run([() => done.push("d")], 100);
  t.mock.timers.tick(1000);
  assert.deepEqual(done, ["a", "b", "d"]);
});

/** Work of so many parts, which takes as long as the test says. @param {number} parts @param {() => void} [spend] */
function* work(parts, spend = () => {}) {
  for (let part = 0; part < parts; part++) {
    spend();
    yield;
  }
  return parts;
}

/** A clock that stands still but for what is spent; and breaks, counted. @param {any} t */
function slowly(t) {
  let now = 0;
  const spend = () => {
    now += 5;
  };
  const breaks = { count: 0, spend };
  t.mock.method(performance, "now", () => now);
  const scheduler = { yield: async () => void breaks.count++ };
  Object.defineProperty(globalThis, "scheduler", { value: scheduler, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, "scheduler"));
  return breaks;
}

test("long work has a break after every slice, the last one too; short work has none", async (t) => {
  const breaks = slowly(t);
  assert.equal(await inSlices(work(3)), 3);
  assert.equal(breaks.count, 0);
  // Two parts of 5 ms pass 8 ms.
  assert.equal(await inSlices(work(9, breaks.spend)), 9);
  assert.equal(breaks.count, 5);
});

test("work that nobody wants any more ends at its next break", async (t) => {
  const breaks = slowly(t);
  let done = 0;
  const spend = () => {
    done++;
    breaks.spend();
  };
  assert.equal(await inSlices(work(9, spend), () => breaks.count < 2), undefined);
  assert.equal(done, 4);
});

test("work can be done at once", () => {
  assert.equal(atOnce(work(3)), 3);
});
