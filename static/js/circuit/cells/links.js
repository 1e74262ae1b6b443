/**
 * What makes one cell of a value or a gradient: which cells of which tensors, and how they combine. Read from the local
 * gradients' structure; no gate is known by its name. Loaded on first use.
 */

/** @import { Cell, Numeric, Tensor, Trace, TraceNode, WireIn } from "../../types.d.ts" */
/** @import { Factor, Link } from "../types.d.ts" */

import { timelineOf } from "../../timeline.js";
import { flat } from "../grid.js";
import { indexOfPlace, meeting, reduced, sizeOf, unstretched, upTo } from "./places.js";

/** @typedef {{ gate: TraceNode, wire: WireIn, key: number }} Use */

/**
 * @param {Trace} trace
 * @param {Cell} cell
 * @returns {Link | undefined} undefined for what is given
 */
export function linkOf(trace, { id, role, place }) {
  const { nodes } = timelineOf(trace);
  const node = nodes.get(id);
  if (!node) return undefined;
  /** @param {string} other */
  const find = (other) => /** @type {TraceNode} */ (nodes.get(other));
  if (role === "value") return node.kind === "gate" ? valueLink(node, place, find) : undefined;
  const uses = usesOf(trace, id);
  if (uses.length > 1) return { how: "add", factors: uses.map((use) => contribution(use, place)) };
  return uses[0] && gradientLink(uses[0], place, find);
}

/**
 * @param {Trace} trace
 * @param {string} id
 * @returns {Use[]} the ports that bring a gradient back to a node
 */
function usesOf({ nodes }, id) {
  return nodes.flatMap((gate) =>
    gate.inputs.flatMap((wire, key) =>
      wire.node === id && wire.downstream ? [{ gate, wire, key }] : [],
    ),
  );
}

/**
 * @param {TraceNode} gate
 * @param {number} place
 * @param {(id: string) => TraceNode} find
 * @returns {Link}
 */
function valueLink(gate, place, find) {
  const index = indexOfPlace(place, gate.value.shape);
  const [first, second] = gate.inputs.map((wire) => find(wire.node));
  const { structure, value } = gate.inputs[0].local;
  if (structure === "matmul") {
    const { left, right } = meeting(index, first.value.shape, second.value.shape);
    return { how: "sum", factors: [valuesOf(first, left), valuesOf(second, right)] };
  }
  const factors = gate.inputs.map((wire) =>
    valuesOf(find(wire.node), sourcesOf(gate, wire, place, find(wire.node).value.shape)),
  );
  return structure === "reduction" && !value
    ? { how: "sum", factors: factors.slice(0, 1) }
    : { how: "apply", factors };
}

/**
 * The entries of an argument that one entry of the output depends on.
 * @param {TraceNode} gate
 * @param {WireIn} wire
 * @param {number} place
 * @param {number[]} shape of the argument
 * @returns {number[]}
 */
function sourcesOf({ value }, { local }, place, shape) {
  const index = indexOfPlace(place, value.shape);
  const all = upTo(sizeOf(shape));
  const { structure, axes = [], indices } = local;
  if (structure === "reduction")
    return all.filter((from) => reduced(indexOfPlace(from, shape), axes, value.shape) === place);
  if (structure === "permutation" || structure === "selection")
    return indices ? [indices[place]] : [];
  if (structure === "dense") {
    const slopes = numbersOf(local.value);
    return slopes ? all.filter((from) => Number(slopes[place * all.length + from]) !== 0) : all;
  }
  return [unstretched(index, shape)];
}

/**
 * @param {Use} use
 * @param {number} place
 * @param {(id: string) => TraceNode} find
 * @returns {Link | undefined}
 */
function gradientLink({ gate, wire, key }, place, find) {
  const { local } = wire;
  const { shape } = find(wire.node).value;
  if (local.structure === "matmul") return productLink(gate, key, place, find);
  const places = targetsOf(gate, wire, place, shape);
  const upstream = gradientsOf(gate, places);
  if (local.structure === "scalar" || local.structure === "diagonal") {
    const named = gate.inputs
      .map((each) => find(each.node))
      .find(({ code }) => code === local.code);
    if (named) {
      const from = places.map((p) =>
        unstretched(indexOfPlace(p, gate.value.shape), named.value.shape),
      );
      return { how: "sum", factors: [upstream, valuesOf(named, from)] };
    }
    return { how: "sum", factors: [upstream, ...slopes(local.value, places)] };
  }
  if (local.structure === "reduction")
    return {
      how: "sum",
      factors: [upstream, ...(local.value ? slopes(local.value, [place]) : [])],
    };
  if (local.structure === "dense") {
    const size = sizeOf(shape);
    return {
      how: "sum",
      factors: [
        upstream,
        ...slopes(
          local.value,
          places.map((p) => p * size + place),
        ),
      ],
    };
  }
  return { how: "sum", factors: [upstream] };
}

/**
 * The entries of the output that depend on one entry of an argument.
 * @param {TraceNode} gate
 * @param {WireIn} wire
 * @param {number} place
 * @param {number[]} shape of the argument
 * @returns {number[]}
 */
function targetsOf(gate, wire, place, shape) {
  const { structure, axes = [] } = wire.local;
  const out = gate.value.shape;
  if (structure === "reduction") return [reduced(indexOfPlace(place, shape), axes, out)];
  return upTo(sizeOf(out)).filter((to) => sourcesOf(gate, wire, to, shape).includes(place));
}

/**
 * The gradient of a factor of a product of matrices: lines of the upstream with lines of the other factor.
 * @param {TraceNode} gate
 * @param {number} key
 * @param {number} place
 * @param {(id: string) => TraceNode} find
 * @returns {Link}
 */
function productLink(gate, key, place, find) {
  const [left, right] = gate.inputs.map((wire) => find(wire.node));
  const { shape } = gate.value;
  /** @type {[number, number][]} */
  const pairs = upTo(sizeOf(shape)).flatMap((to) => {
    const met = meeting(indexOfPlace(to, shape), left.value.shape, right.value.shape);
    const [own, other] = key === 0 ? [met.left, met.right] : [met.right, met.left];
    return own.flatMap((from, k) =>
      from === place ? [/** @type {[number, number]} */ ([to, other[k]])] : [],
    );
  });
  const upstream = gradientsOf(
    gate,
    pairs.map(([to]) => to),
  );
  const factor = valuesOf(
    key === 0 ? right : left,
    pairs.map(([, from]) => from),
  );
  return { how: "sum", factors: key === 0 ? [upstream, factor] : [factor, upstream] };
}

/**
 * @param {TraceNode} node
 * @param {number[]} places
 * @returns {Factor}
 */
const valuesOf = (node, places) => ({
  node,
  role: "value",
  places,
  numbers: pick(node.value, places),
});

/**
 * @param {TraceNode} node
 * @param {number[]} places
 * @returns {Factor}
 */
const gradientsOf = (node, places) => ({
  node,
  role: "gradient",
  places,
  numbers: pick(node.upstream, places),
});

/**
 * Local gradients, which are drawn nowhere; none where all are 1.
 * @param {Tensor | null} value null where it is not sent
 * @param {number[]} places
 * @returns {Factor[]}
 */
function slopes(value, places) {
  const numbers = pick(value, value?.shape.length === 0 ? places.map(() => 0) : places);
  const ones = numbers.length > 0 && numbers.every((slope) => slope === 1);
  return ones ? [] : [{ role: "local", places: [], numbers }];
}

/**
 * What one use of a node brings back to one of its cells.
 * @param {Use} use
 * @param {number} place
 * @returns {Factor}
 */
const contribution = ({ gate, wire }, place) => ({
  node: gate,
  role: "gradient",
  places: [],
  numbers: pick(wire.downstream, [place]),
});

/**
 * @param {Tensor | null} tensor
 * @param {number[]} places
 * @returns {Numeric[]} [] where numbers are not sent
 */
function pick(tensor, places) {
  const all = numbersOf(tensor);
  return all ? places.map((place) => all[place]) : [];
}

/** @type {WeakMap<Tensor, Numeric[]>} */
const flattened = new WeakMap();

/**
 * @param {Tensor | null} tensor
 * @returns {Numeric[] | undefined}
 */
export function numbersOf(tensor) {
  if (!tensor || tensor.data === null) return undefined;
  const found = flattened.get(tensor) ?? flat(tensor.data);
  flattened.set(tensor, found);
  return found;
}
