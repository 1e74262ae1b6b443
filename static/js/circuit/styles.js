/**
 * Sizes that a picture may be drawn in, and how far its boxes stand apart, so that it fills its room.
 */

/** @import { Direction, LayoutGraph, Trace } from "../types.d.ts" */
/** @import { Picture, Style } from "./types.d.ts" */

/** Least size of any text as it is designed, and as it may be seen when the picture is shrunk, px. */
export const LEAST = 12;
const READABLE = 11.1;

/** Under this many px of width the flow turns downwards. */
const NARROW = 600;

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
