/**
 * Draws the nodes, each with its run, name, value and gradient, and changes what a step changes.
 */

/** @import { Layout, NodeFrame, Point, Tensor, TraceNode } from "../types.d.ts" */
/** @import { Figure, Mark, Measure, Picture, Slot } from "./types.d.ts" */

import { select } from "../../vendor/d3.js";
import { DASH, formatFull, formatShape, formatTensor, spokenFace } from "../format.js";
import { scalesOf } from "./grid.js";
import { originOf } from "./picture.js";
import { numberPieces, scalarText } from "./pieces.js";
import { drawMap, fillMap } from "./tensors.js";
import { svg, typeset, write } from "./text.js";

/**
 * @param {SVGGElement} layer
 * @param {Picture} picture
 * @param {Layout} layout
 * @param {Measure} measure
 * @returns {Map<string, Mark>} by node
 */
export function drawNodes(layer, picture, layout, measure) {
  const { trace } = picture;
  const scales = scalesOf(trace);
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  select(layer)
    .selectAll("g.node")
    .data([...picture.figures.values()], (figure) => figure?.node.code ?? "")
    .join("g")
    .order()
    .each(function (figure) {
      marks.set(
        figure.node.id,
        drawFigure(
          /** @type {SVGGElement} */ (this),
          figure,
          originOf(figure, layout),
          picture,
          scales,
          measure,
        ),
      );
    });
  return marks;
}

/**
 * @param {SVGGElement} element
 * @param {Figure} figure
 * @param {Point} origin
 * @param {Picture} picture
 * @param {{ value: number, gradient: number }} scales
 * @param {Measure} measure
 * @returns {Mark}
 */
function drawFigure(element, figure, origin, picture, scales, measure) {
  element.replaceChildren();
  return figure.node.box && picture.boxes
    ? picture.boxes.drawBox(element, figure, origin, picture.style, measure)
    : drawNode(element, figure, origin, picture, scales, measure);
}

/**
 * @param {SVGGElement} element
 * @param {Figure} figure
 * @param {Point} origin
 * @param {Picture} picture
 * @param {{ value: number, gradient: number }} scales
 * @param {Measure} measure
 * @returns {Mark}
 */
function drawNode(element, figure, origin, picture, scales, measure) {
  const { node } = figure;
  const { style } = picture;
  const turned = style.direction === "tb";
  element.setAttribute(
    "class",
    `node ${node.kind}${node.id === picture.trace.output ? " output" : ""}`,
  );
  element.setAttribute("transform", `translate(${origin.x},${origin.y})`);
  if (node.family) element.dataset.family = node.family;
  const face = node.kind === "gate" ? spokenFace(node.face) : node.kind;
  const body = svg(
    "g",
    {
      "data-node": node.id,
      role: "img",
      "aria-roledescription": "node",
      tabindex: -1,
      "aria-label": label(node, face, undefined),
    },
    element,
  );
  drawLiterals(element, figure);

  const { left, right, top, bottom } = figure.bounds;
  svg(
    "rect",
    { class: "hit", x: left, y: top, width: right - left, height: bottom - top, rx: 8 },
    body,
  );
  const { runStart, runEnd } = figure;
  svg(
    "path",
    { class: "run", d: turned ? `M0,${runStart - 1}V${runEnd}` : `M${runStart - 1},0H${runEnd}` },
    body,
  );
  if (figure.face) drawSign(body, figure);
  if (figure.name) write(body, figure.name, "name", figure.name.pieces);
  if (figure.badge) write(body, figure.badge, "badge", figure.badge.pieces);
  if (figure.equal) write(body, figure.equal, "badge equal", figure.equal.pieces);
  if (figure.caption) write(body, figure.caption, "badge", figure.caption.pieces);
  const value = drawSlot(body, figure.value, "value", node.value, scales.value, measure);
  if (node.upstream) drawTarget(body, figure, style.direction, measure);
  const gradient = drawSlot(
    body,
    figure.gradient,
    "gradient",
    node.upstream,
    scales.gradient,
    measure,
  );
  let sheet = 0;
  return {
    element,
    body,
    figure,
    origin,
    get sheet() {
      return sheet;
    },
    turnTo(wanted) {
      if (wanted === sheet) return;
      sheet = wanted;
      for (const slot of [value, gradient]) slot.turnTo(wanted);
    },
    show(frame) {
      const { classList } = element;
      classList.toggle("known", frame.valueKnown);
      classList.toggle("returned", frame.gradientKnown);
      classList.toggle("active", frame.active);
      classList.toggle("used", frame.used);
      value.show(frame.valueKnown, false);
      gradient.show(frame.gradientKnown, frame.lands === "gradient");
      body.setAttribute("aria-label", label(node, face, frame));
    },
    showPartial: partialsOf(body, figure, measure),
  };
}

/**
 * What is pressed to go to the step that finds a gradient: around its number, or the dash.
 * @param {SVGGElement} body
 * @param {Figure} figure
 * @param {"lr" | "tb"} direction
 * @param {Measure} measure
 */
function drawTarget(body, { node, gradient }, direction, measure) {
  if (gradient.grid || !node.upstream) return;
  const { size } = gradient;
  const wide = measure(numberPieces(scalarText(node.upstream), "gradient"), size);
  const box = pillBox(gradient, Math.max(2 * size, wide));
  // A finger's breadth on a phone.
  const height = direction === "tb" ? 2.2 * size : box.height;
  const y = box.y + (box.height - height) / 2;
  svg("rect", { class: "target", "data-explain": "", ...box, y, height, rx: size / 2 }, body);
}

/**
 * Literals that a face shows are nodes all the same.
 * @param {Element} element
 * @param {Figure} figure
 */
export function drawLiterals(element, { folded }) {
  for (const literal of folded) {
    const part = svg(
      "g",
      {
        "data-node": literal.id,
        role: "img",
        "aria-label": label(literal, literal.kind, undefined),
      },
      element,
    );
    svg("circle", { class: "folded", r: 2 }, part);
  }
}

/**
 * What wires bring back to their ports, where it is one contribution of several; each is made when it is first known.
 * @param {SVGGElement} body
 * @param {Figure} figure
 * @param {Measure} measure
 * @returns {Mark["showPartial"]}
 */
export function partialsOf(body, { node, wires, partials: slots }, measure) {
  /** @type {Map<string, ReturnType<typeof drawSlot>>} */
  const partials = new Map();
  return (edge, { downstreamKnown, active }) => {
    const slot = slots.get(edge);
    if (!slot) return;
    let partial = partials.get(edge);
    if (!partial) {
      if (!downstreamKnown) return;
      const wire = node.inputs[wires.find((one) => one.id === edge)?.key ?? 0];
      partial = drawSlot(body, slot, "partial", wire.downstream, 1, measure);
      partials.set(edge, partial);
    }
    partial.show(downstreamKnown, active && downstreamKnown);
  };
}

/**
 * @param {Element} element
 * @param {Figure} figure
 */
export function drawSign(element, { halfWidth, halfHeight, corner, face }) {
  svg(
    "rect",
    {
      class: "sign",
      x: -halfWidth,
      y: -halfHeight,
      width: 2 * halfWidth,
      height: 2 * halfHeight,
      rx: corner,
    },
    element,
  );
  if (face) write(element, face, "face", face.pieces);
}

/**
 * A number, or a heat map, that is a dash, or an empty grid, until it is known.
 * @param {SVGGElement} element
 * @param {Slot} slot
 * @param {"value" | "gradient" | "partial"} role
 * @param {Tensor | null} tensor
 * @param {number} most
 * @param {Measure} measure
 */
function drawSlot(element, slot, role, tensor, most, measure) {
  if (slot.grid) {
    const { grid } = slot;
    const group = drawMap(element, slot, role === "value" ? "value" : "gradient");
    /** @param {boolean} known what is known is read cell by cell */
    const setExplains = (known) =>
      group.toggleAttribute("data-explain", role === "gradient" && tensor !== null && !known);
    setExplains(false);
    let filled = false;
    let sheet = 0;
    const change = changing((known, landed) => {
      setExplains(known);
      if (known && !filled && tensor) fillMap(group, grid, tensor, most, sheet);
      filled ||= known;
      group.classList.toggle("known", known);
      group.classList.toggle("landed", landed);
    });
    return {
      ...change,
      /** @param {number} wanted */
      turnTo(wanted) {
        sheet = wanted;
        if (!filled || !tensor) return;
        group.querySelector(".cells")?.remove();
        fillMap(group, grid, tensor, most, sheet);
      },
    };
  }
  const unknown = role === "partial" ? "" : DASH;
  const text = write(element, slot, `number ${role}`, unknown);
  const shown = tensor ? scalarText(tensor) || several(tensor) : DASH;
  const pieces = numberPieces(shown, role === "value" ? "value" : "gradient");
  /** @type {SVGRectElement | undefined} */
  let pill;
  return changing((known, landed) => {
    if (known) typeset(text, pieces, slot.size);
    else text.textContent = unknown;
    text.classList.toggle("known", known);
    text.classList.toggle("landed", landed);
    if (landed && !pill) {
      pill = svg("rect", { class: "pill", ...pillBox(slot, measure(pieces, slot.size)) });
      text.before(pill);
    }
    pill?.toggleAttribute("hidden", !landed);
  });
}

/**
 * A scalar without a number is a sum that the engine did not send: what several wires brought, that are drawn as one.
 * @param {Tensor} tensor
 */
const several = ({ shape }) => (shape.length > 0 ? formatShape(shape) : "…");

/**
 * Leaves the document alone where nothing changes.
 * @param {(known: boolean, landed: boolean) => void} change
 */
function changing(change) {
  let state = 0;
  return {
    turnTo() {},
    /** @param {boolean} known @param {boolean} landed */
    show(known, landed) {
      const wanted = Number(known) + 2 * Number(landed);
      if (wanted !== state) change(known, landed);
      state = wanted;
    },
  };
}

/**
 * The filled pill around a number.
 * @param {{ x: number, y: number, anchor: string, size: number }} slot
 * @param {number} width of the number
 */
export function pillBox({ x, y, anchor, size }, width) {
  const height = 1.24 * size;
  const pad = 0.36 * size;
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return { x: left - pad, y: y - 0.98 * size, width: width + 2 * pad, height, rx: height / 2 };
}

/**
 * What a screen reader says of a node.
 * @param {TraceNode} node
 * @param {string} face
 * @param {NodeFrame | undefined} frame
 */
function label(node, face, frame) {
  const full = node.exact ?? node;
  const value =
    frame?.valueKnown || node.kind === "constant" ? formatTensor(full.value) : "not yet computed";
  const name = node.name ?? (node.kind === "gate" ? "" : node.label);
  const words = [face, name, `value ${value}`];
  if (full.upstream)
    words.push(
      `gradient ${frame?.gradientKnown ? formatTensor(full.upstream) : "not yet computed"}`,
    );
  return words.filter(Boolean).join(", ");
}

/**
 * Every digit, for the pointer.
 * @param {TraceNode} given
 * @param {NodeFrame | undefined} frame
 */
export function fullText(given, frame) {
  const node = given.exact ?? given;
  const full = (/** @type {Tensor} */ { data, shape }) =>
    data === null || Array.isArray(data) ? `shape ${formatShape(shape)}` : formatFull(data);
  const lines = [node.label];
  if (frame?.valueKnown) lines.push(`value ${full(node.value)}`);
  if (frame?.gradientKnown && node.upstream) lines.push(`gradient ${full(node.upstream)}`);
  return lines.join("\n");
}
