/** Text of a tour as elements: paragraphs, with `code`, **strong** words and *stressed* ones. */

import { h } from "../../panels/dom.js";

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export const marked = (text) =>
  text.split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*)/).map((part, i) => {
    if (i % 2 === 0) return part;
    if (part[0] === "`") return h("code", {}, part.slice(1, -1));
    return part[1] === "*" ? h("b", {}, part.slice(2, -2)) : h("em", {}, part.slice(1, -1));
  });

/** @param {string} text paragraphs between empty lines */
export const paragraphs = (text) =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((part) => h("p", {}, ...marked(part.replace(/\s*\n\s*/g, " "))));
