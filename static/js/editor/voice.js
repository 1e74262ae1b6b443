/**
 * What the editor says to those who do not see it: the painting is hidden from them, and no name of an element reaches
 * out of its shadow, so that the list of completions is spoken instead.
 */

import {
  completionStatus,
  currentCompletions,
  EditorView,
  selectedCompletionIndex,
} from "../../vendor/codemirror.js";
import { h } from "../panels/dom.js";

/** @param {HTMLTextAreaElement} area */
export function createVoice(area) {
  const line = h("p", { class: "spoken", role: "status" });
  /** @type {HTMLElement} */ (area.parentElement).after(line);
  area.setAttribute("aria-autocomplete", "list");
  let last = "";
  let listed = false;

  /** @param {string} text */
  function say(text) {
    if (text === last) return;
    last = text;
    line.textContent = text;
  }

  /** Says how many completions there are, which one is selected, and when there are none any more. */
  const sayCompletions = EditorView.updateListener.of(({ state }) => {
    const choices = completionStatus(state) === "active" ? currentCompletions(state) : [];
    const at = selectedCompletionIndex(state) ?? -1;
    const choice = choices[at];
    if (choice) say(`${choice.label}${choice.detail ?? ""}, ${at + 1} of ${choices.length}`);
    else if (listed) say("");
    listed = choice !== undefined;
  });

  return { say, sayCompletions };
}
