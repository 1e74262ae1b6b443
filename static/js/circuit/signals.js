/**
 * All that accompanies one step, in its own layer over the circuit: the ring around the active gate, its local
 * gradients, switches, sums at solder dots, and what travels along the wires.
 */

/** @import { Frame, Point } from "../types.d.ts" */
/** @import { Change, Chip, Drawing, Figure, Mark, Measure } from "./types.d.ts" */

import { ASKED } from "../format.js";
import { gaitOf, switchAt } from "./gait.js";
import { numberPieces, plain, scalarText } from "./pieces.js";
import { pillBox } from "./slots.js";
import { svg, write } from "./text.js";

/**
 * @param {SVGGElement} still over the circuit, for what does not move
 * @param {HTMLElement} moving over both; each thing is a drawing of its own there, which the compositor moves alone
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
      drawSwitches(group, drawing, mark, frame);
      for (const [edge, chip] of mark.figure.chips) {
        const wire = frame.edges[edge];
        if (wire.localShown)
          drawChip(
            group,
            wire.asked && !wire.localKnown ? { ...chip, pieces: [plain(ASKED)] } : chip,
            `chip${frame.step.edge && !wire.active ? " idle" : ""}`,
          );
      }
      if (state.adds) drawSum(still, group, drawing, mark);
      if (fade > 0) still.animate({ opacity: [0, 1] }, { duration: fade, easing: "ease-out" });
    },

    /**
     * Plays what moves in a change.
     * @param {Drawing} drawing
     * @param {Frame} frame
     * @param {Change} change
     * @param {{ duration: number, scale: number }} how ms, and px on screen a px of the picture
     * @param {() => void} arrived called once, when all has arrived or is cut short
     */
    travel(drawing, frame, change, { duration, scale }, arrived) {
      let over = false;
      settle = () => {
        if (over) return;
        over = true;
        moving.replaceChildren();
        arrived();
      };
      const mine = settle;
      loadMotion()
        .then(({ planOf, play }) => {
          if (over) return [];
          const stage = { layer: moving, drawing, scale, measure, duration };
          const animations = play(stage, planOf(drawing, frame, change));
          return Promise.allSettled(animations.map((animation) => animation.finished));
        })
        .then(mine, mine);
    },
  };
}

/** What moves is fetched when something first does. */
export const loadMotion = () => import("./motion/motion.js");

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
function drawRing(group, { halfWidth, halfHeight, corner }, number) {
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
      rx: corner + out,
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
 * Where a gate lets one argument through and not the other: a switch before each port.
 * @param {Element} group
 * @param {Drawing} drawing
 * @param {Mark} mark
 * @param {Frame} frame
 */
function drawSwitches(group, { picture: { style, trace } }, { figure }, { edges }) {
  const { node, wires, ports, halfWidth, halfHeight } = figure;
  const find = (/** @type {string} */ id) => trace.nodes.find((other) => other.id === id);
  for (const [port, { id, key }] of wires.entries()) {
    if (!edges[id].localShown || edges[id].asked || gaitOf(node, key, find) !== "route") continue;
    const state = switchAt(node, key);
    if (!state) continue;
    const long = 0.74 * style.number;
    const before =
      style.direction === "tb"
        ? `translate(${ports[port]},${-halfHeight - 1.15 * long}) rotate(90)`
        : `translate(${-halfWidth - 1.15 * long},${ports[port]})`;
    const element = svg("g", { class: `switch ${state}`, transform: before }, group);
    svg("path", { class: "gap", d: `M0,0H${long}` }, element);
    const raised = state === "open" ? (ports[port] > 0 ? 0.55 : -0.55) * long : 0;
    svg(
      "path",
      { class: "blade", d: `M0,0L${state === "open" ? 0.85 * long : long},${raised}` },
      element,
    );
    for (const x of [0, long]) svg("circle", { cx: x, r: 0.13 * style.number }, element);
  }
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
