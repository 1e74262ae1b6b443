/** A row of a few names of which one is chosen, as a group of radio buttons. */

import { h } from "../panels/dom.js";

/**
 * @param {string} label of the group; it sets one group of a page apart from the others
 * @param {Record<string, string>} names by value
 * @param {(value: string) => void} choose
 * @returns {{ element: HTMLElement, mark: (value: string) => void }} `mark` shows which one is chosen
 */
export function createChoices(label, names, choose) {
  const radios = Object.keys(names).map((value) =>
    h("input", { type: "radio", name: label, value, change: () => choose(value) }),
  );
  const labels = radios.map((radio) => h("label", {}, radio, h("span", {}, names[radio.value])));
  return {
    element: h("div", { class: "choices", role: "radiogroup", "aria-label": label }, ...labels),
    mark(value) {
      for (const radio of radios) radio.checked = radio.value === value;
    },
  };
}
