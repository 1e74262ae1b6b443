/** Other inputs of the same program, small enough to reckon with; the same seed gives the same. No DOM. */

import { flatOf } from "./answers.js";

/** @import { GivenInput, Nested, Trace } from "../types.d.ts" */

/**
 * Numbers of 0 to 1, as reproducible as they are plain.
 * @param {number} seed
 */
function dice(seed) {
  let state = (seed * 2654435761 + 40503) >>> 0;
  return () => {
    state = (1664525 * state + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Inputs like those of the trace: whole where those are whole, of both signs where those are. Labels stay.
 * @param {Trace} trace
 * @param {number} seed
 * @returns {Record<string, GivenInput>}
 */
export function otherInputs({ inputs, nodes }, seed) {
  const roll = dice(seed);
  /** @type {Record<string, GivenInput>} */
  const given = {};
  for (const [name, { node: id, role }] of Object.entries(inputs)) {
    const value = nodes.find((node) => node.id === id)?.value;
    if (!value || role === "label") continue;
    given[name] =
      value.data === null
        ? { shape: value.shape, fill: "normal", seed: Math.floor(1e6 * roll()) }
        : like(value.data, roll);
  }
  return given;
}

/**
 * @param {Nested} data
 * @param {() => number} roll
 * @returns {Nested}
 */
function like(data, roll) {
  const numbers = flatOf(data);
  const unit = numbers.every(Number.isInteger) ? 1 : 0.1;
  const most = Math.max(
    3,
    Math.min(9, ...numbers.map((each) => Math.ceil(Math.abs(each) / unit) + 3)),
  );
  const signed = numbers.length > 1 ? numbers.some((each) => each < 0) : numbers[0] < 0;
  const next = () => {
    const size = 1 + Math.floor(most * roll());
    const sign = signed && roll() < 0.5 ? -1 : 1;
    return Number((sign * size * unit).toFixed(1));
  };
  /** @type {(part: Nested) => Nested} */
  const fill = (part) => (Array.isArray(part) ? part.map(fill) : next());
  return fill(data);
}
