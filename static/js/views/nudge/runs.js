/** The forward passes that a numerical gradient takes, one after the other, and the one backward pass; no DOM. */

/** @import { Trace } from "../../types.d.ts" */
/** @import { Entry } from "../descend/axes.js" */

/** @typedef {"central" | "forward"} Method */

/**
 * One pass. Without an entry it is the first of the forward method, at the inputs as they are; the last is the
 * backward pass, for all entries at once.
 * @typedef {object} Run
 * @property {Entry} [entry] what is nudged
 * @property {1 | -1} [way]
 * @property {boolean} [writes] whether a slope can be written down after it
 * @property {true} [backward]
 */

/**
 * @param {readonly Entry[]} entries
 * @param {Method} method
 * @returns {Run[]}
 */
export function runsOf(entries, method) {
  const nudges = entries.flatMap(
    /** @returns {Run[]} */
    (entry) =>
      method === "central"
        ? [
            { entry, way: 1 },
            { entry, way: -1, writes: true },
          ]
        : [{ entry, way: 1, writes: true }],
  );
  return [...(method === "forward" ? [{}] : []), ...nudges, { backward: true }];
}

/**
 * Forward passes among the first so many runs.
 * @param {readonly Run[]} runs
 * @param {number} done
 */
export const passesOf = (runs, done) =>
  runs.slice(0, done).filter(({ backward }) => !backward).length;

/**
 * Nodes with another value in the one pass than in the other, in evaluation order.
 * @param {Trace} before
 * @param {Trace} after
 */
export function movedIn(before, after) {
  const then = new Map(after.nodes.map(({ id, value }) => [id, value]));
  return before.nodes
    .filter(({ id, value }) => {
      const now = then.get(id);
      return now && JSON.stringify(now) !== JSON.stringify(value);
    })
    .map(({ id }) => id);
}
