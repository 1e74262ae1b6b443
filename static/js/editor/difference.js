/** The one change between two texts. */

/**
 * What was typed, as one replacement; nothing if the texts are equal.
 * @param {string} before
 * @param {string} after
 * @param {number} [caret] where the typing ended: of equal letters in a row it tells which are new
 */
export function differenceOf(before, after, caret = 0) {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  const most = Math.min(shorter, after.length - caret);
  let suffix = 0;
  while (suffix < most && before.at(-1 - suffix) === after.at(-1 - suffix)) suffix++;
  let prefix = 0;
  while (prefix < shorter - suffix && before[prefix] === after[prefix]) prefix++;
  return {
    from: prefix,
    to: before.length - suffix,
    insert: after.slice(prefix, after.length - suffix),
  };
}
