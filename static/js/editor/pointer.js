/**
 * The mouse over the text: it lights the gates of what it is over, says what is wrong there, and drags numbers or opens
 * a slider under them. The caret lights gates and says what is wrong, too.
 */

import { drawn } from "../player.js";
import { numberAt, stepped } from "./numbers.js";
import { nodesAt } from "./pointing.js";

/** @import { EditorView } from "@codemirror/view" */
/** @import { Writing } from "./editor.js" */
/** @import { NumberGesture } from "./gesture.js" */
/** @import { Slips } from "./slips.js" */
/** @import { Found } from "./numbers.js" */

/** px that the mouse moves for one step of a number */
const STEP = 6;

/**
 * @param {HTMLTextAreaElement} area
 * @param {EditorView} view
 * @param {Writing} writing
 * @param {object} parts
 * @param {NumberGesture} parts.gesture
 * @param {Slips} parts.slips
 * @param {ReturnType<typeof import("./slider.js").createSlider>} parts.slider
 */
export function followPointer(area, view, { store, light }, { gesture, slips, slider }) {
  /** @type {{ number: Found, x: number } | undefined} */
  let held;
  let over = false;

  /** @param {number | null | undefined} place */
  function point(place) {
    const { trace, source } = store.get();
    light(typeof place === "number" && source === trace.source ? nodesAt(trace, place) : []);
  }
  const pointCaret = () =>
    point(document.activeElement === area ? view.state.selection.main.head : undefined);

  /** @param {MouseEvent} event */
  const placeOf = ({ clientX: x, clientY: y }) => {
    const place = view.posAtCoords({ x, y });
    const box = place === null ? null : view.coordsAtPos(place);
    // Beyond the end of a line is nothing.
    return box &&
      Math.abs((box.left + box.right) / 2 - x) < 12 &&
      y >= box.top - 4 &&
      y <= box.bottom + 4
      ? place
      : null;
  };

  /** @param {MouseEvent} event */
  const numberUnder = (event) => {
    const place = placeOf(event);
    return place === null ? undefined : numberAt(view.state.doc.toString(), place);
  };

  area.addEventListener("mousemove", (event) => {
    if (held || event.buttons) return;
    over = true;
    const number = numberUnder(event);
    area.classList.toggle("over-number", number !== undefined);
    const place = placeOf(event);
    point(place);
    slips.hover(place);
  });
  area.addEventListener("mouseleave", ({ relatedTarget }) => {
    over = false;
    pointCaret();
    if (!slips.holds(relatedTarget)) slips.hover(null);
  });
  document.addEventListener("selectionchange", () => {
    if (document.activeElement !== area) return;
    if (!over) pointCaret();
    slider.keepAt(area.selectionStart);
  });
  area.addEventListener("blur", () => point(undefined));
  store.subscribe(({ trace }, previous) => {
    // The picture goes first.
    if (trace !== previous.trace) void drawn().then(() => !held && !over && pointCaret());
  });

  area.addEventListener("mousedown", (event) => {
    const plain =
      event.button === 0 &&
      event.detail === 1 &&
      !event.shiftKey &&
      !event.ctrlKey &&
      !event.metaKey;
    const number = plain ? numberUnder(event) : undefined;
    if (!number) return;
    event.preventDefault();
    held = { number, x: event.clientX };
    gesture.begin(number);
    slider.hide();
    addEventListener("mousemove", move);
    addEventListener("mouseup", release, { once: true });
  });

  /** @param {MouseEvent} event */
  function move({ clientX, shiftKey }) {
    if (!held) return;
    const { number, x } = held;
    gesture.move(stepped(number.text, Math.round((clientX - x) / STEP) * (shiftKey ? 10 : 1)));
  }

  /** @param {MouseEvent} event */
  function release(event) {
    removeEventListener("mousemove", move);
    if (!held) return;
    const { number } = held;
    held = undefined;
    const moved = gesture.end();
    area.focus({ preventScroll: true });
    if (moved) return area.setSelectionRange(moved.from, moved.to);
    const place = placeOf(event) ?? number.to;
    area.setSelectionRange(place, place);
    if (!slips.at(place)) slider.open(place);
  }
}
