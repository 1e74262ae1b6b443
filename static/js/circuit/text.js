/**
 * SVG text from pieces.
 */

/** @import { Label, Piece } from "./types.d.ts" */

import { subscriptSize } from "./measure.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number>} attributes
 * @param {Element} [parent]
 * @returns {SVGElementTagNameMap[K]}
 */
export function svg(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  setAll(element, attributes);
  parent?.append(element);
  return element;
}

/**
 * @param {Element} element
 * @param {Record<string, string | number>} attributes
 */
export function setAll(element, attributes) {
  for (const key in attributes) element.setAttribute(key, String(attributes[key]));
}

/**
 * @param {Element} parent
 * @param {Omit<Label, "pieces">} at
 * @param {string} className
 * @param {Piece[] | string} content
 */
export function write(parent, { x, y, anchor, size }, className, content) {
  const text = svg("text", { class: className, x, y, "font-size": size }, parent);
  if (anchor !== "start") text.setAttribute("text-anchor", anchor);
  if (typeof content === "string") text.textContent = content;
  else typeset(text, content, size);
  return text;
}

/** Share of the size by which a subscript sinks and a superscript rises. */
const SHIFTS = { sub: 0.22, sup: -0.36 };

/**
 * @param {SVGTextElement} text
 * @param {Piece[]} pieces
 * @param {number} size
 */
export function typeset(text, pieces, size) {
  const isPlain = pieces.length === 1 && !pieces[0].axis;
  text.textContent = isPlain ? pieces[0].text : "";
  if (isPlain) return;
  let level = 0;
  for (const { text: letters, kind, shift, axis } of pieces) {
    const wanted = shift ? SHIFTS[shift] * size : 0;
    const span = svg("tspan", { class: axis ? `${kind} axis-${axis}` : kind }, text);
    if (wanted !== level) span.setAttribute("dy", String(wanted - level));
    if (shift) span.setAttribute("font-size", String(subscriptSize(size)));
    span.textContent = letters;
    level = wanted;
  }
}
