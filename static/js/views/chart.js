/** What the views' charts have in common: where the plot is, its axes, and the lines in it. */

import { axisBottom, axisLeft, curveLinear, line } from "../../vendor/charts.js";
import { select } from "../../vendor/d3.js";
import { svg } from "../circuit/text.js";
import { formatShort } from "../format.js";

/** @typedef {import("d3").ScaleContinuousNumeric<number, number>} Scale */

/** px */
export const WIDTH = 360;
/** px; where the plot begins and ends from left to right */
export const ACROSS = [52, WIDTH - 12];
/** px; above and below a curve */
const ROOM = 14;
/** On an axis, some more or less. */
const MARKS = 4;

/** px; where the plot begins and ends, from below. @param {number} height */
export const upOf = (height) => [height - 38, 24];

/** @param {number} height @param {Record<string, string>} attributes */
export const createChart = (height, attributes) =>
  svg("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${height}`, ...attributes });

/**
 * Widens what an upright scale covers.
 * @template {Scale} S
 * @param {S} scale
 */
export function withRoom(scale) {
  const [bottom, top] = scale.range();
  const narrow = scale.copy().range([bottom - ROOM, top + ROOM]);
  return scale.domain([bottom, top].map(narrow.invert));
}

/** Round numbers; on a logarithmic scale powers of ten alone. @param {Scale} scale */
export function marksOf(scale) {
  const [low, high] = scale.domain();
  return scale.ticks("base" in scale ? Math.min(MARKS + 2, Math.log10(high / low)) : MARKS);
}

/**
 * @param {[across: Scale, up: Scale]} scales
 * @param {{ names: string[], kind?: string, grid?: boolean, format?: (x: number) => string }} how
 */
export function axes([x, y], { names, kind = "", grid = false, format = formatShort }) {
  const [left, right] = x.range();
  const [bottom, top] = y.range();
  const group = svg("g", { class: grid ? "axes grid" : "axes" });
  for (const { axis, scale, place, length } of [
    { axis: axisBottom(x), scale: x, place: [0, bottom], length: bottom - top },
    { axis: axisLeft(y), scale: y, place: [left, 0], length: right - left },
  ])
    select(group)
      .append("g")
      .attr("transform", `translate(${place})`)
      .call(
        axis
          .tickValues(marksOf(scale))
          .tickFormat((mark) => format(Number(mark)))
          .tickSizeInner(grid ? -length : 4)
          .tickPadding(grid ? 7 : 3),
      )
      .select(".domain")
      .remove();
  svg("text", { class: kind, x: left, y: bottom + 34 }, group).textContent = names[0];
  svg("text", { class: kind, x: 4, y: top - 10 }, group).textContent = names[1];
  return group;
}

/** Browsers lose their way among very large coordinates. @param {number} px */
export const near = (px) => Math.min(1e5, Math.max(-1e5, px));

/**
 * A path that is broken where a point has no place; "" where none has.
 * @param {readonly number[][]} points px
 */
export function path(points, curve = curveLinear) {
  const drawn = line(
    ([x]) => near(x),
    ([, y]) => near(y),
  )
    .defined((point) => point.every(Number.isFinite))
    .curve(curve)
    .digits(1);
  return drawn(/** @type {[number, number][]} */ (points)) ?? "";
}

/**
 * Where an approach went, and its end.
 * @param {string} approach
 * @param {readonly number[][]} points px
 */
export function trail(approach, points, curve = curveLinear) {
  const group = svg("g", { class: `trail ${approach}` });
  const places = points.filter((point) => point.every(Number.isFinite));
  const end = places.at(-1);
  if (!end) return group;
  svg("path", { d: path(places, curve) }, group);
  svg("circle", { cx: near(end[0]), cy: near(end[1]), r: 4 }, group);
  return group;
}
