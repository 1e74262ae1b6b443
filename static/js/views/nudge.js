/**
 * Inputs moved by hand, from any place of the page: gradient times change beside the real change, and how much each
 * gate on the way stretched it. Slopes multiply.
 */

import { createForces, forcesOf } from "../circuit/forces.js";
import { formatNumber, formatShort, formatTrimmed } from "../format.js";
import { partsOf } from "../look.js";
import { h, nameOf } from "../panels/dom.js";
import { isFixed } from "../state.js";
import { timelineOf } from "../timeline.js";
import { createChoices } from "./choices.js";
import {
  changed,
  descending,
  movable,
  numberAt,
  offered,
  rounded,
  steepest,
  wholeOf,
} from "./descend/axes.js";
import { createEach } from "./nudge/each.js";
import { createQuestion } from "./question.js";

/** @import { Host, Page } from "../state.js" */
/** @import { GivenInput, GraphRequest, Numeric, Tensor, Trace } from "../types.d.ts" */
/** @import { View } from "./column.js" */

/**
 * From one node that every path passes to the next.
 * @typedef {object} Stage
 * @property {string | null} start
 * @property {string} end
 * @property {string[]} between
 * @property {Numeric} paths
 * @property {Tensor} before
 * @property {Tensor} after
 * @property {Numeric} arrived
 * @property {Numeric} left
 * @property {Numeric | null} ratio
 * @property {Numeric | null} slope
 */

/**
 * An answer of /api/nudge.
 * @typedef {object} Nudged
 * @property {Numeric} before
 * @property {Numeric} after
 * @property {Numeric} change
 * @property {Numeric} predicted
 * @property {Numeric} rest
 * @property {Record<string, { to: Tensor, change: Tensor, gradient: Tensor, predicted: Numeric }>} inputs
 * @property {Stage[]} stages
 * @property {Numeric | null} ratio
 * @property {Numeric | null} slope
 * @property {boolean} signed
 */

/** Where the inputs stood. @typedef {{ request: GraphRequest, trace: Trace, kind: string }} Base */

const PARTS = { hand: "By hand", each: "One at a time" };

/** @param {Page} page @returns {keyof typeof PARTS} */
const partOf = ({ look }) => (partsOf(look.view)[1] === "each" ? "each" : "hand");

/** Whether the board has an arrow at each value. @param {Page} page */
const isPushing = (page) =>
  partsOf(page.look.view)[0] === "nudge" && partOf(page) === "hand" && !page.look.predict;

const SIZES = [0.001, 0.01, 0.1, 1];
/** Presses from one end of the slider to the other. */
const NOTCHES = 200;
const MOST_FORCES = 24;

/** Programs of one kind differ in their numbers alone. @param {Trace} trace */
const kindOf = ({ nodes }) =>
  JSON.stringify(
    nodes.map(({ kind, primitive, name, value, inputs }) => [
      kind,
      primitive,
      name,
      value.shape,
      inputs.map(({ node }) => node),
    ]),
  );

/** @param {Numeric | null} x with its sign */
const change = (x) => (Number(x) > 0 ? `+${formatNumber(x ?? NaN)}` : formatNumber(x ?? NaN));

/** @param {Host} host @returns {View} */
export function createNudge(host) {
  /** @type {Base | undefined} */
  let base;
  /** @type {string | undefined} the entry that the slider moves */
  let picked;
  let size = SIZES[1];
  let upward = true;

  /** @type {ReturnType<typeof createQuestion<Nudged>>} */
  const question = createQuestion(host, "/api/nudge", (answer, { trace }) => drawn(answer, trace));
  /** @type {Nudged | undefined} */
  let ahead;
  const promise = h("p", { class: "reading" });
  /** @type {ReturnType<typeof createQuestion<Nudged>>} */
  const step = createQuestion(host, "/api/nudge", (answer) => {
    ahead = answer;
    const large = Object.values(answer.inputs).some(({ to }) => to.data === null);
    take.disabled = large || isFixed(host.store.get(), "inputs");
    take.title = large ? "Too many numbers to be put on the board." : "";
    promise.replaceChildren(
      `${formatTrimmed(answer.before, 4)}: the gradient promises `,
      h("b", {}, change(answer.predicted)),
      ", the output really moves by ",
      h("b", {}, change(answer.change)),
      `, to ${formatTrimmed(answer.after, 4)}.`,
    );
    return [promise];
  });

  const chooser = h("select", { "aria-label": "Nudge" });
  chooser.addEventListener("change", () => {
    picked = chooser.value;
    show(host.store.get());
  });
  const slider = h("input", { type: "range", "aria-label": "Nudge by" });
  const amount = h("output", {});
  slider.addEventListener("input", () => {
    const page = host.store.get();
    const entry = offered(page.trace).find(({ key }) => key === picked);
    if (!entry || !base) return;
    const inputs = changed(page, [{ entry, to: slider.valueAsNumber }]);
    for (const [name, value] of inputs ?? []) host.give(name, value);
  });
  const here = h("button", { type: "button" }, "Start from here");
  here.addEventListener("click", () => {
    base = undefined;
    show(host.store.get());
  });
  const back = h("button", { type: "button" }, "Back to the start");
  back.addEventListener("click", () => {
    for (const { name, value } of base ? movable(base.trace) : [])
      if (value.data !== null) host.give(name, /** @type {GivenInput} */ (value.data));
  });
  const sizes = h(
    "select",
    { "aria-label": "Step size" },
    ...SIZES.map((each) => h("option", { value: each, selected: each === size }, `${each}`)),
  );
  sizes.addEventListener("change", () => {
    size = Number(sizes.value);
    show(host.store.get());
  });
  const ways = createChoices("Direction", { up: "up", down: "down" }, (name) => {
    upward = name === "up";
    show(host.store.get());
  });
  ways.mark("up");
  const take = h("button", { type: "button", class: "go" }, "Take the step");
  take.addEventListener("click", () => {
    for (const [name, { to }] of Object.entries(ahead?.inputs ?? {}))
      if (to.data !== null) host.give(name, /** @type {GivenInput} */ (to.data));
  });
  const still = h(
    "p",
    { class: "view-note" },
    "Move any input: here, by its slider, or by dragging its number in the program. What the gradient promised will stand beside what the output really did.",
  );
  const forces = h("ul", { class: "forces" });

  /**
   * What has moved since the start.
   * @param {Page} page
   * @param {Base} from
   */
  function movedSince(page, from) {
    const before = new Map(movable(from.trace).map(({ name, value }) => [name, value]));
    /** @type {Record<string, GivenInput>} */
    const to = {};
    for (const { name, value } of movable(page.trace)) {
      if (JSON.stringify(value) === JSON.stringify(before.get(name))) continue;
      const whole = value.data ?? page.given[name] ?? wholeOf(page, name);
      if (whole !== undefined) to[name] = /** @type {GivenInput} */ (whole);
    }
    return to;
  }

  const drawForces = createForces(host.overlay);
  host.store.subscribe((page) => drawForces(isPushing(page)));
  const each = createEach(host);
  const parts = createChoices("Nudge", PARTS, (name) => {
    host.light([]);
    host.look({ view: name === "each" ? "nudge.each" : "nudge" });
  });

  /** @param {Page} page */
  function show(page) {
    const part = partOf(page);
    drawForces(isPushing(page));
    parts.mark(part);
    hand.hidden = part !== "hand";
    each.element.hidden = part !== "each";
    if (part === "each") each.show(page);
    else move(page);
  }

  /** @param {Page} page */
  function move(page) {
    if (page.status === "fresh") {
      const kind = kindOf(page.trace);
      if (base?.kind !== kind) base = { request: host.request(), trace: page.trace, kind };
    }
    if (!base) return;
    const fixed = isFixed(page, "inputs");
    const to = page.status === "fresh" ? movedSince(page, base) : undefined;
    const moved = to ? Object.keys(to).length > 0 : undefined;
    if (moved !== undefined) {
      still.hidden = moved;
      question.element.hidden = !moved;
      here.hidden = back.hidden = !moved;
    }
    if (moved) question.ask(page, { ...base.request, to });
    const sign = upward ? 1 : -1;
    step.ask(page, { step: sign * size, wrt: descending(page.trace) });
    fill(page, base.trace, fixed);
    push(page.trace);
  }

  /** @param {Page} page @param {Trace} start @param {boolean} fixed */
  function fill(page, start, fixed) {
    const entries = offered(start);
    const keys = entries.map(({ key }) => key);
    if (picked === undefined || !keys.includes(picked)) picked = steepest(start)[0]?.key ?? keys[0];
    if (String(keys) !== String([...chooser.options].map(({ value }) => value)))
      chooser.replaceChildren(...keys.map((key) => h("option", { value: key }, key)));
    chooser.value = picked ?? "";
    const entry = entries.find(({ key }) => key === picked);
    const from = entry && numberAt({ ...page, given: {}, trace: start }, entry);
    const now = entry && numberAt(page, entry);
    slider.disabled = fixed || from === undefined || now === undefined;
    if (from === undefined || now === undefined) return;
    const reach = Math.max(1, Math.abs(from));
    slider.min = String(rounded(from - reach, reach));
    slider.max = String(rounded(from + reach, reach));
    slider.step = String((2 * reach) / NOTCHES);
    slider.value = String(now);
    amount.textContent = formatShort(now);
    slider.setAttribute("aria-valuetext", `${picked} ${formatShort(now)}`);
  }

  /** What every single number on the way wants, and how much: its gradient. @param {Trace} trace */
  function push(trace) {
    const pushed = forcesOf(trace);
    forces.replaceChildren(
      ...pushed.slice(0, MOST_FORCES).map(({ node, slope, way }) => {
        const mark = { up: "▴", down: "▾", nowhere: "·" }[way];
        return h(
          "li",
          {
            pointerenter: () => host.light([node.id]),
            pointerleave: () => host.light([]),
          },
          nameOf(node.label),
          h("span", { class: "gradient" }, ` ${mark} ${formatNumber(Math.abs(slope))}`),
          h("span", { class: "spoken" }, ` wants ${way}`),
        );
      }),
    );
    forces.hidden = pushed.length === 0;
  }

  /** @param {Nudged} answer @param {Trace} trace @returns {Node[]} */
  function drawn(answer, trace) {
    const { nodes } = timelineOf(trace);
    const names = Object.keys(answer.inputs);
    const terms = Object.entries(answer.inputs).map(([name, { change: by, gradient, predicted }]) =>
      h(
        "li",
        {},
        nameOf(name),
        by.shape.length
          ? ": gradient · change = "
          : `: ${formatNumber(/** @type {Numeric} */ (gradient.data))} × ${change(/** @type {Numeric} */ (by.data))} = `,
        h("b", { class: "gradient" }, change(predicted)),
      ),
    );
    return [
      h(
        "table",
        { class: "promise", "aria-label": "Promised and real" },
        h(
          "tbody",
          {},
          row("the gradient promised", change(answer.predicted), "gradient"),
          row("the output really moved by", change(answer.change), "forward"),
          row("the curve's part", change(answer.rest), ""),
        ),
      ),
      h("ul", { class: "terms" }, ...terms),
      ...(answer.stages.length
        ? [
            h("h2", {}, "Slopes multiply"),
            h(
              "ol",
              { class: "stages" },
              h(
                "li",
                { class: "stage first" },
                h("span", {}, ...joined(names)),
                h("span", { class: "moved" }, sizeOf(answer, answer.stages[0].arrived)),
              ),
              ...answer.stages.map((stage) => stageRow(answer, stage, nodes)),
            ),
            h("p", { class: "product" }, ...productOf(answer)),
          ]
        : [h("p", { class: "view-note" }, "No path leads from there to the output.")]),
    ];
  }

  /**
   * @param {Nudged} answer
   * @param {Stage} stage
   * @param {ReturnType<typeof timelineOf>["nodes"]} nodes
   */
  function stageRow(answer, { end, between, paths, left, ratio, slope }, nodes) {
    const node = nodes.get(end);
    const all = [end, ...between];
    const many = Number(paths) > 1 ? `${formatShort(paths)} paths, which add` : "";
    return h(
      "li",
      {
        class: "stage",
        pointerenter: () => host.light(all),
        pointerleave: () => host.light([]),
      },
      h(
        "span",
        { class: "stretch" },
        "× ",
        h("b", {}, ratio === null ? "?" : formatNumber(ratio)),
        h("small", {}, slope === null ? " nothing arrived" : ` slope ${formatNumber(slope)}`),
      ),
      h("span", { class: "gate" }, nameOf(node?.label ?? end), many && h("small", {}, ` ${many}`)),
      h("span", { class: "moved" }, sizeOf(answer, left)),
    );
  }

  const hand = h(
    "div",
    {},
    h("div", { class: "view-tools" }, h("label", {}, "nudge ", chooser), slider, amount),
    still,
    question.element,
    h("div", { class: "view-tools" }, back, here),
    h(
      "section",
      { "aria-label": "Step along the gradient" },
      h("h2", {}, "Step along the gradient"),
      h(
        "div",
        { class: "view-tools" },
        ways.element,
        h("label", {}, "by gradient × ", sizes),
        take,
      ),
      step.element,
    ),
    h(
      "section",
      { "aria-label": "Forces" },
      h("h2", {}, "What each number wants"),
      h(
        "p",
        { class: "view-note" },
        "Up or down, and with what force: moving it by a little moves the output by so many times that. The arrows on the board are these, by their logarithm.",
      ),
      forces,
    ),
  );
  return {
    element: h(
      "div",
      { class: "nudge" },
      h("div", { class: "view-tools parts" }, parts.element),
      hand,
      each.element,
    ),
    show,
  };
}

/** @param {string} label @param {string} number @param {string} kind */
const row = (label, number, kind) =>
  h("tr", {}, h("th", { scope: "row" }, label), h("td", { class: kind }, number));

/** @param {string[]} names */
const joined = (names) => names.flatMap((name, i) => [...(i ? [", "] : []), nameOf(name)]);

/** A change with its sign, or how far a tensor moved. @param {Nudged} answer @param {Numeric} size */
const sizeOf = ({ signed }, size) => (signed ? change(size) : `moved ${formatNumber(size)}`);

/** @param {Nudged} answer */
function productOf({ stages, ratio, slope }) {
  if (ratio === null) return ["Somewhere nothing arrives: all behind it stays as it is."];
  const factors = stages.map((stage) => formatNumber(stage.ratio ?? NaN)).join(" × ");
  const slopes = slope === null ? "" : ` For an ever smaller nudge: ${formatNumber(slope)}.`;
  return [`${factors} = `, h("b", {}, formatNumber(ratio)), ` in all.${slopes}`];
}
