/**
 * Turns placed columns into coordinates, wires and solder dots.
 */

/** @import { Layout, LayoutOptions, Point } from "../types.d.ts" */
/** @import { Item, Layers, Link } from "./layers.js" */

import { nextLane } from "./layers.js";

/** A gap is this share of the longest fall in it, but no wider than so many times what was asked for. */
const STEEPEST = 0.15;
const WIDEST = 3;

/**
 * Where each column begins and ends along the flow, px.
 * @typedef {{ start: number, end: number }} Extent
 */

/**
 * @param {Layers} layers
 * @param {LayoutOptions} options
 * @returns {Layout}
 */
export function drawLayers({ columns, items, ends }, options) {
  moveToOrigin(columns);
  const turned = options.direction === "tb";
  const extents = columnExtents(columns, options.gapAlong);
  const depth = columns.flat().reduce((most, item) => Math.max(most, item.axis + item.after), 0);
  const length = extents.at(-1)?.end ?? 0;
  /** @param {number} along @param {number} across @returns {Point} */
  const point = (along, across) => {
    const [x, y] = turned ? [across, along] : [along, across];
    return { x: round(x), y: round(y) };
  };
  const { x: width, y: height } = point(length, depth);
  /** @type {Layout} */
  const layout = { places: {}, routes: {}, dots: {}, memory: {}, width, height };

  /** @type {Map<Link, string>} */
  const paths = new Map();
  for (const [id, source] of items) {
    layout.places[id] = point(boxStart(source, extents), source.axis - source.before);
    for (const [link, path] of netPaths(source, extents, turned)) paths.set(link, path);
    const dots = [];
    for (let item = /** @type {Item | undefined} */ (source); item; item = nextLane(item)) {
      if (item.outgoing.length > 1) dots.push(point(extents[item.rank].end, item.axis));
    }
    if (dots.length > 0) layout.dots[id] = dots;
  }
  for (const [id, link] of ends) layout.routes[id] = { id, d: paths.get(link) ?? "" };
  for (const item of columns.flat()) layout.memory[item.key] = round(item.axis);
  return layout;
}

/** @param {Item[][]} columns */
function moveToOrigin(columns) {
  const items = columns.flat();
  const low = items.reduce((least, item) => Math.min(least, item.axis - item.before), Infinity);
  for (const item of items) item.axis -= low;
}

/**
 * A column is as wide as its widest box; a gap with long falls is wider, so that its curves stay calm.
 * @param {Item[][]} columns
 * @param {number} gapAlong
 * @returns {Extent[]}
 */
function columnExtents(columns, gapAlong) {
  let start = 0;
  return columns.map((column) => {
    let [width, fall] = [0, 0];
    for (const { axis, box, outgoing } of column) {
      width = Math.max(width, box?.along ?? 0);
      for (const { to, port } of outgoing) fall = Math.max(fall, Math.abs(to.axis + port - axis));
    }
    const extent = { start, end: start + width };
    start = extent.end + Math.max(gapAlong, Math.min(STEEPEST * fall, WIDEST * gapAlong));
    return extent;
  });
}

/**
 * Gates stand at the start of their column, under one another; inputs end where the column ends, so that
 * their curve begins right after their run.
 * @param {Item} item
 * @param {Extent[]} extents
 */
function boxStart(item, extents) {
  const { start, end } = extents[item.rank];
  return item.box && item.incoming.length === 0 ? end - item.box.along : start;
}

/**
 * The routes of a net, all along one trunk: straight through columns, one cubic in a gap.
 * @param {Item} source
 * @param {Extent[]} extents
 * @param {boolean} turned
 * @returns {Map<Link, string>} path data by last link
 */
function netPaths(source, extents, turned) {
  const straight = turned ? "V" : "H";
  /** @param {number} along @param {number} across */
  const pair = (along, across) =>
    turned ? `${round(across)},${round(along)}` : `${round(along)},${round(across)}`;
  /** @param {Link} link */
  const piece = ({ from, to, port }) => {
    const [start, end] = [extents[from.rank].end, extents[to.rank].start];
    const target = to.axis + port;
    if (round(target) === round(from.axis)) return "";
    const middle = (start + end) / 2;
    return `${straight}${round(start)}C${pair(middle, from.axis)} ${pair(middle, target)} ${pair(end, target)}`;
  };
  /** @type {Map<Link, string>} */
  const paths = new Map();
  let trunk = `M${pair(boxStart(source, extents) + (source.box?.along ?? 0), source.axis)}`;
  for (let item = /** @type {Item | undefined} */ (source); item; item = nextLane(item)) {
    if (item !== source) trunk += piece(item.incoming[0]);
    for (const link of item.outgoing.filter(({ to }) => to.box)) {
      const port = extents[link.to.rank].start + (link.to.box?.portInset ?? 0);
      paths.set(link, `${trunk}${piece(link)}${straight}${round(port)}`);
    }
  }
  return paths;
}

/** @param {number} x */
function round(x) {
  return Math.round(x * 100) / 100;
}
