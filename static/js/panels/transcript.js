/** The whole pass as text, a line a step, to be read or copied. Loaded when it is first opened. */

import { copyText } from "../sharing/copying.js";
import { byId, h, signed } from "./dom.js";

/** @import { Store } from "../state.js" */
/** @import { Trace } from "../types.d.ts" */

/** @param {Trace} trace */
export const linesOf = ({ steps }) =>
  steps.map(({ index, phase, text }) => `${index + 1}. ${phase}: ${signed(text)}`);

/** @param {Store} store */
export function createTranscript(store) {
  const details = byId("transcript");
  const lines = h("ol", { class: "transcript-lines", tabindex: "0", "aria-label": "Transcript" });
  const copy = h("button", { type: "button", class: "fix", click: copyAll }, "Copy the transcript");
  details.append(h("p", {}, copy), lines);

  async function copyAll() {
    const copied = await copyText(linesOf(store.get().trace).join("\n"));
    store.set({ said: copied ? "Transcript copied." : "Select the lines to copy them." });
  }
  /** @type {Trace | undefined} */
  let shown;
  function show({ trace } = store.get()) {
    if (trace === shown) return;
    shown = trace;
    lines.replaceChildren(
      ...trace.steps.map(({ phase, text }) =>
        h("li", {}, h("span", { class: "quiet" }, `${phase}: `), signed(text)),
      ),
    );
  }
  store.subscribe(show);
  show();
}
