/** The picture of a function over one entry, with tangent and secant, or over two, with contours; its point can be moved. */

import { ticks } from "../../../vendor/charts.js";
import { svg } from "../../circuit/text.js";
import { formatShort } from "../../format.js";
import { rounded } from "./axes.js";
import { regions } from "./contour.js";

/** @import { Numeric } from "../../types.d.ts" */

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

const WIDTH = 360;
const HEIGHT = 300;
const EDGE = { left: 50, right: 12, top: 24, bottom: 38 };
const [LEFT, RIGHT] = [EDGE.left, WIDTH - EDGE.right];
const [TOP, BOTTOM] = [EDGE.top, HEIGHT - EDGE.bottom];
/** px */
const ARROW = 54;
const TONE = 12;
const TONES = 6;
/** On an axis, some more or less. */
const MARKS = 4;
/** Presses of an arrow key from one end to the other; with Shift a tenth. */
const PRESSES = 60;

/** @param {number} low @param {number} high @param {number} start @param {number} end */
const scale = (low, high, start, end) => ({
  /** @param {number} x */
  at: (x) => start + ((x - low) / (high - low)) * (end - start),
  /** @param {number} px */
  from: (px) => low + ((px - start) / (end - start)) * (high - low),
});

/** @param {readonly number[]} values */
const endsOf = (values) => /** @type {[number, number]} */ ([values[0], Number(values.at(-1))]);

/** @param {readonly number[][]} points px */
const joined = (points) => points.map((p) => p.map((x) => x.toFixed(1)).join(",")).join("L");

/** @param {(to: number[]) => void} move the point is wanted elsewhere */
export function createFigure(move) {
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "figure", role: "group" });
  const clip = svg("clipPath", { id: "figure-window" }, svg("defs", {}, picture));
  svg("rect", { x: LEFT, y: TOP, width: RIGHT - LEFT, height: BOTTOM - TOP }, clip);
  svg(
    "rect",
    { class: "window", x: LEFT, y: TOP, width: RIGHT - LEFT, height: BOTTOM - TOP },
    picture,
  );
  const ground = svg("g", { "aria-hidden": "true" }, picture);
  const over = svg("g", { "aria-hidden": "true", "clip-path": "url(#figure-window)" }, picture);
  const handle = svg("g", { class: "handle", role: "slider", tabindex: 0 }, picture);
  svg("circle", { class: "reach", r: 22 }, handle);
  svg("circle", { class: "ring", r: 11 }, handle);
  svg("circle", { class: "dot", r: 6.5 }, handle);
  /** @type {Scene | undefined} */
  let scene;
  /** @type {Surface | undefined} whose ground is drawn */
  let drawn;
  /** @type {{ at: (x: number) => number, from: (px: number) => number }[]} */
  let scales = [];

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

  /** @param {PointerEvent | MouseEvent} event */
  function under(event) {
    const box = picture.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * WIDTH;
    const py = ((event.clientY - box.top) / box.height) * HEIGHT;
    return [scales[0].from(px), scales[1].from(py)];
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
    if (!within && scales.length) wanted(under(event));
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
    const vertical = flat ? endsOf(surface.axes[1].values) : padded(span(heights, levels));
    const [low, high] = endsOf(surface.axes[0].values);
    scales = [scale(low, high, LEFT, RIGHT), scale(vertical[0], vertical[1], BOTTOM, TOP)];
    if (drawn !== surface) {
      const field = flat
        ? [...map(surface, levels, scales), ...legend(heights)]
        : [curve(surface.axes[0].values, heights, scales)];
      ground.replaceChildren(...field, ...axes(next, scales, [[low, high], vertical]));
      drawn = surface;
    }
    const y = flat ? at[1] : Number((next.here ?? surface).value);
    const place = [scales[0].at(at[0]), scales[1].at(y)];
    const marks = flat ? mapMarks(next, scales, place) : sliceMarks(next, scales, place);
    over.replaceChildren(...(next.paths ?? []).map((path) => trail(path, scales)), ...marks);
    const inside = place[0] >= LEFT - 1 && place[0] <= RIGHT + 1 && Number.isFinite(place[1]);
    const top = Number.isFinite(place[1]) ? Math.min(BOTTOM, Math.max(TOP, place[1])) : BOTTOM;
    handle.setAttribute("transform", `translate(${place[0].toFixed(1)},${top.toFixed(1)})`);
    handle.classList.toggle("outside", !inside);
    tell(next, [low, high]);
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
  const finite = heights.filter(Number.isFinite);
  if (!finite.length) return [0, 1];
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const [first = least, last = most] = [levels[0], levels.at(-1)];
  const room = 2 * (last - first);
  const low = Math.max(least, first - room);
  const high = Math.min(most, last + room);
  if (high > low) return [low, high];
  return [low - 1, low + 1];
}

/** @param {[number, number]} range @returns {[number, number]} */
const padded = ([low, high]) => [low - 0.08 * (high - low), high + 0.08 * (high - low)];

/** @typedef {ReturnType<typeof scale>} Scale */

/** @param {Surface} surface @param {number[]} levels @param {Scale[]} scales */
function map({ axes: [first, second], values }, levels, [x, y]) {
  const grid = values.map((row) => /** @type {Numeric[]} */ (row).map(Number));
  const step = [
    x.at(first.values[1]) - x.at(first.values[0]),
    y.at(second.values[1]) - y.at(second.values[0]),
  ];
  /** @param {[number, number]} point */
  const at = ([i, j]) => `${(LEFT + i * step[0]).toFixed(1)},${(BOTTOM + j * step[1]).toFixed(1)}`;
  const { above, missing } = regions(grid, levels, at);
  const window = { "clip-path": "url(#figure-window)" };
  return [
    ...above.map((d) => svg("path", { class: "level", d, ...window })),
    svg("path", { class: "missing", d: missing, ...window }),
  ];
}

/** From the lowest to the highest, in the tones of the bands. @param {number[]} heights */
function legend(heights) {
  const finite = heights.filter(Number.isFinite);
  const group = svg("g", { class: "legend" });
  if (!finite.length) return [group];
  const [low, high] = [Math.min(...finite), Math.max(...finite)].map((z) => formatShort(z));
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
  return [group];
}

/** @param {number[]} along @param {number[]} heights @param {Scale[]} scales */
function curve(along, heights, [x, y]) {
  /** @type {number[][][]} */
  const pieces = [[]];
  for (const [i, height] of heights.entries()) {
    if (Number.isFinite(height)) pieces.at(-1)?.push([x.at(along[i]), y.at(height)]);
    else pieces.push([]);
  }
  const d = pieces
    .filter((piece) => piece.length)
    .map((piece) => `M${joined(piece)}`)
    .join("");
  return svg("path", { class: "graph", d: d || "M0,0", "clip-path": "url(#figure-window)" });
}

/** @param {Scene} scene @param {Scale[]} scales @param {[number, number][]} ranges */
function axes({ names, output, surface }, [x, y], [across, up]) {
  const group = svg("g", { class: "axes" });
  /** @param {string} text @param {number} left @param {number} top @param {string} anchor @param {string} [kind] */
  const label = (text, left, top, anchor, kind = "") => {
    const made = svg("text", { x: left, y: top, "text-anchor": anchor, class: kind }, group);
    made.textContent = text;
  };
  for (const tick of ticks(...across, MARKS)) {
    svg("path", { d: `M${x.at(tick)},${BOTTOM}v4` }, group);
    label(formatShort(tick), x.at(tick), BOTTOM + 16, "middle");
  }
  for (const tick of ticks(...up, MARKS)) {
    svg("path", { d: `M${LEFT},${y.at(tick)}h-4` }, group);
    label(formatShort(tick), LEFT - 7, y.at(tick) + 4, "end");
  }
  label(names[0], LEFT, HEIGHT - 4, "start", "axis-name");
  label(surface.axes.length === 2 ? names[1] : output, 4, 14, "start", "axis-name");
  return [group];
}

/**
 * @param {{ kind: string, points: number[][] }} path
 * @param {Scale[]} scales
 */
function trail({ kind, points }, [x, y]) {
  const finite = points.filter((point) => point.every(Number.isFinite));
  const places = finite.map(([a, b]) => [x.at(a), y.at(b)].map(near));
  const group = svg("g", { class: `trail ${kind}` });
  if (!places.length) return group;
  svg("path", { d: `M${joined(places)}` }, group);
  const [cx, cy] = places[places.length - 1];
  svg("circle", { cx, cy, r: 4 }, group);
  return group;
}

/** Browsers lose their way among very large coordinates. @param {number} px */
const near = (px) => Math.min(1e5, Math.max(-1e5, px));

/**
 * The gradient's arrow and the step against it.
 * @param {Scene} scene
 * @param {Scale[]} scales
 * @param {number[]} place
 */
function mapMarks({ here, at }, [x, y], [px, py]) {
  if (!here) return [];
  const [a, b] = here.gradient.map(Number);
  const aim = [x.at(at[0] + a) - x.at(at[0]), y.at(at[1] + b) - y.at(at[1])];
  const length = Math.hypot(...aim);
  const marks = [];
  if (here.downhill) {
    const [toX, toY] = here.downhill.to.map(Number);
    const end = [x.at(toX), y.at(toY)].map(near);
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
 * @param {Scale[]} scales
 * @param {number[]} place
 */
function sliceMarks({ surface, here, formula }, [x, y], [px, py]) {
  if (!here) return [];
  const marks = [];
  const secant = here.secants.find((each) => each.formula === formula);
  if (secant) {
    const [one, two] = secant.at.map((t, i) => [x.at(t), y.at(Number(secant.values[i]))].map(near));
    const lean = (two[1] - one[1]) / (two[0] - one[0]);
    if (Number.isFinite(lean)) {
      const ends = [LEFT, RIGHT].map((left) => [left, near(one[1] + lean * (left - one[0]))]);
      marks.push(svg("path", { class: "secant", d: `M${joined(ends)}` }));
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
    const line = scale(range[0], range[1], lifts[0], lifts[1]);
    const tips = ends.map((t) => [x.at(t), near(y.at(line.at(t)))]);
    marks.push(svg("path", { class: "tangent", d: `M${joined(tips)}` }));
  }
  if (here.downhill && Number.isFinite(py)) {
    const to = x.at(Number(here.downhill.to[0]));
    const got = [to, y.at(Number(here.downhill.value))].map(near);
    const hoped = [to, y.at(Number(here.downhill.predicted))].map(near);
    if ([...got, ...hoped].every(Number.isFinite)) {
      marks.push(svg("path", { class: "miss", d: `M${joined([hoped, got])}` }));
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
  svg("path", { d: `M${joined([[x, y]])}L${joined([[toX, toY]])}` }, group);
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
