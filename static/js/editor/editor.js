/**
 * CodeMirror beneath the server's textarea. The textarea keeps the focus, the caret and the keys, and stays the one
 * textbox that screen readers, tests and the browser itself know; CodeMirror paints its text, completes it, and
 * remembers what to undo. Loaded when the editor is first touched.
 */

import {
  bracketMatching,
  closeBrackets,
  EditorState,
  EditorView,
  history,
  indentUnit,
  invertedEffects,
  isolateHistory,
  pythonLanguage,
  tooltips,
} from "../../vendor/codemirror.js";
import { rest } from "../player.js";
import { same } from "../state.js";
import { completion } from "./completion.js";
import { differenceOf } from "./difference.js";
import { fromField, readField, writeField } from "./field.js";
import { createGesture } from "./gesture.js";
import { keys } from "./keys.js";
import { marks, showMarks } from "./marks.js";
import { followPointer } from "./pointer.js";
import { createSlider } from "./slider.js";
import { createSlips } from "./slips.js";
import { fromPage, inverse, switchedValues } from "./switching.js";
import { looks } from "./theme.js";
import { createVoice } from "./voice.js";

/** @import { Answer } from "../api.js" */
/** @import { Page, Store } from "../state.js" */
/** @import { Frame, GivenInput } from "../types.d.ts" */

/**
 * What the editor does to the page.
 * @typedef {object} Writing
 * @property {Store} store
 * @property {(source: string) => void} type
 * @property {(source: string) => void} drag types while a number moves: every answer on the way is drawn
 * @property {(source: string, given: Record<string, GivenInput>) => void} switchTo another program with its values
 * @property {(ids: string[]) => void} light nodes on the board
 * @property {() => void} assumeAll lets the server choose every value again
 * @property {() => void} undo returns to the program before those that this page has shown
 * @property {() => void} redo
 * @property {<T>(path: string) => Promise<Answer<T>>} call asks an endpoint
 * @property {() => Frame} frame what the board shows
 */

/**
 * @param {HTMLTextAreaElement} area
 * @param {Writing} writing
 * @param {string} first the program before the first letter was typed
 * @returns {Promise<(page: Page, previous?: Page) => void>}
 */
export async function createEditor(area, writing, first) {
  const host = document.createElement("div");
  host.className = "editor-paint";
  host.setAttribute("aria-hidden", "true");
  const root = host.attachShadow({ mode: "open" });
  // The selection is the textarea's. CodeMirror, looking for its own at every change, would have the page laid out.
  Object.assign(root, { getSelection: () => null });
  const voice = createVoice(area);
  const state = EditorState.create({
    doc: first,
    extensions: [
      EditorView.editable.of(false),
      EditorView.lineWrapping,
      EditorState.tabSize.of(4),
      indentUnit.of("    "),
      pythonLanguage,
      history(),
      invertedEffects.of(inverse),
      bracketMatching(),
      closeBrackets(),
      completion(writing),
      marks,
      keys(writing, { gesture: () => gesture, slips: () => slips }),
      looks,
      tooltips({ position: "fixed" }),
      writeField(area),
      voice.sayCompletions,
      EditorView.updateListener.of(tellPage),
    ],
  });
  // To read the text, to paint it and to join it to the page is long work each.
  await rest();
  const view = new EditorView({ root, parent: root, state });
  await rest();
  area.before(host);
  /** @param {number} place */
  const boxAt = (place) => view.coordsAtPos(place, 1);
  const gesture = createGesture(view);
  const slips = createSlips(area, writing, boxAt, voice.say);
  const slider = createSlider(area, gesture, boxAt);
  readField(area, view);
  followPointer(area, view, writing, { gesture, slips, slider });
  area.addEventListener("keyup", ({ key }) => key === "Alt" && gesture.end());
  area.addEventListener("blur", () => gesture.end());
  if (area.value !== first)
    view.dispatch({
      changes: { from: 0, to: first.length, insert: area.value },
      annotations: [fromPage.of(true), fromField.of(true)],
    });

  /** @param {import("@codemirror/view").ViewUpdate} update */
  function tellPage({ docChanged, selectionSet, transactions, state }) {
    if (docChanged && !transactions.some((each) => each.isUserEvent("input.drag"))) slider.hide();
    if (selectionSet && !docChanged) slips.caret(state.selection.main.head);
    if (!docChanged || transactions.some((each) => each.annotation(fromPage))) return;
    const source = state.doc.toString();
    const back = transactions.flatMap(({ effects }) => effects).find((e) => e.is(switchedValues));
    if (back) writing.switchTo(source, back.value.to);
    else if (transactions.some((each) => each.isUserEvent("input.drag"))) writing.drag(source);
    else writing.type(source);
  }

  return (page, previous) => {
    const { doc } = view.state;
    if (page.source !== doc.toString()) {
      const [from, to] = [previous?.given ?? page.given, page.given];
      view.dispatch({
        changes: differenceOf(doc.toString(), page.source),
        effects: same(from, to) ? [] : switchedValues.of({ from, to }),
        annotations: [fromPage.of(true), isolateHistory.of("full")],
      });
    }
    showMarks(view, page, previous);
    slips.follow(page, previous);
  };
}
