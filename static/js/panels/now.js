/** The strip under the board: the step in words, as an equation, and its checks. */

import { loadKatex } from "../assets.js";
import { byId, h, nameOf, sentence, signed } from "./dom.js";
import { equationOf, spoken } from "./equation.js";

/** @import { Page } from "../state.js" */
/** @import { Part } from "./equation.js" */

/** @returns {(page: Page, previous?: Page) => void} */
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

  return (page, previous) => {
    const { trace, index, moved } = page;
    if (trace === previous?.trace && index === previous.index && moved === previous.moved) return;
    const step = trace.steps[index];
    const names = new Set(trace.nodes.map(({ label }) => label));
    const isName = /** @param {string} word */ (word) => names.has(word);
    // In a sentence "a" is more often an article.
    const isWord = /** @param {string} word */ (word) =>
      names.has(word) && (word !== "a" || names.size < 4);
    const now = equationOf(trace, step);
    where.replaceChildren(...sentence(now.where, isName));
    words.replaceChildren(...sentence(signed(step.text), isWord));
    words.dataset.size = step.text.length > 110 ? "small" : "large";
    equation.replaceChildren(...now.parts.map((part) => draw(part, isName)));
    equation.setAttribute("aria-label", spoken(now));
    equation.dataset.size = sizeOf(now.parts);
    const [got, wanted] = now.shapes ?? [];
    checks.replaceChildren(
      ...(now.shapes
        ? [
            h(
              "p",
              {},
              h("b", { "aria-hidden": "true" }, got === wanted ? "✓ " : "✗ "),
              `shape ${got} ${got === wanted ? "=" : "≠"} ${wanted}`,
            ),
          ]
        : []),
      ...(now.code ? [h("p", {}, h("code", {}, now.code))] : []),
    );

    shown = step.latex;
    formula.replaceChildren();
    if (!moved || !step.latex) return;
    katex ??= loadKatex();
    katex.then(
      ({ render }) => {
        if (shown !== step.latex || formula.hasChildNodes()) return;
        const mathematics = h("span", { role: "img", "aria-label": step.text });
        render(step.latex, mathematics, { throwOnError: false, trust: false, strict: "ignore" });
        formula.replaceChildren(mathematics);
        // Half a formula is none; the equation below says the same.
        formula.classList.toggle("too-long", mathematics.offsetWidth > formula.clientWidth);
      },
      () => {
        katex = undefined;
      },
    );
  };
}

/**
 * @param {Part} part
 * @param {(word: string) => boolean} isName
 */
function draw({ tone, text, role, caption, raised }, isName) {
  const isNumber = /[\d∞]|NaN/.test(text[0] + text[1]) && !isName(text);
  const face = tone === "sign" || isNumber ? [text] : mathematics(text, isName);
  const notes = [
    role && h("span", {}, role),
    caption && h("span", {}, ...mathematics(caption, isName)),
  ].filter((note) => note instanceof Node);
  return h(
    "span",
    { class: `part ${tone}${raised ? " raised" : ""}` },
    h("span", { class: "part-text" }, ...face),
    h("span", { class: "part-notes" }, ...notes.flatMap((note, i) => (i ? [" ", note] : [note]))),
  );
}

/**
 * @param {string} text with names in it, such as "∂L/∂h_1 = W_2.T"
 * @param {(word: string) => boolean} isName
 */
function mathematics(text, isName) {
  return text
    .split(/([\p{L}_][\w]*)/u)
    .map((word, i) => (i % 2 && isName(word) ? nameOf(word) : word));
}

/** @param {Part[]} parts */
function sizeOf(parts) {
  const letters = parts.reduce(
    (sum, { text, caption = "", role = "" }) =>
      sum + Math.max(text.length + 1, (caption.length + role.length) * 0.4),
    0,
  );
  return letters > 44 ? "small" : letters > 26 ? "medium" : "large";
}
