/** Of a large picture only what is near the window is displayed: the browser lays out and paints nothing else. */

/** @import { Rect } from "./types.d.ts" */

/** How far beyond the window things are displayed, and how far it moves before they are looked through again, in windows. */
const BEYOND = 1;
const STEP = 0.4;

export function createNear() {
  /** @type {{ element: Element, rect: Rect }[]} */
  let parts = [];
  /** @type {Rect | undefined} what was displayed last; undefined: everything is */
  let area;
  /** @type {Rect | undefined} */
  let seen;

  /** @param {{ element: Element, rect: Rect }} part */
  const judge = ({ element, rect }) =>
    element.classList.toggle("away", area !== undefined && !overlap(rect, area));

  return {
    /** Forgets everything. */
    clear() {
      parts = [];
      area = undefined;
      seen = undefined;
    },
    /**
     * @param {Element} element
     * @param {Rect} rect
     */
    add(element, rect) {
      const part = { element, rect };
      parts.push(part);
      if (area) judge(part);
    },
    /** @param {Rect} window in the picture's px */
    look(window) {
      const width = window.right - window.left;
      const height = window.bottom - window.top;
      if (
        seen &&
        Math.abs(window.left - seen.left) < STEP * width &&
        Math.abs(window.right - seen.right) < STEP * width &&
        Math.abs(window.top - seen.top) < STEP * height &&
        Math.abs(window.bottom - seen.bottom) < STEP * height
      )
        return;
      seen = window;
      area = {
        left: window.left - BEYOND * width,
        right: window.right + BEYOND * width,
        top: window.top - BEYOND * height,
        bottom: window.bottom + BEYOND * height,
      };
      for (const part of parts) judge(part);
    },
  };
}

/** @param {Rect} a @param {Rect} b */
function overlap(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}
