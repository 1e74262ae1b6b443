/**
 * How a gate lets a gradient through one of its ports, read from the local gradients: no gate is known by its name.
 */

/** @import { Tensor, TraceNode } from "../types.d.ts" */

import { flat } from "./grid.js";

/**
 * copy: the upstream itself. route: the upstream, or nothing, as switches stand. swap: the upstream times another
 * argument. scale: times some other slope. meet: rows and columns of two matrices. spread: one number to many places.
 * collapse: many numbers into one. pass: by a matrix, or to other places.
 * @typedef {"copy" | "route" | "swap" | "scale" | "meet" | "spread" | "collapse" | "pass"} Gait
 */

/** @type {Partial<Record<import("../types.d.ts").Local["structure"], Gait>>} */
const BY_STRUCTURE = { matmul: "meet", broadcast: "collapse" };

/**
 * @param {TraceNode} gate
 * @param {number} key of the port
 * @param {(id: string) => TraceNode | undefined} find
 * @returns {Gait}
 */
export function gaitOf(gate, key, find) {
  const { local } = gate.inputs[key];
  const known = BY_STRUCTURE[local.structure];
  if (known) return known;
  if (local.structure === "reduction")
    return local.value && isSwitch(local.value) ? "route" : "spread";
  if (local.structure !== "scalar" && local.structure !== "diagonal") return "pass";
  if (swappedWith(gate, key, find) >= 0) return "swap";
  const slopes = gate.inputs.map((wire) => wire.local.value);
  if (slopes.some((slope) => slope && isSwitch(slope)) && slopes.every(isZeroOrOne)) return "route";
  return isAll(1, local.value) ? "copy" : "scale";
}

/**
 * @param {TraceNode} gate
 * @param {number} key
 * @param {(id: string) => TraceNode | undefined} find
 * @returns {number} the port of the argument that is this port's local gradient; −1 if none is
 */
export function swappedWith({ inputs }, key, find) {
  const { code } = inputs[key].local;
  return inputs.findIndex((wire, port) => port !== key && find(wire.node)?.code === code);
}

/**
 * @param {TraceNode} gate
 * @param {number} key
 * @returns {"open" | "closed" | undefined} how the switch at a port stands; undefined where cells differ
 */
export function switchAt({ inputs }, key) {
  const slopes = numbers(inputs[key].local.value);
  if (slopes.length === 0 || slopes.some((slope) => slope !== slopes[0])) return undefined;
  return slopes[0] === 0 ? "open" : slopes[0] === 1 ? "closed" : undefined;
}

/** @param {number} number @param {Tensor | null} tensor */
const isAll = (number, tensor) =>
  numbers(tensor).length > 0 && numbers(tensor).every((slope) => slope === number);

/** @param {Tensor | null} tensor */
const isZeroOrOne = (tensor) =>
  numbers(tensor).length > 0 && numbers(tensor).every((slope) => slope === 0 || slope === 1);

/** @param {Tensor} tensor */
const isSwitch = (tensor) => isZeroOrOne(tensor) && numbers(tensor).includes(0);

/**
 * @param {Tensor | null} tensor
 * @returns {number[]} [] where they are not sent
 */
const numbers = (tensor) => (tensor?.data == null ? [] : flat(tensor.data).map(Number));
