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
 * What has not changed is left alone: the browser would lay it out again.
 * @param {Element} element
 * @param {Record<string, string | number>} attributes
 */
export function setAll(element, attributes) {
  for (const key in attributes) {
    const value = String(attributes[key]);
    if (element.getAttribute(key) !== value) element.setAttribute(key, value);
  }
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
 * What each text was set as, and where its letters are: other letters need no other elements.
 * @type {WeakMap<SVGTextElement, { form: string, runs: Text[] }>}
 */
const settings = new WeakMap();

/**
 * @param {SVGTextElement} text that nobody else writes
 * @param {Piece[]} pieces
 * @param {number} size
 */
export function typeset(text, pieces, size) {
  const isPlain = pieces.length === 1 && !pieces[0].axis;
  const form = isPlain
    ? "plain"
    : pieces.map(({ kind, shift, axis }) => [kind, shift, axis]).join();
  let setting = settings.get(text);
  if (setting?.form !== form) {
    text.replaceChildren();
    setting = { form, runs: isPlain ? [run(text)] : spans(text, pieces, size) };
    settings.set(text, setting);
  }
  for (const [i, { text: letters }] of pieces.entries())
    if (setting.runs[i].data !== letters) setting.runs[i].data = letters;
}

/** @param {Element} element */
const run = (element) => element.appendChild(document.createTextNode(""));

/**
 * @param {SVGTextElement} text
 * @param {Piece[]} pieces
 * @param {number} size
 */
function spans(text, pieces, size) {
  let level = 0;
  return pieces.map(({ kind, shift, axis }) => {
    const wanted = shift ? SHIFTS[shift] * size : 0;
    const span = svg("tspan", { class: axis ? `${kind} axis-${axis}` : kind }, text);
    if (wanted !== level) span.setAttribute("dy", String(wanted - level));
    if (shift) span.setAttribute("font-size", String(subscriptSize(size)));
    level = wanted;
    return run(span);
  });
}
