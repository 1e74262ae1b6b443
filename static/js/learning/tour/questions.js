/** The questions of a tour: what is typed, chosen or done, and what is said of it. */

import { h } from "../../panels/dom.js";
import { mended } from "../../panels/spans.js";
import { flatOf } from "../answers.js";
import { agrees, numbersIn, slipped, wantedBy, written } from "./answers.js";
import { marked } from "./prose.js";

/** @import { Host, Page } from "../../state.js" */
/** @import { ChoiceQuestion, FormulaQuestion, NumberQuestion, Stop, Task } from "./types.d.ts" */

/**
 * @typedef {object} Asked
 * @property {HTMLElement} element
 * @property {() => void | Promise<void>} tell gives the answer away
 * @property {(page: Page) => void} [watch] looks whether it is done
 */

/**
 * What a question may do. `done` is called when a right answer is in, or was given away.
 * @typedef {object} Asking
 * @property {Host} host
 * @property {Stop} stop
 * @property {(verdict: "right" | "wrong" | "told", words: string) => void} say
 * @property {(inputs: Stop["inputs"]) => void} give values to the stop's program
 */

/** @type {{ [K in Stop["question"]["kind"]]: (asking: Asking) => Asked }} */
const KINDS = {
  number: (asking) => numberQuestion(asking, /** @type {any} */ (asking.stop.question)),
  choice: (asking) => choiceQuestion(asking, /** @type {any} */ (asking.stop.question)),
  formula: (asking) => formulaQuestion(asking, /** @type {any} */ (asking.stop.question)),
  do: (asking) => task(asking, /** @type {any} */ (asking.stop.question)),
};

/** @param {Asking} asking @returns {Asked} */
export const createQuestion = (asking) => KINDS[asking.stop.question.kind](asking);

/**
 * A line to type into.
 * @param {string} ask
 * @param {string} kind
 * @param {(text: string) => void} answer
 */
function typedForm(ask, kind, answer) {
  const field = h("input", {
    id: "tour-answer",
    class: kind,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": "tour-verdict",
  });
  const form = h(
    "form",
    {},
    h("label", { for: "tour-answer" }, ...marked(ask)),
    h("div", { class: "answer-row" }, field, h("button", { class: "answer" }, "Answer")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) answer(field.value);
    else field.focus();
  });
  return { form, field };
}

/** @param {Asking} asking @param {NumberQuestion} question @returns {Asked} */
function numberQuestion({ host, stop, say }, question) {
  const isShape = question.part === "shape";
  const { form, field } = typedForm(question.ask, "number", judge);
  field.placeholder = isShape ? "such as (3, 4)" : "";

  /** The stop's own program is asked about, as its board first stood. */
  const wanted = () => {
    const { trace } = host.store.get();
    return trace.source === stop.source ? wantedBy(trace, question) : undefined;
  };

  /** @param {string} text */
  function judge(text) {
    const right = wanted();
    if (!right)
      return say("wrong", "The board shows another program: go back to the tour's board.");
    const answer = numbersIn(text);
    if (!answer)
      return say("wrong", "That is no number. Lists go in brackets: [1, 2], [[1, 2], [3, 4]].");
    if (agrees(answer, right)) return say("right", "");
    const slip = question.slips.find((each) => slipped(answer.data, each.answer));
    if (slip) return say("wrong", slip.reason);
    const [count, size] = [answer.data, right.data ?? []].map((each) => flatOf(each).length);
    say(
      "wrong",
      count === size
        ? "Not this number. Look at the board: what is known there already?"
        : `It takes ${size === 1 ? "one number" : `${size} numbers`}, not ${count}.`,
    );
  }

  return {
    element: form,
    tell() {
      const right = wanted();
      if (right) field.value = written(right, isShape);
      say("told", right ? `It is ${written(right, isShape)}.` : "");
    },
  };
}

/** @param {Asking} asking @param {ChoiceQuestion} question @returns {Asked} */
function choiceQuestion({ say }, { ask, choices }) {
  const buttons = choices.map((choice) =>
    h("button", { type: "button", click: () => choose(choice) }, ...marked(choice.text)),
  );
  /** @param {ChoiceQuestion["choices"][number]} choice */
  function choose(choice) {
    const button = buttons[choices.indexOf(choice)];
    button.className = choice.right ? "right" : "wrong";
    button.setAttribute("aria-pressed", "true");
    say(choice.right ? "right" : "wrong", choice.reason);
  }
  const element = h(
    "div",
    { class: "choices-list", role: "group", "aria-labelledby": "tour-ask" },
    h("p", { id: "tour-ask" }, ...marked(ask)),
    ...buttons,
  );
  return {
    element,
    tell() {
      const right = choices.findIndex((choice) => choice.right);
      buttons[right].className = "right";
      say("told", choices[right].reason);
    },
  };
}

/** @param {Asking} asking @param {FormulaQuestion} question @returns {Asked} */
function formulaQuestion({ host, stop, say }, { ask, wrt, right }) {
  const { form, field } = typedForm(ask, "formula", judge);

  /** @param {string} text */
  async function judge(text) {
    const { source, inputs, output } = stop;
    /** @type {import("../../api.js").Answer<{ correct: boolean, hint: string, detail: string | null, general: boolean }>} */
    const { answer, problem } = await host.call("/api/grade", {
      source,
      inputs,
      output,
      wrt,
      answer: text,
    });
    if (problem) return say("wrong", problem.detail);
    if (!answer) return say("wrong", "offline: a formula is judged by the server.");
    if (!answer.correct)
      return say(
        "wrong",
        [answer.detail, answer.hint].filter(Boolean).join(" ") || "Not this one.",
      );
    say("right", answer.general ? "" : "It holds for these numbers; with others it would not.");
  }

  return {
    element: form,
    tell() {
      field.value = right;
      say("told", `One way to write it: ${right}`);
    },
  };
}

/** @param {Asking} asking @param {Task} question @returns {Asked} */
function task({ host, stop, say, give }, { ask, goal, target, by }) {
  /** @type {number | undefined} the output as the stop began */
  let before;
  let over = false;

  /** @param {Page} page */
  function isDone({ trace, index, look, status }) {
    if (goal === "view") return look.view.split(".")[0] === target;
    if (status !== "fresh") return false;
    if (goal === "step") return trace.steps[index].address === target;
    if (goal === "fold") return look.folds.length > 0;
    if (goal === "mended") return trace.backward_code?.problems.length === 0;
    if (trace.source !== stop.source) return false;
    const now = Number(trace.value.data);
    before ??= now;
    return goal === "rises" ? now > before : now < before;
  }

  const moves = {
    step: () => {
      const { trace } = host.store.get();
      host.goTo(trace.steps.findIndex(({ address }) => address === target));
    },
    view: () => host.look({ view: target }),
    fold: () => host.look({ folds: ["-*"] }),
    rises: () => give(by),
    falls: () => give(by),
    mended: () => {
      const { source, trace } = host.store.get();
      const fix = trace.backward_code?.problems.flatMap((problem) => problem.fix) ?? [];
      if (fix.length > 0) host.type(mended(source, fix));
    },
  };

  return {
    element: h("p", { class: "task" }, ...marked(ask)),
    tell: () => moves[goal](),
    watch(page) {
      if (over || !isDone(page)) return;
      over = true;
      say("right", "Done.");
    },
  };
}
