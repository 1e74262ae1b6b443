/** The LaTeX of a line with its parts marked, so that what KaTeX sets can be found by node; no DOM. */

/** @import { FormulaLine } from "../types.d.ts" */

/**
 * Every part is wrapped in `\htmlData{about=n3}{…}`; parts lie within one another or apart.
 * @param {FormulaLine} line
 */
export function marked({ latex, parts }) {
  /** @type {{ at: number, text: string, order: number }[]} */
  const marks = parts.flatMap(({ node, start, end }) => [
    // Outer parts open first and close last; of what meets at one place, ends come before starts.
    { at: start, text: `\\htmlData{about=${node}}{`, order: 1e6 - (end - start) },
    { at: end, text: "}", order: end - start - 1e6 },
  ]);
  marks.sort((a, b) => a.at - b.at || a.order - b.order);
  let text = "";
  let end = 0;
  for (const { at, text: mark } of marks) {
    text += latex.slice(end, at) + mark;
    end = at;
  }
  return text + latex.slice(end);
}

/** KaTeX may do nothing but mark, and only in LaTeX of the engine's own making. */
export const trusted = (/** @type {{ command: string }} */ { command }) => command === "\\htmlData";
