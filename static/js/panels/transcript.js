/** The whole pass as text, a line a step, to be read or copied. Loaded when it is first opened. */

import { ASKED } from "../format.js";
import { copyText } from "../sharing/copying.js";
import { toldUntil } from "../state.js";
import { byId, h, signed } from "./dom.js";

/** @import { Page, Store } from "../state.js" */
/** @import { Trace } from "../types.d.ts" */

/**
 * What is not told yet is a question mark.
 * @param {Trace} trace
 * @param {number} [until] the last step that is told
 */
const wordsOf = ({ steps }, until = Infinity) =>
  steps.map(({ index, phase, text }) => ({ phase, words: index > until ? ASKED : signed(text) }));

/** @param {Trace} trace @param {number} [until] */
export const linesOf = (trace, until) =>
  wordsOf(trace, until).map(({ phase, words }, i) => `${i + 1}. ${phase}: ${words}`);

/** @param {Page} page */
const untilOf = (page) => Math.max(0, toldUntil(page));

/** @param {Store} store */
export function createTranscript(store) {
  const details = byId("transcript");
  const lines = h("ol", { class: "transcript-lines", tabindex: "0", "aria-label": "Transcript" });
  const copy = h("button", { type: "button", class: "fix", click: copyAll }, "Copy the transcript");
  details.append(h("p", {}, copy), lines);

  async function copyAll() {
    const copied = await copyText(linesOf(store.get().trace, untilOf(store.get())).join("\n"));
    store.set({ said: copied ? "Transcript copied." : "Select the lines to copy them." });
  }
  /** @type {Trace | undefined} */
  let shown;
  let until = -1;
  function show(page = store.get()) {
    if (page.trace === shown && untilOf(page) === until) return;
    shown = page.trace;
    until = untilOf(page);
    lines.replaceChildren(
      ...wordsOf(page.trace, until).map(({ phase, words }) =>
        h("li", {}, h("span", { class: "quiet" }, `${phase}: `), words),
      ),
    );
  }
  store.subscribe(show);
  show();
}
