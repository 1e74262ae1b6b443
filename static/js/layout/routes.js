/**
 * Turns placed columns into coordinates, wires and solder dots.
 */

/** @import { Layout, LayoutOptions, Point } from "../types.d.ts" */
/** @import { Item, Layers, Link, Net } from "./layers.js" */

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
export function drawLayers({ columns, items, nets, ends }, options) {
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
  for (const [id, item] of items)
    layout.places[id] = point(boxStart(item, extents), item.axis - item.before);
  for (const [id, net] of nets) {
    for (const [link, path] of netPaths(id, net, extents, turned)) paths.set(link, path);
    const dots = [];
    for (let item = /** @type {Item | undefined} */ (net.source); item; item = nextLane(item, id)) {
      const split = item.outgoing.filter((link) => link.net === id);
      if (split.length > 1) dots.push(point(extents[item.rank].end, item.axis + split[0].start));
    }
    if (dots.length > 0) layout.dots[id] = dots;
    layout.memory[id] = round(net.source.axis + net.start);
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
      for (const { to, start, port } of outgoing)
        fall = Math.max(fall, Math.abs(to.axis + port - axis - start));
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
 * @param {string} net
 * @param {Net} origin
 * @param {Extent[]} extents
 * @param {boolean} turned
 * @returns {Map<Link, string>} path data by last link
 */
function netPaths(net, { source, start }, extents, turned) {
  const straight = turned ? "V" : "H";
  /** @param {number} along @param {number} across */
  const pair = (along, across) =>
    turned ? `${round(across)},${round(along)}` : `${round(along)},${round(across)}`;
  /** @param {Link} link */
  const piece = ({ from, to, start, port }) => {
    const [out, end] = [extents[from.rank].end, extents[to.rank].start];
    const [origin, target] = [from.axis + start, to.axis + port];
    if (round(target) === round(origin)) return "";
    const middle = (out + end) / 2;
    return `${straight}${round(out)}C${pair(middle, origin)} ${pair(middle, target)} ${pair(end, target)}`;
  };
  /** @type {Map<Link, string>} */
  const paths = new Map();
  let trunk = `M${pair(boxStart(source, extents) + (source.box?.along ?? 0), source.axis + start)}`;
  for (let item = /** @type {Item | undefined} */ (source); item; item = nextLane(item, net)) {
    if (item !== source) trunk += piece(item.incoming[0]);
    for (const link of item.outgoing.filter((each) => each.to.box && each.net === net)) {
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
