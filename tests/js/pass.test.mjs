import assert from "node:assert/strict";
import { test } from "node:test";
import { balancedBy, costOf, signalsOf, ticksOf } from "../../static/js/learning/ledger.js";
import { gatesOf, passFrame, pressed, refusalOf, START } from "../../static/js/learning/pass.js";

const scalar = { shape: [], data: 1 };

/**
 * A trace of gates g0, g1, ..., each used by what is given, and inputs x, y for those that use none.
 * @param {string[][]} uses what each gate reads
 */
function traceOf(uses) {
  const wire = (node) => ({ node, local: { structure: "scalar" }, downstream: scalar });
  const input = (id) => ({
    id,
    kind: "input",
    label: id,
    name: id,
    value: scalar,
    upstream: scalar,
    inputs: [],
  });
  const gates = uses.map((reads, i) => ({
    ...{
      id: `g${i}`,
      kind: "gate",
      label: `g${i}`,
      name: `g${i}`,
      value: scalar,
      upstream: scalar,
    },
    inputs: reads.map(wire),
  }));
  const nodes = [input("x"), input("y"), ...gates];
  const edges = gates.flatMap(({ id, inputs }) =>
    inputs.map(({ node }, key) => ({ id: `${node}-${id}-${key}`, source: node, target: id, key })),
  );
  return { source: "", output: gates.at(-1).id, nodes, edges, steps: [] };
}

/** @returns {string[][]} */
const orders = (items) =>
  items.length < 2
    ? [items]
    : items.flatMap((item) =>
        orders(items.filter((each) => each !== item)).map((rest) => [item, ...rest]),
      );

/** Whether every gate comes after all that read it, judged without the module. */
const flowsBack = (trace, order) =>
  trace.edges.every(
    ({ source, target }) =>
      !order.includes(source) || order.indexOf(target) < order.indexOf(source),
  );

/** Random circuits of five gates, every one of which is on the way to the last. */
function* circuits(count) {
  let state = 7;
  const roll = (most) => {
    state = (1103515245 * state + 12345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * most);
  };
  for (let n = 0; n < count; n++) {
    const uses = Array.from({ length: 5 }, (_, i) =>
      Array.from({ length: 1 + roll(2) }, () => {
        const pick = roll(i + 2);
        return pick < 2 ? ["x", "y"][pick] : `g${pick - 2}`;
      }),
    );
    const read = new Set(uses.flat());
    for (let i = 0; i < 4; i++) if (!read.has(`g${i}`)) uses[4].push(`g${i}`);
    yield traceOf(uses);
  }
}

test("every order in which gradients can flow is accepted, and every other refused", () => {
  let accepted = 0;
  let refused = 0;
  for (const trace of circuits(25)) {
    const gates = gatesOf(trace).map(({ id }) => id);
    assert.equal(gates.length, 5);
    for (const order of orders(gates)) {
      const end = order.reduce((pass, id) => pressed(trace, pass, id), START);
      const good = flowsBack(trace, order);
      assert.equal(end.wrong === 0 && end.sent.length === 5, good, order.join());
      if (good) accepted++;
      else refused++;
    }
  }
  assert.ok(accepted > 50 && refused > 500, `${accepted} accepted, ${refused} refused`);
});

test("a gate that is not ready is told what it waits for, and the press is counted", () => {
  const trace = traceOf([["x", "y"], ["g0"], ["g0", "g1"]]);
  const pass = pressed(trace, START, "g0");
  assert.equal(pass.words, "g0 waits for the gradient from g1 and g2.");
  assert.deepEqual([pass.wrong, pass.sent], [1, []]);
  assert.equal(refusalOf(trace, ["g2"], "g0"), "g0 waits for the gradient from g1.");
  assert.match(refusalOf(trace, [], "x"), /is an input/);
  assert.match(refusalOf(trace, ["g2"], "g2"), /already/);
});

test("at the end it says so, with the wrong presses", () => {
  const trace = traceOf([["x", "y"], ["g0"]]);
  const end = ["g0", "g1", "g0"].reduce((pass, id) => pressed(trace, pass, id), START);
  assert.match(
    end.words,
    /g0 sends its gradients back to x and y\. Finished.*with 1 wrong press\./,
  );
});

test("the board shows what has been sent, and a sum only once all of it has come", () => {
  const trace = traceOf([["x", "y"], ["g0"], ["g0", "g1"]]);
  const frame = { index: 0, step: { index: 0 } };
  const known = (sent) => {
    const { nodes } = passFrame(trace, frame, { ...START, sent });
    return Object.keys(nodes).filter((id) => nodes[id].gradientKnown);
  };
  assert.deepEqual(known([]), ["g2"]);
  assert.deepEqual(known(["g2"]), ["g1", "g2"]);
  assert.deepEqual(known(["g2", "g1"]), ["g0", "g1", "g2"]);
  const { edges, nodes } = passFrame(trace, frame, { ...START, sent: ["g2"] });
  assert.ok(edges["g0-g2-0"].downstreamKnown && !edges["g0-g1-0"].downstreamKnown);
  assert.equal(nodes.g1.lands, "gradient");
});

test("the menu ticks what was done, and leaves alone what there is nothing of", () => {
  const trace = {
    ...traceOf([["x", "y"], ["g0"]]),
    steps: ["forward", "forward", "local", "backward"].map((phase, index) => ({
      index,
      phase,
      kind: "seed",
      node: "g1",
    })),
  };
  assert.deepEqual(
    signalsOf(trace).map(({ id }) => id),
    ["g0"],
  );
  assert.equal(costOf(trace).id, "g0");
  assert.deepEqual(balancedBy(trace), []);
  const nothing = { far: 0, done: [], shapes: {} };
  assert.deepEqual(ticksOf(trace, nothing), [false, false, false, undefined, undefined]);
  assert.equal(ticksOf(trace, { ...nothing, far: 1 })[0], true);
  assert.equal(ticksOf(trace, { ...nothing, done: ["graph"] })[0], true);
  assert.equal(ticksOf(trace, { ...nothing, done: ["cost"] })[1], true);
});
