/** Reads what a student answers, and compares it with what the engine has sent. No DOM, and nothing is computed. */

import { parseNumbers, shapeOf } from "../panels/pasting.js";

/** @import { Nested, Numeric, Tensor } from "../types.d.ts" */
/** @import { Blank } from "./questions.js" */

/**
 * @typedef {{ kind: "numbers", data: Nested, shape: number[], digits: number, text: string }
 *   | { kind: "shape", shape: number[], text: string }
 *   | { kind: "formula", text: string }} Typed
 */

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const SHAPE = /^\(\s*(\d+\s*(,\s*\d+\s*)*)?,?\s*\)$/;
const TIMES = /^\d+(\s*[x×]\s*\d+)+$/;

/** As far from the truth as a computed number may be. */
const [RELATIVE, ABSOLUTE] = [1e-6, 1e-9];

/** So near that it is the same thought, rounded on the way. */
const NEAR = 0.05;

/**
 * A number, a nested list, a shape such as (3, 2) or 3 × 2, else a formula.
 * @param {string} written
 * @returns {Typed | undefined} nothing, where nothing is written
 */
export function readAnswer(written) {
  const text = written.replaceAll("−", "-").trim();
  if (!text) return undefined;
  if (NUMBER.test(text))
    return { kind: "numbers", data: Number(text), shape: [], digits: decimals(text), text };
  const isShape =
    (SHAPE.test(text) && (/,/.test(text) || /^\(\s*\)$/.test(text))) || TIMES.test(text);
  if (isShape) return { kind: "shape", shape: (text.match(/\d+/g) ?? []).map(Number), text };
  const numbers = /^\[.*\]$/.test(text) ? parseNumbers(text) : undefined;
  const shape = numbers && shapeOf(numbers);
  if (!shape) return { kind: "formula", text };
  const digits = Math.max(...(text.match(/[\d.]+(e[+-]?\d+)?/gi) ?? ["0"]).map(decimals));
  return { kind: "numbers", data: /** @type {Nested} */ (numbers), shape, digits, text };
}

/**
 * Decimals that a number was typed with; negative where only whole powers of ten were.
 * @param {string} text
 */
function decimals(text) {
  const [mantissa, exponent = "0"] = text.toLowerCase().split("e");
  return (mantissa.split(".")[1]?.length ?? 0) - Number(exponent);
}

/**
 * Whether a number is meant for another: the same, or the other rounded to the digits typed. A whole number says too
 * little of a small one to stand for it.
 * @param {number} typed
 * @param {number} truth
 * @param {number} digits
 */
export function means(typed, truth, digits) {
  if (!Number.isFinite(truth)) return Object.is(typed, truth);
  const off = Math.abs(typed - truth);
  if (off <= ABSOLUTE + RELATIVE * Math.abs(truth)) return true;
  return (digits > 0 || Math.abs(truth) >= 10) && off <= 0.5 * 10 ** -digits * (1 + RELATIVE);
}

/** @param {Nested} data @returns {number[]} */
export const flatOf = (data) =>
  (Array.isArray(data) ? /** @type {Numeric[]} */ (data.flat(9)) : [data]).map(Number);

/**
 * @param {Nested} data
 * @param {Tensor} tensor of the same shape
 * @param {(typed: number, truth: number) => boolean} alike
 */
function every(data, tensor, alike) {
  if (tensor.data === null) return false;
  const truths = flatOf(tensor.data);
  const typed = flatOf(data);
  return typed.length === truths.length && typed.every((each, i) => alike(each, truths[i]));
}

/** @param {readonly number[]} a @param {readonly number[]} b */
export const sameShape = (a, b) => a.join() === b.join();

/**
 * Whether numbers are a tensor's, to the digits typed.
 * @param {{ data: Nested, shape: number[], digits: number }} typed
 * @param {Tensor} tensor
 */
export const isTensor = ({ data, shape, digits }, tensor) =>
  sameShape(shape, tensor.shape) &&
  every(data, tensor, (each, truth) => means(each, truth, digits));

/**
 * Formulas without what makes no difference: spaces, np., ways to write a transpose.
 * @param {string} text
 */
export const bare = (text) =>
  text
    .replace(/\b(np|numpy)\./g, "")
    .replace(/transpose\(([\w]+)\)/g, "$1.T")
    .replace(/\.transpose\(\)|ᵀ|\^T\b/g, ".T")
    .replace(/\s+/g, "")
    .replace(/^\((.*)\)$/, (all, inner) => (/[()]/.test(inner) ? all : inner));

/** @param {number[]} shape */
export const shapeText = (shape) =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;

/**
 * What can be said of wrong numbers without asking the engine.
 * @param {{ data: Nested, shape: number[], digits: number }} typed
 * @param {Blank} blank
 * @returns {string}
 */
export function hintOf(typed, { tensor, confused, kind, shape }) {
  if (!sameShape(typed.shape, shape))
    return kind === "value" || kind === "local"
      ? `Look at the shape first: yours is ${shapeText(typed.shape)}.`
      : `Look at the shape first: yours is ${shapeText(typed.shape)}; a gradient has the shape of what it is taken with respect to.`;
  const taken = confused.find(({ tensor: other }) => isTensor(typed, other));
  if (taken) return `This is ${taken.name} alone.`;
  if (tensor && every(typed.data, tensor, (each, truth) => means(-each, truth, typed.digits)))
    return "The size is right, the sign is not.";
  if (
    tensor &&
    every(typed.data, tensor, (each, truth) => Math.abs(each - truth) < NEAR * Math.abs(truth))
  )
    return "Close, but not to the digits you typed: carry more of them along the way.";
  return {
    value: "Put the numbers above into the gate, one after the other, and try again.",
    local:
      "Let the other inputs rest, and ask how much the output changes for a small change of this one.",
    gradient:
      "It is the upstream times the local gradient; where a value is used more than once, the contributions add.",
    part: "It is the upstream times the local gradient of this one wire.",
  }[kind];
}
