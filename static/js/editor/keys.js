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

/** @param {Writing} writing */
export const keys = ({ store, type, ...programs }) =>
  keymap.of([
    { key: "Enter", run: insertNewlineAndIndent },
    // With nothing to complete, Tab leaves the editor.
    { key: "Tab", run: acceptCompletion },
    { key: "Mod-/", run: toggleComment },
    { key: "Alt-ArrowUp", run: (view) => step(view, 1) || moveLineUp(view) },
    { key: "Alt-ArrowDown", run: (view) => step(view, -1) || moveLineDown(view) },
    { key: "Shift-Alt-ArrowUp", run: (view) => step(view, 10) },
    { key: "Shift-Alt-ArrowDown", run: (view) => step(view, -10) },
    { key: "Mod-z", run: (view) => undo(view) || did(programs.undo) },
    { key: "Mod-Shift-z", run: (view) => redo(view) || did(programs.redo) },
    { key: "Mod-y", run: (view) => redo(view) || did(programs.redo) },
    {
      key: "Mod-.",
      run() {
        const { fix } = messagesOf(store.get()).find(({ fix }) => fix?.length) ?? {};
        return fix ? did(() => type(mended(store.get().source, fix))) : false;
      },
    },
  ]);

/** @param {() => void} act */
function did(act) {
  act();
  return true;
}

/**
 * Changes the number at the caret, which stays where it is.
 * @param {EditorView} view
 * @param {number} steps
 */
function step(view, steps) {
  const { doc, selection } = view.state;
  const number = numberAt(doc.toString(), selection.main.head);
  if (!number) return false;
  const insert = stepped(number.text, steps);
  const anchor = Math.min(selection.main.head, number.from + insert.length);
  view.dispatch({
    changes: { from: number.from, to: number.to, insert },
    selection: { anchor },
    userEvent: "input.drag",
  });
  return true;
}
