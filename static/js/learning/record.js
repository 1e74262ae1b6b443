/** What a student has done with a program: read from the store, changed in it, and the score kept on the device. */

import { recall, remember, same } from "../state.js";

/** @import { Learning, Page, Store } from "../state.js" */

/** Programs whose scores are kept; the oldest goes first. */
const MOST = 60;

/** A short name for a program. @param {string} source */
function keyOf(source) {
  let hash = 5381;
  for (const letter of source) hash = (33 * hash + letter.charCodeAt(0)) >>> 0;
  return hash.toString(36);
}

/** @returns {Record<string, Learning["score"]>} */
function scores() {
  try {
    return JSON.parse(recall("scores") ?? "{}");
  } catch {
    return {};
  }
}

/**
 * What has been done with the program shown; nothing yet, if it was done with another.
 * @param {Page} page
 * @returns {Learning}
 */
export function learningOf({ learning, trace: { source } }) {
  if (learning?.source === source) return learning;
  const { right = 0, asked = 0 } = scores()[keyOf(source)] ?? {};
  const score = { right: Number(right) || 0, asked: Number(asked) || 0 };
  return {
    source,
    score,
    reached: 0,
    far: 0,
    results: {},
    tries: 0,
    done: [],
    sized: [],
    shapes: {},
  };
}

/**
 * @param {Store} store
 * @param {Partial<Learning>} change
 */
export function note(store, change) {
  const before = learningOf(store.get());
  const learning = { ...before, ...change };
  if (store.get().learning && same(before, learning)) return;
  if (!same(before.score, learning.score)) keep(learning);
  store.set({ learning });
}

/**
 * Ticks a step of the five-step menu.
 * @param {Store} store
 * @param {"graph" | "cost" | "balance"} step
 */
export function tick(store, step) {
  const { done } = learningOf(store.get());
  if (!done.includes(step)) note(store, { done: [...done, step] });
}

/** @param {Learning} learning */
function keep({ source, score }) {
  const { [keyOf(source)]: _, ...others } = scores();
  const kept = Object.entries({ ...others, [keyOf(source)]: score }).slice(-MOST);
  remember("scores", JSON.stringify(Object.fromEntries(kept)));
}
