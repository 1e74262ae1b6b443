/** Which gates a place in the text makes, and where in the text they are made. */

import { locator } from "../panels/spans.js";

/** @import { Trace } from "../types.d.ts" */

/** @typedef {{ id: string, name: string | null, from: number, to: number, line: number }} Place */

/** @type {WeakMap<Trace, Place[]>} */
const known = new WeakMap();

/**
 * Where every node with a place in the text is written, in offsets.
 * @param {Trace} trace
 */
export function placesOf(trace) {
  const locate = locator(trace.source);
  const places =
    known.get(trace) ??
    trace.nodes.flatMap(({ id, name, span }) => {
      if (!span) return [];
      const [from, to] = locate(span);
      return [{ id, name, from, to, line: span.line }];
    });
  known.set(trace, places);
  return places;
}

/**
 * The nodes that a place in the text makes: those of the narrowest expression around it; else, as left of
 * an equals sign, those of its line.
 * @param {Trace} trace
 * @param {number} place an offset
 * @returns {string[]}
 */
export function nodesAt(trace, place) {
  const places = placesOf(trace);
  const around = places.filter(({ from, to }) => from <= place && place <= to);
  const least = Math.min(...around.map(({ from, to }) => to - from));
  if (around.length > 0)
    return around.filter(({ from, to }) => to - from === least).map(({ id }) => id);
  const line = trace.source.slice(0, place).split("\n").length;
  return places.filter((each) => each.line === line).map(({ id }) => id);
}
