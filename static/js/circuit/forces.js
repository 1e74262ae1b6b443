/**
 * What each single number on the way to the output wants: up or down, and how much. An arrow at every value, as long as
 * its gradient is large. Fetched with the view that speaks of it.
 */

import { scalarText } from "./pieces.js";
import { svg } from "./text.js";

/** @import { Trace, TraceNode } from "../types.d.ts" */
/** @import { Drawing, Mark, Style } from "./types.d.ts" */

/** Larger pictures would be a wood of arrows. */
const MOST = 300;
/** From the weakest arrow to the strongest; what is weaker still is drawn as the weakest. */
const DECADES = 4;

/** @typedef {{ node: TraceNode, slope: number, way: "up" | "down" | "nowhere" }} Force */

/**
 * Of single numbers alone: of a tensor every entry has its own, and its heat map shows them.
 * @param {Trace} trace
 * @returns {Force[]}
 */
export const forcesOf = ({ nodes, output }) =>
  nodes
    .filter(
      ({ kind, box, upstream, value, id }) =>
        kind !== "constant" && !box && upstream && value.shape.length === 0 && id !== output,
    )
    .map((node) => {
      const slope = Number(node.upstream?.data);
      return { node, slope, way: slope > 0 ? "up" : slope < 0 ? "down" : "nowhere" };
    });

/**
 * @param {(draw: (drawing: Drawing) => void) => void} overlay of the board
 * @returns {(on: boolean) => void} draws the arrows, or takes them away
 */
export function createForces(overlay) {
  /** @type {Drawing | undefined} */
  let drawing;
  let shown = false;
  /** @type {Element[]} */
  let arrows = [];
  function redraw() {
    for (const arrow of arrows) arrow.remove();
    arrows = shown && drawing ? drawForces(drawing) : [];
  }
  overlay((next) => {
    drawing = next;
    redraw();
  });
  return (on) => {
    if (on === shown) return;
    shown = on;
    redraw();
  };
}

/** @param {Drawing} drawing */
function drawForces({ picture: { trace, style, figures }, marks }) {
  if (figures.size > MOST) return [];
  const forces = forcesOf(trace).filter(({ slope }) => Number.isFinite(slope));
  const most = Math.max(...forces.map(({ slope }) => Math.abs(slope)));
  return forces.flatMap((force) => {
    const mark = marks.get(force.node.id);
    return mark ? [drawArrow(mark, force, strengthOf(force, most), style)] : [];
  });
}

/**
 * @param {Force} force
 * @param {number} most
 * @returns {number} from 0 to 1, by the logarithm
 */
const strengthOf = ({ slope }, most) =>
  slope === 0 ? 0 : Math.max(0, 1 + Math.log10(Math.abs(slope) / most) / DECADES);

/**
 * At the end of a run that goes right, it stands on the wire or hangs from it; beside one that goes down, left of the number.
 * @param {Mark} mark
 * @param {Force} force
 * @param {number} strength
 * @param {Style} style
 */
function drawArrow({ element, figure }, { way }, strength, { direction, number }) {
  const length = number * (0.4 + 0.8 * strength);
  const turned = direction === "tb";
  const written = 0.57 * number * scalarText(figure.node.value).length;
  const x = turned ? figure.value.x - written - 0.45 * number : figure.runEnd + 0.1 * number;
  const middle = turned ? figure.value.y - 0.36 * number : 0;
  const group = svg("g", { class: `force ${way}`, "aria-hidden": "true" });
  // Under what is pressed.
  element.prepend(group);
  if (way === "nowhere") {
    svg("circle", { cx: x, cy: middle, r: 0.1 * number }, group);
    return group;
  }
  const up = way === "up" ? -1 : 1;
  const start = turned ? middle - (up * length) / 2 : middle + up * 0.15 * number;
  const tip = start + up * length;
  const [wide, high] = [0.16 * number, 0.28 * number];
  svg("path", { d: `M${x},${start}V${tip - up * high}`, "stroke-width": 0.1 * number }, group);
  svg(
    "path",
    { class: "tip", d: `M${x - wide},${tip - up * high}H${x + wide}L${x},${tip}Z` },
    group,
  );
  return group;
}
