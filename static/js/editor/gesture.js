/** Moves a number of the painted text: every value on the way is drawn, and the whole is one thing to undo. */

import { isolateHistory, Transaction } from "../../vendor/codemirror.js";
import { fromPage } from "./switching.js";

/** @import { EditorView } from "@codemirror/view" */
/** @import { Found } from "./numbers.js" */

/** @typedef {ReturnType<typeof createGesture>} NumberGesture */

/** @param {EditorView} view */
export function createGesture(view) {
  /** @type {{ number: Found, text: string } | undefined} the number as it was, and what stands there now */
  let held;

  /** @param {number} length of the text that takes the number's place */
  function caret(length) {
    const { head } = view.state.selection.main;
    const { number, text } = /** @type {NonNullable<typeof held>} */ (held);
    const inside = number.from <= head && head <= number.from + text.length;
    return inside ? { anchor: Math.min(head, number.from + length) } : undefined;
  }

  return {
    /** Where the number begins that is being moved. */
    from: () => held?.number.from,
    /** @param {Found} number */
    begin(number) {
      held = { number, text: number.text };
    },
    /** @param {string} wanted */
    move(wanted) {
      if (!held || wanted === held.text) return;
      const { number, text } = held;
      view.dispatch({
        changes: { from: number.from, to: number.from + text.length, insert: wanted },
        selection: caret(wanted.length),
        annotations: Transaction.addToHistory.of(false),
        userEvent: "input.drag",
      });
      held.text = wanted;
    },
    /** @returns {Found | undefined} the number as it is now, if it moved */
    end() {
      if (!held) return undefined;
      const { number, text } = held;
      const end = number.from + text.length;
      held = undefined;
      const stands = view.state.sliceDoc(number.from, end) === text;
      if (text === number.text || !stands) return undefined;
      const { anchor, head } = view.state.selection.main;
      view.dispatch({
        changes: { from: number.from, to: end, insert: number.text },
        annotations: [Transaction.addToHistory.of(false), fromPage.of(true)],
      });
      view.dispatch({
        changes: { from: number.from, to: number.to, insert: text },
        selection: { anchor, head },
        annotations: isolateHistory.of("full"),
        userEvent: "input.drag",
      });
      return { from: number.from, to: end, text };
    },
  };
}
