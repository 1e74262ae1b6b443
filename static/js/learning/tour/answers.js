/** What a tour's questions about numbers ask for, read from the trace, and whether it was answered. Nothing is drawn. */

import { formatScalar, formatShape, formatTensor } from "../../format.js";
import { flatOf, isTensor, means, readAnswer } from "../answers.js";

/** @import { Nested, Tensor, Trace } from "../../types.d.ts" */
/** @import { NumberQuestion } from "./types.d.ts" */

/**
 * The node of a name, as it stands at the end; of a name in code, where it has none.
 * @param {Trace} trace
 * @param {string} name
 */
export const nodeOf = ({ nodes }, name) =>
  nodes.findLast((node) => node.name === name || node.aliases.includes(name)) ??
  nodes.find(({ code }) => code === name);

/**
 * What a question asks for, in this very pass; a shape as the list of its sizes.
 * @param {Trace} trace
 * @param {NumberQuestion} question
 * @returns {Tensor | undefined}
 */
export function wantedBy(trace, { node: name, part, argument }) {
  const node = nodeOf(trace, name);
  if (!node) return undefined;
  if (part === "value") return node.value;
  if (part === "shape") return { shape: [node.value.shape.length], data: node.value.shape };
  const wire = node.inputs[argument];
  if (part === "local") return wire?.local.value ?? undefined;
  if (part === "downstream") return wire?.downstream ?? undefined;
  return node.upstream ?? undefined;
}

/**
 * @param {Tensor} wanted
 * @param {boolean} isShape
 */
export function written(wanted, isShape) {
  if (isShape) return formatShape(/** @type {number[]} */ (wanted.data));
  return wanted.shape.length === 0 ? formatScalar(wanted) : formatTensor(wanted);
}

/**
 * The numbers that were typed, in brackets or without; the sizes of a shape as a list.
 * @param {string} text
 */
export function numbersIn(text) {
  const found = readAnswer(text);
  const typed = found?.kind === "formula" ? readAnswer(`[${text.trim()}]`) : found;
  if (typed?.kind === "numbers") return typed;
  const { shape } = typed?.kind === "shape" ? typed : { shape: undefined };
  return shape && { data: shape, shape: [shape.length], digits: 0 };
}

/**
 * @param {NonNullable<ReturnType<typeof numbersIn>>} typed
 * @param {Tensor} wanted
 */
export function agrees(typed, wanted) {
  const isOne = typed.shape.length === 0 && wanted.shape.join() === "1";
  return isTensor(isOne ? { ...typed, data: [typed.data], shape: [1] } : typed, wanted);
}

/**
 * Whether an answer is this slip's, number for number.
 * @param {Nested} data
 * @param {Nested} slip
 */
export function slipped(data, slip) {
  const [typed, known] = [flatOf(data), flatOf(slip)];
  return typed.length === known.length && typed.every((x, i) => means(x, known[i], 3));
}
