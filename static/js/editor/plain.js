/**
 * What the textarea can do by itself, where fingers or a narrow window have it for their own: a number is changed by
 * keys and by a slider. Loaded when the editor is first touched.
 */

import { numberAt, stepped, stepsOf } from "./numbers.js";
import { createSlider } from "./slider.js";

/** @import { Found } from "./numbers.js" */
/** @import { Writing } from "./editor.js" */

/**
 * @param {HTMLTextAreaElement} area
 * @param {HTMLElement} under the same text in lines, beneath the textarea's
 * @param {Writing} writing
 */
export function createPlain(area, under, { drag }) {
  /** @type {Found | undefined} as it stands now */
  let held;

  const slider = createSlider(
    area,
    {
      begin: (number) => (held = number),
      move(text) {
        if (!held) return;
        area.setRangeText(text, held.from, held.to, "preserve");
        held = { ...held, text, to: held.from + text.length };
        drag(area.value);
      },
      end: () => (held = undefined),
    },
    (place) => boxAt(under, area.value, place),
  );

  area.addEventListener("click", () => {
    if (area.selectionStart === area.selectionEnd) slider.open(area.selectionStart);
  });
  area.addEventListener("input", slider.hide);
  area.addEventListener("keydown", (event) => {
    const number = numberAt(area.value, area.selectionStart);
    const steps = stepsOf(event);
    if (!steps || !number || area.readOnly) return;
    event.preventDefault();
    slider.hide();
    const place = area.selectionStart;
    area.setSelectionRange(number.from, number.to);
    // The one way to write that the browser's own undo knows of.
    document.execCommand("insertText", false, stepped(number.text, steps));
    area.setSelectionRange(place, place);
  });
}

/**
 * @param {HTMLElement} under
 * @param {string} source
 * @param {number} place
 */
function boxAt(under, source, place) {
  const before = source.slice(0, place).split("\n");
  const line = under.children[before.length - 1];
  if (!line) return undefined;
  let rest = before[before.length - 1].length;
  const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const { length } = /** @type {Text} */ (text);
    if (rest < length) {
      const range = document.createRange();
      range.setStart(text, rest);
      range.setEnd(text, rest + 1);
      return range.getBoundingClientRect();
    }
    rest -= length;
  }
  return line.getBoundingClientRect();
}
