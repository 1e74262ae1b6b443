/** Places in the program's text: the server counts lines and letters, the browser counts UTF-16 units. */

/** @import { Edit, Span } from "../types.d.ts" */

/**
 * Offsets of a span; columns count letters, not UTF-16 units.
 * @param {string} source
 * @param {Span} span
 */
export function offsets(source, { line, column, end_line, end_column }) {
  const lines = source.split("\n");
  /** @type {(row: number, letters: number) => number} */
  const at = (row, letters) =>
    lines.slice(0, row - 1).reduce((sum, text) => sum + text.length + 1, 0) +
    [...(lines[row - 1] ?? "")].slice(0, letters).join("").length;
  return [at(line, column), at(end_line, end_column)];
}

/**
 * @param {string} source
 * @param {Span} span
 */
export function textIn(source, span) {
  return source.slice(...offsets(source, span));
}

/**
 * The program with every edit of a fix made.
 * @param {string} source
 * @param {Edit[]} fix
 */
export function mended(source, fix) {
  const edits = fix.map(({ span, text }) => ({ at: offsets(source, span), text }));
  edits.sort((a, b) => b.at[0] - a.at[0]);
  return edits.reduce(
    (mending, { at: [start, end], text }) => mending.slice(0, start) + text + mending.slice(end),
    source,
  );
}
