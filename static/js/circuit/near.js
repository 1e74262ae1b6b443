/**
 * Of a large picture only what is near the window is displayed: the browser lays out and paints nothing else. What a
 * node consists of is drawn when it first comes near.
 */

/** @import { Rect } from "./types.d.ts" */

/**
 * How far beyond the window things are displayed, how near their end it comes before they are looked through again,
 * in windows, and how many times as wide the last window may be.
 */
const BEYOND = 1;
const END = 0.3;
const WIDER = 3;

export function createNear() {
  /** @type {{ element: Element, rect: Rect, grow?: () => void }[]} */
  let parts = [];
  /** @type {Rect | undefined} what was displayed last; undefined: everything is */
  let area;
  /** @type {Rect | undefined} */
  let seen;

  /** @param {typeof parts[number]} part */
  function judge(part) {
    const away = area !== undefined && !overlap(part.rect, area);
    part.element.classList.toggle("away", away);
    if (!away) part.grow?.();
  }

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
     * @param {() => void} [grow] draws it, where that can wait until it comes near
     */
    add(element, rect, grow) {
      const part = { element, rect, grow };
      parts.push(part);
      if (area) judge(part);
    },
    /** Draws all that has waited. */
    growAll() {
      for (const { grow } of parts) grow?.();
    },
    /** @param {Rect} window in the picture's px */
    look(window) {
      const width = window.right - window.left;
      if (
        seen &&
        area &&
        holds(area, around(window, END)) &&
        seen.right - seen.left < WIDER * width
      )
        return;
      seen = window;
      area = around(window, BEYOND);
      for (const part of parts) judge(part);
    },
  };
}

/** @param {Rect} a @param {Rect} b */
export function overlap(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

/**
 * @param {Rect} rect
 * @param {number} share of its width and height
 * @returns {Rect} so much larger on each side
 */
function around({ left, right, top, bottom }, share) {
  const x = share * (right - left);
  const y = share * (bottom - top);
  return { left: left - x, right: right + x, top: top - y, bottom: bottom + y };
}

/** @param {Rect} a @param {Rect} b */
function holds(a, b) {
  return a.left <= b.left && a.right >= b.right && a.top <= b.top && a.bottom >= b.bottom;
}
