/**
 * All that accompanies one step, in its own layer over the circuit: the ring around the active gate, its local
 * gradients, sums at solder dots, and the pills that travel along the wires.
 */

/** @import { Frame, Point, Tensor, TraceEdge } from "../types.d.ts" */
/** @import { Change, Chip, Drawing, Figure, Mark, Measure, Picture, Segment, Slot, Trip } from "./types.d.ts" */

import { formatShape } from "../format.js";
import { pillBox } from "./gates.js";
import { numberPieces } from "./measure.js";
import { scalarText } from "./picture.js";
import { svg, write } from "./text.js";

/** More pills than this would be a swarm. */
const MOST_PILLS = 8;

/** Points at which a curve is sampled. */
const SAMPLES = 8;

/**
 * @param {SVGSVGElement} still over the circuit, for what does not move
 * @param {HTMLElement} moving over both; each pill is a drawing of its own there, which the compositor moves alone
 * @param {SVGGElement} under the circuit
 * @param {Measure} measure
 */
export function createSignals(still, moving, under, measure) {
  /** @type {() => void} ends the running motion at once */
  let settle = () => {};

  return {
    clear() {
      settle();
      still.replaceChildren();
      under.replaceChildren();
    },

    /**
     * Draws what accompanies a frame at rest.
     * @param {Drawing} drawing
     * @param {Frame} frame
     * @param {number} fade ms; 0: at once
     */
    show(drawing, frame, fade) {
      this.clear();
      const { picture, marks } = drawing;
      const mark = marks.get(frame.step.node);
      if (!mark) return;
      const state = frame.nodes[frame.step.node];
      const group = svg("g", { transform: at(mark.origin) }, still);
      if (state.active && mark.figure.face)
        drawRing(
          svg("g", { transform: at(mark.origin) }, under),
          mark.figure,
          picture.style.number,
        );
      for (const other of marks.values())
        if (frame.nodes[other.figure.node.id].used) drawGlow(under, other, measure);
      for (const [edge, chip] of mark.figure.chips) {
        const wire = frame.edges[edge];
        if (wire.localShown)
          drawChip(group, chip, `chip${frame.step.edge && !wire.active ? " idle" : ""}`);
      }
      if (state.adds) drawSum(still, group, drawing, mark);
      if (fade > 0) still.animate({ opacity: [0, 1] }, { duration: fade, easing: "ease-out" });
    },

    /**
     * Sends the pills of a change on their way.
     * @param {Drawing} drawing
     * @param {Frame} frame
     * @param {Change} change
     * @param {{ duration: number, scale: number }} how ms, and px on screen a px of the picture
     * @param {() => void} arrived called once, when all have arrived or are cut short
     */
    travel(drawing, frame, { forward, backward, landing }, { duration, scale }, arrived) {
      const trips = [
        ...forward.map((edge) => forwardTrip(drawing, edge)),
        ...backward.map((edge) => backwardTrip(drawing, edge)),
        ...landing.flatMap(({ id }) => landingTrips(drawing, id, frame)),
      ].filter((trip) => trip !== undefined);
      if (trips.length === 0 || trips.length > MOST_PILLS) return arrived();
      const animations = trips.map((trip) => {
        const pill = drawPill(moving, trip, scale, measure);
        return pill.animate(keyframes(trip.points, scale), {
          duration,
          easing: "cubic-bezier(.45, .05, .35, 1)",
          fill: "both",
        });
      });
      let over = false;
      settle = () => {
        if (over) return;
        over = true;
        for (const animation of animations) animation.cancel();
        moving.replaceChildren();
        arrived();
      };
      Promise.allSettled(animations.map((animation) => animation.finished)).then(settle);
    },
  };
}

/** @param {Point} point */
const at = ({ x, y }) => `translate(${x},${y})`;

/**
 * Marks a value that the step's formula reads.
 * @param {Element} under
 * @param {Mark} mark
 * @param {Measure} measure
 */
function drawGlow(under, { origin, figure: { node, value } }, measure) {
  const group = svg("g", { transform: at(origin) }, under);
  if (value.grid) {
    const { x, y, grid } = value;
    svg(
      "rect",
      {
        class: "glow",
        x: x - 7,
        y: y - 7,
        width: grid.width + 14,
        height: grid.height + 14,
        rx: 7,
      },
      group,
    );
  } else
    svg(
      "rect",
      {
        class: "glow",
        ...pillBox(value, measure(numberPieces(scalarText(node.value), "value"), value.size)),
      },
      group,
    );
}

/**
 * @param {Element} group
 * @param {Figure} figure
 * @param {number} number
 */
function drawRing(group, { halfWidth, halfHeight }, number) {
  const width = 0.27 * number;
  const out = width / 2 + 1;
  svg(
    "rect",
    {
      class: "ring",
      x: -halfWidth - out,
      y: -halfHeight - out,
      width: 2 * (halfWidth + out),
      height: 2 * (halfHeight + out),
      rx: Math.min(halfWidth, halfHeight) + out,
      "stroke-width": width,
    },
    group,
  );
}

/**
 * @param {Element} group
 * @param {Chip} chip
 * @param {string} className
 */
function drawChip(group, { x, y, width, height, size, pieces }, className) {
  const element = svg("g", { class: className }, group);
  svg("rect", { x: x - width / 2, y: y - height / 2, width, height, rx: height / 2 }, element);
  write(element, { x, y: y + 0.36 * size, anchor: "middle", size }, "", pieces);
}

/**
 * Contributions meet at the first solder dot.
 * @param {Element} still
 * @param {Element} group
 * @param {Drawing} drawing
 * @param {Mark} mark
 */
function drawSum(still, group, { picture, wires }, { figure }) {
  const { node, sum } = figure;
  const fan = picture.fans.get(node.id) ?? [];
  if (sum) {
    drawChip(group, sum, "chip sum");
  }
  const dot = fan.map((edge) => wires.get(edge.id)?.dot).find(Boolean);
  if (!dot) return;
  const r = 0.36 * picture.style.number;
  const plus = svg("g", { class: "plus", transform: at(dot) }, still);
  svg("circle", { r }, plus);
  svg("path", { d: `M${-r / 2},0H${r / 2}M0,${-r / 2}V${r / 2}` }, plus);
}

/**
 * @param {Picture} picture
 * @param {TraceEdge} edge
 * @returns {Tensor}
 */
function downstreamOf({ figures }, { target, key }) {
  return figures.get(target)?.node.inputs[key].downstream ?? { shape: [], data: null };
}

/** @param {Tensor} tensor */
const caption = (tensor) => scalarText(tensor) || formatShape(tensor.shape);

/**
 * @param {Drawing} drawing
 * @param {TraceEdge} edge
 * @returns {Trip | undefined}
 */
function forwardTrip({ picture, marks, wires }, { id, source }) {
  const from = marks.get(source);
  const wire = wires.get(id);
  if (!from || !wire) return undefined;
  const points = sample([runSegment(from, picture), ...wire.path]);
  const { node } = from.figure;
  const size = node.value.shape.length > 0 ? picture.style.partial : 0.8 * picture.style.number;
  return { points, text: caption(node.value), role: "value", size };
}

/**
 * From the gate back along the wire: to the place under the source, or to the port where several contributions come together.
 * @param {Drawing} drawing
 * @param {TraceEdge} edge
 * @returns {Trip | undefined}
 */
function backwardTrip({ picture, marks, wires }, edge) {
  const from = marks.get(edge.source);
  const to = marks.get(edge.target);
  const wire = wires.get(edge.id);
  if (!from || !to || !wire) return undefined;
  const tensor = downstreamOf(picture, edge);
  const text = caption(tensor);
  const slot = to.figure.partials.get(edge.id);
  if (slot) {
    const end = slotCentre(to, slot);
    return { points: [to.origin, end], text, role: "partial", size: picture.style.partial };
  }
  const path = sample([runSegment(from, picture), ...wire.path]).toReversed();
  return {
    points: [...path, slotCentre(from, from.figure.gradient)],
    text,
    role: "gradient",
    size: tensor.shape.length ? picture.style.partial : picture.style.number,
  };
}

/**
 * The seed drops under the output; contributions slide to their dot.
 * @param {Drawing} drawing
 * @param {string} id
 * @param {Frame} frame
 * @returns {(Trip | undefined)[]}
 */
function landingTrips({ picture, marks, wires }, id, frame) {
  const mark = marks.get(id);
  const state = frame.nodes[id];
  if (!mark || state.lands !== "gradient" || !state.active) return [];
  const { style } = picture;
  const end = slotCentre(mark, mark.figure.gradient);
  if (!state.adds) {
    const { upstream } = mark.figure.node;
    const ahead =
      style.direction === "tb" ? { x: 0, y: 2 * style.number } : { x: 3 * style.number, y: 0 };
    return [
      {
        points: [{ x: end.x + ahead.x, y: end.y + ahead.y }, end],
        text: upstream ? caption(upstream) : "",
        role: "gradient",
        size: style.number,
      },
    ];
  }
  return (picture.fans.get(id) ?? []).map((edge) => {
    const target = marks.get(edge.target);
    const wire = wires.get(edge.id);
    const slot = target?.figure.partials.get(edge.id);
    if (!target || !wire || !slot) return undefined;
    const path = sample(wire.path).toReversed();
    return {
      points: [slotCentre(target, slot), ...path.slice(1)],
      text: caption(downstreamOf(picture, edge)),
      role: "partial",
      size: style.partial,
    };
  });
}

/**
 * The middle of a run to its end.
 * @param {Mark} mark
 * @param {Picture} picture
 * @returns {Segment}
 */
function runSegment({ origin, figure }, { style }) {
  const middle = (figure.runStart + figure.runEnd) / 2;
  const place = (/** @type {number} */ along) =>
    style.direction === "tb"
      ? { x: origin.x, y: origin.y + along }
      : { x: origin.x + along, y: origin.y };
  return [place(middle), place(figure.runEnd)];
}

/**
 * @param {Mark} mark
 * @param {Slot} slot
 * @returns {Point}
 */
function slotCentre({ origin }, slot) {
  if (slot.grid)
    return {
      x: origin.x + slot.x + slot.grid.width / 2,
      y: origin.y + slot.y + slot.grid.height / 2,
    };
  const aside = slot.anchor === "middle" ? 0 : slot.anchor === "end" ? -1.1 : 1.1;
  return { x: origin.x + slot.x + aside * slot.size, y: origin.y + slot.y - 0.36 * slot.size };
}

/**
 * @param {Segment[]} segments
 * @returns {Point[]}
 */
function sample(segments) {
  const points = [segments[0][0]];
  for (const [a, b, c, d] of segments) {
    if (!d) points.push(b);
    else {
      for (let i = 1; i <= SAMPLES; i++) {
        const t = i / SAMPLES;
        const u = 1 - t;
        const mix = (/** @type {"x" | "y"} */ key) =>
          u ** 3 * a[key] + 3 * u * u * t * b[key] + 3 * u * t * t * c[key] + t ** 3 * d[key];
        points.push({ x: mix("x"), y: mix("y") });
      }
    }
  }
  return points;
}

/**
 * Even speed along the points.
 * @param {Point[]} points
 * @param {number} scale
 * @returns {Keyframe[]}
 */
function keyframes(points, scale) {
  const ways = points.map((point, i) =>
    i === 0 ? 0 : Math.hypot(point.x - points[i - 1].x, point.y - points[i - 1].y),
  );
  const length = ways.reduce((sum, way) => sum + way, 0) || 1;
  let gone = 0;
  return points.map(({ x, y }, i) => {
    gone += ways[i];
    return {
      offset: Math.min(1, gone / length),
      transform: `translate(${x * scale}px, ${y * scale}px)`,
    };
  });
}

/**
 * @param {Element} layer
 * @param {Trip} trip
 * @param {number} scale
 * @param {Measure} measure
 */
function drawPill(layer, { text, role, size }, scale, measure) {
  const pieces = numberPieces(text, role === "value" ? "value" : "gradient");
  const middle = /** @type {const} */ ({ x: 0, y: 0.36 * size, anchor: "middle", size });
  const box = pillBox(middle, measure(pieces, size));
  const { width, height } = box;
  const pill = svg(
    "svg",
    {
      class: `pill-moving ${role}`,
      viewBox: `${box.x} ${box.y} ${width} ${height}`,
      width: width * scale,
      height: height * scale,
    },
    layer,
  );
  pill.style.left = `${box.x * scale}px`;
  pill.style.top = `${box.y * scale}px`;
  svg("rect", { class: "pill", ...box }, pill);
  write(pill, middle, "", pieces);
  return pill;
}
