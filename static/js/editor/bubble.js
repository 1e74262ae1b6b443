/** A small box beneath a place in the text. It lies above the page, follows its place, and goes with it. */

import { h } from "../panels/dom.js";

/** px between a bubble and the edges of the window */
const MARGIN = 8;
/** px beneath the letters: so near that the mouse does not leave one for the other */
const GAP = 4;

/** @typedef {() => { left: number, top: number, bottom: number } | null | undefined} BoxOf on the screen; nothing when out of sight */
/** @typedef {ReturnType<typeof createBubble>} Bubble */

/**
 * @param {HTMLTextAreaElement} area the bubble is the next thing that Tab reaches, and Escape returns to it
 * @param {string} name of the class of its element
 */
export function createBubble(area, name) {
  const editor = /** @type {HTMLElement} */ (area.parentElement);
  const element = h("div", { class: `bubble ${name}`, role: "group", popover: "manual" });
  editor.after(element);
  /** @type {BoxOf} */
  let boxOf = () => undefined;
  let gone = () => {};

  const isOpen = () => element.matches(":popover-open");

  function place() {
    if (!isOpen()) return;
    const box = boxOf();
    const frame = editor.getBoundingClientRect();
    if (!box || box.bottom < frame.top || box.top > frame.bottom) return hide();
    const height = visualViewport?.height ?? innerHeight;
    const below = box.bottom + GAP + element.offsetHeight + MARGIN <= height;
    const top = below ? box.bottom + GAP : box.top - GAP - element.offsetHeight;
    // Beside the board, never over it.
    const left = Math.min(box.left, frame.right - element.offsetWidth) - MARGIN;
    element.style.top = `${Math.max(MARGIN, top)}px`;
    element.style.left = `${Math.max(MARGIN, left)}px`;
  }

  function hide() {
    if (!isOpen()) return;
    const held = element.contains(document.activeElement);
    element.hidePopover();
    element.replaceChildren();
    if (held) area.focus({ preventScroll: true });
    gone();
  }

  addEventListener("scroll", place, { capture: true, passive: true });
  addEventListener("resize", place);
  visualViewport?.addEventListener("resize", place);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !isOpen()) return;
    event.preventDefault();
    hide();
  });
  /** @param {FocusEvent} event */
  function leave({ relatedTarget }) {
    const stays = relatedTarget instanceof Node && element.contains(relatedTarget);
    if (!stays && relatedTarget !== area) hide();
  }
  area.addEventListener("focusout", leave);
  element.addEventListener("focusout", leave);

  return {
    element,
    isOpen,
    place,
    hide,
    /**
     * @param {BoxOf} where
     * @param {string} label
     * @param {Node[]} children
     * @param {() => void} [onGone] it is shut, however that came about
     */
    show(where, label, children, onGone = () => {}) {
      hide();
      boxOf = where;
      gone = onGone;
      element.setAttribute("aria-label", label);
      element.replaceChildren(...children);
      element.showPopover();
      place();
    },
  };
}
