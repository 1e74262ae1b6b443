/** The keys of the editor; all others are the textarea's own. */

import {
  acceptCompletion,
  insertNewlineAndIndent,
  keymap,
  moveLineDown,
  moveLineUp,
  redo,
  toggleComment,
  undo,
} from "../../vendor/codemirror.js";
import { messagesOf } from "../panels/messages.js";
import { mended } from "../panels/spans.js";
import { numberAt, stepped } from "./numbers.js";

/** @import { EditorView } from "@codemirror/view" */
/** @import { Writing } from "./editor.js" */
/** @import { NumberGesture } from "./gesture.js" */
/** @import { Slips } from "./slips.js" */

/**
 * @param {Writing} writing
 * @param {object} parts
 * @param {() => NumberGesture} parts.gesture
 * @param {() => Slips} parts.slips
 */
export function keys({ store, type, ...programs }, { gesture, slips }) {
  /** @type {(steps: number) => (view: EditorView) => boolean} */
  const step = (steps) => (view) => turn(view, gesture(), steps);
  return keymap.of([
    { key: "Enter", run: insertNewlineAndIndent },
    // With nothing to complete, Tab leaves the editor.
    { key: "Tab", run: acceptCompletion },
    { key: "Mod-/", run: toggleComment },
    { key: "Alt-ArrowUp", run: (view) => step(1)(view) || moveLineUp(view) },
    { key: "Alt-ArrowDown", run: (view) => step(-1)(view) || moveLineDown(view) },
    { key: "Shift-Alt-ArrowUp", run: step(10) },
    { key: "Shift-Alt-ArrowDown", run: step(-10) },
    { key: "Mod-z", run: (view) => undo(view) || did(programs.undo) },
    { key: "Mod-Shift-z", run: (view) => redo(view) || did(programs.redo) },
    { key: "Mod-y", run: (view) => redo(view) || did(programs.redo) },
    { key: "Alt-Enter", run: () => slips().act() },
    {
      key: "Mod-.",
      run() {
        const { fix } = messagesOf(store.get()).find(({ fix }) => fix?.length) ?? {};
        return fix ? did(() => type(mended(store.get().source, fix))) : false;
      },
    },
  ]);
}

/** @param {() => void} act */
function did(act) {
  act();
  return true;
}

/**
 * Changes the number at the caret, which stays where it is. It is one gesture for as long as Alt is held.
 * @param {EditorView} view
 * @param {NumberGesture} gesture
 * @param {number} steps
 */
function turn(view, gesture, steps) {
  const { doc, selection } = view.state;
  const number = numberAt(doc.toString(), selection.main.head);
  if (!number) return false;
  if (gesture.from() !== number.from) {
    gesture.end();
    gesture.begin(number);
  }
  gesture.move(stepped(number.text, steps));
  return true;
}
