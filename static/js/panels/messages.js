/** What is wrong with the program and how to mend it, in words and as marks in its text. */

import { mentioned } from "../state.js";
import { byId, h } from "./dom.js";
import { mended, textIn } from "./spans.js";

/** @import { Page } from "../state.js" */
/** @import { Edit, Span } from "../types.d.ts" */

/** @typedef {{ text: string, kind: "problem" | "notice", span?: Span | null, hint?: string, fix?: Edit[], action?: string, next?: string }} Message */

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
export function messagesOf({ problem, trace, notices, source, look }) {
  /** @type {Message[]} */
  const list = notices.map((text) => ({ kind: "notice", text }));
  if (problem)
    list.unshift({
      kind: "problem",
      text: problem.detail || problem.title,
      span: problem.span,
      hint: problem.hint,
      fix: problem.fix,
    });
  if (problem || source !== trace.source) return list;
  const backward = trace.backward_code;
  if (backward) {
    const last = source.trimEnd().split("\n").length;
    const lines = last > backward.line ? `lines ${backward.line}–${last} are` : `line ${last} is`;
    list.push({
      kind: "notice",
      text: `${lines} your backward code: not drawn`,
      action: "check-backward",
    });
    // A tour has its own way on.
    const next = look.stop ? undefined : "check-backward";
    for (const { detail, span, hint, fix } of backward.problems)
      list.push({ kind: "problem", text: detail, span, hint, fix, next });
  }
  for (const { code, level, message, hint, fix } of trace.warnings) {
    // They tell numbers that are to be predicted.
    if (level === "warning" && look.predict) continue;
    // Assumed values carry a tag where they stand; backward code has its own notice.
    if (code !== "assumed-input" && !(backward && /backward code/.test(message)))
      list.push({ kind: "notice", text: hint ? `${message} ${hint}` : message, fix });
  }
  return list;
}

/**
 * @param {Message} message
 * @param {Page} page
 * @param {(text: string) => void} onType
 */
export function describe(
  { kind, text, span, hint, fix = [], action, next },
  { source, alone },
  onType,
) {
  const words = text.replace(/^line \d+: /i, "");
  const place = kind === "problem" && span ? [h("b", {}, `line ${span.line}: `)] : [];
  const row = h("p", { class: kind }, ...place, words);
  if (!alone && action)
    row.append(
      " ",
      h("button", { type: "button", class: "fix", "data-action": action }, "Check it"),
    );
  if (!alone && fix.length > 0) {
    const mend = () => onType(mended(source, fix));
    row.append(
      " ",
      h(
        "button",
        { type: "button", class: "fix", "data-action": next, click: mend },
        ...saying(source, fix),
      ),
    );
  } else if (hint && kind === "problem") row.append(" ", h("span", { class: "hint" }, hint));
  return row;
}

/**
 * What a fix does, in words.
 * @param {string} source
 * @param {Edit[]} fix
 */
export function saying(source, fix) {
  if (fix.length > 1) return [`Replace all ${fix.length}`];
  const [{ span, text }] = fix;
  const [found, wanted] = [textIn(source, span).trim(), text.trim()].map((code) =>
    h("code", {}, code),
  );
  if (!found.textContent) return ["Insert ", wanted];
  return wanted.textContent ? ["Replace ", found, " with ", wanted] : ["Delete ", found];
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
