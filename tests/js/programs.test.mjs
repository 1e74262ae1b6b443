import assert from "node:assert/strict";
import { test } from "node:test";
import { PLAIN } from "../../static/js/look.js";
import { createPrograms } from "../../static/js/programs.js";
import { createStore, newest } from "../../static/js/state.js";

const scalar = (data) => ({ shape: [], data });
const SOURCE = "f = x * x";

/** The pass of x * x. @param {number} x @param {string | null} form */
const traceAt = (x, form = "squared") => ({
  source: SOURCE,
  form,
  output: "n1",
  value: scalar(x * x),
  inputs: { x: { node: "n0", assumed: false, assigned: false, role: "data" } },
  nodes: [
    { id: "n0", kind: "input", value: scalar(x), upstream: scalar(2 * x), inputs: [] },
    {
      id: "n1",
      kind: "gate",
      value: scalar(x * x),
      upstream: scalar(1),
      inputs: [0, 1].map((key) => ({
        node: "n0",
        argument: `x${key}`,
        local: { structure: "scalar", value: scalar(x), code: "x" },
        downstream: scalar(x),
      })),
    },
  ],
  edges: [],
  steps: [0, 1].map((index) => ({
    index,
    address: `f:${index}`,
    phase: "forward",
    level: 1,
    text: `step ${index} at ${x}`,
    latex: `${x}`,
  })),
  gradients: { x: scalar(2 * x) },
  warnings: [],
});

/** What the engine answers where only numbers are asked for. @param {number} x @param {number[]} told */
function numbersAt(x, told, form = "squared") {
  const { value, inputs, nodes, steps, gradients } = traceAt(x, form);
  return {
    ...{ form, value, inputs, gradients },
    nodes: nodes.map((node) => ({
      value: node.value,
      upstream: node.upstream,
      inputs: node.inputs.map(({ local, downstream }) => ({ local: local.value, downstream })),
    })),
    steps: told.map((i) => ({ index: i, text: steps[i].text, latex: steps[i].latex })),
  };
}

/** A page whose engine answers when the test says so. */
function openPage(t, { trace = traceAt(3), look = {}, ...page } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const store = createStore({
    ...{ trace, index: 1, source: SOURCE, given: { x: 3 }, status: "fresh", notices: [] },
    ...{ look: { ...PLAIN, ...look }, playing: false, moved: false },
    ...page,
  });
  const asked = [];
  const engine = { ask: (what, urgent) => asked.push({ ...what, urgent }) };
  const example = { title: "", source: "another", inputs: {} };
  const programs = createPrograms({
    ...{ store, example, api: async () => engine, pause() {}, drawn() {} },
  });
  const give = async (x) => {
    programs.give("x", x);
    await undefined;
    return asked.at(-1);
  };
  return { store, asked, programs, give };
}

test("a new input's numbers are shown before their words are asked for", async (t) => {
  const { store, asked, programs, give } = openPage(t);
  const { request, told } = await give(4);
  assert.deepEqual([request.inputs, told], [{ x: 4 }, [1]]);
  programs.numbered(request, { answer: numbersAt(4, told) });
  const { trace, ahead } = store.get();
  assert.equal(trace.value.data, 9);
  assert.equal(newest(store.get()).trace, ahead);
  assert.deepEqual(ahead.nodes, traceAt(4).nodes.map(withoutIndices));
  assert.deepEqual(
    ahead.steps.map(({ text }) => text),
    ["", "step 1 at 4"],
  );
  assert.equal(asked.length, 1);
  t.mock.timers.tick(100);
  await undefined;
  assert.equal(asked.length, 2);
  assert.equal(asked[1].told, undefined);
  programs.answered(asked[1].request, { answer: traceAt(4) });
  assert.equal(store.get().ahead, undefined);
  assert.equal(store.get().trace.steps[0].text, "step 0 at 4");
  assert.equal(store.get().status, "fresh");
});

/** Numbers have no places unless the engine sends some. */
const withoutIndices = (node) => ({
  ...node,
  inputs: node.inputs.map((wire) => ({ ...wire, local: { ...wire.local, indices: undefined } })),
});

test("while an input goes on changing its words are not asked for", async (t) => {
  const { asked, programs, give } = openPage(t);
  for (const x of [4, 5, 6]) {
    const { request, told, urgent } = await give(x);
    assert.deepEqual([told, urgent], [[1], x > 4]);
    programs.numbered(request, { answer: numbersAt(x, told) });
    t.mock.timers.tick(60);
  }
  assert.equal(asked.length, 3);
  t.mock.timers.tick(40);
  await undefined;
  assert.deepEqual(asked[3].request.inputs, { x: 6 });
  assert.equal(asked[3].told, undefined);
});

test("numbers of another form are of another circuit, which is asked for whole", async (t) => {
  const { store, asked, programs, give } = openPage(t);
  const { request, told } = await give(4);
  for (const form of ["cubed", null]) {
    programs.numbered(request, { answer: numbersAt(4, told, form) });
    await undefined;
    assert.equal(store.get().ahead, undefined);
    assert.equal(asked.at(-1).told, undefined);
  }
});

test("a circuit that values shape, one that is rounded and one that is to be predicted are asked for whole", async (t) => {
  const pages = [
    { trace: traceAt(3, null) },
    { look: { round: true } },
    { look: { predict: true } },
    { source: "f = x * x * x" },
    { status: "stale" },
  ];
  for (const page of pages) {
    const { give } = openPage(t, page);
    assert.equal((await give(4)).told, undefined);
    t.mock.timers.reset();
  }
});

test("an older answer that comes late keeps no newer numbers away", async (t) => {
  const { store, programs, give } = openPage(t);
  const first = await give(4);
  programs.numbered(first.request, { answer: numbersAt(4, first.told) });
  const second = await give(5);
  programs.answered(first.request, { answer: traceAt(4) });
  programs.numbered(second.request, { answer: numbersAt(5, second.told) });
  assert.equal(newest(store.get()).trace.value.data, 25);
  assert.equal(store.get().status, "loading");
});

test("a value that is refused says why, and the last good picture stays", async (t) => {
  const { store, asked, programs, give } = openPage(t);
  const { request, told } = await give(4);
  programs.numbered(request, { answer: numbersAt(4, told) });
  const problem = { code: "bad-input", detail: "x is no number" };
  programs.numbered((await give(-1)).request, { problem });
  t.mock.timers.tick(1000);
  const { status, ahead, trace } = store.get();
  assert.deepEqual([status, ahead, trace.value.data], ["stale", undefined, 9]);
  assert.equal(store.get().problem, problem);
  assert.equal(asked.length, 2);
});

test("without a network the page says so and stays whole", async (t) => {
  const { store, programs, give } = openPage(t);
  const { request, told } = await give(4);
  programs.numbered(request, { answer: numbersAt(4, told) });
  programs.answered(request, { offline: true });
  const { status, ahead, notices } = store.get();
  assert.deepEqual([status, ahead], ["stale", undefined]);
  assert.match(notices[0], /offline/);
});
