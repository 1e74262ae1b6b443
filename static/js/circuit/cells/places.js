/** Places in arrays: flat ones, with the last axis fastest, and their indices. */

/**
 * @param {number} place
 * @param {readonly number[]} shape
 * @returns {number[]} one an axis
 */
export function indexOfPlace(place, shape) {
  const index = new Array(shape.length).fill(0);
  let rest = place;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/**
 * @param {readonly number[]} index
 * @param {readonly number[]} shape
 */
export const placeOfIndex = (index, shape) =>
  shape.reduce((place, size, axis) => place * size + index[axis], 0);

/** @param {readonly number[]} shape */
export const sizeOf = (shape) => shape.reduce((size, one) => size * one, 1);

/** @param {number} count */
export const upTo = (count) => Array.from({ length: count }, (_, i) => i);

/**
 * Where an entry of a stretched array comes from.
 * @param {readonly number[]} index of the stretched one
 * @param {readonly number[]} shape of what was stretched
 * @returns {number} place
 */
export function unstretched(index, shape) {
  const extra = index.length - shape.length;
  return placeOfIndex(
    shape.map((size, axis) => (size === 1 ? 0 : index[axis + extra])),
    shape,
  );
}

/**
 * Where an entry goes when axes are reduced.
 * @param {readonly number[]} index
 * @param {readonly number[]} axes
 * @param {readonly number[]} shape of the result, with or without those axes
 * @returns {number} place
 */
export function reduced(index, axes, shape) {
  const kept =
    shape.length === index.length
      ? index.map((i, axis) => (axes.includes(axis) ? 0 : i))
      : index.filter((_, axis) => !axes.includes(axis));
  return placeOfIndex(kept, shape);
}

/**
 * The entries of two factors that meet in one entry of their product of matrices, as NumPy's matmul pairs them.
 * @param {readonly number[]} index of the product's entry
 * @param {readonly number[]} left shape
 * @param {readonly number[]} right shape
 * @returns {{ left: number[], right: number[] }} places, pair by pair
 */
export function meeting(index, left, right) {
  const row = left.length > 1 ? [index[index.length - (right.length > 1 ? 2 : 1)]] : [];
  const column = right.length > 1 ? [index[index.length - 1]] : [];
  const stack = index.slice(0, index.length - row.length - column.length);
  const length = left[left.length - 1];
  const pairs = upTo(length);
  return {
    left: pairs.map((k) => unstretched([...stack, ...row, k], left)),
    right: pairs.map((k) => unstretched([...stack, k, ...column], right)),
  };
}
