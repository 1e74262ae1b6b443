/** Everything that the engine noticed: in the lecturer's words, with the fix; a click finds the gate. */

import { h, nameOf } from "../panels/dom.js";
import { saying } from "../panels/messages.js";
import { mended } from "../panels/spans.js";
import { isFixed } from "../state.js";
import { timelineOf } from "../timeline.js";
import { keepFocus } from "./focus.js";

/** @import { Host } from "../state.js" */
/** @import { Edit, Warning } from "../types.d.ts" */
/** @import { View } from "./column.js" */

/** @param {Host} host @returns {View} */
export function createWarnings({ select, light, store, type }) {
  const list = h("ul", { class: "warnings" });
  const none = h(
    "p",
    { class: "view-note" },
    "Nothing to warn of: no gate is saturated or dead, no gradient vanishes or explodes, every number is finite.",
  );

  /** @param {Warning} warning */
  function row({ level, node: id, message, hint, fix = [] }) {
    const node = id === null ? undefined : timelineOf(store.get().trace).nodes.get(id);
    const kind = level === "warning" ? "warning" : "note";
    const words = [
      h("span", { class: "kind" }, kind),
      h("span", { class: "message" }, message),
      ...(hint ? [h("span", { class: "hint" }, hint)] : []),
    ];
    const mends = fix.length > 0 && !isFixed(store.get(), "edit") ? [mender(fix)] : [];
    if (!node)
      return h("li", { class: level }, h("div", { class: "warning-text" }, ...words), ...mends);
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
      h("span", { class: "on-board" }, "on the board: ", nameOf(node.label)),
    );
    return h("li", { class: level }, button, ...mends);
  }

  /** One click that writes the engine's fix into the program. @param {Edit[]} fix */
  function mender(fix) {
    const { source } = store.get().trace;
    return h(
      "button",
      { type: "button", class: "fix", click: () => type(mended(source, fix)) },
      ...saying(source, fix),
    );
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
        keepFocus(list, () => list.replaceChildren(...worst.map(row)));
      }
      list.classList.toggle("stale", status !== "fresh");
      for (const button of list.querySelectorAll("[data-about]"))
        button.setAttribute("aria-pressed", String(button.getAttribute("data-about") === selected));
    },
  };
}
