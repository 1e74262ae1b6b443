/** Keeps the textarea and CodeMirror's state alike: text and selection, both ways. */

import {
  Annotation,
  deleteBracketPair,
  EditorView,
  insertBracket,
  runScopeHandlers,
} from "../../vendor/codemirror.js";
import { differenceOf } from "./difference.js";

/** The textarea has this change already. */
export const fromField = /** @type {import("@codemirror/state").AnnotationType<boolean>} */ (
  Annotation.define()
);

/**
 * Writes into the textarea what CodeMirror changed.
 * @param {HTMLTextAreaElement} area
 */
export const writeField = (area) =>
  EditorView.updateListener.of(({ docChanged, selectionSet, state, transactions }) => {
    if (transactions.every((each) => each.annotation(fromField))) return;
    const text = state.doc.toString();
    if (docChanged && area.value !== text) area.value = text;
    const { from, to, head } = state.selection.main;
    if ((docChanged || selectionSet) && document.activeElement === area)
      area.setSelectionRange(from, to, head < to ? "backward" : "forward");
  });

/**
 * What an input event says, in CodeMirror's words.
 * @param {string} inputType
 */
function userEventOf(inputType) {
  if (inputType === "insertCompositionText") return "input.type.compose";
  if (inputType === "insertFromPaste") return "input.paste";
  if (inputType.startsWith("delete")) return "delete.backward";
  return "input.type";
}

/**
 * Tells CodeMirror what is typed and selected in the textarea, and lets its keys act there.
 * @param {HTMLTextAreaElement} area
 * @param {EditorView} view
 */
export function readField(area, view) {
  const annotations = fromField.of(true);
  const selected = () =>
    area.selectionDirection === "backward"
      ? { anchor: area.selectionEnd, head: area.selectionStart }
      : { anchor: area.selectionStart, head: area.selectionEnd };

  function readSelection() {
    const { anchor, head } = selected();
    const { main } = view.state.selection;
    if (area.value.length !== view.state.doc.length) return;
    if (main.anchor !== anchor || main.head !== head)
      view.dispatch({ selection: { anchor, head }, userEvent: "select", annotations });
  }

  area.addEventListener("input", (event) => {
    const changes = differenceOf(view.state.doc.toString(), area.value, area.selectionEnd);
    const { inputType = "" } = /** @type {InputEvent} */ (event);
    if (changes)
      view.dispatch({
        changes,
        selection: selected(),
        userEvent: userEventOf(inputType),
        annotations,
      });
  });
  document.addEventListener("selectionchange", () => {
    if (document.activeElement === area) readSelection();
  });
  area.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    readSelection();
    const unpaired = event.key === "Backspace" && !event.ctrlKey && deleteBracketPair(view);
    if (unpaired || runScopeHandlers(view, event, "editor")) event.preventDefault();
  });
  area.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "insertText" || event.isComposing || event.data?.length !== 1) return;
    readSelection();
    const pair = insertBracket(view.state, event.data);
    if (!pair) return;
    event.preventDefault();
    view.dispatch(pair);
  });
}
