/** The whole derivation as a LaTeX document: forward, local gradients, backward. */

import { phasesOf } from "../timeline.js";

/** @import { Trace, TraceStep } from "../types.d.ts" */

const TITLES = { forward: "Forward pass", local: "Local gradients", backward: "Backward pass" };

const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho varsigma sigma tau upsilon phi chi psi omega".split(
    " ",
  );

/** Those that Latin has no letter for. */
const CAPITALS = /^(Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega)$/;

/**
 * Greek letters by name, for engines that read ASCII alone.
 * @param {string} formula
 */
export const spelled = (formula) =>
  formula.replace(/[α-ωΑ-Ω]/g, (letter) => {
    const name = GREEK[letter.toLowerCase().charCodeAt(0) - 0x3b1];
    if (name === "omicron") return "o";
    if (letter >= "α") return `{\\${name}}`;
    const capital = name[0].toUpperCase() + name.slice(1);
    return CAPITALS.test(capital) ? `{\\${capital}}` : letter;
  });

/**
 * The formula of each step that has one.
 * @param {Trace} trace
 * @returns {{ phase: TraceStep["phase"], title: string, formulas: string[] }[]}
 */
export function derivationOf(trace) {
  return phasesOf(trace).map(({ phase, first, last }) => ({
    phase,
    title: TITLES[phase],
    formulas: trace.steps
      .slice(first, last + 1)
      .filter(({ latex }) => latex)
      .map(({ latex }) => spelled(latex)),
  }));
}

/**
 * @param {Trace} trace
 * @param {string} link where it can be stepped through
 * @returns {string}
 */
export function latexOf(trace, link) {
  const sections = derivationOf(trace).map(
    ({ title, formulas }) =>
      `\\section*{${title}}\n\\begin{gather*}\n${formulas.map((formula) => `  ${formula}`).join(" \\\\\n")}\n\\end{gather*}\n`,
  );
  return `% !TEX program = lualatex
% ${link}
\\documentclass{article}
\\usepackage{amsmath,amssymb,iftex}
\\iftutex\\usepackage{fontspec}\\fi
\\allowdisplaybreaks
\\begin{document}
\\section*{Program}
\\begin{verbatim}
${trace.source.replaceAll("\\end{verbatim}", "\\end {verbatim}")}
\\end{verbatim}

${sections.join("\n")}\\end{document}
`;
}
