/** A gate's gradient from first principles: its derivative as a stack of slices, and the lines from one entry to all. */

import { partsOf } from "../look.js";
import { h, nameOf, sentence, signed } from "../panels/dom.js";
import { timelineOf } from "../timeline.js";
import { pairOf } from "../views/entries.js";
import { createQuestion } from "../views/question.js";
import { linesOf } from "./lines.js";
import { productsOf } from "./puzzle.js";
import { shareOf, stackOf } from "./slices.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Tensor, Trace, TraceNode } from "../types.d.ts" */
/** @import { View } from "../views/column.js" */
/** @import { Line } from "./lines.js" */
/** @import { Share, Slices } from "./slices.js" */

/**
 * An answer of /api/derivation.
 * @typedef {object} Derivation
 * @property {string} node
 * @property {number} argument
 * @property {string} edge
 * @property {string} source
 * @property {string} case
 * @property {number[]} entry
 * @property {number} example
 * @property {number} examples
 * @property {Tensor} gradient
 * @property {Line[]} lines
 * @property {Slices | null} slices
 * @property {Share | null} share
 * @property {string} note
 */

/** What the lecture's primer calls a case, and what its derivative looks like. @type {Record<string, string>} */
const CASES = {
  "scalar by scalar": "one number by one number: a single slope",
  "scalar by vector": "a vector of slopes, of the variable's shape",
  "scalar by matrix": "a matrix of slopes, of the variable's shape",
  "vector by scalar": "a slope for each output",
  "vector by vector": "a Jacobian: a row of slopes for each output",
  "vector by matrix": "a matrix of slopes for each output: a stack of slices",
};

/** @param {Host} host @returns {View} */
export function createPrimer(host) {
  const gate = h("select", { "aria-label": "Gate" });
  const argument = h("select", { "aria-label": "by its argument" });
  const follow = h("button", { type: "button" }, "Follow the step");
  const pin = (/** @type {string} */ key) => host.look({ view: `derive.${gate.value}.${key}` });
  gate.addEventListener("change", () => pin(""));
  argument.addEventListener("change", () => pin(argument.value));
  follow.addEventListener("click", () => host.look({ view: "derive" }));

  /** What is looked at in a wire, as long as the program is the same. @type {{ entry?: number[], example?: number }} */
  let at = {};
  let wire = "";

  /** @param {{ entry?: number[], example?: number }} change */
  const turn = (change) => {
    at = { ...at, ...change };
    ask(host.store.get());
  };

  /** @type {ReturnType<typeof createQuestion<Derivation>>} */
  const question = createQuestion(host, "/api/derivation", (answer, { trace }) => {
    const { nodes } = timelineOf(trace);
    const [of, by] = [answer.node, answer.source].map((id) => nodes.get(id));
    return of && by ? drawn(answer, of, by, trace, host, turn) : [];
  });

  /** @param {Page} page */
  function ask(page) {
    const place = placeOf(page);
    if (!place) return;
    const key = `${place.join()} ${page.trace.source}`;
    if (key !== wire) at = {};
    wire = key;
    const [node, number] = place;
    question.ask(page, { node, argument: number, ...at });
  }

  return {
    element: h(
      "div",
      { class: "primer" },
      h(
        "div",
        { class: "view-tools" },
        h("label", {}, "∂ ", gate),
        h("label", {}, " / ∂ ", argument),
        follow,
      ),
      question.element,
    ),
    show(page, previous) {
      const { trace, look } = page;
      if (trace !== previous?.trace)
        gate.replaceChildren(
          ...gatesOf(trace).map((node) => h("option", { value: node.id }, shortened(node))),
        );
      const place = placeOf(page);
      if (!place) return;
      gate.value = place[0];
      const { nodes } = timelineOf(trace);
      argument.replaceChildren(
        ...(nodes.get(place[0])?.inputs ?? []).flatMap(({ node, downstream }, key) =>
          downstream
            ? [h("option", { value: key }, shortened(/** @type {TraceNode} */ (nodes.get(node))))]
            : [],
        ),
      );
      argument.value = String(place[1]);
      follow.hidden = partsOf(look.view).length === 1;
      ask(page);
    },
  };
}

/** @param {TraceNode} node */
const shortened = ({ label }) => (label.length > 20 ? `${label.slice(0, 19)}…` : label);

/** Gates that send a gradient back. @param {Trace} trace */
const gatesOf = ({ nodes }) =>
  nodes.filter(({ inputs }) => inputs.some(({ downstream }) => downstream));

/**
 * The wire that is looked at: the link's, else the step's or the picked gate's.
 * @param {Page} page
 * @returns {[node: string, argument: number] | undefined}
 */
function placeOf({ trace, index, selected, look }) {
  const gates = gatesOf(trace);
  const [, pinned, key] = partsOf(look.view);
  const step = trace.steps[index];
  const edge = trace.edges.find(({ id }) => id === step.edge);
  const [of, by] = pairOf(trace, step, selected) ?? [];
  const gate = [pinned, of].map((id) => gates.find((each) => each.id === id)).find(Boolean);
  const found = gate ?? gates[gates.length - 1];
  if (!found) return undefined;
  const sends = /** @param {number} at */ (at) => Boolean(found.inputs[at]?.downstream);
  const wanted = [
    key ? Number(key) : -1,
    edge?.target === found.id ? edge.key : -1,
    found.inputs.findIndex(({ node }) => node === by),
    found.inputs.findIndex(({ downstream }) => downstream),
  ];
  return [found.id, wanted.find(sends) ?? 0];
}

/**
 * @param {Derivation} answer
 * @param {TraceNode} of
 * @param {TraceNode} by
 * @param {Trace} trace
 * @param {Host} host
 * @param {(change: { entry?: number[], example?: number }) => void} turn
 * @returns {Node[]}
 */
function drawn(answer, of, by, trace, host, turn) {
  const codes = new Set(trace.nodes.flatMap(({ code }) => [code, `d${code}`]));
  /** @param {string} text */
  const words = (text) => sentence(signed(text), (word) => codes.has(word));
  const { slices, share, note } = answer;
  return [
    h(
      "div",
      { class: "structure" },
      h("h2", {}, h("span", { class: "fraction" }, "∂", nameOf(of.code), "/∂", nameOf(by.code))),
      h("p", {}, h("b", {}, answer.case), `: ${CASES[answer.case]}.`),
      ...(note ? [h("p", { class: "entries" }, ...words(note))] : []),
    ),
    ...(slices ? stackOf(slices, answer, of, by, turn) : []),
    ...(share ? shareOf(share, answer, of, by, turn) : []),
    ...linesOf(answer, by, words, turn),
    layoutNote(),
    links(answer, trace, host),
  ];
}

/** The two layouts that books use. */
const layoutNote = () =>
  h(
    "details",
    { class: "primer-layout" },
    h("summary", {}, "Which layout is this?"),
    h(
      "p",
      {},
      "Here every gradient, and every slice, has the shape of the variable below the fraction (denominator layout), " +
        "so that a step against the gradient can be subtracted as it is. Numerator layout turns each of them: " +
        "a gradient is then a row, and the Jacobian view, with a row for each output, is laid out so.",
    ),
  );

/**
 * @param {Derivation} answer
 * @param {Trace} trace
 * @param {Host} host
 */
function links({ node, argument, source, edge }, trace, host) {
  const gate = timelineOf(trace).nodes.get(node);
  const step = trace.steps.findIndex((each) => each.kind === "multiply" && each.edge === edge);
  /** @param {string} label @param {() => void} act */
  const button = (label, act) => h("button", { type: "button", click: act }, label);
  return h(
    "div",
    { class: "view-tools primer-links" },
    ...(step >= 0 ? [button(`Go to step ${step + 1}`, () => host.goTo(step))] : []),
    button(
      gate?.inputs[argument].local.structure === "diagonal"
        ? "Diagonal ⇔ Hadamard"
        : "As a Jacobian",
      () => host.look({ view: `jacobian.${node}.${source}` }),
    ),
    ...(productsOf(trace).some(({ id }) => id === node)
      ? [button("Balance it as a puzzle", () => host.look({ view: `balance.${node}.${argument}` }))]
      : []),
  );
}
