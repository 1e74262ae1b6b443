/** Hand-written backward code, line by line: right, of a wrong shape or value and why, or not yet defined. Loaded on first use. */

import { loadStyle } from "../assets.js";
import { h } from "../panels/dom.js";
import { saying } from "../panels/messages.js";
import { mended } from "../panels/spans.js";
import { isFixed } from "../state.js";
import { createQuestion } from "../views/question.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Edit } from "../types.d.ts" */
/** @import { View } from "../views/column.js" */

/**
 * What /api/grade/backward says of one line.
 * @typedef {object} Line
 * @property {number} line
 * @property {string} name
 * @property {string | null} node
 * @property {boolean} correct
 * @property {"correct" | "wrong-shape" | "wrong-value" | "error"} verdict
 * @property {string[]} follows wrong gradients above that it follows from, rightly
 * @property {string | null} diagnosis
 * @property {string} hint
 * @property {string} [detail]
 * @property {Edit[]} [fix]
 */

/** @typedef {{ lines: Line[], missing?: string[] }} Judged */

const WORDS = {
  correct: "right",
  "wrong-shape": "wrong shape",
  "wrong-value": "wrong value",
  error: "cannot be run",
};

/** @param {Line} line */
export function verdictIn({ verdict, correct, diagnosis, follows = [] }) {
  if (correct && follows.length > 0) return `right, given ${follows.join(" and ")}`;
  return diagnosis === "undefined-name" ? "not yet defined" : WORDS[verdict];
}

/** @param {Host} host @returns {Promise<View>} */
export async function createBackward(host) {
  await loadStyle("learning");
  const { store } = host;
  const none = h(
    "p",
    { class: "view-note" },
    "Write or paste your backward code under the function, a line a gradient, such as ",
    h("code", {}, "dW2 = h_1.T.dot(dy_hat)"),
    ". Each line is judged here.",
  );

  /** @type {ReturnType<typeof createQuestion<Judged>>} */
  const question = createQuestion(host, "/api/grade/backward", (answer, page) => {
    if (store.get().trace === page.trace) tell(answer, page);
    return drawn(answer, page);
  });

  /** Lets the editor mark the lines, too. @param {Judged} answer @param {Page} page */
  function tell({ lines }, { trace }) {
    const marks = Object.fromEntries(lines.map(({ line, correct }) => [line, correct]));
    store.set({ judged: { trace, lines: marks } });
  }

  /** @param {Judged} answer @param {Page} page */
  function drawn({ lines, missing = [] }, { trace }) {
    const { backward_code: code, source } = trace;
    const texts = source.split("\n");
    const wrong = lines.filter(({ correct }) => !correct).length;
    const good = wrong === 0 && missing.length === 0;
    const counted = `${lines.length - wrong} of ${lines.length} lines right`;
    const summary = good
      ? `All ${lines.length} lines are right.`
      : `${counted}${missing.length ? `; no line makes ${missing.map((name) => `d${name}`).join(", ")}` : ""}.`;
    return [
      h(
        "p",
        { class: `check-summary ${good ? "ok" : "wrong"}` },
        h("b", { "aria-hidden": "true" }, good ? "✓" : "✗"),
        h("span", {}, summary),
      ),
      ...(code?.problems ?? []).flatMap(({ detail, fix }) => mend(detail, fix)),
      h(
        "ol",
        { class: "judged" },
        ...lines.map((line) => row(line, texts[line.line - 1] ?? line.name)),
      ),
    ];
  }

  /** @param {string} detail @param {Edit[]} fix */
  function mend(detail, fix) {
    if (fix.length === 0 || isFixed(store.get(), "edit")) return [];
    const { source } = store.get().trace;
    const click = () => host.type(mended(source, fix));
    return [
      h(
        "p",
        { class: "view-note" },
        `${detail} `,
        h("button", { type: "button", class: "fix", click }, ...saying(source, fix)),
      ),
    ];
  }

  /** @param {Line} line @param {string} text */
  function row(line, text) {
    const { node, correct, hint } = line;
    const light = () => host.light(node ? [node] : []);
    const button = h(
      "button",
      {
        type: "button",
        class: `verdict-row ${correct ? "ok" : "wrong"}`,
        "data-about": node ?? undefined,
        click: () => node && host.select(node),
        pointerenter: light,
        focus: light,
        pointerleave: () => host.light([]),
        blur: () => host.light([]),
      },
      h(
        "span",
        { class: "line-number" },
        h("span", { class: "spoken" }, "line "),
        String(line.line),
      ),
      h("b", { class: "sign", "aria-hidden": "true" }, correct ? "✓" : "✗"),
      h("code", { class: "judged-code" }, text.trim()),
      h("span", { class: "verdict-words" }, verdictIn(line)),
      ...(hint && !correct ? [h("span", { class: "note" }, hint)] : []),
    );
    return h("li", {}, button);
  }

  return {
    element: h("div", {}, none, question.element),
    show(page) {
      const there = page.trace.backward_code !== null;
      none.hidden = there;
      question.element.hidden = !there;
      if (there) question.ask(page);
    },
  };
}
