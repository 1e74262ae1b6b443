/** Numbers in the program's text: where they are, and how they are written a few steps further on. */

import { rangeFor } from "../panels/ranges.js";

/** @typedef {{ from: number, to: number, text: string }} Found a number with its sign, if that is its own */

const NUMBER = /(?<![\p{L}\w.])(\d+\.?\d*|\.\d+)(e[-+]?\d+)?(?![\p{L}\w.])/giu;

/** What a minus stands behind when it belongs to the number after it. */
const SIGN = /(^|[([{,=:+\-*/%@<>&|^~]|\b(?:return|in|if|else))\s*-$/;

/**
 * The number at a place of the text, its ends included.
 * @param {string} source
 * @param {number} place
 * @returns {Found | undefined}
 */
export function numberAt(source, place) {
  const start = source.lastIndexOf("\n", place - 1) + 1;
  const line = source.slice(start).split("\n", 1)[0].split("#", 1)[0];
  for (const { 0: digits, index } of line.matchAll(NUMBER)) {
    const from = SIGN.test(line.slice(0, index)) ? index - 1 : index;
    const to = index + digits.length;
    if (start + from <= place && place <= start + to)
      return { from: start + from, to: start + to, text: line.slice(from, to) };
  }
  return undefined;
}

/**
 * How many steps a key press moves a number: Alt with an arrow one, with Shift ten.
 * @param {{ key: string, altKey: boolean, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean }} press
 */
export function stepsOf({ key, altKey, shiftKey, ctrlKey, metaKey }) {
  const sign = { ArrowUp: 1, ArrowDown: -1 }[key] ?? 0;
  return altKey && !ctrlKey && !metaKey ? sign * (shiftKey ? 10 : 1) : 0;
}

/** @param {string} text */
const partsOf = (text) => {
  const [, mantissa = "", decimals = "", exponent = ""] =
    text.match(/^(-?\d*(?:\.(\d*))?)(e[-+]?\d+)?$/i) ?? [];
  return { mantissa, decimals: decimals.length, exponent, whole: !mantissa.includes(".") };
};

/**
 * How far a slider moves a number, and where it stands: as far as an input's; a whole number by whole steps; of 2e-3
 * it moves the 2.
 * @param {string} text
 */
export function reachOf(text) {
  const { mantissa, exponent, whole } = partsOf(text);
  const value = Number(mantissa);
  const { min, max, step } = rangeFor(value, false);
  return { min, max, step: whole && !exponent ? Math.max(1, step) : step, value };
}

/**
 * A slider's place, written as the number was: never with fewer decimals, with more where its steps need them.
 * @param {string} text as the number was
 * @param {number} value
 */
export function written(text, value) {
  const { mantissa, decimals, exponent } = partsOf(text);
  const needed =
    value
      .toFixed(12)
      .replace(/\.?0+$/, "")
      .split(".")[1]?.length ?? 0;
  const point = mantissa.endsWith(".") && !needed ? "." : "";
  return `${value.toFixed(Math.max(decimals, needed))}${point}${exponent}`;
}

/**
 * A number some steps on, written as it was: 0.5 goes on to 0.6, 12 to 13, 1e-3 to 2e-3.
 * A number of three digits or more moves in its second digit.
 * @param {string} text
 * @param {number} steps
 */
export function stepped(text, steps) {
  const { mantissa, decimals, exponent } = partsOf(text);
  const whole = mantissa.replace(/^-|\..*$/g, "");
  const step = decimals ? 10 ** -decimals : 10 ** Math.max(0, whole.length - 2);
  const moved = (Number(mantissa) + steps * step).toFixed(decimals);
  const point = mantissa.endsWith(".") ? "." : "";
  return `${/^-0(\.0*)?$/.test(moved) ? moved.slice(1) : moved}${point}${exponent}`;
}
