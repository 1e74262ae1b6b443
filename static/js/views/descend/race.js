/** The lecture's approaches side by side: the same start, the same number of passes, the loss against what it cost. */

import { curveStepAfter, scaleLinear, scaleLog } from "../../../vendor/charts.js";
import { svg } from "../../circuit/text.js";
import { formatNumber, formatShort } from "../../format.js";
import { h } from "../../panels/dom.js";
import { ACROSS, axes, createChart, trail, upOf, withRoom } from "../chart.js";
import { descending, movable } from "./axes.js";

/** @import { Host } from "../../state.js" */
/** @import { Numeric, Problem, Tensor } from "../../types.d.ts" */

/**
 * An answer of /api/descend.
 * @typedef {object} Descent
 * @property {string} method
 * @property {number} dimensions
 * @property {Numeric[]} losses
 * @property {number[]} evaluations
 * @property {number} each
 * @property {Numeric[][]} path
 * @property {{ input: string, index: number[] }[]} entries
 * @property {Numeric[]} tried
 * @property {boolean[]} kept
 * @property {number} downhill
 * @property {Numeric[]} cosines
 * @property {number | null} mean_cosine
 * @property {number} expected_cosine
 * @property {number} rate
 * @property {Record<string, Tensor>} end
 * @property {string} note
 */

/** @type {{ method: string, label: string, does: string }[]} */
export const APPROACHES = [
  { method: "random-search", label: "random search", does: "draws a whole new point each time" },
  {
    method: "random-local-search",
    label: "random local search",
    does: "tries a random direction, keeps it if that is better",
  },
  {
    method: "numerical",
    label: "numerical gradient",
    does: "moves each entry a little, both ways, then steps",
  },
  {
    method: "analytic",
    label: "analytic gradient",
    does: "one pass forward, one back, then steps",
  },
];
/** @param {string} name of an approach */
const labelOf = (name) => APPROACHES.find(({ method }) => method === name)?.label ?? name;

const BUDGETS = [50, 100, 400, 2000];

/** px */
const HEIGHT = 224;

/**
 * @param {Host} host
 * @param {() => void} told the runs have changed
 */
export function createRace(host, told) {
  /** @type {Descent[]} */
  let runs = [];
  let budget = 100;
  let seed = 0;
  let key = "";
  let busy = false;
  /** Something else was asked for meanwhile. */
  let changed = false;
  const answer = h("div", { class: "answer" });
  const note = h("p", { class: "view-note", role: "status" });
  const passes = h(
    "select",
    { "aria-label": "Passes each" },
    ...BUDGETS.map((each) => h("option", { value: each, selected: each === budget }, `${each}`)),
  );
  passes.addEventListener("change", () => {
    budget = Number(passes.value);
    if (runs.length) void run();
  });
  const go = h("button", { type: "button", class: "go" }, "Run all four");
  go.addEventListener("click", () => void run());
  const again = h("button", { type: "button" }, "Other dice");
  again.addEventListener("click", () => {
    seed += 1;
    void run();
  });

  async function run() {
    if (busy) {
      changed = true;
      return;
    }
    busy = true;
    changed = false;
    mark();
    const page = host.store.get();
    const request = { ...host.request(), wrt: descending(page.trace) };
    const asked = keyOf();
    /** @type {{ method: string, answer?: Descent, problem?: Problem, offline?: boolean }[]} */
    const answers = [];
    // One after the other: each has the engine to itself, and one that takes too long leaves the others theirs.
    for (const { method } of APPROACHES)
      answers.push({
        method,
        ...(await host.call("/api/descend", { ...request, method, seed, budget, steps: budget })),
      });
    busy = false;
    if (changed) return run();
    const found = answers.flatMap(({ answer: each }) => each ?? []);
    const failed = answers.flatMap(({ method, problem }) => (problem ? [{ method, problem }] : []));
    if (answers.some(({ offline }) => offline))
      note.textContent = "offline: the engine cannot be asked.";
    else if (!found.length)
      note.textContent = `${failed[0].problem.detail} ${failed[0].problem.hint ?? ""}`;
    else {
      note.textContent = failed
        .map(({ method, problem }) => `${labelOf(method)}: ${problem.detail}`)
        .join(" ");
      runs = found;
      key = asked;
      answer.replaceChildren(...drawn(runs, budget, () => settle(host, runs)));
    }
    mark();
    told();
  }

  function keyOf() {
    const { source, inputs } = host.request();
    return JSON.stringify([source, inputs]);
  }

  function mark() {
    const stale = runs.length > 0 && key !== keyOf();
    answer.classList.toggle("stale", busy || stale);
    answer.setAttribute("aria-busy", String(busy));
    again.hidden = runs.length === 0;
    go.textContent = runs.length && stale ? "Run again from here" : "Run all four";
    if (!runs.length && !busy && !note.textContent)
      note.textContent =
        "Four ways to a smaller output, each with the same number of passes through the circuit. Which will be lowest? Guess first.";
    note.hidden = !note.textContent;
  }

  return {
    element: h(
      "div",
      { class: "race" },
      h("div", { class: "view-tools" }, h("label", {}, "passes each ", passes), again, go),
      note,
      answer,
    ),
    show: mark,
    /**
     * Where the approaches went, seen from these axes.
     * @param {{ input: string, index: number[] }[]} axes
     * @param {number[]} at where the axes stand that an approach does not move
     */
    paths(axes, at) {
      if (key !== keyOf()) return [];
      return runs.map(({ method, path, entries }) => {
        const places = axes.map(({ input, index }) =>
          entries.findIndex((each) => each.input === input && String(each.index) === String(index)),
        );
        return {
          kind: method,
          points: path.map((point) =>
            places.map((place, i) => (place < 0 ? at[i] : Number(point[place]))),
          ),
        };
      });
    },
  };
}

/**
 * Puts the lowest point that was found on the board.
 * @param {Host} host
 * @param {Descent[]} runs
 */
function settle(host, runs) {
  const [best] = ranked(runs);
  const inputs = movable(host.store.get().trace).map(({ name }) => name);
  for (const [name, { data }] of Object.entries(best.end))
    if (data !== null && inputs.includes(name)) host.give(name, /** @type {any} */ (data));
}

/** @param {Descent} run */
const finalOf = ({ losses }) => losses.map(Number).findLast(Number.isFinite) ?? Infinity;

/** @param {Descent[]} runs lowest first */
const ranked = (runs) => [...runs].sort((a, b) => finalOf(a) - finalOf(b));

/**
 * @param {Descent[]} runs
 * @param {number} budget
 * @param {() => void} settled
 * @returns {Node[]}
 */
function drawn(runs, budget, settled) {
  const [best] = ranked(runs);
  const large = Object.values(best.end).some(({ data }) => data === null);
  const put = h("button", { type: "button", disabled: large, click: settled }, "Go there");
  put.title = large ? "Too many numbers to be put on the board." : "Puts that point on the board.";
  const notes = runs.flatMap(({ method, note }) =>
    note ? [h("li", {}, `${labelOf(method)}: ${note}`)] : [],
  );
  return [
    curves(runs, budget),
    table(runs),
    h(
      "p",
      { class: "race-words" },
      `Lowest: ${labelOf(best.method)}, ${formatShort(finalOf(best))}. `,
      put,
    ),
    ...(best.method.startsWith("random") ? [chance(best)] : []),
    ...(notes.length ? [h("ul", { class: "race-notes" }, ...notes)] : []),
  ];
}

/** Why chance was not beaten. @param {Descent} best */
function chance({ dimensions }) {
  const moving = dimensions > 1 ? `${dimensions} numbers move` : "one number moves";
  return h(
    "p",
    { class: "view-note" },
    `Where ${moving}, chance can win. The more there are, the less it finds: Directions shows why.`,
  );
}

/** @param {Descent[]} runs */
function table(runs) {
  const heads = ["approach", "passes a step", "steps", "ends at"];
  const rows = runs.map((run) => {
    const { does = "" } = APPROACHES.find(({ method }) => method === run.method) ?? {};
    return h(
      "tr",
      { title: does },
      h("th", { scope: "row" }, swatch(run.method), labelOf(run.method)),
      h("td", {}, costOf(run)),
      h("td", {}, String(run.losses.length - 1)),
      h("td", {}, formatNumber(run.losses.at(-1) ?? "NaN")),
    );
  });
  return h(
    "table",
    { "aria-label": "Approaches" },
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, ...rows),
  );
}

/** @param {Descent} run */
function costOf({ method, each, dimensions }) {
  return method === "numerical" ? `2 × ${dimensions} = ${each}` : String(each);
}

/** @param {string} method */
function swatch(method) {
  const picture = svg("svg", {
    class: `swatch trail ${method}`,
    viewBox: "0 0 30 10",
    "aria-hidden": "true",
  });
  svg("path", { d: "M1,5H29" }, picture);
  return picture;
}

/**
 * @param {Descent[]} runs
 * @param {number} budget
 */
function curves(runs, budget) {
  const picture = createChart(HEIGHT, {
    role: "img",
    "aria-label": "Output against passes through the circuit",
  });
  const start = Number(runs[0].losses[0]);
  const sane = runs
    .flatMap(({ losses }) => losses.map(Number))
    .filter((loss) => Math.abs(loss) <= 30 * (Math.abs(start) + 1));
  const top = Number.isFinite(start) ? start : Math.max(...sane, 1);
  const least = Math.min(...sane, top);
  const deep = least > 0 && top / least > 30;
  const upright = deep ? scaleLog : scaleLinear;
  const x = scaleLinear([0, budget], ACROSS);
  const y = withRoom(upright([least, top], upOf(HEIGHT))).clamp(true);
  picture.append(
    axes([x, y], { names: ["passes through the circuit", "output"], grid: true }),
    ...runs.map(({ method, losses, evaluations }) => {
      const points = losses.map((loss, i) => [x(evaluations[i]), y(Number(loss))]);
      // What was reached holds until the next step is done.
      return trail(method, points, curveStepAfter);
    }),
  );
  return picture;
}
