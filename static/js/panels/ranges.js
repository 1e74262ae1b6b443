/** How far a slider reaches. */

/** @typedef {{ min: number, max: number, step: number }} Range */

/** A range this many times as wide as its value is too wide to set it. */
const TOO_WIDE = 1000;

/**
 * The range for a value: the power of ten above it on both sides of 0, or from 0 on for whole numbers. The one it had
 * is kept as long as the value can be set in it.
 * @param {number} value
 * @param {boolean} whole
 * @param {Range} [had]
 * @returns {Range}
 */
export function rangeFor(value, whole, had) {
  const size = Math.abs(value);
  const fits = had && size <= had.max && (whole || size === 0 || size * TOO_WIDE > had.max);
  if (fits) return had;
  const max = size > 0 ? Number(`1e${Math.floor(Math.log10(size)) + 1}`) : 10;
  return whole
    ? { min: 0, max: Math.max(max, 10), step: 1 }
    : { min: -max, max, step: Number((max / 100).toPrecision(1)) };
}
