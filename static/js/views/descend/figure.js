/** The picture of a function over one entry, with tangent and secant, or over two, with contours; its point can be moved. */

import { extent, scaleLinear } from "../../../vendor/charts.js";
import { svg } from "../../circuit/text.js";
import { formatShort } from "../../format.js";
import { ACROSS, axes, createChart, near, path, trail, upOf, WIDTH, withRoom } from "../chart.js";
import { rounded } from "./axes.js";
import { regions } from "./contour.js";

/** @import { Numeric } from "../../types.d.ts" */
/** @import { Scale } from "../chart.js" */

/** @typedef {[Scale, Scale]} Scales */

/**
 * An answer of /api/surface.
 * @typedef {object} Surface
 * @property {{ input: string, index: number[], node: string, at: Numeric, values: number[] }[]} axes
 * @property {any[]} values
 * @property {Numeric[]} levels
 * @property {Numeric} value
 * @property {Numeric[]} gradient
 * @property {Numeric[] | null} tangent
 * @property {{ rate: number, to: Numeric[], value: Numeric, predicted: Numeric } | null} downhill
 * @property {{ formula: string, h: number, at: number[], values: Numeric[], slope: Numeric, error: Numeric }[]} secants
 * @property {number} nonfinite
 * @property {string} note
 */

/**
 * What is drawn, all of it from the engine but where the point stands.
 * @typedef {object} Scene
 * @property {Surface} surface the function over its range
 * @property {Surface} [here] the same function at the point: its gradient, a step, secants
 * @property {string[]} names of the axes
 * @property {string} output its name
 * @property {number[]} at the point
 * @property {{ kind: string, points: number[][] }[]} [paths]
 * @property {string} [formula] of the secant that is drawn
 * @property {boolean} fixed
 */

const HEIGHT = 300;
const UP = upOf(HEIGHT);
const [LEFT, RIGHT] = ACROSS;
const [BOTTOM, TOP] = UP;
/** px */
const ARROW = 54;
const TONE = 12;
const TONES = 6;
/** Presses of an arrow key from one end to the other; with Shift a tenth. */
const PRESSES = 60;

/** @param {readonly number[]} values */
const endsOf = (values) => /** @type {[number, number]} */ ([values[0], Number(values.at(-1))]);

/** @param {(to: number[]) => void} move the point is wanted elsewhere */
export function createFigure(move) {
  const picture = createChart(HEIGHT, { role: "group" });
  const clip = svg("clipPath", { id: "figure-window" }, svg("defs", {}, picture));
  const window = { x: LEFT, y: TOP, width: RIGHT - LEFT, height: BOTTOM - TOP };
  svg("rect", window, clip);
  const ground = svg("g", { "aria-hidden": "true" }, picture);
  svg("rect", { ...window, class: "window" }, picture);
  const over = svg("g", { "aria-hidden": "true", "clip-path": "url(#figure-window)" }, picture);
  const handle = svg("g", { class: "handle", role: "slider", tabindex: 0 }, picture);
  svg("circle", { class: "reach", r: 22 }, handle);
  svg("circle", { class: "ring", r: 11 }, handle);
  svg("circle", { class: "dot", r: 6.5 }, handle);
  /** @type {Scene | undefined} */
  let scene;
  /** @type {Surface | undefined} whose ground is drawn */
  let drawn;
  /** @type {Scales | undefined} of what is drawn */
  let shown;

  /** @param {readonly number[]} to */
  function wanted(to) {
    if (!scene || scene.fixed) return;
    const { axes } = scene.surface;
    move(
      axes.map(({ values }, i) => {
        const [low, high] = endsOf(values);
        return rounded(Math.min(high, Math.max(low, to[i])), high - low);
      }),
    );
  }

  /** @param {MouseEvent} event */
  function under(event) {
    const box = picture.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * WIDTH;
    const py = ((event.clientY - box.top) / box.height) * HEIGHT;
    return shown ? [shown[0].invert(px), shown[1].invert(py)] : [];
  }

  handle.addEventListener("pointerdown", (event) => {
    if (scene?.fixed || event.button) return;
    event.preventDefault();
    handle.focus();
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointermove", (event) => {
    if (handle.hasPointerCapture(event.pointerId)) wanted(under(event));
  });
  picture.addEventListener("click", (event) => {
    const within = event.target instanceof Element && handle.contains(event.target);
    if (!within && shown) wanted(under(event));
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[
      event.key
    ];
    if (!step || !scene || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const times = event.shiftKey ? 10 : 1;
    const { axes } = scene.surface;
    const along = axes.length === 1 ? [step[0] || step[1]] : step;
    wanted(
      axes.map(({ values }, i) => {
        const [low, high] = endsOf(values);
        return /** @type {Scene} */ (scene).at[i] + (along[i] * times * (high - low)) / PRESSES;
      }),
    );
  });

  /** @param {Scene} next */
  function draw(next) {
    scene = next;
    const { surface, at } = next;
    const flat = surface.axes.length === 2;
    const heights = surface.values.flat().map(Number);
    const levels = surface.levels.map(Number);
    const range = endsOf(surface.axes[0].values);
    /** @type {Scales} */
    const scales = [
      scaleLinear(range, ACROSS),
      flat
        ? scaleLinear(endsOf(surface.axes[1].values), UP)
        : withRoom(scaleLinear(span(heights, levels), UP)),
    ];
    shown = scales;
    if (drawn !== surface) {
      const field = flat
        ? [...map(surface, levels), legend(heights)]
        : [curve(surface.axes[0].values, heights, scales)];
      const names = [next.names[0], flat ? next.names[1] : next.output];
      ground.replaceChildren(...field, axes(scales, { names, kind: "axis-name" }));
      drawn = surface;
    }
    const y = flat ? at[1] : Number((next.here ?? surface).value);
    const place = placed([at[0], y], scales);
    const marks = flat ? mapMarks(next, scales, place) : sliceMarks(next, scales, place);
    const trails = (next.paths ?? []).map(({ kind, points }) =>
      trail(
        kind,
        points.map((each) => placed(each, scales)),
      ),
    );
    over.replaceChildren(...trails, ...marks);
    const inside = place[0] >= LEFT - 1 && place[0] <= RIGHT + 1 && Number.isFinite(place[1]);
    const top = Number.isFinite(place[1]) ? Math.min(BOTTOM, Math.max(TOP, place[1])) : BOTTOM;
    handle.setAttribute("transform", `translate(${place[0].toFixed(1)},${top.toFixed(1)})`);
    handle.classList.toggle("outside", !inside);
    tell(next, range);
  }

  /** @param {Scene} next @param {[number, number]} range */
  function tell({ names, output, at, here, fixed, surface }, [low, high]) {
    const kind = surface.axes.length === 2 ? "Map" : "Slice";
    picture.setAttribute("aria-label", `${kind} of ${output} over ${names.join(" and ")}`);
    const where = names.map((name, i) => `${name} ${formatShort(at[i])}`).join(", ");
    const value = here ? `; ${output} ${formatShort(here.value)}` : "";
    handle.setAttribute("aria-label", "Point");
    handle.setAttribute("aria-valuenow", String(at[0]));
    handle.setAttribute("aria-valuemin", String(low));
    handle.setAttribute("aria-valuemax", String(high));
    handle.setAttribute("aria-valuetext", where + value);
    handle.setAttribute("aria-disabled", String(fixed));
  }

  return { element: picture, draw };
}

/**
 * The range that a curve is drawn over: all of it, but not what shoots far beyond most of it.
 * @param {readonly number[]} heights
 * @param {readonly number[]} levels heights between which there is as much of the curve each
 * @returns {[low: number, high: number]}
 */
export function span(heights, levels) {
  const [least, most] = extent(heights.filter(Number.isFinite));
  if (least === undefined) return [0, 1];
  const [first = least, last = most] = [levels[0], levels.at(-1)];
  const room = 2 * (last - first);
  const low = Math.max(least, first - room);
  const high = Math.min(most, last + room);
  if (high > low) return [low, high];
  return [low - 1, low + 1];
}

/** @param {number[]} point @param {Scales} scales @returns {number[]} px */
const placed = ([a, b], [x, y]) => [x(a), y(b)];

/** @param {Surface} surface @param {number[]} levels */
function map({ values }, levels) {
  const grid = values.map((row) => /** @type {Numeric[]} */ (row).map(Number));
  const { above, missing } = regions(grid, levels, ACROSS, UP);
  const window = { "clip-path": "url(#figure-window)" };
  return [
    ...above.map((d) => svg("path", { class: "level", d, ...window })),
    svg("path", { class: "missing", d: missing, ...window }),
  ];
}

/** From the lowest to the highest, in the tones of the bands. @param {number[]} heights */
function legend(heights) {
  const group = svg("g", { class: "legend" });
  const [least, most] = extent(heights.filter(Number.isFinite));
  if (least === undefined) return group;
  const [low, high] = [least, most].map(formatShort);
  const start = RIGHT - 8 * high.length - TONES * TONE;
  for (let k = 0; k < TONES; k++) {
    const x = start + k * TONE;
    svg("rect", { class: "tone", x, y: HEIGHT - 14, width: TONE, height: 10 }, group);
    for (let layer = 0; layer < 2 * k; layer++)
      svg("rect", { class: "band", x, y: HEIGHT - 14, width: TONE, height: 10 }, group);
  }
  const text = { y: HEIGHT - 4, "text-anchor": "end" };
  svg("text", { ...text, x: start - 6 }, group).textContent = low;
  svg("text", { ...text, x: RIGHT }, group).textContent = high;
  return group;
}

/** @param {number[]} along @param {number[]} heights @param {Scales} scales */
const curve = (along, heights, scales) =>
  svg("path", {
    class: "graph",
    d: path(along.map((t, i) => placed([t, heights[i]], scales))),
    "clip-path": "url(#figure-window)",
  });

/**
 * The gradient's arrow and the step against it.
 * @param {Scene} scene
 * @param {Scales} scales
 * @param {number[]} place
 */
function mapMarks({ here, at }, [x, y], [px, py]) {
  if (!here) return [];
  const [a, b] = here.gradient.map(Number);
  const aim = [x(at[0] + a) - x(at[0]), y(at[1] + b) - y(at[1])];
  const length = Math.hypot(...aim);
  const marks = [];
  if (here.downhill) {
    const [toX, toY] = here.downhill.to.map(Number);
    const end = [x(toX), y(toY)].map(near);
    if (end.every(Number.isFinite))
      marks.push(arrow([px, py], end, "step"), svg("circle", spot(end, 4, "step-end")));
  }
  if (length > 0 && Number.isFinite(length))
    marks.push(
      arrow(
        [px, py],
        [px, py].map((p, k) => p + (aim[k] / length) * ARROW),
        "uphill",
      ),
    );
  return marks;
}

/**
 * Tangent, secant and step of a slice.
 * @param {Scene} scene
 * @param {Scales} scales
 * @param {number[]} place
 */
function sliceMarks({ surface, here, formula }, [x, y], [px, py]) {
  if (!here) return [];
  const marks = [];
  const secant = here.secants.find((each) => each.formula === formula);
  if (secant) {
    const [one, two] = secant.at.map((t, i) => [x(t), y(Number(secant.values[i]))].map(near));
    const lean = (two[1] - one[1]) / (two[0] - one[0]);
    if (Number.isFinite(lean)) {
      const ends = [LEFT, RIGHT].map((left) => [left, near(one[1] + lean * (left - one[0]))]);
      marks.push(svg("path", { class: "secant", d: path(ends) }));
      marks.push(
        svg("circle", spot(one, 4, "secant-end")),
        svg("circle", spot(two, 4, "secant-end")),
      );
    }
  }
  const ends = endsOf(surface.axes[0].values);
  const lifts = (here.tangent ?? []).map(Number);
  const range = endsOf(here.axes[0].values);
  if (lifts.length === 2 && lifts.every(Number.isFinite)) {
    const line = scaleLinear(range, lifts);
    const tips = ends.map((t) => [x(t), y(line(t))]);
    marks.push(svg("path", { class: "tangent", d: path(tips) }));
  }
  if (here.downhill && Number.isFinite(py)) {
    const to = x(Number(here.downhill.to[0]));
    const got = [to, y(Number(here.downhill.value))].map(near);
    const hoped = [to, y(Number(here.downhill.predicted))].map(near);
    if ([...got, ...hoped].every(Number.isFinite)) {
      marks.push(svg("path", { class: "miss", d: path([hoped, got]) }));
      marks.push(arrow([px, py], got, "step"), svg("circle", spot(got, 4, "step-end")));
      marks.push(svg("circle", spot(hoped, 4, "hoped")));
    }
  }
  return marks;
}

/** @param {number[]} place @param {number} r @param {string} kind */
const spot = ([cx, cy], r, kind) => ({ cx, cy, r, class: kind });

/** @param {number[]} from @param {number[]} to @param {string} kind */
function arrow([x, y], [toX, toY], kind) {
  const group = svg("g", { class: `arrow ${kind}` });
  svg(
    "path",
    {
      d: path([
        [x, y],
        [toX, toY],
      ]),
    },
    group,
  );
  const length = Math.hypot(toX - x, toY - y);
  if (length < 14) return group;
  const turn = (Math.atan2(toY - y, toX - x) * 180) / Math.PI;
  svg(
    "path",
    { class: "tip", d: "M0,0L-9,-4.5V4.5Z", transform: `translate(${toX},${toY}) rotate(${turn})` },
    group,
  );
  return group;
}
