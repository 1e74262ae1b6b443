/** The program's text and the line of the step. What there is to say about it is drawn by messages.js, when there is any. */

import { byId, h } from "./dom.js";

/** @import { Page } from "../state.js" */

/**
 * @param {(text: string) => void} onType
 * @param {() => void} assumeAll
 * @returns {(page: Page, previous?: Page) => void}
 */
export function createSource(onType, assumeAll) {
  /** @type {HTMLTextAreaElement} */
  const area = byId("function");
  const under = /** @type {HTMLElement} */ (byId("editor").firstElementChild);
  area.addEventListener("input", () => {
    byId("source").scrollTop = 0;
    onType(area.value);
  });
  let written = "";
  let marked = false;

  /** @param {Page} page */
  function highlight({ trace, index, problem, source }, follow = false) {
    const step = trace.steps[index];
    const node = trace.nodes.find(({ id }) => id === step.node);
    const known =
      !problem && source === trace.source && (step.kind !== "evaluate" || node?.kind === "gate");
    const at = known ? (node?.span?.line ?? 0) : 0;
    Array.from(under.children).forEach((line, i) => {
      line.className = i + 1 === at ? `line ${step.phase}` : "line";
      if (i + 1 === at && follow) line.scrollIntoView({ block: "nearest" });
    });
  }

  return (page, previous) => {
    const { source, trace, index, problem, status, notices, alone } = page;
    area.readOnly = alone === true;
    if (area.value !== source) area.value = source;
    byId("empty").hidden = status !== "empty";
    const news = notices.length > 0 || problem || trace.warnings.length > 0 || trace.backward_code;
    if (source !== written) {
      under.replaceChildren(...source.split("\n").map((text) => h("div", { class: "line" }, text)));
      written = source;
    }
    highlight(page, index !== previous?.index);
    if (!news && !marked) return;
    marked = true;
    import("./messages.js").then(({ showMessages }) => {
      if (showMessages(page, under, onType, assumeAll)) highlight(page);
    });
  };
}
