/** Places in the program's text: the server counts lines and letters, the browser counts UTF-16 units. */

/** @import { Edit, Span } from "../types.d.ts" */

/**
 * What finds the offsets of spans in a text.
 * @param {string} source
 * @returns {(span: Span) => [number, number]}
 */
export function locator(source) {
  let start = 0;
  const lines = source.split("\n").map((text) => {
    const line = { text, start };
    start += text.length + 1;
    return line;
  });
  /** @type {(row: number, letters: number) => number} */
  const at = (row, letters) => {
    const line = lines[row - 1];
    if (!line) return source.length;
    // Most lines hold no letter of two units.
    const plain = !/[\ud800-\udfff]/.test(line.text);
    const units = plain ? letters : [...line.text].slice(0, letters).join("").length;
    return line.start + Math.min(units, line.text.length);
  };
  return ({ line, column, end_line, end_column }) => [at(line, column), at(end_line, end_column)];
}

/**
 * @param {string} source
 * @param {Span} span
 */
export function textIn(source, span) {
  return source.slice(...locator(source)(span));
}

/**
 * The program with every edit of a fix made.
 * @param {string} source
 * @param {Edit[]} fix
 */
export function mended(source, fix) {
  const locate = locator(source);
  const edits = fix.map(({ span, text }) => ({ at: locate(span), text }));
  edits.sort((a, b) => b.at[0] - a.at[0]);
  return edits.reduce(
    (mending, { at: [start, end], text }) => mending.slice(0, start) + text + mending.slice(end),
    source,
  );
}
