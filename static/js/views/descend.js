/**
 * The lecture's question on the student's own function: how should the inputs be changed so that the output falls?
 * A slice or a map to move about in, the approaches side by side, and why random directions fail.
 */

import { formatNumber, formatShort, formatTrimmed } from "../format.js";
import { partsOf } from "../look.js";
import { h, nameOf } from "../panels/dom.js";
import { isFixed } from "../state.js";
import { timelineOf } from "../timeline.js";
import { createChoices } from "./choices.js";
import { axesOf, changed, descending, movable, numberAt, offered } from "./descend/axes.js";
import { createDirections } from "./descend/directions.js";
import { createFigure } from "./descend/figure.js";
import { createRace } from "./descend/race.js";
import { createQuestion } from "./question.js";
import { drawSweep } from "./sweep.js";

/** @import { Host, Page } from "../state.js" */
/** @import { View } from "./column.js" */
/** @import { Entry } from "./descend/axes.js" */
/** @import { Surface } from "./descend/figure.js" */
/** @import { Sweep } from "./sweep.js" */

const PARTS = { surface: "Surface", race: "Race", directions: "Directions" };
const NONE = "none";

/** @param {Page} page @returns {keyof typeof PARTS} */
function partOf({ look }) {
  const [, part = ""] = partsOf(look.view);
  return part === "race" || part === "directions" ? part : "surface";
}

/**
 * How finely a picture is asked for: a circuit of many gates takes its time.
 * @param {number} axes
 * @param {number} gates
 */
function countFor(axes, gates) {
  if (axes === 1) return gates > 400 ? 41 : 121;
  if (gates > 400) return 11;
  return gates > 60 ? 21 : 33;
}

/** @param {Host} host @returns {View} */
export function createDescend(host) {
  /** @type {Surface | undefined} */
  let surface;
  /** @type {Surface | undefined} */
  let here;
  /** The range of each axis, by what they are: it stays while the point moves in it. */
  let ranges = { key: "", ends: /** @type {number[][] | undefined} */ (undefined) };
  let gridKey = "";
  let exponent = 0;
  let formula = "central";
  /** @type {Entry[]} */
  let axes = [];

  const figure = createFigure(moveTo);
  const race = createRace(host, () => refresh());
  const directions = createDirections(host);

  /** @type {ReturnType<typeof createQuestion<Surface>>} */
  const field = createQuestion(host, "/api/surface", (answer) => {
    surface = /** @type {Surface} */ (answer);
    ranges.ends = surface.axes.map(({ values }) => [values[0], Number(values.at(-1))]);
    refresh();
    return [figure.element];
  });
  const readout = h("div", { class: "readings" });
  /** @type {ReturnType<typeof createQuestion<Surface>>} */
  const point = createQuestion(host, "/api/surface", (answer) => {
    here = answer;
    refresh();
    return [readout];
  });
  /** @type {ReturnType<typeof createQuestion<Sweep>>} */
  const sweep = createQuestion(host, "/api/check/sweep", (answer) => {
    const swept = answer.inputs[axes[0]?.input ?? ""];
    return swept ? drawSweep(answer.h, swept) : [];
  });

  // ---------------------------------------------------------------- controls

  const choices = createChoices("Descend", PARTS, (name) => look(name, axes));
  const one = h("select", { "aria-label": "Over" });
  const two = h("select", { "aria-label": "and over" });
  for (const select of [one, two])
    select.addEventListener("change", () => {
      const { trace } = host.store.get();
      const found = offered(trace);
      const chosen = [one.value, two.value].flatMap(
        (key) => found.find((each) => each.key === key) ?? [],
      );
      look(partOf(host.store.get()), chosen.length ? chosen : axes, two.value === NONE);
    });
  const closer = h("button", { type: "button", "aria-label": "Closer" }, "+");
  closer.addEventListener("click", () => zoom(0.5));
  const farther = h("button", { type: "button", "aria-label": "Farther" }, "−");
  farther.addEventListener("click", () => zoom(2));
  const step = h("button", { type: "button", class: "go" }, "Take the step");
  step.addEventListener("click", () => {
    const to = here?.downhill?.to.map(Number);
    if (to?.every(Number.isFinite)) moveTo(to);
  });
  const slider = h("input", { type: "range", min: 0, max: 13, step: 0.5, value: 0 });
  slider.setAttribute("aria-label", "Step h of the secant");
  slider.addEventListener("input", () => {
    exponent = slider.valueAsNumber;
    update(host.store.get());
  });
  const width = h("output", {});
  const formulas = createChoices("Secant", { central: "central", forward: "forward" }, (name) => {
    formula = name;
    refresh();
  });
  formulas.mark(formula);
  const v = h("details", {}, h("summary", {}, "Error against h: the V"), sweep.element);
  v.addEventListener("toggle", () => update(host.store.get()));
  const secants = h(
    "div",
    { class: "secants" },
    h(
      "div",
      { class: "view-tools" },
      h("label", { class: "width" }, "h ", slider, width),
      formulas.element,
    ),
    h("p", { class: "reading secant-words" }),
    v,
  );
  const parts = {
    surface: h("div", {}, point.element, secants),
    race: race.element,
    directions: directions.element,
  };
  const nothing = h(
    "p",
    { class: "view-note" },
    "Nothing can move here: no input of the program holds real numbers.",
  );
  const map = h(
    "div",
    { class: "map" },
    h(
      "div",
      { class: "view-tools over" },
      h("label", {}, "over ", one),
      h("label", {}, "and ", two),
      closer,
      farther,
    ),
    field.element,
  );

  // ---------------------------------------------------------------- what it does

  /**
   * @param {string} part
   * @param {Entry[]} chosen
   * @param {boolean} [single]
   */
  function look(part, chosen, single = chosen.length === 1) {
    const keys = chosen.slice(0, single ? 1 : 2).map(({ key }) => key);
    host.look({ view: ["descend", part, ...keys, ...(single ? [NONE] : [])].join(".") });
  }

  /** @param {number[]} to */
  function moveTo(to) {
    const page = host.store.get();
    const inputs = changed(
      page,
      axes.map((entry, i) => ({ entry, to: to[i] })),
    );
    if (!inputs) return host.say("This input is too large to be moved by hand here.");
    for (const [name, value] of inputs) host.give(name, value);
  }

  /** @param {number} times */
  function zoom(times) {
    const page = host.store.get();
    const at = axes.map((entry) => numberAt(page, entry) ?? 0);
    ranges.ends = ranges.ends?.map(([low, high], i) => {
      const reach = ((high - low) / 2) * times;
      return [at[i] - reach, at[i] + reach];
    });
    gridKey = "";
    update(page);
  }

  /** Everything but where the axes stand: what the picture depends on. @param {Page} page */
  function keyOf(page) {
    const masked = changed(
      page,
      axes.map((entry) => ({ entry, to: 0 })),
    );
    const { source, inputs } = host.request();
    return JSON.stringify([source, { ...inputs, ...Object.fromEntries(masked ?? []) }, axes]);
  }

  /** @param {Page} page */
  function ask(page) {
    const key = axes.map(({ key: each }) => each).join();
    if (ranges.key !== key) ranges = { key, ends: undefined };
    const at = axes.map((entry) => numberAt(page, entry));
    const outside = ranges.ends?.some(([low, high], i) => {
      const x = at[i];
      return x !== undefined && (x < low || x > high);
    });
    const wanted = keyOf(page);
    if (page.status === "fresh" && (wanted !== gridKey || outside)) {
      if (outside) ranges.ends = undefined;
      gridKey = wanted;
      const gates = page.trace.nodes.length;
      const count = countFor(axes.length, gates);
      field.ask(page, {
        axes: axes.map(({ input, index }, i) => {
          const [low, high] = ranges.ends?.[i] ?? [];
          return { input, index, low, high, count };
        }),
      });
    }
    const slice = axes.length === 1;
    point.ask(page, {
      axes: axes.map(({ input, index }) => ({ input, index, count: 2 })),
      rate: "auto",
      h: slice ? 10 ** -exponent : undefined,
    });
    if (slice && v.open) sweep.ask(page, { wrt: [axes[0].input] });
  }

  /** @param {Page} page */
  function update(page) {
    const part = partOf(page);
    axes = axesOf(page);
    choices.mark(part);
    for (const [name, element] of Object.entries(parts)) element.hidden = name !== part;
    nothing.hidden = axes.length > 0;
    map.hidden = part === "directions" || axes.length === 0;
    if (axes.length === 0) {
      for (const element of Object.values(parts)) element.hidden = true;
      return;
    }
    fill(page);
    secants.hidden = axes.length !== 1;
    width.textContent = `h = ${formatNumber(10 ** -exponent, 1)}`;
    slider.setAttribute("aria-valuetext", width.textContent);
    if (part === "directions") return directions.show();
    ask(page);
    if (part === "race") race.show();
    refresh();
  }

  /** The choosers' options. @param {Page} page */
  function fill({ trace }) {
    const entries = [...offered(trace), ...axes];
    const keys = [...new Set(entries.map(({ key }) => key))];
    /** @param {HTMLSelectElement} select @param {string[]} options @param {string} value */
    const set = (select, options, value) => {
      if (String(options) !== String([...select.options].map((each) => each.value)))
        select.replaceChildren(
          ...options.map((key) => h("option", { value: key }, key === NONE ? "no other" : key)),
        );
      select.value = value;
    };
    set(one, keys, axes[0].key);
    set(two, [NONE, ...keys.filter((key) => key !== axes[0].key)], axes[1]?.key ?? NONE);
  }

  /** Draws what is known once more. */
  function refresh() {
    const page = host.store.get();
    const ours = surface?.axes.map(({ input, index }) => `${input}[${index}]`).join();
    const wanted = axes.map(({ input, index }) => `${input}[${index}]`).join();
    if (!surface || ours !== wanted) return;
    const near = here?.axes.map(({ input, index }) => `${input}[${index}]`).join() === wanted;
    const at = axes.map((entry, i) => numberAt(page, entry) ?? Number(surface?.axes[i].at));
    const output = timelineOf(page.trace).nodes.get(page.trace.output)?.label ?? "the output";
    const part = partOf(page);
    const large =
      changed(
        page,
        axes.map((entry) => ({ entry, to: 0 })),
      ) === undefined;
    figure.draw({
      surface,
      here: near && here ? here : undefined,
      names: axes.map(({ key }) => key),
      output,
      at,
      paths: part === "race" && axes.length === 2 ? race.paths(axes, at) : [],
      formula: part === "surface" ? formula : undefined,
      fixed: isFixed(page, "inputs") || large,
    });
    if (near && here) read(here, output, at, large);
  }

  /**
   * @param {Surface} known
   * @param {string} output
   * @param {number[]} at
   * @param {boolean} large
   */
  function read(known, output, at, large) {
    const slopes = known.gradient.map((slope, i) => [
      ...(i ? [", "] : []),
      "∂/∂",
      ...spelled(axes[i]),
      " = ",
      h("i", { class: "gradient" }, formatNumber(slope)),
    ]);
    const down = known.downhill;
    const kinds = axes.length === 2 ? "the arrow points uphill" : "the slope of the tangent";
    readout.replaceChildren(
      h(
        "p",
        { class: "reading" },
        nameOf(output),
        " = ",
        h("span", { class: "forward" }, formatTrimmed(known.value, 4)),
        ...at.flatMap((x, i) => [i ? ", " : " at ", ...spelled(axes[i]), ` = ${formatShort(x)}`]),
      ),
      h("p", { class: "reading" }, ...slopes.flat(), ` (${kinds})`),
      ...(down
        ? [
            h(
              "p",
              { class: "reading" },
              `A step of ${formatShort(down.rate)} × gradient downhill promises ${formatTrimmed(down.predicted, 4)} and gives ${formatTrimmed(down.value, 4)}.`,
            ),
          ]
        : []),
      h("div", { class: "reading" }, step),
    );
    const flat = known.gradient.every((slope) => Number(slope) === 0);
    step.disabled = isFixed(host.store.get(), "inputs") || large || flat;
    step.title = large ? "This input is too large to be moved by hand here." : "";
    const found = known.secants.find((each) => each.formula === formula);
    const words = secants.querySelector(".secant-words");
    if (found)
      words?.replaceChildren(
        `secant ${formatNumber(found.slope, 6)} − tangent `,
        h("i", { class: "gradient" }, formatNumber(known.gradient[0], 6)),
        `: off by ${formatNumber(found.error, 2)}. Two evaluations for this one entry; ${counted(host.store.get())}.`,
      );
  }

  return {
    element: h(
      "div",
      { class: "descend" },
      h("div", { class: "view-tools parts" }, choices.element),
      nothing,
      // What the runs cost is read first; the map below shows where they went.
      parts.race,
      map,
      parts.surface,
      parts.directions,
    ),
    show: update,
  };
}

/** The name of an entry. @param {Entry} entry */
const spelled = ({ input, key }) => [nameOf(input), key.slice(input.length)];

/** What all entries would cost. @param {Page} page */
function counted({ trace }) {
  const names = descending(trace);
  const entries = movable(trace)
    .filter(({ name }) => names.includes(name))
    .reduce((sum, { value }) => sum + value.shape.reduce((product, n) => product * n, 1), 0);
  const verb = entries === 1 ? "entry takes" : "entries take";
  return `all ${entries.toLocaleString("en")} ${verb} ${(2 * entries).toLocaleString("en")}, one pass forward and one back take 2`;
}
