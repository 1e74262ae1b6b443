/**
 * What the board draws of a trace, before anything has a place: one `Figure` a node, with everything drawn
 * around it at its own coordinates, and the boxes and edges that the layout needs.
 * Knows sizes; knows no step and no DOM.
 */

/** @import { Direction, Layout, LayoutGraph, Local, Point, Tensor, Trace, TraceEdge, TraceNode } from "../types.d.ts" */
/** @import { Boxes, Figure, Label, Measure, Picture, Piece, Rect, Style, Surroundings, Taps } from "./types.d.ts" */

import { formatScalar, formatShape, formatShort, WAY_BACK } from "../format.js";
import { gridOf } from "./grid.js";
import { namePieces, numberPieces, plain, shapePieces } from "./measure.js";

/** The font's box above and under the baseline, in em. */
const ASCENT = 1.07;
const DESCENT = 0.3;

/** A number of this width finds room in every slot, so that a changed input moves nothing. */
const WIDEST = { lr: "−00.00", tb: "−00.0" };

/** Least size of any text as it is designed, and as it may be seen when the picture is shrunk, px. */
const LEAST = 12;
const READABLE = 11.1;

/** Under this many px of width the flow turns downwards. */
export const NARROW = 600;

/** Numbers on circuits of up to this many gates are never smaller than `CLASSROOM` px on a board of `USUAL` px or more. */
const FEW_GATES = 10;
const CLASSROOM = 20;
const USUAL = 1100;

/** In lecture mode, for the back row: on boards of this width or more. */
const HALL = 28;
const HALL_WIDTH = 1400;
/** @type {[number, number][]} */
const HALL_SIZES = [
  [46, 46],
  [40, 40],
  [36, 34],
  [32, 28],
  [30, 26],
];

/** Beyond this many nodes only the smallest style is tried. */
const MANY_NODES = 80;

/**
 * Wanted sizes, best first: number, cell.
 * @type {Record<Direction, [number, number][]>}
 */
const SIZES = {
  lr: [
    [28, 34],
    [26, 28],
    [26, 24],
    [25, 20],
    [23, 20],
    [21.5, 20],
    [20, 18],
    [20, 15],
    [18, 16],
    [16, 14],
    [14, 13],
    [12.5, 12],
  ],
  tb: [
    [22, 16],
    [20, 16],
    [18, 16],
    [16, 14],
  ],
};

/** What is scrolled whatever its size is no smaller than this: number, cell. @type {[number, number]} */
const SCROLLED = [16, 14];

/**
 * @param {Direction} direction
 * @param {number} number
 * @param {number} cell
 * @param {number} [least] px
 * @param {number} [crowded] size up to which nothing is generous
 * @returns {Style}
 */
export function makeStyle(direction, number, cell, least = 0, crowded = CLASSROOM) {
  const dense = direction === "tb" || number <= crowded;
  return {
    direction,
    number,
    small: Math.max(LEAST, 0.56 * number),
    partial: Math.max(LEAST, 0.66 * number),
    radius: (dense ? 0.96 : 1.08) * number,
    pad: (dense ? 0.3 : 0.42) * number,
    lane: Math.max(4.5, 0.22 * number),
    cell,
    side: direction === "tb" ? 84 : cell < 18 ? 100 : 140,
    terse: dense,
    least,
  };
}

/**
 * The styles to try, best first; the last one is taken for a picture that is whole in none.
 * @param {Trace} trace
 * @param {{ width: number }} room px
 * @param {boolean} [hall] whether the back row of a lecture hall is to read it
 * @returns {Style[]}
 */
export function stylesFor(trace, room, hall = false) {
  const direction = room.width < NARROW ? "tb" : "lr";
  const large = hall && direction === "lr";
  const wanted = hall ? HALL * Math.min(1, room.width / HALL_WIDTH) : CLASSROOM;
  const least = (large || room.width >= USUAL) && isSmall(trace) ? wanted : 0;
  const sizes = [...(large ? HALL_SIZES : []), ...SIZES[direction]].filter(
    ([number]) => number >= least,
  );
  const whole = trace.nodes.length > MANY_NODES ? [] : sizes;
  const scrolled = least > SCROLLED[0] ? sizes.slice(-1) : [SCROLLED];
  const crowded = large ? HALL_SIZES[HALL_SIZES.length - 1][0] : undefined;
  return [...whole, ...scrolled].map(([number, cell]) =>
    makeStyle(direction, number, cell, least, crowded),
  );
}

/**
 * Whether a lecture hall should read every number: a few gates, and more numbers than heat maps.
 * @param {Trace} trace
 */
function isSmall({ nodes }) {
  const maps = nodes.filter((node) => node.value.shape.length > 0).length;
  return (
    nodes.filter((node) => node.kind === "gate").length <= FEW_GATES && 2 * maps <= nodes.length
  );
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
 * The scale under which nothing may be drawn, lest its text be too small to read.
 * @param {Picture} picture
 */
export function leastScale({ style }) {
  return Math.min(1, Math.max(style.least / style.number, READABLE / LEAST));
}

/** Least and greatest gaps, in number sizes: along the flow, and across it. */
const GAPS = {
  lr: { along: [1, 5], across: [0.7, 3] },
  tb: { along: [1.4, 4], across: [0.5, 2.4] },
};

/** The same along the flow where numbers must be large. */
const CROWDED = [0.6, 5];

/** A picture may be shrunk by this much before smaller sizes are tried. */
export const SHRINK = 0.9;

/**
 * Sets the gaps so that the picture fills the room.
 * @param {Picture} picture
 * @param {{ width: number, height: number }} room
 * @param {number} ease how much of the spare room to take, 0 to 1
 * @returns {boolean} whether it may fit
 */
export function spread({ style, graph, options }, room, ease) {
  const { ranks, count } = rankBoxes(graph);
  const along = new Array(count).fill(0);
  const across = new Array(count).fill(0);
  const boxes = new Array(count).fill(0);
  for (const box of graph.boxes) {
    const rank = /** @type {number} */ (ranks.get(box.id));
    along[rank] = Math.max(along[rank], box.along);
    across[rank] += box.across;
    boxes[rank]++;
  }
  const turned = style.direction === "tb";
  const [length, depth] = turned ? [room.height, room.width] : [room.width, room.height];
  const used = along.reduce((sum, one) => sum + one, 0);
  const crowded = style.least > CLASSROOM;
  const gaps = { ...GAPS[style.direction], ...(crowded && { along: CROWDED }) };
  /** @param {number[]} limits @param {number} wanted */
  const between = ([least, most], wanted) =>
    style.number *
    (least + ease * (Math.max(least, Math.min(most, wanted / style.number)) - least));
  options.gapAlong = between(gaps.along, (0.98 * length - used) / Math.max(1, count - 1));
  options.gapAcross = between(
    gaps.across,
    0.7 *
      Math.min(...across.map((sum, rank) => (0.94 * depth - sum) / Math.max(1, boxes[rank] - 1))),
  );
  const shortest = used + (count - 1) * gaps.along[0] * style.number;
  return (turned || SHRINK * shortest <= length) && SHRINK * Math.max(...across) <= depth;
}

/**
 * Columns as the layout will make them, near enough to judge a size by.
 * @param {LayoutGraph} graph
 */
function rankBoxes({ boxes, edges }) {
  /** @type {Map<string, number>} */
  const ranks = new Map(boxes.map((box) => [box.id, 0]));
  const at = (/** @type {string} */ id) => ranks.get(id) ?? 0;
  // Boxes and edges come in evaluation order.
  for (const { source, target } of edges) ranks.set(target, Math.max(at(target), at(source) + 1));
  const inputs = new Set(boxes.filter((box) => box.ports.length === 0).map((box) => box.id));
  /** @type {Map<string, number>} */
  const first = new Map();
  for (const { source, target } of edges) {
    if (inputs.has(source))
      first.set(source, Math.min(first.get(source) ?? Infinity, at(target) - 1));
  }
  for (const [id, rank] of first) ranks.set(id, rank);
  return { ranks, count: Math.max(0, ...ranks.values()) + 1 };
}

/**
 * @param {Trace} trace
 * @param {Style} style
 * @param {Measure} measure
 * @param {{ boxes?: Boxes, taps?: Taps }} [parts] where the trace may have some
 * @returns {Picture}
 */
export function pictureOf(trace, style, measure, { boxes, taps: parts } = {}) {
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
function foldedLiterals(trace) {
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
 * @param {TraceNode} node
 * @param {Surroundings} around
 * @returns {Figure}
 */
function figureOf(node, around) {
  const { style, measure, boxes, wires } = around;
  const turned = style.direction === "tb";
  const isGate = node.kind === "gate" && !node.host;
  if (node.box && boxes) {
    const figure = { ...blank(node, around), ...boxes.signOf(node, around) };
    layPorts(figure, around);
    return figure;
  }
  const sign = isGate ? signOf(node, wires.length, style, measure) : {};
  const figure = { ...blank(node, around), ...sign };
  figure.runStart = turned ? figure.halfHeight : figure.halfWidth;
  cover(figure, -figure.halfWidth, -figure.halfHeight, figure.halfWidth, figure.halfHeight);
  if (turned) layRunDown(figure, around);
  else layRunRight(figure, around);
  if (isGate) layPorts(figure, around);
  if (!around.ends)
    figure.runEnd = Math.max(figure.runEnd, turned ? figure.bounds.bottom : figure.bounds.right);
  return figure;
}

/**
 * A figure without anything on it.
 * @param {TraceNode} node
 * @param {Surroundings} around
 * @returns {Figure}
 */
function blank(node, { style, wires, literals, ends }) {
  return {
    node,
    folded: literals,
    halfWidth: 0,
    halfHeight: 0,
    corner: 0,
    ports: [],
    face: undefined,
    name: undefined,
    badge: undefined,
    equal: undefined,
    caption: undefined,
    value: { x: 0, y: 0, anchor: "middle", size: style.number },
    gradient: { x: 0, y: 0, anchor: "middle", size: style.number },
    runStart: 0,
    runEnd: 0,
    ends,
    wires,
    partials: new Map(),
    chips: new Map(),
    sum: undefined,
    host: undefined,
    exits: undefined,
    bounds: { left: 0, right: 0, top: 0, bottom: 0 },
  };
}

/**
 * The gate's sign: a circle, longer where its face or its ports need it.
 * @param {TraceNode} node
 * @param {number} count
 * @param {Style} style
 * @param {Measure} measure
 */
function signOf(node, count, style, measure) {
  const { radius, number, direction } = style;
  const pieces = [plain(node.face)];
  const room = (2 * radius - 0.55 * number) / measure(pieces, 1);
  const size =
    [...node.face].length <= 1 ? 0.95 * number : Math.max(LEAST, Math.min(0.72 * number, room));
  const needed = measure(pieces, size) / 2 + 0.3 * number;
  const pitch =
    count === 2 ? 0.9 * radius : Math.max(0.5 * number, (1.25 * radius) / Math.max(1, count - 1));
  const ports = Array.from({ length: count }, (_, port) => (port - (count - 1) / 2) * pitch);
  const span = count > 3 ? ((count - 1) * pitch) / 2 + 0.35 * radius : 0;
  const turned = direction === "tb";
  const halfWidth = Math.max(radius, needed, turned ? span : 0);
  const halfHeight = Math.max(radius, turned ? 0 : span);
  return {
    halfWidth,
    halfHeight,
    corner: Math.min(halfWidth, halfHeight),
    ports,
    face: /** @type {Label} */ ({ x: 0, y: 0.36 * size, anchor: "middle", size, pieces }),
  };
}

/**
 * Name, badge, value and gradient of a node whose value flows to the right.
 * @param {Figure} figure
 * @param {Surroundings} around
 */
function layRunRight(figure, around) {
  const { style, measure, ends, output, fans } = around;
  const { node } = figure;
  const { number, small, lane } = style;
  const { pad } = style;
  const tensor = node.value.shape.length > 0;
  const nameAside = !tensor && node.name !== null && (node.kind !== "gate" || (output && ends));
  const title = titleOf(node, style, measure);
  const titleAbove = nameAside ? 0 : title.width;
  const line = node.kind === "gate" ? figure.halfWidth : 0;

  if (tensor) {
    const grid = gridOf(node, style, measure);
    const content = Math.max(
      grid.width,
      titleAbove,
      grid.caption ? measure(grid.caption, small) : 0,
    );
    const middle = line + pad + content / 2;
    const air = 0.4 * number;
    figure.runEnd = line + 2 * pad + content;
    figure.value = { x: middle - grid.width / 2, y: -air - grid.height, grid };
    figure.gradient = { x: middle - grid.width / 2, y: lane + air, grid };
    cover(
      figure,
      middle - grid.width / 2 - 3,
      -air - grid.height - 3 - grid.stack,
      middle + grid.width / 2 + 3 + grid.stack,
      lane + air + grid.height + 8,
    );
    putTitle(
      figure,
      title,
      middle - title.width / 2,
      -air - grid.height - grid.stack - 0.5 * number,
      style,
    );
    if (node.upstream) {
      const pieces = equalPieces(node);
      const wide = measure(pieces, small);
      putEqual(figure, pieces, middle - wide / 2, figure.bounds.bottom + 1.1 * small, wide, style);
    }
    if (grid.caption) putCaption(figure, grid.caption, middle, figure.bounds.bottom, around);
  } else {
    const content = Math.max(slotWidth(node, style, measure), titleAbove);
    const middle = line + pad + content / 2;
    const base = -0.36 * number;
    figure.runEnd = line + 2 * pad + content;
    figure.value = { x: middle, y: base, anchor: "middle", size: number };
    figure.gradient = { x: middle, y: lane + 1.12 * number, anchor: "middle", size: number };
    cover(
      figure,
      middle - content / 2,
      base - ASCENT * number,
      middle + content / 2,
      lane + (1.12 + DESCENT) * number,
    );
    if (titleAbove) putTitle(figure, title, middle - title.width / 2, base - 1.36 * number, style);
    if (nameAside) {
      const gap = 0.42 * number;
      const atEnd = node.kind === "gate";
      putTitle(
        figure,
        title,
        atEnd ? figure.runEnd + gap : -gap - title.width,
        0.28 * number,
        style,
      );
    }
  }
  cover(figure, 0, -lane, figure.runEnd, lane);

  const contributions = fans.get(node.id);
  if (contributions) {
    const { pieces, width, height, room } = sumOf(node, contributions, around);
    const left = figure.runEnd - room;
    const under = figure.bounds.bottom + 0.2 * number;
    const top = left < figure.halfWidth ? Math.max(under, figure.halfHeight + 0.4 * number) : under;
    figure.sum = {
      x: figure.runEnd - width / 2,
      y: top + height / 2,
      anchor: "middle",
      size: small,
      pieces,
      width,
      height,
    };
    cover(figure, left, top, figure.runEnd, top + height);
  }
}

/**
 * The same for a value that flows downwards: value left of its wire, gradient right of it.
 * @param {Figure} figure
 * @param {Surroundings} around
 */
function layRunDown(figure, around) {
  const { style, measure, ends, output, fans } = around;
  const { node } = figure;
  const { number, small, lane } = style;
  const isGate = node.kind === "gate";
  const tensor = node.value.shape.length > 0;
  const air = 0.4 * number;
  const title = titleOf(node, style, measure);
  const atEnd = isGate && output && ends && !tensor;
  let y = isGate ? figure.halfHeight + 0.3 * number : 0.3 * number;

  if (!isGate) putTitle(figure, title, -title.width / 2, -0.4 * number, style);
  else if (title.width && !atEnd) {
    putTitle(figure, title, -air - title.width, y + 0.95 * number, style);
    y += 1.36 * number;
  }
  if (tensor) {
    const grid = gridOf(node, style, measure);
    y += 4 + grid.stack;
    figure.value = { x: -air - grid.width - grid.stack, y, grid };
    figure.gradient = { x: lane + air, y, grid };
    cover(
      figure,
      -air - grid.width - 4 - grid.stack,
      y,
      lane + air + grid.width + 4 + grid.stack,
      y + grid.height + 4,
    );
    y += grid.height + 4;
    if (grid.caption) {
      // Left of the wire, like the value it sums up.
      const wide = measure(grid.caption, small);
      putCaption(figure, grid.caption, figure.value.x + grid.width - wide / 2, y, around);
      y += 4 + 1.3 * small;
    }
    if (node.upstream) {
      const pieces = equalPieces(node);
      y += 1.4 * small;
      putEqual(figure, pieces, lane + air, y, measure(pieces, small), style);
      y += DESCENT * small;
    }
  } else {
    const width = slotWidth(node, style, measure);
    figure.value = { x: -air, y: y + number, anchor: "end", size: number };
    figure.gradient = { x: lane + air, y: y + number, anchor: "start", size: number };
    cover(figure, -air - width, y - 0.1 * number, lane + air + width, y + (1 + DESCENT) * number);
    y += 1.35 * number;
  }
  const contributions = fans.get(node.id);
  if (contributions) {
    const { pieces, width, height, room } = sumOf(node, contributions, around);
    figure.sum = {
      x: lane + air + width / 2,
      y: y + 4 + height / 2,
      anchor: "middle",
      size: small,
      pieces,
      width,
      height,
    };
    cover(figure, 0, y, lane + air + room, y + 6 + height);
    y += 6 + height;
  }
  figure.runEnd = y + 0.25 * number;
  cover(figure, 0, 0, lane, figure.runEnd);
  if (atEnd) putTitle(figure, title, -title.width / 2, figure.runEnd + 1.02 * number, style);
}

/**
 * Chips and partial gradients around a gate's ports.
 * @param {Figure} figure
 * @param {Surroundings} around
 */
function layPorts(figure, around) {
  const { style, measure, wires, fans, nodes } = around;
  const { node, halfWidth, halfHeight, ports } = figure;
  const { number, small, partial } = style;
  const turned = style.direction === "tb";
  const gap = 0.3 * number;
  for (const [port, edge] of wires.entries()) {
    const source = /** @type {TraceNode} */ (nodes.get(edge.source));
    const first = ports[port] < 0 || (ports.length === 1 && !turned);
    if (fans.get(edge.source)?.includes(edge)) {
      const width = partialWidth(source, edge, around);
      if (turned) {
        const x = ports[port] + (first ? -gap : style.lane + gap);
        const y = -halfHeight - 0.5 * partial;
        figure.partials.set(edge.id, { x, y, anchor: first ? "end" : "start", size: partial });
        cover(
          figure,
          first ? x - width - 4 : x,
          y - ASCENT * partial,
          first ? x : x + width + 4,
          y,
        );
      } else {
        const x = -halfWidth - 0.5 * number - width / 2;
        const y =
          first || node.box
            ? ports[port] - 0.36 * partial
            : ports[port] + style.lane + 1.02 * partial;
        figure.partials.set(edge.id, { x, y, anchor: "middle", size: partial });
        cover(
          figure,
          x - width / 2 - 4,
          y - ASCENT * partial,
          x + width / 2,
          y + DESCENT * partial,
        );
      }
    }
    if (ports.length > 4 || node.box) continue;
    const pieces = chipPieces(node, source, edge.key, style, nodes);
    if (pieces.length === 0) continue;
    const width = measure(pieces, small) + 1.5 * small;
    const height = 1.85 * small;
    const before = [...figure.chips.values()].filter((chip) =>
      turned ? chip.x < 0 === first : chip.y < 0 === first,
    ).length;
    const chip = turned
      ? { x: (first ? -1 : 1) * (halfWidth + 0.55 * number + width / 2), y: before * (height + 4) }
      : placeChip(figure, width, height, first, style);
    figure.chips.set(edge.id, { ...chip, anchor: "middle", size: small, pieces, width, height });
    cover(figure, chip.x - width / 2, chip.y - height / 2, chip.x + width / 2, chip.y + height / 2);
  }
}

/**
 * The place of a chip over (or under) a gate, as near as what is already drawn allows.
 * @param {Figure} figure
 * @param {number} width
 * @param {number} height
 * @param {boolean} above
 * @param {Style} style
 */
function placeChip(figure, width, height, above, { number, terse }) {
  const air = 0.26 * number;
  const ring = figure.halfHeight + 0.42 * number;
  const taken = obstacles(figure, number);
  const label = Math.min(
    ...taken.filter((rect) => rect.left > figure.halfWidth).map((rect) => rect.left),
    Infinity,
  );
  // Centred over the sign if the labels leave room, else pushed left; past the sign only where that is worth its room.
  const most = terse && !figure.value.grid ? 0 : 0.9 * number;
  const x = Math.max(Math.min(0, label - air - width / 2), width / 2 - figure.halfWidth - most);
  let edge = ring;
  for (const rect of taken.toSorted((a, b) => (above ? b.bottom - a.bottom : a.top - b.top))) {
    if (rect.right < x - width / 2 - 2 || rect.left > x + width / 2 + 2) continue;
    const near = above ? -rect.bottom : rect.top;
    const far = above ? -rect.top : rect.bottom;
    if (far > 0 && near < edge + height + air) edge = Math.max(edge, far + air / 2);
  }
  return { x, y: (above ? -1 : 1) * (edge + height / 2) };
}

/**
 * What a chip must not cover.
 * @param {Figure} figure
 * @param {number} number
 * @returns {Rect[]}
 */
function obstacles(figure, number) {
  const { value, gradient, name, badge, equal, chips, partials, runEnd, halfWidth } = figure;
  /** @type {Rect[]} */
  const rects = [];
  for (const slot of [value, gradient]) {
    if (slot.grid)
      rects.push({
        left: slot.x - 4,
        right: slot.x + slot.grid.width + 4,
        top: slot.y - 4 - slot.grid.stack,
        bottom: slot.y + slot.grid.height + 4,
      });
    else
      rects.push({
        left: halfWidth + 0.3 * number,
        right: runEnd,
        top: slot.y - ASCENT * number,
        bottom: slot.y + DESCENT * number,
      });
  }
  for (const label of [name, badge, equal]) {
    if (label)
      rects.push({
        left: label.x,
        right: runEnd,
        top: label.y - ASCENT * label.size,
        bottom: label.y + DESCENT * label.size,
      });
  }
  for (const { x, y, width, height } of chips.values()) {
    rects.push({
      left: x - width / 2,
      right: x + width / 2,
      top: y - height / 2,
      bottom: y + height / 2,
    });
  }
  for (const slot of partials.values()) {
    if (!slot.grid)
      rects.push({
        left: -Infinity,
        right: -halfWidth,
        top: slot.y - ASCENT * slot.size,
        bottom: slot.y + DESCENT * slot.size,
      });
  }
  return rects;
}

/**
 * @param {TraceNode} node
 * @param {Style} style
 * @param {Measure} measure
 */
function titleOf(node, style, measure) {
  const pieces = node.name === null ? [] : namePieces(node.name, "name");
  const badge = shapePieces(node);
  const nameWidth = measure(pieces, style.number);
  const gap = pieces.length && badge.length ? 0.35 * style.number : 0;
  return { pieces, badge, nameWidth, gap, width: nameWidth + gap + measure(badge, style.small) };
}

/**
 * @param {Figure} figure
 * @param {ReturnType<typeof titleOf>} title
 * @param {number} x left end
 * @param {number} y baseline
 * @param {Style} style
 */
function putTitle(figure, title, x, y, style) {
  const { pieces, badge, nameWidth, gap, width } = title;
  if (pieces.length) figure.name = { x, y, anchor: "start", size: style.number, pieces };
  if (badge.length)
    figure.badge = { x: x + nameWidth + gap, y, anchor: "start", size: style.small, pieces: badge };
  if (!pieces.length && !badge.length) return;
  const size = pieces.length ? style.number : style.small;
  cover(figure, x, y - ASCENT * size, x + width, y + DESCENT * size);
}

/**
 * The first invariant that students see: a gradient has its value's shape.
 * @param {TraceNode} node
 */
function equalPieces(node) {
  return [plain("= "), ...shapePieces(node)];
}

/**
 * @param {Figure} figure
 * @param {Piece[]} pieces
 * @param {number} x left end
 * @param {number} y baseline
 * @param {number} width
 * @param {Style} style
 */
function putEqual(figure, pieces, x, y, width, { small }) {
  figure.equal = { x, y, anchor: "start", size: small, pieces };
  cover(figure, x, y - small, x + width, y + DESCENT * small);
}

/**
 * @param {Figure} figure
 * @param {Piece[]} pieces
 * @param {number} x middle
 * @param {number} top
 * @param {Surroundings} around
 */
function putCaption(figure, pieces, x, top, { measure, style: { small } }) {
  const wide = measure(pieces, small) / 2;
  const bottom = top + 1.4 * small;
  figure.caption = { x, y: bottom - 0.4 * small, anchor: "middle", size: small, pieces };
  cover(figure, x - wide, top, x + wide, bottom);
}

/**
 * Room for a number on its run: as constant as can be, so that changed inputs leave the picture where it is.
 * @param {TraceNode} node
 * @param {Style} style
 * @param {Measure} measure
 */
function slotWidth({ value, upstream }, { number, direction }, measure) {
  const texts = [WIDEST[direction], scalarText(value), upstream ? scalarText(upstream) : ""];
  return Math.max(...texts.map((text) => measure([plain(text)], number)));
}

/**
 * @param {TraceNode} source
 * @param {TraceEdge} edge
 * @param {Surroundings} around
 */
function partialWidth(source, { key, target }, { style, measure, nodes }) {
  const downstream = nodes.get(target)?.inputs[key].downstream;
  const texts =
    source.value.shape.length > 0
      ? [formatShape(source.value.shape)]
      : ["−0.00", downstream ? scalarText(downstream) : ""];
  return Math.max(...texts.map((text) => measure([plain(text)], style.partial)));
}

/**
 * @param {TraceNode} node
 * @param {TraceEdge[]} contributions
 * @param {Surroundings} around
 */
function sumOf(node, contributions, { style, measure, nodes }) {
  const tensors = contributions.map(
    ({ target, key }) => nodes.get(target)?.inputs[key].downstream ?? null,
  );
  const pieces = numberPieces(sumText(node, tensors), "gradient");
  const usual = [plain(node.value.shape.length > 0 ? "" : "−0.00 + (−0.00) = −0.00")];
  const pad = 1.4 * style.small;
  return {
    pieces,
    width: measure(pieces, style.small) + pad,
    height: 1.85 * style.small,
    room: Math.max(measure(pieces, style.small), measure(usual, style.small)) + pad,
  };
}

/**
 * @param {Tensor} tensor
 * @returns {string} "" for anything but a scalar
 */
export function scalarText(tensor) {
  const { shape, data } = tensor;
  return shape.length > 0 || data === null || Array.isArray(data) ? "" : formatScalar(tensor);
}

/**
 * How contributions add up, in one line.
 * @param {TraceNode} node
 * @param {(Tensor | null)[]} contributions
 * @returns {string}
 */
function sumText(node, contributions) {
  const terms = contributions.map((tensor) =>
    tensor === null || tensor.data === null || Array.isArray(tensor.data)
      ? ""
      : formatShort(tensor.data),
  );
  if (node.value.shape.length > 0 || !node.upstream) return `sum of ${contributions.length}`;
  if (terms.includes("")) return `sum of ${contributions.length}`;
  const shown = terms.length > 3 ? [terms[0], terms[1], "…"] : terms;
  const total =
    Array.isArray(node.upstream.data) || node.upstream.data === null
      ? ""
      : formatShort(node.upstream.data);
  return `${shown.map((term, i) => (i > 0 && term.startsWith("−") ? `(${term})` : term)).join(" + ")} = ${total}`;
}

/**
 * A local gradient as its chip shows it: what the upstream will be multiplied by.
 * @param {TraceNode} gate
 * @param {TraceNode} source
 * @param {number} key
 * @param {Style} style
 * @param {Map<string, TraceNode>} nodes
 * @returns {Piece[]}
 */
function chipPieces(gate, source, key, style, nodes) {
  const { local, downstream } = gate.inputs[key];
  if (!downstream) return [];
  const data = local.value?.data;
  const scalar =
    local.structure === "scalar" && data !== undefined && data !== null && !Array.isArray(data);
  if (scalar && (style.terse || gate.name === null || source.name === null))
    return [plain(`× ${formatShort(data)}`)];
  if (scalar) {
    const value = formatShort(data);
    const code = codePieces(local.code);
    const middle =
      code.length > 0 && local.code !== String(Number(local.code)) ? [...code, plain(" = ")] : [];
    return [
      plain("∂"),
      ...namePieces(String(gate.name), "plain"),
      plain("/∂"),
      ...namePieces(String(source.name), "plain"),
      plain(" = "),
      ...middle,
      plain(value),
    ];
  }
  return structurePieces(local, nodes);
}

/**
 * @param {Local} local
 * @param {Map<string, TraceNode>} nodes
 * @returns {Piece[]}
 */
function structurePieces(local, nodes) {
  if (local.structure === "matmul") {
    const other = local.other ? nodes.get(local.other) : undefined;
    /** @type {Piece[]} */
    const factor = other ? namePieces(other.name ?? other.code, "plain") : [plain("other")];
    factor.push({ text: "T", kind: "plain", shift: "sup" });
    return local.side === "left" ? [plain("· "), ...factor] : [...factor, plain(" ·")];
  }
  if (local.structure === "diagonal") {
    const code = codePieces(local.code);
    return [plain("× "), ...(code.length > 0 ? code : [plain("local")])];
  }
  if (local.structure === "reduction") return [plain(local.value ? "spread, × local" : "spread")];
  return [plain(WAY_BACK[local.structure] ?? "local")];
}

/** Longer expressions are left to the panel below the board. */
const LONGEST_CODE = 14;

/**
 * A short NumPy expression as mathematics; [] if it is not short.
 * @param {string} code
 * @returns {Piece[]}
 */
function codePieces(code) {
  const text = code.replaceAll("np.", "").trim();
  if (text.length > LONGEST_CODE) return [];
  return text
    .split(/([\p{L}_][\p{L}\p{N}_]*)/u)
    .filter(Boolean)
    .flatMap((part) =>
      /^[\p{L}_]/u.test(part)
        ? namePieces(part, "plain")
        : [
            plain(
              part
                .replaceAll("**2", "²")
                .replaceAll(" * ", "·")
                .replaceAll("*", "·")
                .replaceAll("-", "−"),
            ),
          ],
    );
}

/**
 * @param {Figure} figure
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 */
function cover({ bounds }, left, top, right, bottom) {
  bounds.left = Math.min(bounds.left, left);
  bounds.top = Math.min(bounds.top, top);
  bounds.right = Math.max(bounds.right, right);
  bounds.bottom = Math.max(bounds.bottom, bottom);
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
