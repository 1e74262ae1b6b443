/**
 * Seeded circuits in three families, for the tests and the bench of the layout:
 * expression trees with fan-out, scalar multi-layer networks, unrolled recurrent networks with shared weights.
 */

/** @import { LayoutBox, LayoutEdge, LayoutGraph } from "../../static/js/types.d.ts" */

/**
 * Numbers in [0, 1), the same ones for the same seed (mulberry32, Tommy Ettinger 2017, public domain).
 * @param {number} seed
 */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * @param {string} id
 * @param {number} along
 * @param {number} across
 * @param {number} ports
 * @returns {LayoutBox}
 */
export function box(id, along, across, ports) {
  return {
    id,
    along,
    across,
    axis: across / 2,
    ports: Array.from({ length: ports }, (_, i) => (across * (i + 1)) / (ports + 1)),
    portInset: 0,
  };
}

/**
 * A graph from its gates, written as `[gate, ...sources]`; what is no gate is an input.
 * @param {[string, ...string[]][]} gates
 * @param {{ input?: [number, number], gate?: [number, number] }} [sizes] along and across, px
 * @returns {LayoutGraph}
 */
export function circuit(gates, { input = [70, 40], gate = [56, 56] } = {}) {
  /** @type {Map<string, LayoutBox>} */
  const boxes = new Map();
  /** @type {LayoutEdge[]} */
  const edges = [];
  for (const [id, ...sources] of gates) {
    for (const [port, source] of sources.entries()) {
      if (!boxes.has(source)) boxes.set(source, box(source, ...input, 0));
      edges.push({ id: `${source}>${id}.${port}`, source, target: id, port });
    }
    boxes.set(id, box(id, ...gate, sources.length));
  }
  return { boxes: [...boxes.values()], edges };
}

/**
 * @param {number} size boxes, roughly
 * @param {number} seed
 */
export function expression(size, seed) {
  const random = randomNumbers(seed);
  const open = Array.from({ length: Math.ceil(size / 4) }, (_, i) => `v${i}`);
  /** @type {string[]} */
  const used = [];
  /** @type {[string, ...string[]][]} */
  const gates = [];
  const pick = () => {
    const reuse = used.length > 0 && (open.length === 0 || random() < 0.2);
    if (reuse) return used[Math.floor(random() * used.length)];
    const [source] = open.splice(Math.floor(random() * Math.min(open.length, 12)), 1);
    used.push(source);
    return source;
  };
  for (let i = open.length; i < size; i++) {
    const sources = random() < 0.6 ? [pick(), pick()] : [pick()];
    gates.push([`n${i}`, ...sources]);
    open.push(`n${i}`);
  }
  return circuit(gates);
}

/**
 * Every weight, product and sum of a fully connected tanh network is a box.
 * @param {number[]} widths inputs, then the neurons of each layer
 */
export function network(widths) {
  /** @type {[string, ...string[]][]} */
  const gates = [];
  let layer = Array.from({ length: widths[0] }, (_, i) => `x${i}`);
  for (const [depth, width] of widths.slice(1).entries()) {
    layer = Array.from({ length: width }, (_, j) => {
      const name = `${depth}_${j}`;
      let sum = `b${name}`;
      for (const [i, source] of layer.entries()) {
        gates.push(
          [`m${name}_${i}`, `w${name}_${i}`, source],
          [`a${name}_${i}`, sum, `m${name}_${i}`],
        );
        sum = `a${name}_${i}`;
      }
      gates.push([`t${name}`, sum]);
      return `t${name}`;
    });
  }
  return circuit(gates);
}

/** @param {number} steps */
export function recurrence(steps) {
  /** @type {[string, ...string[]][]} */
  const gates = [];
  for (let t = 0; t < steps; t++) {
    gates.push(
      [`mx${t}`, `x${t}`, "Wx"],
      [`mh${t}`, t > 0 ? `h${t - 1}` : "h", "Wh"],
      [`a${t}`, `mx${t}`, `mh${t}`],
    );
    gates.push(
      [`ab${t}`, `a${t}`, "b"],
      [`h${t}`, `ab${t}`],
      [`my${t}`, `h${t}`, "Wy"],
      [`l${t}`, `my${t}`],
    );
    if (t > 0) gates.push([`L${t}`, t > 1 ? `L${t - 1}` : "l0", `l${t}`]);
  }
  return circuit(gates, { input: [96, 60], gate: [64, 52] });
}

/** @param {number} length */
export function chain(length) {
  return circuit(Array.from({ length }, (_, i) => [`g${i + 1}`, `g${i}`]));
}

/**
 * The graph with one gate more, between its last gate and a new input; stands for an edit.
 * @param {LayoutGraph} graph
 * @returns {LayoutGraph}
 */
export function extended({ boxes, edges }) {
  const last = boxes[boxes.length - 1].id;
  return {
    boxes: [...boxes, box("extra", 70, 40, 0), box("sum", 56, 56, 2)],
    edges: [
      ...edges,
      { id: "old", source: last, target: "sum", port: 0 },
      { id: "new", source: "extra", target: "sum", port: 1 },
    ],
  };
}

/** @type {Record<string, () => LayoutGraph>} */
export const FAMILIES = {
  "expression 10": () => expression(10, 1),
  "expression 50": () => expression(50, 2),
  "expression 200": () => expression(200, 3),
  "expression 1000": () => expression(1000, 4),
  "network 10": () => network([2, 1]),
  "network 50": () => network([3, 3, 2]),
  "network 200": () => network([4, 4, 4, 4, 4, 2]),
  "network 1000": () => network([8, 8, 8, 8, 8, 8, 4]),
  "recurrence 10": () => recurrence(1),
  "recurrence 50": () => recurrence(5),
  "recurrence 200": () => recurrence(21),
  "recurrence 1000": () => recurrence(110),
};
