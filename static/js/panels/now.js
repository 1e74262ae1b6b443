/** The strip under the board: the step in words, as an equation, and beside it what checks it. */

import { isTold } from "../ahead.js";
import { loadKatex } from "../assets.js";
import { ASKED, isAxis } from "../format.js";
import { drawn } from "../player.js";
import { shownOf } from "../state.js";
import { toldAt } from "../timeline.js";
import { axisOf, byId, h, nameOf, sentence, signed } from "./dom.js";
import { equationOf, spoken } from "./equation.js";

/** @import { Page } from "../state.js" */
/** @import { Frame } from "../types.d.ts" */
/** @import { Equation, Part } from "./equation.js" */

/** @returns {(page: Page, previous: Page | undefined, frame: Frame) => void} */
export function createNow() {
  const [where, words, formula, equation, checks] = [
    "where",
    "words",
    "formula",
    "equation",
    "checks",
  ].map(byId);
  /** @type {Promise<typeof import("../../vendor/katex.js")> | undefined} */
  let katex;
  let shown = "";
  /** @type {Frame["told"]} */
  let told;
  /** Counts steps, so that checks that come late stay away. */
  let turn = 0;
  // Half a formula is none; the equation below says the same. An observer is told of widths, and need not ask.
  const widths = new ResizeObserver(() => {
    const length = formula.scrollWidth / formula.clientWidth;
    formula.dataset.fit = length <= 1 ? "whole" : length <= SMALLER ? "small" : "none";
  });

  return (page, previous, frame) => {
    const { index, moved, look } = page;
    const trace = shownOf(page);
    if (
      previous &&
      trace === shownOf(previous) &&
      look.detail === previous.look.detail &&
      index === previous.index &&
      moved === previous.moved &&
      frame.told === told &&
      page.checked === previous.checked &&
      look.predict === previous.look.predict
    )
      return;
    const steps = frame.told ? [] : toldAt(trace, index, look.detail);
    if (!steps.every(isTold)) return;
    told = frame.told;
    const step = trace.steps[index];
    const names = new Set(trace.nodes.map(({ label }) => label));
    const isName = /** @param {string} word */ (word) => names.has(word);
    const axes = new Set(trace.nodes.flatMap(({ dims = [] }) => dims).filter(isAxis));
    /** @type {Known} */
    const known = { names, axes };
    // In a sentence "a" is more often an article.
    const isWord = /** @param {string} word */ (word) =>
      names.has(word) && (word !== "a" || names.size < 4);
    const now = told
      ? [{ ...told, place: "", to: "" }]
      : steps.map((each) => equationOf(trace, each));
    const text = told?.words ?? wordsOf(steps.map((each) => each.text));
    where.replaceChildren(
      ...sentence(now.length > 1 ? now[now.length - 1].place : now[0].where, isName),
      ...(page.slide ? [" · rounded as on the slide"] : []),
    );
    words.replaceChildren(...sentence(signed(text), isWord));
    words.dataset.size = text.length > LONG ? "small" : "large";
    // A phone scrolls what is longer still: keys must reach it, too.
    if (text.length > LONGER) words.tabIndex = 0;
    else words.removeAttribute("tabindex");
    equation.replaceChildren(
      ...(now.length > 1 ? rows(now, known) : now[0].parts.map((part) => draw(part, known))),
    );
    // Read aloud it is in full, also where a slide's numbers are shown.
    const full = told
      ? now
      : toldAt(page.trace, index, look.detail).map((each) => equationOf(page.trace, each));
    equation.setAttribute("aria-label", full.map(({ parts }) => spoken(parts)).join("; "));
    if (now.length > 1) equation.dataset.rows = String(Math.min(MOST_ROWS, now.length));
    else delete equation.dataset.rows;
    size(equation, now);
    const mine = ++turn;
    checks.replaceChildren();
    // Who predicts has a field there.
    if (!look.predict && (moved || trace.nodes.some(({ value }) => value.shape.length > 0)))
      void import("./checks.js").then(
        ({ checksOf }) => {
          if (mine === turn) checks.replaceChildren(...checksOf(page, frame, now, known));
        },
        () => {},
      );

    const latex = now.length > 1 || told ? "" : step.latex;
    shown = latex;
    widths.disconnect();
    formula.dataset.fit = "whole";
    formula.replaceChildren();
    if (!moved || !latex) return;
    katex ??= loadKatex();
    // The board goes first.
    Promise.all([katex, drawn()]).then(
      ([{ render }]) => {
        if (shown !== latex || formula.hasChildNodes()) return;
        const mathematics = h("span", { role: "img", "aria-label": step.text });
        render(latex, mathematics, { throwOnError: false, trust: false, strict: "ignore" });
        formula.replaceChildren(mathematics);
        widths.observe(formula);
      },
      () => {
        katex = undefined;
      },
    );
  };
}

/**
 * The words of a trace that are set as mathematics.
 * @typedef {{ names: Set<string>, axes: Set<string> }} Known
 */

/** A long formula is set this much smaller, as the style sheet does; one that is longer still, not at all. */
const SMALLER = 17 / 13;

/** Letters from which the words are set smaller, and from which a phone scrolls them. */
const LONG = 110;
const LONGER = 140;

/** Lines of a stop's equations; what is more is counted. */
const MOST_ROWS = 5;

/** Letters of a stop's words: what is more stands in its lines. */
const MOST_WORDS = 200;

/**
 * All sentences where they fit, else the first: a gate's rule.
 * @param {string[]} texts
 */
function wordsOf(texts) {
  const all = texts.join(" ");
  return all.length > MOST_WORDS ? texts[0] : all;
}

/**
 * A line for each step that a stop tells.
 * @param {Equation[]} equations
 * @param {Known} known
 */
function rows(equations, known) {
  const shown = equations.length > MOST_ROWS ? equations.slice(0, MOST_ROWS - 1) : equations;
  const more = equations.length - shown.length;
  return [
    ...shown.map(({ to, parts }) =>
      h(
        "span",
        { class: "row" },
        h("span", { class: "row-head" }, ...mathematics(to, known)),
        ...parts.map((part) => draw(part, known)),
      ),
    ),
    ...(more ? [h("span", { class: "row" }, `and ${more} more: detail 3 shows each`)] : []),
  ];
}

/**
 * @param {HTMLElement} equation
 * @param {Part[]} parts
 * @param {Known} known
 */
export function drawEquation(equation, parts, known) {
  equation.replaceChildren(...parts.map((part) => draw(part, known)));
  equation.setAttribute("aria-label", spoken(parts));
  size(equation, [{ to: "", parts }]);
}

/**
 * @param {Part} part
 * @param {Known} known
 */
function draw({ tone, text, role, caption, raised }, known) {
  const isNumber = /[\d∞]|NaN/.test(text[0] + text[1]) && !known.names.has(text);
  const face = tone === "sign" || isNumber ? [text] : mathematics(text, known);
  const notes = [
    role && h("span", { class: role.length > ROLE ? "" : "role" }, role),
    caption && h("span", {}, ...mathematics(caption, known)),
  ].filter((note) => note instanceof Node);
  return h(
    "span",
    {
      class: `part ${tone}${raised ? " raised" : ""}${text === ASKED ? " asked" : ""}${
        isNumber || tone === "sign" ? "" : " term"
      }`,
    },
    h("span", { class: "part-text" }, ...face),
    h("span", { class: "part-notes" }, ...notes.flatMap((note, i) => (i ? [" ", note] : [note]))),
  );
}

/**
 * @param {string} text with names in it, such as "∂L/∂h_1 = W_2.T"
 * @param {Known} known
 */
export function mathematics(text, { names, axes }) {
  return text
    .split(/([\p{L}_][\w]*)/u)
    .map((word) => (names.has(word) ? nameOf(word) : axes.has(word) ? axisOf(word, word) : word));
}

/** Letters of the longest role that is never shortened: "downstream". */
const ROLE = 10;

/** Letters of a caption that count: it is shortened first. They are this much narrower than those above it. */
const CAPTION = 14;
const NARROW = 0.42;

/**
 * Tells the style sheet how long the longest line is, in letters.
 * @param {HTMLElement} equation
 * @param {Pick<Equation, "to" | "parts">[]} lines
 */
function size(equation, lines) {
  const isOne = lines.length === 1;
  const lengths = lines.map(({ to, parts }) => {
    const widths = parts.map(({ text, caption = "", role = "" }) => {
      const notes = NARROW * Math.min(CAPTION, caption.length + role.length);
      return 1 + (isOne ? Math.max(text.length, notes) : text.length + notes);
    });
    return widths.reduce((sum, width) => sum + width, isOne ? 0 : NARROW * (to.length + 3));
  });
  equation.style.setProperty("--letters", String(Math.round(Math.max(...lengths))));
}
