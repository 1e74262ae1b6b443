/** What is wrong with the program and how to mend it, in words and as marks in its text. */

import { mentioned } from "../state.js";
import { byId, h } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { Span } from "../types.d.ts" */

/** @typedef {{ text: string, kind: "problem" | "notice", span?: Span | null, hint?: string }} Message */

/** Notices shown before the rest folds away. */
const SHOWN = 3;

let shown = "";

/**
 * @param {Page} page
 * @param {HTMLElement} under one line of the program each
 * @param {(text: string) => void} onType
 * @param {() => void} assumeAll
 * @returns {boolean} whether anything is different now
 */
export function showMessages(page, under, onType, assumeAll) {
  const { source, given, problem, status } = page;
  const list = status === "empty" ? [] : messagesOf(page);
  const showing = JSON.stringify([source, list]);
  if (showing === shown) return false;
  shown = showing;
  under.replaceChildren(
    ...linesOf(
      source,
      list.flatMap(({ span }) => span ?? []),
    ),
  );

  /** @type {HTMLElement[]} */
  const rows = list.map((message) => describe(message, page, onType));
  const rest = rows.splice(problem ? SHOWN + 1 : SHOWN);
  if (
    problem &&
    /shape|scalar|input/.test(problem.code) &&
    Object.keys(mentioned(source, given)).length > 0
  ) {
    rows.push(
      h(
        "p",
        {},
        h(
          "button",
          { type: "button", class: "fix", click: assumeAll },
          "Let all values be assumed",
        ),
      ),
    );
  }
  if (rest.length > 0)
    rows.push(h("details", {}, h("summary", {}, `${rest.length} more`), ...rest));
  byId("messages").replaceChildren(...rows);
  return true;
}

/**
 * @param {Page} page
 * @returns {Message[]}
 */
function messagesOf({ problem, trace, notices, source }) {
  /** @type {Message[]} */
  const list = notices.map((text) => ({ kind: "notice", text }));
  if (problem)
    list.unshift({
      kind: "problem",
      text: problem.detail || problem.title,
      span: problem.span,
      hint: problem.hint,
    });
  if (problem || source !== trace.source) return list;
  const backward = trace.backward_code;
  if (backward) {
    const last = source.trimEnd().split("\n").length;
    const lines = last > backward.line ? `lines ${backward.line}–${last} are` : `line ${last} is`;
    list.push({ kind: "notice", text: `${lines} your backward code: not drawn` });
    for (const { detail, span, hint } of backward.problems)
      list.push({ kind: "problem", text: detail, span, hint });
  }
  for (const { code, message, hint } of trace.warnings) {
    // Assumed values carry a tag where they stand; backward code has its own notice.
    if (code !== "assumed-input" && !(backward && /backward code/.test(message)))
      list.push({ kind: "notice", text: hint ? `${message} ${hint}` : message });
  }
  return list;
}

/**
 * @param {Message} message
 * @param {Page} page
 * @param {(text: string) => void} onType
 */
function describe({ kind, text, span, hint }, { source, alone }, onType) {
  const words = text.replace(/^line \d+: /i, "");
  const place = kind === "problem" && span ? [h("b", {}, `line ${span.line}: `)] : [];
  const found = span && textIn(source, span);
  if (!hint || kind === "notice") return h("p", { class: kind }, ...place, words);
  const fix = !alone && span && found && /^[\p{L}_]\w*$/u.test(hint) && hint !== found;
  const mend = fix
    ? h(
        "button",
        { type: "button", class: "fix", click: () => onType(replaceIn(source, span, hint)) },
        "Replace ",
        h("code", {}, found),
        " with ",
        h("code", {}, hint),
      )
    : h("span", { class: "hint" }, hint);
  return h("p", { class: kind }, ...place, words, " ", mend);
}

/**
 * @param {string} source
 * @param {Span[]} spans
 */
function linesOf(source, spans) {
  return source.split("\n").map((text, i) => {
    const letters = [...text];
    const span = spans.find(({ line, end_line }) => line <= i + 1 && i + 1 <= end_line);
    if (!span) return h("div", { class: "line" }, text);
    const start = Math.min(
      span.line === i + 1 ? span.column : letters.length - text.trimStart().length,
      letters.length,
    );
    const end = Math.max(span.end_line === i + 1 ? span.end_column : letters.length, start);
    // A place between letters, such as the end of the line, is shown as a wide mark.
    const marked = letters.slice(start, end).join("") || " ";
    return h(
      "div",
      { class: "line" },
      letters.slice(0, start).join(""),
      h("mark", {}, marked),
      letters.slice(end).join(""),
    );
  });
}

/**
 * Offsets of a span; columns count letters, not UTF-16 units.
 * @param {string} source
 * @param {Span} span
 */
function offsets(source, { line, column, end_line, end_column }) {
  const lines = source.split("\n");
  /** @type {(row: number, letters: number) => number} */
  const at = (row, letters) =>
    lines.slice(0, row - 1).reduce((sum, text) => sum + text.length + 1, 0) +
    [...(lines[row - 1] ?? "")].slice(0, letters).join("").length;
  return [at(line, column), at(end_line, end_column)];
}

/**
 * @param {string} source
 * @param {Span} span
 */
export function textIn(source, span) {
  return source.slice(...offsets(source, span));
}

/**
 * @param {string} source
 * @param {Span} span
 * @param {string} text
 */
export function replaceIn(source, span, text) {
  const [start, end] = offsets(source, span);
  return source.slice(0, start) + text + source.slice(end);
}
