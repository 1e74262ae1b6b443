/**
 * The program's text and the line of the step. What there is to say about it is drawn by messages.js, when there is
 * any; where there is a mouse, editor.js takes the painting of the text over at the first touch.
 */

import { loadEditor, loadPlainEditor, loadStyle } from "../assets.js";
import { rest } from "../player.js";
import { isFixed } from "../state.js";
import { byId, h } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { Writing } from "../editor/editor.js" */

/**
 * The line that the step is about, from 1; 0 if there is none in this text.
 * @param {Page} page
 */
export function markedLine({ trace, index, problem, source }) {
  const step = trace.steps[index];
  const node = trace.nodes.find(({ id }) => id === step.node);
  const known =
    !problem && source === trace.source && (step.kind !== "evaluate" || node?.kind === "gate");
  return known ? (node?.span?.line ?? 0) : 0;
}

/**
 * @param {Writing} writing
 * @returns {{ show: (page: Page, previous?: Page) => void, upgrade: () => void, resume: () => void }}
 */
export function createSource(writing) {
  const { store, type, assumeAll } = writing;
  /** @type {HTMLTextAreaElement} */
  const area = byId("function");
  const under = /** @type {HTMLElement} */ (byId("editor").firstElementChild);
  /** @type {Awaited<ReturnType<typeof import("../editor/editor.js").createEditor>> | undefined} */
  let editor;
  let upgrading = false;
  /** @type {string | undefined} the program before the first letter was typed */
  let first;
  let written = "";
  let marked = false;
  /** What was typed before this script arrived. */
  const early = { text: area.value, at: area.selectionStart };

  area.addEventListener("input", () => {
    byId("source").scrollTop = 0;
    if (editor) return;
    first ??= store.get().source;
    type(area.value);
  });
  for (const sign of ["pointerenter", "focusin"])
    byId("editor").addEventListener(sign, upgrade, { once: true });

  /** Fingers and narrow screens do better with the textarea alone. */
  function upgrade() {
    if (upgrading || isFixed(store.get(), "edit")) return;
    upgrading = true;
    const paints = matchMedia("(pointer: fine) and (min-width: 700px)").matches;
    (paints ? paint() : help()).catch(() => {
      upgrading = false;
    });
  }

  async function paint() {
    const [{ createEditor }] = await Promise.all([loadEditor(), loadStyle("bubble")]);
    // What has just been read is long work, and so is what comes.
    await rest();
    editor = await createEditor(area, writing, first ?? area.value);
    byId("editor").classList.add("painted");
    under.remove();
    editor(store.get());
  }

  async function help() {
    const [{ createPlain }] = await Promise.all([loadPlainEditor(), loadStyle("bubble")]);
    createPlain(area, under, writing);
  }

  /** @param {Page} page */
  function highlight(page, follow = false) {
    const at = markedLine(page);
    const { phase } = page.trace.steps[page.index];
    Array.from(under.children).forEach((line, i) => {
      line.className = i + 1 === at ? `line ${phase}` : "line";
      const right = page.judged?.trace === page.trace ? page.judged.lines[i + 1] : undefined;
      line.toggleAttribute("data-judged", right !== undefined);
      if (right !== undefined) line.setAttribute("data-judged", right ? "✓" : "✗");
      if (i + 1 === at && follow) line.scrollIntoView({ block: "nearest" });
    });
  }

  /** @param {Page} page @param {Page} [previous] */
  function show(page, previous) {
    const { source, trace, index, problem, status, notices } = page;
    area.readOnly = isFixed(page, "edit");
    if (area.value !== source) area.value = source;
    byId("empty").hidden = status !== "empty";
    if (editor) editor(page, previous);
    else {
      if (source !== written)
        under.replaceChildren(
          ...source.split("\n").map((text) => h("div", { class: "line" }, text)),
        );
      const moved = index !== previous?.index;
      const same = trace === previous?.trace && problem === previous.problem;
      if (moved || !same || source !== written || page.judged !== previous.judged)
        highlight(page, moved);
      written = source;
    }
    const news = notices.length > 0 || problem || trace.warnings.length > 0 || trace.backward_code;
    if (!news && !marked) return;
    marked = true;
    import("./messages.js").then(({ showMessages }) => {
      if (showMessages(page, under, type, assumeAll)) highlight(page);
    });
  }

  function resume() {
    if (early.text === area.defaultValue || isFixed(store.get(), "edit")) return;
    first ??= store.get().source;
    type(early.text);
    area.setSelectionRange(early.at, early.at);
  }

  return { show, upgrade, resume };
}
