/**
 * Draws the nodes, each with its run, name, value and gradient, and changes what a step changes.
 */

/** @import { EdgeFrame, Layout, NodeFrame, Point, Tensor, TraceNode } from "../types.d.ts" */
/** @import { Figure, Home, Label, Mark, Measure, Near, Picture, Scales, Slot } from "./types.d.ts" */

import { select } from "../../vendor/d3.js";
import { formatFull, formatShape, formatTensor, spokenFace } from "../format.js";
import { scalesOf } from "./grid.js";
import { shifted } from "./measure.js";
import { originOf } from "./picture.js";
import { numberPieces, scalarText } from "./pieces.js";
import { drawNote, drawSlot, pillBox } from "./slots.js";
import { setAll, svg, write } from "./text.js";

/**
 * @param {SVGGElement} layer
 * @param {Picture} picture
 * @param {Layout} layout
 * @param {Measure} measure
 * @param {Near} near
 * @returns {Generator<void, Map<string, Mark>>} by node
 */
export function* drawNodes(layer, picture, layout, measure, near) {
  const scales = scalesOf(picture.trace);
  /** @type {Map<string, Mark>} */
  const marks = new Map();
  for (const [home, figures] of homesOf(layer, picture, layout, near)) {
    const nodes = select(home.element)
      .selectAll("g.node")
      .data(figures, (figure) => figure?.node.code ?? "")
      .join("g");
    for (const [i, element] of nodes.nodes().entries()) {
      const figure = figures[i];
      const origin = originOf(figure, layout);
      const own = /** @type {SVGGElement} */ (element);
      const mark = drawFigure(own, figure, origin, picture, scales, measure);
      marks.set(figure.node.id, mark);
      home.whenNear(mark.grow);
      yield;
    }
  }
  return marks;
}

/**
 * What lies together, by the block that it is drawn in.
 * @param {SVGGElement} layer
 * @param {Picture} picture
 * @param {Layout} layout
 * @param {Near} near
 */
function homesOf(layer, picture, layout, near) {
  /** @type {Map<Home, Figure[]>} */
  const homes = new Map();
  for (const figure of picture.figures.values()) {
    const { x, y } = originOf(figure, layout);
    const home = near.place(layer, shifted(figure.bounds, x, y));
    const figures = homes.get(home);
    if (figures) figures.push(figure);
    else homes.set(home, [figure]);
  }
  return homes;
}

/**
 * @param {SVGGElement} element
 * @param {Figure} figure
 * @param {Point} origin
 * @param {Picture} picture
 * @param {Scales} scales
 * @param {Measure} measure
 * @returns {Mark}
 */
const drawFigure = (element, figure, origin, picture, scales, measure) =>
  figure.node.box && picture.boxes
    ? picture.boxes.drawBox(element, figure, origin, picture.style, measure)
    : drawNode(element, figure, origin, picture, scales, measure);

/**
 * @param {SVGGElement} element
 * @param {Figure} figure
 * @param {Point} origin
 * @param {Picture} picture
 * @param {Scales} scales
 * @param {Measure} measure
 * @returns {Mark}
 */
function drawNode(element, figure, origin, picture, scales, measure) {
  const { node } = figure;
  const { style } = picture;
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
    },
    element,
  );
  drawLiterals(element, figure);

  let steepness = scales;
  /** @type {ReturnType<typeof drawParts> | undefined} */
  let parts;
  const partials = partialsOf(body, figure, measure);
  /** @type {Map<string, EdgeFrame>} what partials show once they are drawn */
  const brought = new Map();
  let sheet = 0;
  /** @type {NodeFrame | undefined} */
  let shown;
  /** @type {SVGTitleElement | undefined} */
  let digits;
  function speak() {
    body.setAttribute("aria-label", label(mark.figure.node, face, shown));
    // Those of another moment.
    digits?.remove();
    digits = undefined;
  }
  function showNumbers() {
    if (!shown || !parts) return;
    const { valueKnown, gradientKnown, lands, asked, valueSized, gradientSized } = shown;
    parts.value.show(valueKnown, false, asked === "value", valueSized);
    parts.gradient.show(gradientKnown, lands === "gradient", asked === "gradient", gradientSized);
    const { badge, equal, caption } = mark.figure;
    parts.badge?.(told(valueSized, badge));
    parts.equal?.(told(gradientSized, equal));
    for (const [i, line] of parts.caption.entries()) line(told(valueKnown, caption[i]));
  }
  /** @type {Mark} */
  const mark = {
    element,
    body,
    figure,
    origin,
    get sheet() {
      return sheet;
    },
    grow() {
      if (parts) return;
      parts = drawParts(body, mark.figure, style.direction, steepness, measure);
      parts.value.turnTo(sheet);
      parts.gradient.turnTo(sheet);
      showNumbers();
      for (const [edge, frame] of brought) partials.show(edge, frame);
      brought.clear();
    },
    turnTo(wanted) {
      if (wanted === sheet) return;
      sheet = wanted;
      parts?.value.turnTo(wanted);
      parts?.gradient.turnTo(wanted);
    },
    renew(next, scales) {
      mark.figure = next;
      steepness = scales;
      sheet = 0;
      parts?.value.renew(next.value, next.node.value, scales.value);
      parts?.gradient.renew(next.gradient, next.node.upstream, scales.gradient);
      partials.renew(next);
      if (parts?.target) setAll(parts.target, targetBox(next, style.direction, measure));
      showNumbers();
      speak();
    },
    show(frame) {
      const { classList } = element;
      shown = frame;
      classList.toggle("known", frame.valueKnown);
      classList.toggle("returned", frame.gradientKnown);
      classList.toggle("active", frame.active);
      classList.toggle("used", frame.used);
      showNumbers();
      speak();
    },
    showPartial(edge, frame) {
      if (parts) partials.show(edge, frame);
      else brought.set(edge, frame);
    },
    spell() {
      digits ??= svg("title", {}, body);
      digits.textContent = fullText(mark.figure.node, shown);
    },
  };
  return mark;
}

/** @type {Label["pieces"]} */
const NOTHING = [];

/** @param {boolean} may @param {Label | undefined} label */
const told = (may, label) => (may && label ? label.pieces : NOTHING);

/**
 * What a node consists of.
 * @param {SVGGElement} body
 * @param {Figure} figure
 * @param {"lr" | "tb"} direction
 * @param {Scales} scales
 * @param {Measure} measure
 */
function drawParts(body, figure, direction, scales, measure) {
  const { node } = figure;
  const { left, right, top, bottom } = figure.bounds;
  svg(
    "rect",
    { class: "hit", x: left, y: top, width: right - left, height: bottom - top, rx: 8 },
    body,
  );
  const { runStart, runEnd } = figure;
  const run = direction === "tb" ? `M0,${runStart - 1}V${runEnd}` : `M${runStart - 1},0H${runEnd}`;
  svg("path", { class: "run", d: run }, body);
  if (figure.face) drawSign(body, figure);
  if (figure.name) write(body, figure.name, "name", figure.name.pieces);
  const badge = figure.badge && drawNote(body, "badge", figure.badge);
  const equal = figure.equal && drawNote(body, "badge equal", figure.equal);
  const caption = figure.caption.map((line) => drawNote(body, "badge", line));
  const value = drawSlot(body, figure.value, "value", node.value, scales.value, measure);
  const box =
    node.upstream && !figure.gradient.grid ? targetBox(figure, direction, measure) : undefined;
  const target = box && svg("rect", { class: "target", "data-explain": "", ...box }, body);
  const gradient = drawSlot(
    body,
    figure.gradient,
    "gradient",
    node.upstream,
    scales.gradient,
    measure,
  );
  return { value, gradient, target, badge, equal, caption };
}

/**
 * What is pressed to go to the step that finds a gradient: around its number, or the dash.
 * @param {Figure} figure
 * @param {"lr" | "tb"} direction
 * @param {Measure} measure
 */
function targetBox({ node, gradient }, direction, measure) {
  const { size } = /** @type {Label} */ (gradient);
  const wide = node.upstream
    ? measure(numberPieces(scalarText(node.upstream), "gradient"), size)
    : 0;
  const box = pillBox(/** @type {Label} */ (gradient), Math.max(2 * size, wide));
  // A finger's breadth on a phone.
  const height = direction === "tb" ? 2.2 * size : box.height;
  return { ...box, y: box.y + (box.height - height) / 2, height, rx: size / 2 };
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
 * @returns {{ show: Mark["showPartial"], renew: (figure: Figure) => void }}
 */
export function partialsOf(body, figure, measure) {
  /** @type {Map<string, ReturnType<typeof drawSlot>>} */
  const partials = new Map();
  let { node, wires } = figure;
  const broughtBy = (/** @type {string} */ edge) =>
    node.inputs[wires.find(({ id }) => id === edge)?.key ?? 0].downstream;
  return {
    show(edge, { downstreamKnown, active, asked }) {
      const slot = figure.partials.get(edge);
      if (!slot) return;
      let partial = partials.get(edge);
      if (!partial) {
        if (!downstreamKnown && !asked) return;
        partial = drawSlot(body, slot, "partial", broughtBy(edge), 1, measure);
        partials.set(edge, partial);
      }
      partial.show(downstreamKnown, active && downstreamKnown, asked);
    },
    renew(next) {
      ({ node, wires } = next);
      for (const [edge, partial] of partials)
        partial.renew(/** @type {Slot} */ (next.partials.get(edge)), broughtBy(edge), 1);
    },
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
 * What a screen reader says of a node.
 * @param {TraceNode} node
 * @param {string} face
 * @param {NodeFrame | undefined} frame
 */
function label(node, face, frame) {
  const full = node.exact ?? node;
  const unknown = (/** @type {string} */ what) =>
    frame?.asked === what ? "asked for" : "not yet computed";
  const value =
    frame?.valueKnown || node.kind === "constant" ? formatTensor(full.value) : unknown("value");
  const name = node.name ?? (node.kind === "gate" ? "" : node.label);
  const words = [face, name, `value ${value}`];
  if (full.upstream)
    words.push(
      `gradient ${frame?.gradientKnown ? formatTensor(full.upstream) : unknown("gradient")}`,
    );
  return words.filter(Boolean).join(", ");
}

/**
 * Every digit, for the pointer.
 * @param {TraceNode} given
 * @param {NodeFrame | undefined} frame
 */
function fullText(given, frame) {
  const node = given.exact ?? given;
  const full = (/** @type {Tensor} */ { data, shape }) =>
    data === null || Array.isArray(data) ? `shape ${formatShape(shape)}` : formatFull(data);
  const lines = [node.label];
  if (frame?.valueKnown) lines.push(`value ${full(node.value)}`);
  if (frame?.gradientKnown && node.upstream) lines.push(`gradient ${full(node.upstream)}`);
  return lines.join("\n");
}
