/**
 * Folded groups as they are drawn: a box with the wires that go in, and the values that leave it on runs of their
 * own; and frames around groups that could be folded. Loaded with the first program that has any.
 */

/** @import { Group, Point, Trace, TraceNode, View } from "../types.d.ts" */
/** @import { Figure, Label, Mark, Measure, Near, Picture, Rect, Style, Surroundings } from "./types.d.ts" */

import { drawLiterals, drawSign, partialsOf } from "./gates.js";
import { cover, rectOf } from "./measure.js";
import { plain } from "./pieces.js";
import { svg, write } from "./text.js";

/** Least size of text, px. */
const LEAST = 12;

/** Side of what a finger finds, px; more than 44 on screen, also where the picture is shrunk. */
const TOUCH = 50;

/** How far each sheet under a box sticks out, px. */
const SHEET = 4;
const SHEETS = 2;

/** Air between what a frame holds and the frame, px. */
const PAD = 5;

/**
 * A box's sign, with its wires' ports: the group's name and how many gates it stands for.
 * @param {TraceNode} node
 * @param {Surroundings} around
 */
export function signOf(node, { style, measure, wires, fans }) {
  const { number, small, partial, radius, direction } = style;
  const turned = direction === "tb";
  const pieces = [plain(node.face)];
  const size = Math.max(LEAST, 0.86 * number);
  // The space keeps it apart from the name where both are read as one text.
  const inside = [plain(` ${countOf(node)}`)];
  const adds = wires.some((edge) => fans.get(edge.source)?.includes(edge));
  const room = turned ? 4.4 * partial : 2.1 * partial;
  const pitch = adds ? Math.max(room, 0.9 * number) : 0.9 * number;
  const ports = wires.map((_, port) => (port - (wires.length - 1) / 2) * pitch);
  const span = ((wires.length - 1) * pitch) / 2 + 0.6 * number;
  const wide = Math.max(measure(pieces, size), measure(inside, small)) / 2 + 0.55 * number;
  return {
    halfWidth: Math.max(wide, turned ? span : 0),
    halfHeight: Math.max(1.25 * radius, turned ? 0 : span),
    ports,
    face: label(-0.06 * number, size, pieces),
    badge: label(-0.06 * number + 1.25 * small, small, inside),
    corner: 0.4 * number,
  };
}

/**
 * @param {number} y
 * @param {number} size
 * @param {Label["pieces"]} pieces
 * @returns {Label}
 */
const label = (y, size, pieces) => ({ x: 0, y, anchor: "middle", size, pieces });

/** @param {TraceNode} node */
const countOf = ({ box }) => `${box?.group.gates.length} gates`;

/**
 * Joins boxes and what leaves them, and makes room for frames.
 * @param {Trace | View} trace
 * @param {Map<string, Figure>} figures
 * @param {Style} style
 */
export function arrange(trace, figures, style) {
  for (const figure of figures.values()) {
    const { box } = figure.node;
    const outlets = (box?.outlets ?? []).flatMap((id) => figures.get(id) ?? []);
    if (box) attachOutlets(figure, outlets, style);
  }
  if (!("open" in trace)) return;
  const room = frameRoom(style);
  for (const group of framed(trace)) {
    const own = membersOf(group, trace, figures);
    for (const { bounds } of own) {
      bounds[room.low] -= room.before;
      bounds[room.high] += room.after;
    }
    const [first] = own;
    if (room.low === "left" && first) first.bounds.top -= tabHeight(style);
  }
}

/**
 * Groups that are framed while they are open. Layers are not: nobody wrote them as one thing.
 * @param {View} view
 */
const framed = ({ open }) => open.filter(({ kind }) => kind !== "layer");

/** @param {Style} style */
const tabHeight = ({ small }) => 1.6 * small;

/**
 * What a frame takes across the flow, so that nothing foreign gets into it.
 * @param {Style} style
 */
function frameRoom(style) {
  return style.direction === "tb"
    ? /** @type {const} */ ({ low: "left", high: "right", before: PAD, after: PAD })
    : /** @type {const} */ ({
        low: "top",
        high: "bottom",
        before: PAD + 1.2 * style.small,
        after: PAD,
      });
}

/**
 * The drawn figures of a group: its gates, boxes inside it, and the values that leave those.
 * @param {Group} group
 * @param {View} view
 * @param {Map<string, Figure>} figures
 * @returns {Set<Figure>}
 */
function membersOf(group, { hidden }, figures) {
  return new Set(group.gates.flatMap(({ id }) => figures.get(hidden.get(id)?.id ?? id) ?? []));
}

/**
 * Puts the values that leave a box at its far side, one beside the other, and makes room for them.
 * @param {Figure} box
 * @param {Figure[]} outlets
 * @param {Style} style
 */
function attachOutlets(box, outlets, { direction, number }) {
  const turned = direction === "tb";
  const [low, high] = turned
    ? /** @type {const} */ (["left", "right"])
    : /** @type {const} */ (["top", "bottom"]);
  const air = 0.4 * number;
  let next = 0;
  const axes = outlets.map(({ bounds }) => {
    const axis = next - bounds[low];
    next = axis + bounds[high] + air;
    return axis;
  });
  const middle = axes.reduce((sum, axis) => sum + axis, 0) / (axes.length || 1);
  const reach = Math.max(0, ...axes.map((axis) => Math.abs(axis - middle))) + 0.6 * number;
  if (turned) box.halfWidth = Math.max(box.halfWidth, reach);
  else box.halfHeight = Math.max(box.halfHeight, reach);
  const { halfWidth, halfHeight } = box;
  cover(box.bounds, {
    left: -halfWidth,
    right: halfWidth + SHEETS * SHEET,
    top: -halfHeight - SHEETS * SHEET,
    bottom: halfHeight,
  });
  // Past the sheets, which the runs come out from under.
  const start = (turned ? halfHeight : halfWidth) + (turned ? 0 : SHEETS * SHEET);
  box.runEnd = start;
  box.exits = Object.fromEntries(outlets.map(({ node }, i) => [node.id, axes[i] - middle]));
  for (const [i, outlet] of outlets.entries()) {
    const at = turned ? { x: axes[i] - middle, y: start } : { x: start, y: axes[i] - middle };
    outlet.host = { figure: box, ...at };
    if (!turned) outlet.runStart = 1.5 - SHEETS * SHEET;
    const { left, right, top, bottom } = outlet.bounds;
    cover(box.bounds, {
      left: left + at.x,
      right: right + at.x,
      top: top + at.y,
      bottom: bottom + at.y,
    });
  }
  const end = turned ? box.bounds.bottom : box.bounds.right;
  for (const outlet of outlets) {
    if (!outlet.ends) outlet.runEnd = end - start;
  }
}

/**
 * @param {SVGGElement} element
 * @param {Figure} figure
 * @param {Point} origin
 * @param {Style} style
 * @param {Measure} measure
 * @returns {Mark}
 */
export function drawBox(element, figure, origin, { direction }, measure) {
  const { node, halfWidth, halfHeight, corner } = figure;
  const { group, members, outlets } = /** @type {import("../types.d.ts").Box} */ (node.box);
  const turned = direction === "tb";
  element.setAttribute("class", "node box");
  element.setAttribute("transform", `translate(${origin.x},${origin.y})`);
  const inside = members.filter(({ id }) => !outlets.includes(id));
  const body = svg(
    "g",
    {
      "data-node": inside.map(({ id }) => id).join(" "),
      "data-box": node.id,
      role: "button",
      "aria-expanded": "false",
      tabindex: -1,
      "aria-label": `Unfold ${spokenName(group)} ${countOf(node)}`,
    },
    element,
  );
  drawLiterals(element, figure);
  const size = { width: 2 * halfWidth, height: 2 * halfHeight, rx: corner };
  for (let sheet = SHEETS; sheet > 0; sheet--) {
    const shift = sheet * SHEET;
    svg("rect", { class: "sheet", x: shift - halfWidth, y: -shift - halfHeight, ...size }, body);
  }
  drawSign(body, figure);
  if (figure.badge) write(body, figure.badge, "badge face", figure.badge.pieces);
  // Where neither wires nor values are.
  const { size: small = 12 } = figure.badge ?? {};
  const knob = turned ? { x: -halfWidth, y: 0 } : { x: 1.1 * small - halfWidth, y: -halfHeight };
  drawKnob(body, knob, "+", small);
  const partials = partialsOf(element, figure, measure);
  /** @type {Mark} */
  const mark = {
    element,
    body,
    figure,
    origin,
    sheet: 0,
    grow() {},
    turnTo() {},
    renew(next) {
      mark.figure = next;
      partials.renew(next);
    },
    show({ valueKnown, gradientKnown, active }) {
      element.classList.toggle("known", valueKnown);
      element.classList.toggle("returned", gradientKnown);
      element.classList.toggle("active", active);
    },
    showPartial: partials.show,
  };
  return mark;
}

/**
 * What tells a group from others of its name: "sigmoid 2" is the second call, "t = 3" says it itself.
 * @param {Group} group
 */
function spokenName({ id, kind, label }) {
  const path = id.split("/");
  const count = path[path.length - 1].split("#")[1];
  return [
    label,
    kind === "call" ? count : "",
    ...path
      .slice(0, -1)
      .toReversed()
      .map((outer) => `in ${outer.replace(/#.*/, "").replace("=", " = ")}`),
  ]
    .filter(Boolean)
    .join(" ");
}

/**
 * The small sign on a corner that folds or unfolds.
 * @param {Element} parent
 * @param {Point} at
 * @param {"+" | "−"} sign
 * @param {number} size
 */
function drawKnob(parent, { x, y }, sign, size) {
  const knob = svg("g", { class: "knob", transform: `translate(${x},${y})` }, parent);
  const r = 0.72 * size;
  svg("circle", { r }, knob);
  const arm = 0.5 * r;
  svg("path", { d: `M${-arm},0H${arm}${sign === "+" ? `M0,${-arm}V${arm}` : ""}` }, knob);
}

/**
 * Frames around open groups whose figures stand together, each with its name and a sign that folds it; where something
 * foreign stands between them, name and sign alone, over the first of them.
 * @param {SVGGElement} under the wires
 * @param {SVGGElement} over the nodes
 * @param {Picture} picture
 * @param {Map<string, Mark>} marks
 * @param {Measure} measure
 * @param {Near} near
 * @returns {Generator<void, void>}
 */
export function* drawFrames(under, over, { trace, figures, style, edges }, marks, measure, near) {
  /** @param {Group} group @param {Rect} rect */
  const placeTab = (group, { left, top }) => {
    const pieces = [plain(group.label, "name")];
    const width = measure(pieces, style.small);
    const room = { left, right: left + width + TOUCH, top: top - TOUCH, bottom: top + TOUCH };
    const { element, whenNear } = near.place(over, room);
    whenNear(() => drawTab(element, group, { left, top, width, pieces }, style));
  };
  if (!("open" in trace)) return;
  const view = /** @type {View} */ (trace);
  for (const group of framed(view)) {
    const own = [...membersOf(group, view, figures)];
    const rect = frameAround(own, group, view, marks, style);
    if (isCrossed(rect, own, edges, marks)) {
      const first = frameAround(own.slice(0, 1), group, view, marks, style);
      placeTab(group, first);
      yield;
      continue;
    }
    const { left, right, top, bottom } = rect;
    svg(
      "rect",
      { class: "group", x: left, y: top, width: right - left, height: bottom - top, rx: 8 },
      near.place(under, rect).element,
    );
    placeTab(group, rect);
    yield;
  }
}

/**
 * @param {Figure[]} own
 * @param {Group} group
 * @param {View} view
 * @param {Map<string, Mark>} marks
 * @param {Style} style
 * @returns {Rect}
 */
function frameAround(own, group, { open }, marks, style) {
  const outer = open.filter(
    (other) => other !== group && other.depth < group.depth && other.gates.includes(group.gates[0]),
  ).length;
  const inner = open.filter(
    (other) => other.depth > group.depth && group.gates.includes(other.gates[0]),
  );
  const levels = new Set(inner.map(({ depth }) => depth)).size;
  const room = frameRoom(style);
  /** @type {Rect} */
  const rect = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { node } of own) {
    const mark = marks.get(node.id);
    if (mark) cover(rect, rectOf(mark));
  }
  const side = (levels + 1) * PAD;
  if (room.low === "top")
    cover(rect, { ...rect, left: rect.left - side, right: rect.right + side });
  else cover(rect, { ...rect, bottom: rect.bottom + side });
  rect[room.low] += outer * room.before;
  rect[room.high] -= outer * room.after;
  if (room.low === "left") rect.top += (outer + 0.5) * tabHeight(style);
  return rect;
}

/**
 * Whether something foreign stands in a frame. Inputs that only this group uses may.
 * @param {Rect} rect
 * @param {Figure[]} own
 * @param {Picture["edges"]} edges
 * @param {Map<string, Mark>} marks
 */
function isCrossed(rect, own, edges, marks) {
  const side = 2 * PAD;
  const ids = new Set(own.flatMap(({ node, exits }) => [node.id, ...Object.keys(exits ?? {})]));
  for (const [id, mark] of marks) {
    if (ids.has(id) || mark.figure.host) continue;
    const { left, right, top, bottom } = rectOf(mark);
    const meets =
      left < rect.right - side &&
      right > rect.left + side &&
      top < rect.bottom &&
      bottom > rect.top;
    if (!meets) continue;
    const isPrivate =
      mark.figure.wires.length === 0 &&
      edges.every(({ source, target }) => source !== id || ids.has(target));
    if (!isPrivate) return true;
    cover(rect, { left: left - PAD, right, top: top - PAD, bottom: bottom + PAD });
  }
  return false;
}

/**
 * @param {Element} layer
 * @param {Group} group
 * @param {{ left: number, top: number, width: number, pieces: Label["pieces"] }} name at a frame's corner
 * @param {Style} style
 */
function drawTab(layer, group, { left, top, width, pieces }, style) {
  const { small } = style;
  const tab = svg(
    "g",
    {
      class: "tab",
      "data-fold": group.id,
      role: "button",
      "aria-expanded": "true",
      tabindex: -1,
      "aria-label": `Fold ${spokenName(group)}`,
      transform: `translate(${left + 4},${top})`,
    },
    layer,
  );
  const knob = 1.5 * small;
  // For a finger, which reaches past what is drawn.
  const wide = Math.max(TOUCH, knob + width + 12);
  const reach = { x: (knob + width + 4) / 2 - wide / 2, y: -TOUCH / 2, width: wide, height: TOUCH };
  svg("rect", { class: "reach", ...reach }, tab);
  svg(
    "rect",
    {
      class: "tab-ground",
      x: -4,
      y: -0.5 * tabHeight(style),
      width: knob + width + 12,
      height: tabHeight(style),
    },
    tab,
  );
  drawKnob(tab, { x: 0.5 * knob, y: 0 }, "−", small);
  write(tab, { x: knob + 4, y: 0.34 * small, anchor: "start", size: small }, "name", pieces);
}
