/** The part of KaTeX that the page uses. Pages import it, when a formula is first wanted, as `../vendor/katex.js`. */
export { ParseError, render } from "katex";
