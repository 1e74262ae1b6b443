/** The mouse over the text: it lights the gates of what it is over, and drags numbers. The caret lights gates too. */

import { isolateHistory, Transaction } from "../../vendor/codemirror.js";
import { numberAt, stepped } from "./numbers.js";
import { nodesAt } from "./pointing.js";
import { fromPage } from "./switching.js";

/** @import { EditorView } from "@codemirror/view" */
/** @import { Writing } from "./editor.js" */
/** @import { Found } from "./numbers.js" */

/** px that the mouse moves for one step of a number */
const STEP = 6;

/**
 * @param {HTMLTextAreaElement} area
 * @param {EditorView} view
 * @param {Writing} writing
 */
export function followPointer(area, view, { store, light }) {
  /** @type {{ number: Found, x: number, text: string } | undefined} */
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
    point(placeOf(event));
  });
  area.addEventListener("mouseleave", () => {
    over = false;
    pointCaret();
  });
  document.addEventListener("selectionchange", () => {
    if (!over && document.activeElement === area) pointCaret();
  });
  area.addEventListener("blur", () => point(undefined));
  store.subscribe(({ trace }, previous) => {
    if (trace !== previous.trace && !held && !over) pointCaret();
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
    held = { number, x: event.clientX, text: number.text };
    addEventListener("mousemove", move);
    addEventListener("mouseup", release, { once: true });
  });

  /** @param {MouseEvent} event */
  function move({ clientX, shiftKey }) {
    if (!held) return;
    const { number, x, text } = held;
    const wanted = stepped(number.text, Math.round((clientX - x) / STEP) * (shiftKey ? 10 : 1));
    if (wanted === text) return;
    view.dispatch({
      changes: { from: number.from, to: number.from + text.length, insert: wanted },
      annotations: Transaction.addToHistory.of(false),
      userEvent: "input.drag",
    });
    held.text = wanted;
  }

  /** @param {MouseEvent} event */
  function release(event) {
    removeEventListener("mousemove", move);
    if (!held) return;
    const { number, text } = held;
    held = undefined;
    area.focus({ preventScroll: true });
    if (text === number.text) {
      const place = placeOf(event) ?? number.to;
      return area.setSelectionRange(place, place);
    }
    // The whole drag is one thing to undo.
    const end = number.from + text.length;
    view.dispatch({
      changes: { from: number.from, to: end, insert: number.text },
      annotations: [Transaction.addToHistory.of(false), fromPage.of(true)],
    });
    view.dispatch({
      changes: { from: number.from, to: number.to, insert: text },
      selection: { anchor: number.from, head: end },
      annotations: isolateHistory.of("full"),
      userEvent: "input.drag",
    });
  }
}
