/** A slider beneath a number of the text that was clicked or tapped. */

import { h, signed } from "../panels/dom.js";
import { createBubble } from "./bubble.js";
import { numberAt, reachOf, written } from "./numbers.js";

/** @import { BoxOf } from "./bubble.js" */
/** @import { Found } from "./numbers.js" */

/**
 * How a number of the text is moved: every value on the way is drawn, and from `begin` to `end` is one thing to undo.
 * @typedef {object} Gesture
 * @property {(number: Found) => void} begin
 * @property {(text: string) => void} move
 * @property {() => void} end
 */

/**
 * @param {HTMLTextAreaElement} area
 * @param {Gesture} gesture
 * @param {(place: number) => ReturnType<BoxOf>} boxAt where a place of the text is on the screen
 */
export function createSlider(area, gesture, boxAt) {
  const bubble = createBubble(area, "slider");
  /** @type {number | undefined} where the number begins whose slider is open */
  let from;

  /** @param {number} place an offset in the text */
  function open(place) {
    const number = numberAt(area.value, place);
    if (!number || area.readOnly) return bubble.hide();
    from = number.from;
    const line = area.value.slice(0, from).split("\n").length;
    const { element, rest } = sliderOf(number, `${number.text} in line ${line}`);
    const { min, max } = reachOf(number.text);
    const ends = [min, max].map((end) =>
      h(
        "span",
        { class: "end", "aria-hidden": "true" },
        signed(written(number.text, end).replace(/\.0*(?=e|$)/, "")),
      ),
    );
    bubble.show(() => boxAt(number.from), "Change the number", [ends[0], element, ends[1]], rest);
  }

  /**
   * @param {Found} number
   * @param {string} label
   */
  function sliderOf(number, label) {
    const { value, ...reach } = reachOf(number.text);
    let moving = false;
    function move() {
      const now = numberAt(area.value, number.from);
      if (!now) return bubble.hide();
      if (!moving) gesture.begin(now);
      moving = true;
      gesture.move(written(number.text, element.valueAsNumber));
    }
    function rest() {
      if (moving) gesture.end();
      moving = false;
    }
    const element = h("input", { type: "range", "aria-label": label, ...reach, input: move });
    for (const sign of ["pointerup", "pointercancel", "keyup", "blur"])
      element.addEventListener(sign, rest);
    element.value = String(value);
    return { element, rest };
  }

  return {
    open,
    hide: bubble.hide,
    /** Shuts it, unless this place is still in its number. @param {number} place */
    keepAt(place) {
      if (bubble.isOpen() && numberAt(area.value, place)?.from !== from) bubble.hide();
    },
  };
}
