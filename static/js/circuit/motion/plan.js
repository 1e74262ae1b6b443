/**
 * What moves in the beat of one step, and when: a list of moves, each with its part of the beat. Loaded on first use.
 * A gate's moves follow from its gait; where a step brings more than one gate something, nothing moves.
 */

/** @import { Frame, Point, Tensor, TraceEdge, TraceNode } from "../../types.d.ts" */
/** @import { Gait } from "../gait.js" */
/** @import { Change, Drawing, Mark, Move, Part, Slot, Token, WireMark } from "../types.d.ts" */

import { formatShape } from "../../format.js";
import { gaitOf, swappedWith, switchAt } from "../gait.js";
import { scalarText } from "../pieces.js";
import { bands } from "./bands.js";
import { sample, slotCentre, wirePoints } from "./paths.js";

/** More tokens than this would be a swarm. */
const MOST = 8;

/**
 * @param {Drawing} drawing
 * @param {Frame} frame
 * @param {Change} change
 * @returns {Move[]} [] where nothing should move
 */
export function planOf(drawing, frame, { forward, backward, landing }) {
  if (forward.length + backward.length > MOST) return [];
  if (new Set([...forward, ...backward].map(({ target }) => target)).size > 1) return [];
  const landed = landing.filter(({ id, role }) => role === "gradient" && frame.nodes[id].active);
  const acts = [
    ...(forward.length ? [(/** @type {Part} */ part) => comeIn(drawing, forward, part)] : []),
    ...landed.map(
      ({ id }) =>
        (/** @type {Part} */ part) =>
          land(drawing, id, frame.nodes[id].adds, part),
    ),
    ...turnsOf(drawing, backward).map(
      (edges) => (/** @type {Part} */ part) => goBack(drawing, edges, part),
    ),
  ];
  return acts.flatMap((act, i) => act([i / acts.length, (i + 1) / acts.length]));
}

/**
 * @param {Part} part
 * @param {number} from
 * @param {number} to
 * @returns {Part} a part of the part
 */
const within = ([start, end], from, to) => [
  start + from * (end - start),
  start + to * (end - start),
];

/** @param {Drawing} drawing @returns {(id: string) => TraceNode | undefined} */
const finder = ({ picture }) => {
  const nodes = new Map(picture.trace.nodes.map((node) => [node.id, node]));
  return (id) => nodes.get(id);
};

/**
 * Values come in along their wires; what the gate makes of them comes out.
 * @param {Drawing} drawing
 * @param {TraceEdge[]} edges
 * @param {Part} part
 * @returns {Move[]}
 */
function comeIn(drawing, edges, part) {
  const { picture, marks, wires } = drawing;
  const gate = marks.get(edges[0].target);
  if (!gate) return [];
  const { node, value } = gate.figure;
  const turn = within(part, 0, 0.5);
  const incoming = edges.flatMap(({ id, source }) => {
    const from = marks.get(source);
    const wire = wires.get(id);
    if (!from || !wire) return [];
    return [
      move(token(drawing, from.figure.node.value, "value"), wirePoints(from, wire, picture), turn),
    ];
  });
  // A folded box makes several values; they stand beside it.
  if (node.box) return incoming;
  const rest = within(part, 0.5, 1);
  const meeting = bands(drawing, node, "out", rest);
  const result = meeting.length
    ? [...meeting, fill(gate, value, node.value, "value", rest)]
    : [
        move(
          token(drawing, node.value, "value", true),
          [gate.origin, slotCentre(gate, value)],
          rest,
        ),
      ];
  return [...incoming, ...result];
}

/**
 * A first gradient drops under its node; contributions slide to their dot, and their sum goes to its place.
 * @param {Drawing} drawing
 * @param {string} id
 * @param {boolean} adds
 * @param {Part} part
 * @returns {Move[]}
 */
function land(drawing, id, adds, part) {
  const { picture, marks, wires } = drawing;
  const mark = marks.get(id);
  const total = mark?.figure.node.upstream;
  if (!mark || !total) return [];
  const { style } = picture;
  const end = slotCentre(mark, mark.figure.gradient);
  if (!adds) {
    const ahead =
      style.direction === "tb" ? { x: 0, y: 2 * style.number } : { x: 3 * style.number, y: 0 };
    const start = { x: end.x + ahead.x, y: end.y + ahead.y };
    return [move(token(drawing, total, "gradient", true), [start, end], part)];
  }
  const fan = picture.fans.get(id) ?? [];
  const dot = fan.map((edge) => wires.get(edge.id)?.dot).find(Boolean) ?? end;
  const contributions = fan.slice(0, MOST).flatMap((edge) => {
    const target = marks.get(edge.target);
    const wire = wires.get(edge.id);
    const slot = target?.figure.partials.get(edge.id);
    if (!target || !wire || !slot) return [];
    const way = upTo(dot, sample(wire.path).toReversed());
    return [
      move(
        token(drawing, downstreamOf(drawing, edge), "partial"),
        [slotCentre(target, slot), ...way.slice(1)],
        within(part, 0, 0.55),
      ),
    ];
  });
  return [
    ...contributions,
    { look: "bloom", at: dot, size: 0.36 * style.number, part: within(part, 0.4, 0.7) },
    move(token(drawing, total, "gradient", true), [dot, end], within(part, 0.55, 1)),
  ];
}

/**
 * Copies, and what switches let through, leave together; products leave one after the other.
 * @param {Drawing} drawing
 * @param {TraceEdge[]} edges of one gate
 * @returns {TraceEdge[][]}
 */
function turnsOf(drawing, edges) {
  const node = edges.length ? drawing.marks.get(edges[0].target)?.figure.node : undefined;
  if (!node) return [];
  if (node.box) return [edges];
  const find = finder(drawing);
  const together = edges.every(
    ({ key }) => node.inputs[key] && ["copy", "route"].includes(gaitOf(node, key, find)),
  );
  return together ? [edges] : edges.map((edge) => [edge]);
}

/**
 * The upstream comes to the gate, meets what the port makes of it, and goes on along the wire.
 * @param {Drawing} drawing
 * @param {TraceEdge[]} edges
 * @param {Part} part
 * @returns {Move[]}
 */
function goBack(drawing, edges, part) {
  const { marks } = drawing;
  const gate = marks.get(edges[0].target);
  const upstream = gate?.figure.node.upstream;
  if (!gate) return [];
  if (!upstream) return edges.flatMap((edge) => comeOut(drawing, gate, edge, part));
  const arriving = move(
    token(drawing, upstream, "gradient"),
    [slotCentre(gate, gate.figure.gradient), beside(drawing, gate, gate.origin, 1)],
    within(part, 0, 0.5),
  );
  return [
    arriving,
    ...edges.flatMap((edge) => leave(drawing, gate, upstream, edge, part)),
    ...(edges.length === 1 ? copies(drawing, gate, edges[0], part) : []),
  ];
}

/**
 * What comes out of a folded box; how it was made stays inside.
 * @param {Drawing} drawing
 * @param {Mark} gate
 * @param {TraceEdge} edge
 * @param {Part} part
 * @returns {Move[]}
 */
function comeOut(drawing, gate, edge, part) {
  const from = drawing.marks.get(edge.source);
  const wire = drawing.wires.get(edge.id);
  if (!from || !wire) return [];
  const slot = gate.figure.partials.get(edge.id);
  return [
    move(
      token(drawing, downstreamOf(drawing, edge), slot ? "partial" : "gradient", !slot),
      wayBack(drawing, gate, from, edge),
      part,
    ),
  ];
}

/**
 * From the gate to the place under a wire's source, or to the port where several contributions come together.
 * @param {Drawing} drawing
 * @param {Mark} gate
 * @param {Mark} from
 * @param {TraceEdge} edge
 * @returns {Point[]}
 */
function wayBack({ picture, wires }, gate, from, { id }) {
  const slot = gate.figure.partials.get(id);
  const wire = wires.get(id);
  if (slot || !wire) return [gate.origin, slotCentre(gate, slot ?? gate.figure.gradient)];
  return [...wirePoints(from, wire, picture).toReversed(), slotCentre(from, from.figure.gradient)];
}

/**
 * @param {Drawing} drawing
 * @param {Mark} gate
 * @param {Tensor} upstream
 * @param {TraceEdge} edge
 * @param {Part} part
 * @returns {Move[]}
 */
function leave(drawing, gate, upstream, edge, part) {
  const { marks, wires } = drawing;
  const { node } = gate.figure;
  const from = marks.get(edge.source);
  const wire = wires.get(edge.id);
  if (!from || !wire || !node.inputs[edge.key]) return [];
  const find = finder(drawing);
  const gait = gaitOf(node, edge.key, find);
  const slot = gate.figure.partials.get(edge.id);
  const downstream = downstreamOf(drawing, edge);
  const last = within(part, 0.5, 1);
  const port = portOf(drawing, gate, wire);
  const way = wayBack(drawing, gate, from, edge);
  const role = slot ? "partial" : "gradient";
  const dark = gait === "route" && switchAt(node, edge.key) === "open";
  /** @param {Tensor} tensor @param {Part} when */
  const going = (tensor, when) => move({ ...token(drawing, tensor, role, !slot), dark }, way, when);

  if (gait === "swap" || gait === "meet") {
    const other =
      gait === "swap" ? swappedWith(node, edge.key, find) : node.inputs.length - 1 - edge.key;
    const factor = comeAcross(drawing, gate, other, port, within(part, 0, 0.5));
    if (gait === "swap" || slot) return [...factor, going(downstream, last)];
    const meeting = bands(drawing, node, edge.key ? "right" : "left", last);
    return meeting.length
      ? [...factor, ...meeting, fill(from, from.figure.gradient, downstream, "gradient", last)]
      : [...factor, going(downstream, last)];
  }
  const grown = slot ? undefined : stretchOf(node, edge.key, gait);
  const { gradient } = from.figure;
  if (!grown || !gradient.grid) return [going(downstream, last)];
  return [
    going(upstream, within(part, 0.4, 0.7)),
    {
      look: "stretch",
      slot: standing(from, gradient),
      tensor: downstream,
      role: "gradient",
      from: grown,
      part: within(part, 0.7, 1),
    },
  ];
}

/**
 * The heat map that a gradient comes as, in sizes of the one it becomes: one cell that will be spread, or lines that
 * will be summed.
 * @param {TraceNode} gate
 * @param {number} key
 * @param {Gait} gait
 * @returns {Point | undefined}
 */
function stretchOf({ inputs, value }, key, gait) {
  const { local, summed_axes } = inputs[key];
  const spreads = gait === "spread";
  const axes = spreads || summed_axes.length === 0 ? (local.axes ?? []) : summed_axes;
  if (axes.length === 0 || !(spreads || gait === "collapse" || gait === "copy")) return undefined;
  const shape = spreads ? local.shape.slice(value.shape.length) : value.shape;
  const [y, x] = [2, 1].map((back) => {
    const axis = shape.length - back;
    const size = axes.includes(axis) ? shape[axis] : 1;
    return spreads ? 1 / size : size;
  });
  return { x, y };
}

/**
 * The other ports' copies of the upstream stand for a moment where they will leave.
 * @param {Drawing} drawing
 * @param {Mark} gate
 * @param {TraceEdge} edge
 * @param {Part} part
 * @returns {Move[]}
 */
function copies(drawing, gate, { id, key }, part) {
  const { node } = gate.figure;
  const { upstream, inputs } = node;
  if (gaitOf(node, key, finder(drawing)) !== "copy" || inputs[key].summed_axes.length > 0)
    return [];
  return gate.figure.wires.flatMap((other) => {
    const wire = drawing.wires.get(other.id);
    if (other.id === id || !wire || !upstream || !inputs[other.key]?.downstream) return [];
    const { x, y } = portOf(drawing, gate, wire);
    // Further apart than the ports, or the two would lie on each other.
    const { origin } = gate;
    const end =
      drawing.picture.style.direction === "tb"
        ? { x: 2 * x - origin.x, y }
        : { x, y: 2.4 * (y - origin.y) + origin.y };
    return [move(token(drawing, upstream, "gradient"), [origin, end], within(part, 0.5, 0.9))];
  });
}

/**
 * Another argument's value comes along its wire, and across to a port that it will be the factor of.
 * @param {Drawing} drawing
 * @param {Mark} gate
 * @param {number} key
 * @param {Point} port
 * @param {Part} part
 * @returns {Move[]}
 */
function comeAcross(drawing, gate, key, port, part) {
  const edge = gate.figure.wires.find((wire) => wire.key === key);
  const from = edge && drawing.marks.get(edge.source);
  const wire = edge && drawing.wires.get(edge.id);
  if (!from || !wire) return [];
  const way = [...wirePoints(from, wire, drawing.picture).slice(0, -1), port];
  return [move(token(drawing, from.figure.node.value, "value"), way, part)];
}

/**
 * Just before a gate's port, or behind the gate.
 * @param {Drawing} drawing
 * @param {Mark} gate
 * @param {Point} at across the flow
 * @param {1 | -1} side
 * @returns {Point}
 */
function beside({ picture: { style } }, { origin, figure }, at, side) {
  return style.direction === "tb"
    ? { x: at.x, y: origin.y + side * 1.3 * figure.halfHeight }
    : { x: origin.x + side * 1.3 * figure.halfWidth, y: at.y };
}

/** @param {Drawing} drawing @param {Mark} gate @param {WireMark} wire */
const portOf = (drawing, gate, { path }) =>
  beside(drawing, gate, path[path.length - 1].slice(-1)[0], -1);

/**
 * @param {Point} dot
 * @param {Point[]} points
 * @returns {Point[]} the points before the dot, and the dot
 */
function upTo(dot, points) {
  const near = points.findIndex(({ x, y }) => Math.hypot(x - dot.x, y - dot.y) < 1);
  return [...points.slice(0, near < 0 ? 1 : near), dot];
}

/**
 * @param {Drawing} drawing
 * @param {Tensor} tensor
 * @param {Token["role"]} role
 * @param {boolean} [full] as large as the number it becomes
 * @returns {Token}
 */
function token({ picture: { style } }, tensor, role, full) {
  const size = tensor.shape.length === 0 && full ? style.number : style.partial;
  return { text: scalarText(tensor) || formatShape(tensor.shape), tensor, role, size };
}

/**
 * @param {Token} token
 * @param {Point[]} points
 * @param {Part} part
 * @returns {Move}
 */
const move = (token, points, part) => ({ look: "token", token, points, part });

/**
 * @param {Mark} mark
 * @param {Slot} slot
 * @param {Tensor} tensor
 * @param {"value" | "gradient"} role
 * @param {Part} part
 * @returns {Move}
 */
const fill = (mark, slot, tensor, role, part) => ({
  look: "fill",
  slot: standing(mark, slot),
  tensor,
  role,
  part,
});

/** @param {Mark} mark @param {Slot} slot @returns {Slot} where the slot stands in the picture */
const standing = ({ origin }, slot) => ({ ...slot, x: origin.x + slot.x, y: origin.y + slot.y });

/**
 * @param {Drawing} drawing
 * @param {TraceEdge} edge
 * @returns {Tensor}
 */
function downstreamOf({ picture }, { target, key }) {
  return picture.figures.get(target)?.node.inputs[key].downstream ?? { shape: [], data: null };
}
