/** The tabs of a narrow screen, which shows one of source and board. */

import { byId } from "./dom.js";

/** @typedef {"source" | "board"} Tab */

/** @type {readonly Tab[]} */
const TABS = ["source", "board"];

/** @param {Tab} name */
const tabOf = (name) => byId(`tab-${name}`);

/** @param {Tab} name */
export function showTab(name) {
  document.documentElement.dataset.view = name;
  for (const each of TABS) {
    tabOf(each).setAttribute("aria-selected", String(each === name));
    tabOf(each).setAttribute("tabindex", each === name ? "0" : "-1");
  }
}

/** @param {() => void} onChoose */
export function createTabs(onChoose) {
  for (const name of TABS) {
    tabOf(name).addEventListener("click", () => {
      onChoose();
      showTab(name);
    });
    tabOf(name).addEventListener("keydown", ({ key }) => {
      if (key !== "ArrowLeft" && key !== "ArrowRight") return;
      const other = name === "board" ? "source" : "board";
      showTab(other);
      tabOf(other).focus();
    });
  }
}
