import assert from "node:assert/strict";
import { test } from "node:test";
import { createFollowing } from "../../static/js/circuit/following.js";
import { LayoutSuperseded } from "../../static/js/layout-client.js";
import { createStore } from "../../static/js/state.js";

globalThis.document = { documentElement: { dataset: {} } };

const STEP = { index: 0, phase: "forward", node: "n0", level: 1, reads: [], writes: [] };
const TRACE = { nodes: [], edges: [], steps: [STEP] };

/** A board whose layouts end when the test says so. */
function slowBoard() {
  const calls = [];
  const wait = (name, frameOf) =>
    new Promise((done, fail) => {
      calls.push({ name, frameOf, done: () => done(""), fail });
    });
  return {
    calls,
    setTrace: (_trace, _folds, frameOf) => wait("setTrace", frameOf),
    resize: () => wait("resize"),
    show() {},
    mark() {},
  };
}

const settled = () => new Promise((done) => setImmediate(done));

async function openBoard() {
  const store = createStore({
    trace: TRACE,
    index: 0,
    look: { detail: 3, folds: [] },
    said: "",
    lit: [],
    found: [],
  });
  const board = slowBoard();
  const { follow, resize } = createFollowing(board, store, {
    isStill: () => true,
    onDrawn() {},
    frameOf: () => ({}),
  });
  store.subscribe((page, previous) => follow(page, previous));
  follow(store.get(), undefined);
  board.calls[0].done();
  await settled();
  const fold = (folds) => store.set({ look: { ...store.get().look, folds } });
  const names = () => board.calls.map(({ name }) => name);
  return { store, board, resize, fold, names };
}

test("a size that changes while folds are laid out is fitted once they are drawn", async () => {
  const { board, resize, fold, names } = await openBoard();
  fold(["layer"]);
  resize();
  assert.deepEqual(names(), ["setTrace", "setTrace"]);
  board.calls[1].done();
  await settled();
  assert.deepEqual(names(), ["setTrace", "setTrace", "resize"]);
});

test("a fitting that a newer layout takes the place of is no news, one out of time is", async () => {
  const { store, board, resize } = await openBoard();
  resize();
  board.calls[1].fail(new LayoutSuperseded());
  await settled();
  assert.equal(store.get().said, "");
  resize();
  board.calls[2].fail(new Error("the layout took too long"));
  await settled();
  assert.equal(store.get().said, "the layout took too long");
});

test("a drawing is told what its trace shows first, and nothing of another trace", async () => {
  const { store, board, fold } = await openBoard();
  fold(["layer"]);
  const { frameOf } = board.calls[1];
  assert.deepEqual(frameOf(), {});
  store.set({ trace: { ...TRACE } });
  assert.equal(frameOf(), undefined);
});
