import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTIONS, actionOf, keyOf } from "../../static/js/actions.js";

globalThis.Element ??= class {};

/** A key press on an element that matches the selectors named. */
function press(key, { on = [], ...more } = {}) {
  const target = new Element();
  target.matches = (selector) => on.some((each) => selector.split(", ").includes(each));
  target.closest = (selector) => (on.includes(selector) ? target : null);
  return {
    key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : "",
    target,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    defaultPrevented: false,
    isComposing: false,
    ...more,
  };
}

const steps = ["f:inputs", "f:q", "l:q", "b:seed", "b:q.0", "b:q.1", "b:x"].map(
  (address, index) => ({
    address,
    index,
    phase: { f: "forward", l: "local", b: "backward" }[address[0]],
    node: { seed: "q", inputs: "x", x: "x" }[address.slice(2)] ?? "q",
  }),
);

/** Where an action goes from a step. */
function goes(name, index, boxOf = (id) => id) {
  let to;
  const page = { trace: { steps }, index, speed: 1 };
  const controls = { goTo: (place) => (to = place), boxOf };
  ACTIONS.find((action) => action.name === name)?.perform(controls, page);
  return to;
}

test("a folded box is one node to walk by", () => {
  assert.equal(goes("next-node", 3), 6);
  assert.equal(
    goes("next-node", 3, () => "box"),
    7,
  );
});

test("no key does two things", () => {
  const keys = ACTIONS.flatMap((action) => action.keys);
  assert.equal(new Set(keys).size, keys.length);
});

test("no two actions share a name, and all have a label", () => {
  assert.equal(new Set(ACTIONS.map(({ name }) => name)).size, ACTIONS.length);
  assert.ok(ACTIONS.every(({ label }) => label));
});

for (const [event, name] of [
  [press("ArrowRight"), "next"],
  [press("PageDown"), "next"],
  [press("PageUp"), "previous"],
  [press(" "), "play"],
  [press("?", { shiftKey: true }), "help"],
  [press("+", { shiftKey: true }), "zoom-in"],
  [press("ArrowRight", { shiftKey: true }), "next-node"],
  [press("z", { ctrlKey: true }), "undo"],
  [press("Z", { metaKey: true, shiftKey: true }), "redo"],
  [press("Î", { code: "KeyD", altKey: true, shiftKey: true }), "theme"],
  [press("F6", { shiftKey: true }), "region-back"],
]) {
  test(`${keyOf(event)} is ${name}`, () => assert.equal(actionOf(event, true)?.name, name));
}

test("no key does two things in lecture mode either", () => {
  const keys = ACTIONS.flatMap((action) => action.hall ?? action.keys);
  assert.equal(new Set(keys).size, keys.length);
});

for (const [key, name] of [
  ["PageDown", "next"],
  ["ArrowDown", "next"],
  ["PageUp", "previous"],
  ["ArrowUp", "previous"],
  [" ", "play"],
  ["b", "blank"],
  [".", "blank"],
  ["Escape", "leave"],
]) {
  test(`a clicker's ${keyOf(press(key))} is ${name} in lecture mode`, () => {
    assert.equal(actionOf(press(key), true, true)?.name, name);
  });
}

test("outside lecture mode b goes to the backward pass, and Escape leaves nothing", () => {
  assert.equal(actionOf(press("b"), true)?.name, "backward");
  assert.equal(actionOf(press("."), true), undefined);
  assert.equal(actionOf(press("Escape"), true), undefined);
});

test("a text field keeps its keys, but not those that leave it", () => {
  for (const key of ["n", "ArrowRight", " ", "Home"])
    assert.equal(actionOf(press(key, { on: ["textarea"] }), true), undefined);
  assert.equal(actionOf(press("z", { on: ["textarea"], ctrlKey: true }), true), undefined);
  assert.equal(actionOf(press("Enter", { on: ["textarea"], ctrlKey: true }), true)?.name, "run");
  assert.equal(actionOf(press("F6", { on: ["textarea"] }), true)?.name, "region");
});

test("a focused button keeps Space, a slider its arrows", () => {
  assert.equal(actionOf(press(" ", { on: ["button"] }), true), undefined);
  assert.equal(actionOf(press("ArrowRight", { on: ["button"] }), true)?.name, "next");
  assert.equal(
    actionOf(press("ArrowRight", { on: ["input[type=range]:not(#step)"] }), true),
    undefined,
  );
});

test("a focused choice keeps Space and its arrows, and no letters", () => {
  const on = ["input[type=radio]"];
  for (const key of [" ", "ArrowRight"])
    assert.equal(actionOf(press(key, { on }), true), undefined);
  assert.equal(actionOf(press("n", { on }), true)?.name, "next");
});

test("single characters can be switched off; named keys stay", () => {
  assert.equal(actionOf(press("n"), false), undefined);
  assert.equal(actionOf(press("?"), false), undefined);
  assert.equal(actionOf(press("ArrowRight"), false)?.name, "next");
});

test("nothing acts behind a dialog, or where the board has acted", () => {
  assert.equal(actionOf(press("n", { on: ["dialog[open]"] }), true), undefined);
  // A closed dialog may keep the focus for a moment.
  assert.equal(actionOf(press("n", { on: ["dialog"] }), true)?.name, "next");
  assert.equal(actionOf(press("ArrowRight", { defaultPrevented: true }), true), undefined);
});

test("next node and previous node skip the steps of this one", () => {
  assert.equal(goes("next-node", 3), 6);
  assert.equal(goes("previous-node", 5), 2);
});

test("b and f go to where a pass begins", () => {
  assert.equal(goes("backward", 0), 3);
  assert.equal(goes("forward", 5), 0);
});
