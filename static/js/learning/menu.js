/**
 * The lecture's five steps beside any program, each ticked by what the student has done; the ledger of error signals;
 * and the way to be the backward pass oneself. Loaded on first use.
 */

import { loadStyle } from "../assets.js";
import { formatNumber, formatShape } from "../format.js";
import { partsOf } from "../look.js";
import { h, nameOf, signed } from "../panels/dom.js";
import { toldUntil } from "../state.js";
import { keepFocus } from "../views/focus.js";
import { judge } from "./judge.js";
import { balancedBy, costOf, hasArrived, signalsOf, ticksOf } from "./ledger.js";
import { createPassing } from "./passing.js";
import { learningOf, note, tick } from "./record.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Trace, TraceNode } from "../types.d.ts" */
/** @import { View } from "../views/column.js" */
/** @import { Verdict } from "./judge.js" */

const STEPS = [
  "Write down the variable graph",
  "Compute the derivative of the cost function",
  "Keep track of error signals",
  "Enforce the shape rule on error signals",
  "Use matrix balancing when deriving over a linear transformation",
];

/** The view turned to the backward pass by hand. */
const PASS = "menu.pass";

const NOTHING = [
  "",
  "",
  "No gate lies between.",
  "Every signal is a number: shape ().",
  "No matrix product here.",
];

/** Whether the link asks for the backward pass by hand. @param {Page} page */
const isPassing = ({ look }) => partsOf(look.view)[1] === "pass";

/** @param {Host} host @returns {Promise<View>} */
export async function createMenu(host) {
  await loadStyle("learning");
  const { store } = host;
  const passing = createPassing(host);
  /** What was said of an answer, by the node it was about and what was asked. @type {Map<string, Verdict>} */
  const verdicts = new Map();
  const area = h("div", { class: "menu" });
  /** @type {Trace | undefined} */
  let known;

  /** @param {Page} page */
  function follow(page) {
    const { trace, index, status } = page;
    const { far } = learningOf(page);
    const drawn = known !== undefined && known.source !== trace.source && status === "fresh";
    if (known?.source !== trace.source) verdicts.clear();
    known = trace;
    const at = Math.max(far, Math.min(index, toldUntil(page)));
    if (at > far) note(store, { far: at });
    if (drawn) tick(store, "graph");
  }

  /**
   * @param {"cost" | "balance" | ""} what "" where only the shape counts
   * @param {TraceNode} node
   * @param {string} text
   */
  async function answer(what, node, text) {
    const { trace } = store.get();
    const tensor = /** @type {import("../types.d.ts").Tensor} */ (node.upstream);
    const blank = {
      ...{ label: node.label, kind: /** @type {const} */ ("gradient"), node: node.id, tensor },
      ...{ shape: node.value.shape, written: [], confused: [] },
    };
    const verdict = await judge(host, blank, [tensor], what ? text : asShape(text));
    if (store.get().trace.source !== trace.source) return;
    verdicts.set(`${what} ${node.id}`, verdict);
    const { shapes } = learningOf(store.get());
    if (what && verdict.tone === "right") tick(store, what);
    if (verdict.shape !== undefined)
      note(store, { shapes: { ...shapes, [node.id]: verdict.shape } });
    draw(store.get());
  }

  /**
   * A field for one answer, and what was said of the last.
   * @param {"cost" | "balance" | ""} what
   * @param {TraceNode} node
   * @param {string} label
   * @param {(Node | string)[]} shown
   */
  function field(what, node, label, shown) {
    const verdict = verdicts.get(`${what} ${node.id}`);
    const input = h("input", {
      type: "text",
      "aria-label": label,
      autocomplete: "off",
      spellcheck: "false",
    });
    const send = (/** @type {Event} */ event) => {
      event.preventDefault();
      void answer(what, node, input.value);
    };
    const row = h("label", {}, h("span", {}, ...shown), input);
    const said = verdict && (verdict.words || (verdict.tone === "right" ? "Right." : ""));
    return h(
      "form",
      { class: "reply menu-reply", "data-about": `${what} ${node.id}`, submit: send },
      h(
        "div",
        { class: "reply-row" },
        row,
        h("button", { type: "submit", "aria-label": `Check ${label}` }, "Check"),
      ),
      ...(said
        ? [
            h(
              "p",
              { class: "reply-verdict", role: "status", "data-tone": verdict?.tone ?? "" },
              signed(said),
            ),
          ]
        : []),
    );
  }

  /** @param {TraceNode} node */
  const slope = (node) => ["∂L/∂", nameOf(node.label), " ="];

  /** @param {Page} page */
  function ledger(page) {
    const { trace } = page;
    const { far, shapes } = learningOf(page);
    const rows = signalsOf(trace).map((node, i) => {
      const arrived = hasArrived(trace, node.id, far);
      const light = () => host.light([node.id]);
      const name = h(
        "button",
        {
          type: "button",
          click: () => host.select(node.id),
          focus: light,
          pointerenter: light,
          pointerleave: () => host.light([]),
        },
        nameOf(node.label),
      );
      return h(
        "tr",
        { class: shapes[node.id] === false ? "mismatch" : "" },
        h("th", { scope: "row" }, `δ${i + 1}`),
        h("td", {}, name),
        h(
          "td",
          {},
          shapes[node.id]
            ? `(${formatShape(node.value.shape)}) ✓`
            : shapes[node.id] === false
              ? "✗ not this shape"
              : "?",
        ),
        h("td", { class: "gradient" }, arrived && node.upstream ? textOf(node.upstream) : "–"),
      );
    });
    const heads = ["signal", "of", "shape", "value"].map((text) => h("th", { scope: "col" }, text));
    return h(
      "table",
      { class: "ledger" },
      h("thead", {}, h("tr", {}, ...heads)),
      h("tbody", {}, ...rows),
    );
  }

  /** @param {Page} page @returns {(Node | string)[][]} */
  function contents(page) {
    const { trace } = page;
    const cost = costOf(trace);
    const { shapes } = learningOf(page);
    const tensors = signalsOf(trace).filter(({ value }) => value.shape.length > 0);
    const open = tensors.find(({ id }) => shapes[id] !== true);
    const factors = balancedBy(trace);
    return [
      [h("p", {}, "Edit the program until it is yours, or read the forward pass to its end.")],
      cost ? [field("cost", cost, `derivative of the cost by ${cost.label}`, slope(cost))] : [],
      [h("p", {}, "One row a gate; each fills when you reach it on the way back."), ledger(page)],
      open
        ? [
            h("p", {}, "A gradient has the shape of what it is taken with respect to."),
            field("", open, `shape of the signal of ${open.label}`, [
              `δ${signalsOf(trace).indexOf(open) + 1} has shape`,
            ]),
          ]
        : [],
      factors.length > 0
        ? [
            h("p", {}, "Which product of upstream and other factor has the right shape?"),
            h(
              "p",
              {},
              h(
                "button",
                { type: "button", class: "fix", click: balance },
                "Balance it with tiles",
              ),
            ),
            ...factors.map((node) =>
              field("balance", node, `gradient of ${node.label}`, slope(node)),
            ),
          ]
        : [],
    ];
  }

  const balance = () => host.look({ view: "balance" });

  /** @param {Page} page */
  function draw(page) {
    const ticks = ticksOf(page.trace, learningOf(page));
    const parts = contents(page);
    const typed = new Map(
      [...area.querySelectorAll("form")].map((form) => [
        form.dataset.about,
        form.querySelector("input")?.value,
      ]),
    );
    const items = STEPS.map((title, i) => {
      const state = ticks[i] === undefined ? "nothing to do" : ticks[i] ? "done" : "to do";
      return h(
        "li",
        { class: ticks[i] ? "done" : "" },
        h(
          "h2",
          {},
          h(
            "span",
            { class: "tick", "aria-hidden": "true" },
            ticks[i] === undefined ? "–" : ticks[i] ? "✓" : "○",
          ),
          title,
          h("span", { class: "spoken" }, `: ${state}`),
        ),
        ...(ticks[i] === undefined ? [h("p", {}, NOTHING[i])] : parts[i]),
      );
    });
    const on = passing.isOn();
    const press = h(
      "button",
      { type: "button", class: "fix", click: () => host.look({ view: on ? "menu" : PASS }) },
      on ? "Leave the backward pass" : "Be the backward pass",
    );
    keepFocus(area, () =>
      area.replaceChildren(
        h("ol", { class: "menu-steps" }, ...items),
        h("h2", {}, "You are the backward pass"),
        h(
          "p",
          {},
          on
            ? `${passing.standing()}. Home starts anew.`
            : "Press gates on the board in an order in which gradients can flow.",
        ),
        h("p", {}, press),
      ),
    );
    for (const form of area.querySelectorAll("form")) {
      const input = form.querySelector("input");
      if (input) input.value = typed.get(form.dataset.about) ?? "";
    }
  }

  /**
   * The link and the pass agree: what has changed of the two leads.
   * @param {Page} page
   * @param {Page} [previous]
   */
  function agree(page, previous) {
    const [wanted, on] = [isPassing(page), passing.isOn()];
    if (wanted === on || page.restoring || page.status !== "fresh") return;
    const asked = previous
      ? isPassing(previous) !== wanted || previous.trace.source !== page.trace.source
      : wanted;
    if (!asked) host.look({ view: on ? PASS : "menu" });
    else if (wanted) passing.start();
    else passing.stop();
  }

  store.subscribe(follow);
  follow(store.get());
  return {
    element: area,
    show(page, previous) {
      agree(page, previous);
      const seen = /** @type {const} */ (["trace", "index", "learning", "look"]);
      if (!previous || seen.some((part) => page[part] !== previous[part])) draw(page);
    },
  };
}

/** A bare "3, 2" is a shape where one is asked for. @param {string} text */
function asShape(text) {
  const sizes = text.replace(/[()[\]]/g, "").trim();
  return /^[\d\s,×x]*$/.test(sizes)
    ? `(${sizes.replace(/\s*[×x]\s*/g, ",")}${/^\d+$/.test(sizes) ? "," : ""})`
    : text;
}

/** @param {import("../types.d.ts").Tensor} tensor */
function textOf({ shape, data, summary }) {
  if (!Array.isArray(data))
    return data === null ? `norm ${formatNumber(summary?.norm ?? NaN)}` : formatNumber(data);
  const numbers = /** @type {import("../types.d.ts").Numeric[]} */ (data.flat(9)).map(Number);
  if (shape.length > 0 && numbers.length <= 2)
    return `[${numbers.map((x) => formatNumber(x)).join(", ")}]`;
  return `${formatNumber(Math.min(...numbers), 2)}…${formatNumber(Math.max(...numbers), 2)}`;
}
