/** Makes elements; every panel is built from these. */

import { displayName } from "../format.js";

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | undefined | ((event: any) => void)>} [attributes] a function listens to the event of that name
 * @param {...(Node | string)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/**
 * A name as mathematics writes it: W with subscript 1.
 * @param {string} name
 */
export function nameOf(name) {
  if (!/^[\p{L}_]\w*$/u.test(name)) return h("span", { class: "source-name" }, name);
  const { base, subscript } = displayName(name);
  return h("i", { class: "name" }, base, ...(subscript ? [h("sub", {}, subscript)] : []));
}

/**
 * Text in which the program's names are set as names.
 * @param {string} text
 * @param {(word: string) => boolean} isName
 */
export function sentence(text, isName) {
  return text
    .split(/(?<![\p{L}\w])([\p{L}_]\w*)(?!\w)/u)
    .map((word, i) => (i % 2 && isName(word) ? nameOf(word) : word));
}

/**
 * The letter of an axis, or the size that it stands for, in the letter's colour.
 * @param {string} letter
 * @param {string} text
 */
export const axisOf = (letter, text) => h("span", { class: `axis-${letter}` }, text);

/**
 * A hyphen before a number is a minus.
 * @param {string} text
 */
export const signed = (text) => text.replace(/-(?=[\d.∞]|Infinity)/g, "−");

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the template has no #${id}`);
  return /** @type {T} */ (element);
}
