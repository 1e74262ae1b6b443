/** Numbers in the program's text: where they are, and how they are written a few steps further on. */

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
 * A number some steps on, written as it was: 0.5 goes on to 0.6, 12 to 13, 1e-3 to 2e-3.
 * A number of three digits or more moves in its second digit.
 * @param {string} text
 * @param {number} steps
 */
export function stepped(text, steps) {
  const [, mantissa, decimals = "", exponent = ""] =
    text.match(/^(-?\d*(?:\.(\d*))?)(e[-+]?\d+)?$/i) ?? [];
  const whole = mantissa.replace(/^-|\..*$/g, "");
  const step = decimals ? 10 ** -decimals.length : 10 ** Math.max(0, whole.length - 2);
  const moved = (Number(mantissa) + steps * step).toFixed(decimals.length);
  const point = mantissa.endsWith(".") ? "." : "";
  return `${/^-0(\.0*)?$/.test(moved) ? moved.slice(1) : moved}${point}${exponent}`;
}
