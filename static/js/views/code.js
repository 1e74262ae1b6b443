/** The whole pass as a script, line by line with the board: the step's line is marked, a line finds its gate. */

import { partsOf } from "../look.js";
import { h } from "../panels/dom.js";
import { copyText } from "../sharing/copying.js";
import { save } from "../sharing/files.js";
import { createChoices } from "./choices.js";
import { createQuestion } from "./question.js";
import { linesOfStep, namesOf, tokensOf } from "./script.js";

/** @import { Host, Page } from "../state.js" */
/** @import { View } from "./column.js" */
/** @import { Script } from "./script.js" */

const TARGETS = { numpy: "NumPy", torch: "PyTorch", jax: "JAX" };

/** @param {Page} page */
const targetOf = ({ look }) => partsOf(look.view)[1] ?? "numpy";

/** @param {Host} host @returns {View} */
export function createCode(host) {
  /** @type {Script | undefined} */
  let script;
  /** @type {string} the program that the script is of */
  let program = "";
  /** @type {HTMLElement[]} */
  let rows = [];
  /** The row that the arrow keys are at. */
  let at = -1;

  const list = h("div", { role: "listbox", class: "script", tabindex: 0, "aria-label": "Script" });
  /** @type {ReturnType<typeof createQuestion<Script>>} */
  const question = createQuestion(
    host,
    "/api/code",
    (answer, page) => {
      script = answer;
      program = page.trace.source;
      at = -1;
      rows = rowsOf(answer);
      list.replaceChildren(...rows);
      list.removeAttribute("aria-activedescendant");
      return [list];
    },
    () => mark(host.store.get(), undefined),
  );

  const choices = createChoices("Library", TARGETS, (target) =>
    host.look({ view: target === "numpy" ? "code" : `code.${target}` }),
  );
  async function copy() {
    const copied = script && (await copyText(script.code));
    host.say(copied ? "Script copied." : "The browser did not let the script be copied.");
  }
  function download() {
    if (script) save(new File([script.code], "chainrule.py", { type: "text/x-python" }));
  }

  /** @param {EventTarget | null} target */
  const rowOf = (target) =>
    target instanceof Element ? rows.findIndex((row) => row.contains(target)) : -1;
  /** @param {number} row */
  const nodeAt = (row) =>
    program === host.store.get().trace.source ? rows[row]?.dataset.about : undefined;

  list.addEventListener("pointerover", ({ target }) => lightRow(rowOf(target)));
  list.addEventListener("pointerleave", () => host.light([]));
  list.addEventListener("blur", () => host.light([]));
  list.addEventListener("click", ({ target }) => {
    goTo(rowOf(target));
    select();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key === "Enter") select();
    else if (step) goTo(nextLinked(step));
    else return;
    event.preventDefault();
  });

  function select() {
    const id = nodeAt(at);
    if (id) host.select(id);
  }

  /** @param {number} row */
  function lightRow(row) {
    const id = nodeAt(row);
    host.light(id ? [id] : []);
  }

  /** @param {number} step */
  function nextLinked(step) {
    const start = at < 0 ? rows.findIndex((row) => row.ariaCurrent === "step") - step : at;
    for (let row = start + step; row >= 0 && row < rows.length; row += step)
      if (rows[row].dataset.about) return row;
    return at;
  }

  /** @param {number} row */
  function goTo(row) {
    if (!rows[row]?.dataset.about) return;
    rows[at]?.classList.remove("at");
    at = row;
    rows[at].classList.add("at");
    list.setAttribute("aria-activedescendant", rows[at].id);
    rows[at].scrollIntoView({ block: "nearest" });
    lightRow(at);
  }

  /**
   * @param {Page} page
   * @param {Page | undefined} previous
   */
  function mark({ trace, index, lit, selected }, previous) {
    if (!script || program !== trace.source) return;
    const step = trace.steps[index];
    const here = new Set(linesOfStep(script, trace, step));
    for (const [i, row] of rows.entries()) {
      const { about } = row.dataset;
      const current = here.has(i + 1);
      row.classList.toggle("lit", about !== undefined && lit.includes(about));
      for (const phase of ["forward", "local", "backward"])
        row.classList.toggle(phase, current && phase === step.phase);
      if (!about) continue;
      if (current) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
      row.setAttribute("aria-selected", String(about === selected));
    }
    const [first] = here;
    const moved = index !== previous?.index || trace !== previous?.trace;
    if (moved && first) rows[first - 1].scrollIntoView({ block: "nearest" });
    else if (selected && selected !== previous?.selected)
      rows.find(({ dataset }) => dataset.about === selected)?.scrollIntoView({ block: "nearest" });
  }

  return {
    element: h(
      "div",
      { class: "code" },
      h(
        "div",
        { class: "view-tools" },
        choices.element,
        h("button", { type: "button", click: copy }, "Copy"),
        h("button", { type: "button", click: download }, "Download"),
      ),
      question.element,
    ),
    show(page, previous) {
      const target = targetOf(page);
      choices.mark(target);
      question.ask(page, { target });
      mark(page, previous);
    },
  };
}

/** @param {Script} script */
function rowsOf(script) {
  const names = namesOf(script);
  const abouts = new Map(script.lines.map((each) => [each.line, each]));
  const lines = script.code.trimEnd().split("\n");
  return lines.map((text, i) => {
    const about = abouts.get(i + 1);
    const words = tokensOf(text, names).map(({ text, tone }) =>
      tone ? h("span", { class: `word-${tone}` }, text) : text,
    );
    return h(
      "div",
      about?.node
        ? { class: "script-line", id: `script-${i + 1}`, role: "option", "data-about": about.node }
        : { class: "script-line", role: "presentation" },
      ...(words.length ? words : ["\u200b"]),
    );
  });
}
