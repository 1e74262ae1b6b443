/** The gradient check: a badge for each input, then each node; a click on an input's opens its error against h. */

import { formatNumber } from "../format.js";
import { partsOf } from "../look.js";
import { h, nameOf, signed } from "../panels/dom.js";
import { timelineOf } from "../timeline.js";
import { createChoices } from "./choices.js";
import { createQuestion } from "./question.js";
import { drawSweep } from "./sweep.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Numeric, Trace } from "../types.d.ts" */
/** @import { View } from "./column.js" */
/** @import { Sweep } from "./sweep.js" */

/**
 * What /api/check says of one input or node.
 * @typedef {object} Checked
 * @property {string | null} node
 * @property {Numeric} relative_error
 * @property {"ok" | "kink" | "wrong"} verdict
 * @property {string} note
 * @property {{ index: number[], analytic: Numeric, numerical: Numeric } | null} worst
 * @property {number} evaluations
 */

/** @typedef {{ verdict: Checked["verdict"], method: string, h: number, inputs: Record<string, Checked>, nodes: Record<string, Checked> | null, evaluations: number, method_note: string }} Check */

const METHODS = { central: "central", forward: "forward", "five-point": "five-point" };
const SIGNS = { ok: "✓", kink: "∧", wrong: "✗" };

/** Circuits with more nodes are checked at their inputs alone. */
const MOST_NODES = 80;

/** @param {Page} page */
const methodOf = ({ look }) => partsOf(look.view)[1] ?? "central";

/**
 * The verdict in words: "agrees to 3e−12".
 * @param {Checked} checked
 */
export function verdictOf({ verdict, relative_error }) {
  if (verdict === "kink") return "kink near here";
  const error = Number(relative_error);
  if (verdict === "wrong") return `wrong: off by ${formatNumber(error, 1)}`;
  return error === 0 ? "agrees exactly" : `agrees to ${formatNumber(error, 1)}`;
}

/** @param {Host} host @returns {View} */
export function createCheck(host) {
  /** @type {string | undefined} the input whose curve is open */
  let open;
  /** @type {Check | undefined} */
  let check;
  const list = h("div", { class: "checks" });
  const curve = h("div", { class: "sweep" });

  /** @type {ReturnType<typeof createQuestion<Check>>} */
  const question = createQuestion(host, "/api/check", (answer, { trace }) => {
    check = answer;
    if (host.store.get().trace === trace) tell(answer, trace);
    list.replaceChildren(...rowsOf(answer, trace));
    mark(host.store.get());
    return [list];
  });
  /** @type {ReturnType<typeof createQuestion<Sweep>>} */
  const sweep = createQuestion(host, "/api/check/sweep", (answer) => {
    const swept = open && answer.inputs[open];
    return swept
      ? drawSweep(answer.h, swept)
      : [h("p", { class: "view-note" }, answer.method_note)];
  });
  curve.append(sweep.element);

  /**
   * Lets the strip under the board say it, too.
   * @param {Check} answer
   * @param {Trace} trace
   */
  function tell({ inputs, nodes }, trace) {
    const all = [...Object.values(inputs), ...Object.values(nodes ?? {})];
    const verdicts = Object.fromEntries(
      all.flatMap(({ node, verdict, relative_error }) =>
        node === null ? [] : [[node, { verdict, error: relative_error }]],
      ),
    );
    host.store.set({ checked: { trace, verdicts } });
  }

  /**
   * @param {Check} answer
   * @param {Trace} trace
   */
  function rowsOf({ verdict, inputs, nodes, h: step, evaluations, method_note }, trace) {
    const own = new Set(Object.values(inputs).map(({ node }) => node));
    const between = Object.entries(nodes ?? {}).filter(
      ([id]) => !own.has(id) && timelineOf(trace).nodes.get(id)?.kind === "gate",
    );
    const summary = {
      ok: "Every slope agrees with the differences.",
      kink: "Some slope stands at a kink, where either side is right; the rest agrees.",
      wrong: "Some slope disagrees where the function is smooth.",
    }[verdict];
    return [
      h(
        "p",
        { class: `check-summary ${verdict}` },
        h("b", { "aria-hidden": "true" }, SIGNS[verdict]),
        h("span", {}, summary),
      ),
      h(
        "ul",
        { class: "badges" },
        ...Object.entries(inputs).map(([name, checked]) => row(name, checked, true)),
      ),
      ...(between.length
        ? [
            h("h2", {}, "and at each gate"),
            h(
              "ul",
              { class: "badges" },
              ...between.map(([id, checked]) =>
                row(timelineOf(trace).nodes.get(id)?.label ?? id, checked, false),
              ),
            ),
          ]
        : []),
      h(
        "p",
        { class: "view-note" },
        `The function was run ${evaluations.toLocaleString("en")} times, with h = ${formatNumber(step, 1)}; one pass back gives the same. ${method_note}`,
      ),
    ];
  }

  /**
   * @param {string} name
   * @param {Checked} checked
   * @param {boolean} opens
   */
  function row(name, checked, opens) {
    const { node, verdict, note, worst } = checked;
    const place = worst?.index.length ? `[${worst.index.join(", ")}]` : "";
    const button = h(
      "button",
      {
        type: "button",
        class: `verdict-row ${verdict}`,
        "data-about": node ?? "",
        "data-input": opens ? name : undefined,
        "aria-expanded": opens ? "false" : undefined,
        click: () => pick(name, node, opens),
        pointerenter: () => host.light(node ? [node] : []),
        pointerleave: () => host.light([]),
      },
      h("b", { class: "sign", "aria-hidden": "true" }, SIGNS[verdict]),
      h("span", { class: "badge-name" }, nameOf(name)),
      h("span", { class: "verdict" }, verdictOf(checked)),
      ...(worst
        ? [
            h(
              "span",
              { class: "numbers" },
              place ? `${place}: ` : "",
              "chain rule ",
              h("i", { class: "gradient" }, formatNumber(worst.analytic, 6)),
              ` · differences ${formatNumber(worst.numerical, 6)}`,
            ),
          ]
        : []),
      ...(note ? [h("span", { class: "note" }, signed(note))] : []),
    );
    return h("li", {}, button);
  }

  /**
   * @param {string} name
   * @param {string | null} node
   * @param {boolean} opens
   */
  function pick(name, node, opens) {
    if (node) host.select(node);
    if (!opens) return;
    open = open === name ? undefined : name;
    place(host.store.get());
    sweep.redraw();
  }

  /** @param {Page} page */
  function place(page) {
    const shown = curve.isConnected && curve.previousElementSibling?.getAttribute("data-input");
    if (shown === open && open) return sweep.ask(page);
    curve.remove();
    for (const button of list.querySelectorAll("[data-input]")) {
      const here = /** @type {HTMLElement} */ (button).dataset.input === open;
      button.setAttribute("aria-expanded", String(here));
      if (here) button.after(curve);
    }
    if (open) sweep.ask(page);
  }

  /** @param {Page} page */
  function mark(page) {
    for (const button of list.querySelectorAll("button"))
      button.classList.toggle("picked", button.dataset.about === page.selected);
    place(page);
  }

  const choices = createChoices("Difference formula", METHODS, (method) =>
    host.look({ view: method === "central" ? "check" : `check.${method}` }),
  );

  return {
    element: h("div", {}, h("div", { class: "view-tools" }, choices.element), question.element),
    show(page, previous) {
      const method = methodOf(page);
      choices.mark(method);
      question.ask(page, { method, nodes: page.trace.nodes.length <= MOST_NODES });
      if (check && (page.selected !== previous?.selected || page.status !== previous?.status))
        mark(page);
    },
  };
}
