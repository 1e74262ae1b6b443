/** The typed function as mathematics, a line a name, with what the step is about lit up, and the step's own equation. */

import { loadKatex } from "../assets.js";
import { h } from "../panels/dom.js";
import { toldUntil } from "../state.js";
import { timelineOf, toldAt } from "../timeline.js";
import { marked, trusted } from "./marked.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Trace } from "../types.d.ts" */
/** @import { View } from "./column.js" */

/** @param {Host} host @returns {View} */
export function createFormula(host) {
  const lines = h("div", { class: "formula-lines" });
  const title = h("h2", {}, "This step");
  const steps = h("div", { class: "formula-steps" });
  const note = h("p", { class: "view-note", role: "status" });
  /** @type {Awaited<ReturnType<typeof loadKatex>>["render"] | undefined} */
  let render;

  /** @param {EventTarget | null} target */
  const nodeAt = (target) =>
    target instanceof Element ? target.closest("[data-about]")?.getAttribute("data-about") : null;
  lines.addEventListener("pointerover", ({ target }) => {
    const id = nodeAt(target);
    host.light(id ? [id] : []);
  });
  lines.addEventListener("pointerleave", () => host.light([]));
  lines.addEventListener("click", ({ target }) => {
    const id = nodeAt(target);
    if (id) host.select(id);
  });

  /**
   * @param {string} latex
   * @param {string} words
   */
  function set(latex, words) {
    const mathematics = h("div", {
      class: "formula-line",
      role: "img",
      "aria-label": words,
      tabindex: 0,
    });
    render?.(`\\displaystyle ${latex}`, mathematics, {
      throwOnError: false,
      trust: trusted,
      strict: "ignore",
      output: "html",
    });
    return mathematics;
  }

  /** @param {Trace} trace */
  function write(trace) {
    const { nodes } = timelineOf(trace);
    const source = trace.source.split("\n");
    lines.replaceChildren(
      ...trace.formula.map((line) => {
        const node = nodes.get(line.node);
        const words = node?.span ? source[node.span.line - 1].trim() : (node?.label ?? "");
        return set(marked(line), words);
      }),
    );
    note.textContent = trace.formula.length
      ? ""
      : "The program has more names than can be read as formulas; each step has its own below.";
    note.hidden = trace.formula.length > 0;
  }

  /**
   * @param {Page} page
   * @param {Page | undefined} previous
   */
  function mark(page, previous) {
    const { trace, index, look, lit, selected } = page;
    const told = toldAt(trace, index, look.detail);
    const { phase, kind } = trace.steps[index];
    const here = new Set(
      told.flatMap(({ node }) => (kind === "evaluate" && index === 0 ? [] : [node])),
    );
    for (const part of lines.querySelectorAll("[data-about]")) {
      const id = String(part.getAttribute("data-about"));
      for (const name of ["forward", "local", "backward"])
        part.classList.toggle(name, here.has(id) && name === phase);
      part.classList.toggle("lit", lit.includes(id));
      part.classList.toggle("picked", id === selected);
    }
    const moved = trace !== previous?.trace || index !== previous.index;
    const until = toldUntil(page);
    if (!moved && look === previous?.look && until === toldUntil(previous)) return;
    steps.replaceChildren(
      ...told
        .filter((step) => step.latex && step.index <= until)
        .map(({ latex, text }) => set(latex, text)),
    );
    if (moved)
      lines.querySelector(".forward, .local, .backward")?.scrollIntoView({ block: "nearest" });
  }

  /**
   * @param {Page} page
   * @param {Page | undefined} previous
   */
  function draw(page, previous) {
    if (page.trace !== previous?.trace) write(page.trace);
    mark(page, previous);
    lines.classList.toggle("stale", page.status !== "fresh");
  }

  async function begin() {
    try {
      ({ render } = await loadKatex());
      draw(host.store.get(), undefined);
    } catch {
      note.hidden = false;
      note.textContent = "offline: what sets formulas is not here yet.";
    }
  }

  return {
    element: h("div", { class: "formula" }, note, lines, title, steps),
    show(page, previous) {
      if (render) draw(page, previous);
      else if (!previous) void begin();
    },
  };
}
