/**
 * What the board draws of a trace, before anything has a place: one `Figure` a node, and the boxes and edges that
 * the layout needs. Knows sizes; knows no step and no DOM.
 */

/** @import { Layout, Point, Trace, TraceEdge, TraceNode } from "../types.d.ts" */
/** @import { Boxes, Figure, Measure, Picture, Style, Taps } from "./types.d.ts" */

import { figureOf } from "./figures.js";

/**
 * @param {Trace} trace
 * @param {Style} style
 * @param {Measure} measure
 * @param {{ boxes?: Boxes, taps?: Taps }} [parts] where the trace may have some
 * @returns {Generator<void, Picture>} long work at many nodes, that pauses at each
 */
export function* pictureOf(trace, style, measure, { boxes, taps: parts } = {}) {
  const folded = foldedLiterals(trace);
  const edges = trace.edges.filter((edge) => !folded.has(edge.source));
  /** @type {Map<string, TraceEdge[]>} */
  const incoming = new Map();
  /** @type {Map<string, TraceEdge[]>} */
  const outgoing = new Map();
  for (const edge of edges) {
    push(incoming, edge.target, edge);
    push(outgoing, edge.source, edge);
  }
  const nodes = new Map(trace.nodes.map((node) => [node.id, node]));
  const carries = (/** @type {TraceEdge} */ { target, key }) =>
    Boolean(nodes.get(target)?.inputs[key]?.downstream);
  /** @type {Map<string, TraceEdge[]>} */
  const fans = new Map();
  for (const [source, wires] of outgoing) {
    const carrying = wires.filter(carries);
    if (carrying.length > 1) fans.set(source, carrying);
  }

  /** @type {Map<string, Figure>} */
  const figures = new Map();
  for (const node of trace.nodes) {
    if (folded.has(node.id)) continue;
    const wires = incoming.get(node.id) ?? [];
    figures.set(
      node.id,
      figureOf(node, {
        style,
        measure,
        boxes,
        nodes,
        wires,
        fans,
        ends: !outgoing.has(node.id),
        output: node.id === trace.output,
        literals: node.inputs.flatMap((wire) =>
          folded.get(wire.node) === node.id
            ? [/** @type {TraceNode} */ (nodes.get(wire.node))]
            : [],
        ),
      }),
    );
    yield;
  }
  boxes?.arrange(trace, figures, style);
  /** @type {Picture["taps"]} */
  const taps = parts?.tapsOf(figures, style, measure) ?? new Map();
  const graph = {
    boxes: [
      ...[...taps.values()].map(({ box }) => box),
      ...[...figures]
        .filter(([, { host }]) => !host)
        .map(([id, figure]) => boxOf(id, figure, style)),
    ],
    edges: [...figures.values()].flatMap(({ wires }) =>
      wires.map(({ id, source, target, key }, port) => ({
        id,
        source: taps.get(id)?.box.id ?? source,
        target,
        port,
        weight: taps.has(id) ? 0.1 : weightOf(nodes.get(source), key),
      })),
    ),
  };
  const options = {
    direction: style.direction,
    gapAcross: style.number,
    gapAlong: 2 * style.number,
  };
  return { trace, style, boxes, taps, figures, edges, fans, graph, options };
}

/**
 * Where a figure's origin lies once its box has a place.
 * @param {Figure} figure
 * @param {Layout} layout
 * @returns {Point}
 */
export function originOf({ node, bounds, host }, layout) {
  if (host) {
    const { x, y } = originOf(host.figure, layout);
    return { x: x + host.x, y: y + host.y };
  }
  const { x, y } = layout.places[node.id];
  return { x: x - bounds.left, y: y - bounds.top };
}

/**
 * The first argument of a tensor gate is its data, and what goes from box to box is passed on: those wires run
 * straight, and weights come in from the side.
 * @param {TraceNode | undefined} source
 * @param {number} key
 */
function weightOf(source, key) {
  if (source?.host) return 6;
  return key === 0 && source && source.value.shape.length > 0 ? 6 : 1;
}

/**
 * @template K, V
 * @param {Map<K, V[]>} lists
 * @param {K} key
 * @param {V} item
 */
function push(lists, key, item) {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/**
 * Scalar literals without a name: their gate's face shows them.
 * @param {Trace} trace
 * @returns {Map<string, string>} gate by literal
 */
export function foldedLiterals(trace) {
  const literals = new Set(
    trace.nodes
      .filter(
        (node) =>
          node.kind === "constant" &&
          node.name === null &&
          node.value.shape.length === 0 &&
          node.id !== trace.output,
      )
      .map((node) => node.id),
  );
  /** @type {Map<string, string>} */
  const gates = new Map();
  for (const { source, target } of trace.edges)
    if (literals.has(source) && !gates.has(source)) gates.set(source, target);
  return gates;
}

/**
 * @param {string} id
 * @param {Figure} figure
 * @param {Style} style
 */
function boxOf(id, { bounds, ports, exits, runEnd, halfWidth, halfHeight }, { direction }) {
  const { left, right, top, bottom } = bounds;
  // Ports end inside the sign, which is drawn over the wires.
  if (direction === "tb") {
    const along = Math.max(runEnd, bottom) - top;
    return {
      id,
      along,
      across: right - left,
      axis: -left,
      ports: ports.map((x) => x - left),
      portInset: -0.6 * halfHeight - top,
      ...exitsOf(exits, left),
    };
  }
  const along = Math.max(runEnd, right) - left;
  return {
    id,
    along,
    across: bottom - top,
    axis: -top,
    ports: ports.map((y) => y - top),
    portInset: -0.6 * halfWidth - left,
    ...exitsOf(exits, top),
  };
}

/**
 * @param {Figure["exits"]} exits
 * @param {number} low edge of the box, across
 */
const exitsOf = (exits, low) =>
  exits && {
    exits: Object.fromEntries(Object.entries(exits).map(([id, axis]) => [id, axis - low])),
  };
