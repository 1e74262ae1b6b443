/** Everything that the engine noticed: in the lecturer's words, with the fix; a click finds the gate. */

import { h, nameOf } from "../panels/dom.js";
import { timelineOf } from "../timeline.js";

/** @import { Host } from "../state.js" */
/** @import { Warning } from "../types.d.ts" */
/** @import { View } from "./column.js" */

/** @param {Host} host @returns {View} */
export function createWarnings({ select, light, store }) {
  const list = h("ul", { class: "warnings" });
  const none = h(
    "p",
    { class: "view-note" },
    "Nothing to warn of: no gate is saturated or dead, no gradient vanishes or explodes, every number is finite.",
  );

  /** @param {Warning} warning */
  function row({ level, node: id, message, hint }) {
    const node = id === null ? undefined : timelineOf(store.get().trace).nodes.get(id);
    const kind = level === "warning" ? "warning" : "note";
    const words = [
      h("span", { class: "kind" }, kind),
      h("span", { class: "message" }, message),
      ...(hint ? [h("span", { class: "hint" }, hint)] : []),
    ];
    if (!node) return h("li", { class: kind }, h("div", { class: "warning-text" }, ...words));
    const button = h(
      "button",
      {
        type: "button",
        "data-about": node.id,
        click: () => select(node.id),
        pointerenter: () => light([node.id]),
        pointerleave: () => light([]),
        focus: () => light([node.id]),
        blur: () => light([]),
      },
      ...words,
      h("span", { class: "find" }, "on the board: ", nameOf(node.label)),
    );
    return h("li", { class: kind }, button);
  }

  return {
    element: h("div", {}, none, list),
    show({ trace, selected, status }, previous) {
      if (trace !== previous?.trace) {
        const { warnings } = trace;
        const worst = [...warnings].sort(
          (a, b) => +(b.level === "warning") - +(a.level === "warning"),
        );
        none.hidden = warnings.length > 0;
        list.replaceChildren(...worst.map(row));
      }
      list.classList.toggle("stale", status !== "fresh");
      for (const button of list.querySelectorAll("button"))
        button.setAttribute("aria-pressed", String(button.dataset.about === selected));
    },
  };
}
