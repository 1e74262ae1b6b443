/** Text of a tour as elements: paragraphs, with `code` between backticks and what is **strong** between stars. */

import { h } from "../../panels/dom.js";

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export const marked = (text) =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part, i) => {
    if (i % 2 === 0) return part;
    return part[0] === "`" ? h("code", {}, part.slice(1, -1)) : h("b", {}, part.slice(2, -2));
  });

/** @param {string} text paragraphs between empty lines */
export const paragraphs = (text) =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((part) => h("p", {}, ...marked(part.replace(/\s*\n\s*/g, " "))));
