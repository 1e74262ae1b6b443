/**
 * Predict mode: before a step brings something, it is asked for. The frame goes without the answer (questions.js), the
 * strip under the board asks; Space shows it, or an answer in its field does. Loaded on first use.
 */

import { loadStyle } from "../assets.js";
import { byId, h, signed } from "../panels/dom.js";
import { shownOf, toldUntil } from "../state.js";
import { otherInputs } from "./again.js";
import { judge } from "./judge.js";
import { questionAt, withoutAnswer, withoutShapes } from "./questions.js";
import { learningOf, note } from "./record.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Tensor } from "../types.d.ts" */
/** @import { Verdict } from "./judge.js" */
/** @import { Question } from "./questions.js" */

/** The question that stands at a moment, in the numbers shown. @param {Page} page */
export function standing(page) {
  const { look, index } = page;
  return look.predict && index > toldUntil(page) ? questionAt(shownOf(page), index) : undefined;
}

/** @param {Host} host */
export async function createPredict(host) {
  await loadStyle("learning");
  const { store } = host;
  host.reframe((page, frame) => {
    if (!page.look.predict) return frame;
    const question = standing(page);
    return withoutShapes(question ? withoutAnswer(frame, question) : frame, learningOf(page));
  });
  host.take((what) => {
    const shows = what === "next" || what === "play" || what === "next-node";
    if (what === "glance" || what === "stops") return store.get().look.predict;
    return shows && !store.get().playing && reveal();
  });
  const panel = createPanel(host, { answer, reveal, again });
  store.subscribe(follow);
  follow(store.get());

  /** @param {Page} page @param {Page} [previous] */
  function follow(page, previous) {
    document.documentElement.toggleAttribute("data-predict", page.look.predict);
    for (const button of document.querySelectorAll("[data-action=predict]"))
      button.setAttribute("aria-pressed", String(page.look.predict));
    if (page.look.predict) {
      // What was read, and what was said of the step, may be what is asked for now.
      if (previous && !previous.look.predict) hush(page);
      if (page.look.detail !== 3) return host.look({ detail: 3 });
      const { source, reached } = learningOf(page);
      const asks = standing(page) !== undefined;
      const until = asks ? page.index - 1 : page.index;
      if (page.learning?.source !== source || until > reached)
        return note(store, { reached: Math.max(reached, until), tries: 0, verdict: undefined });
    }
    panel.show(page);
  }

  /** @param {Page} page */
  function hush(page) {
    host.speak(standing(page)?.told.words ?? "");
    if (page.cell) store.set({ cell: undefined });
  }

  /**
   * Ends the question that stands.
   * @param {"right" | "late" | "told"} how
   * @param {string} words
   */
  function end(how, words) {
    const page = store.get();
    const question = standing(page);
    if (!question) return;
    const { score, results } = learningOf(page);
    const { address } = question;
    const right = score.right + (how === "right" ? 1 : 0);
    note(store, {
      reached: page.index,
      score: { right, asked: score.asked + 1 },
      results: { ...results, [address]: how },
      tries: 0,
      verdict: how === "told" ? undefined : { address, tone: "right", words },
    });
    host.speak(`${words} ${page.trace.steps[page.index].text}`.trim());
  }

  /** Shows the answer. @returns {boolean} whether there was a question */
  function reveal() {
    if (!standing(store.get())) return false;
    end("told", "");
    return true;
  }

  /** @param {readonly string[]} written an answer for each blank */
  async function answer(written) {
    const page = store.get();
    const question = standing(page);
    if (!question) return;
    const verdicts = await Promise.all(
      question.blanks.map((blank, i) => judge(host, blank, truthsOf(page, i), written[i])),
    );
    if (standing(store.get())?.address !== question.address) return;
    noteShapes(question, verdicts);
    const worst =
      verdicts.find(({ tone }) => tone === "wrong") ??
      verdicts.find(({ tone }) => tone === "half") ??
      verdicts[0];
    const { tries } = learningOf(page);
    if (worst.tone === "right") {
      const first = tries === 0 ? "Right at the first try." : "Right.";
      return end(tries === 0 ? "right" : "late", `${first} ${worst.words}`.trim());
    }
    const at =
      question.blanks.length > 1 ? `${question.blanks[verdicts.indexOf(worst)].label}: ` : "";
    const { address } = question;
    note(store, {
      tries: tries + (worst.tone === "wrong" ? 1 : 0),
      verdict: { address, tone: worst.tone, words: at + worst.words },
    });
  }

  /**
   * What was answered rightly is shown from now on; of signals the five-step menu's ledger knows, too.
   * @param {Question} question
   * @param {Verdict[]} verdicts
   */
  function noteShapes({ blanks }, verdicts) {
    for (const [i, { kind, node }] of blanks.entries()) {
      const { shape } = verdicts[i];
      const { sized, shapes } = learningOf(store.get());
      if (kind === "value" && shape && !sized.includes(node))
        note(store, { sized: [...sized, node] });
      if (kind === "gradient" && shape !== undefined)
        note(store, { shapes: { ...shapes, [node]: shape } });
    }
  }

  /** The same question with other numbers. */
  function again() {
    const { trace, index } = store.get();
    const { score, results } = learningOf(store.get());
    const { [trace.steps[index].address]: _, ...others } = results;
    note(store, { reached: index - 1, results: others, tries: 0, verdict: undefined });
    for (const [name, value] of Object.entries(otherInputs(trace, score.asked)))
      host.give(name, value);
  }
  return true;
}

/**
 * The exact answer, and a slide's where its numbers are shown.
 * @param {Page} page
 * @param {number} i of the blank
 * @returns {Tensor[]}
 */
const truthsOf = ({ trace, slide, index }, i) =>
  [trace, slide].flatMap((each) => (each && questionAt(each, index)?.blanks[i].tensor) || []);

/**
 * The field for an answer, what is said of it, and where to go from there; in the strip under the board.
 * @param {Host} host
 * @param {{ answer: (written: string[]) => void, reveal: () => void, again: () => void }} acts
 */
function createPanel(host, { answer, reveal, again }) {
  const fields = h("div", { class: "reply-fields" });
  const verdict = h("p", { class: "reply-verdict", role: "status" });
  const button = (/** @type {string} */ label, /** @type {() => void} */ click) =>
    h("button", { type: "button", click }, label);
  const check = h("button", { type: "submit", class: "reply-check" }, "Check");
  const tell = button("Reveal", () => (reveal(), focus(on)));
  const more = button("One more of this kind", () => (again(), focus(fields)));
  const on = button("Next", next);
  const score = h("span", { class: "reply-score" });
  const form = h(
    "form",
    { class: "reply", "aria-label": "Predict", submit: send },
    h("div", { class: "reply-row" }, fields, check, tell),
    verdict,
    h("div", { class: "reply-tools" }, more, on, score),
  );
  byId("now").append(form);
  let asked = "";

  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    const held = form.contains(document.activeElement);
    await answer(inputs().map(({ value }) => value));
    if (held && !standing(host.store.get())) focus(on);
  }

  function next() {
    const { trace, index } = host.store.get();
    const following = trace.steps.findIndex((_, i) => i > index && questionAt(trace, i));
    host.goTo(following < 0 ? trace.steps.length - 1 : following);
    focus(standing(host.store.get()) ? fields : on);
  }

  const inputs = () => [...fields.querySelectorAll("input")];

  /** @param {HTMLElement} place itself, or the first field in it */
  function focus(place) {
    (place === fields ? inputs()[0] : place)?.focus({ preventScroll: true });
  }

  /** @param {Question} question */
  function ask({ blanks }) {
    const many = blanks.length > 1;
    fields.replaceChildren(
      ...blanks.map((blank) => {
        const name = many ? `Your answer, ${blank.label}` : "Your answer";
        const scalar = blank.shape.length === 0;
        const ways = blank.kind === "part" ? "shape or list" : "shape, list or formula";
        const input = h("input", {
          type: "text",
          "aria-label": name,
          autocomplete: "off",
          spellcheck: "false",
          inputmode: scalar ? "decimal" : "text",
          placeholder: many ? "" : scalar ? "a number" : ways,
        });
        const sign = h(
          "button",
          { type: "button", class: "sign-key", "aria-label": `Minus, ${name}` },
          "±",
        );
        // The keys for numbers of some phones have no minus.
        sign.addEventListener("click", () => {
          input.value = /^[-−]/.test(input.value) ? input.value.slice(1) : `-${input.value}`;
          input.focus();
        });
        return h(
          "label",
          {},
          h("span", { class: many ? "blank-name" : "" }, many ? blank.label : "Your answer"),
          input,
          ...(scalar ? [sign] : []),
        );
      }),
    );
  }

  return {
    /** @param {Page} page */
    show(page) {
      form.hidden = !page.look.predict;
      if (form.hidden) return;
      const question = standing(page);
      const key = question ? `${page.trace.source} ${question.address}` : "";
      if (question && key !== asked) ask(question);
      asked = key;
      const here = page.trace.steps[page.index].address;
      const learning = learningOf(page);
      const said = learning.verdict?.address === here ? learning.verdict : undefined;
      const result = learning.results[here];
      fields.hidden = !question;
      check.hidden = tell.hidden = !question;
      score.hidden = question !== undefined;
      more.hidden = question !== undefined || !result || page.alone === true;
      on.hidden = question !== undefined || page.index === page.trace.steps.length - 1;
      verdict.dataset.tone = said?.tone ?? "";
      const words = said?.words ?? (question || result ? "" : "Nothing to predict here.");
      if (verdict.textContent !== signed(words)) verdict.textContent = signed(words);
      const { right, asked: all } = learning.score;
      score.textContent = all ? `${right} of ${all} at the first try` : "";
    },
  };
}
