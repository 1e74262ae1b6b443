/**
 * Inputs that are used all along a circuit, such as the weights of a recurrence, are not wired through it: each use but
 * the first has a tap, the input's name where its wire begins. Value and gradient stand at the input, its one home.
 * Loaded with the first circuit that has one.
 */

/** @import { Layout, TraceEdge } from "../types.d.ts" */
/** @import { Figure, Measure, Near, NetMark, Picture, Style, Tap } from "./types.d.ts" */

import { namePieces } from "./pieces.js";
import { svg, write } from "./text.js";

/** Uses from which an input is tapped, if they lie so many columns apart. */
const USES = 4;
const APART = 3;

/** Air beside a name, px. */
const AIR = 5;

/**
 * @param {Map<string, Figure>} figures in evaluation order
 * @param {Style} style
 * @param {Measure} measure
 * @returns {Map<string, Tap>} by edge
 */
export function tapsOf(figures, { direction, partial }, measure) {
  const ranks = ranksOf(figures);
  /** @type {Map<string, TraceEdge[]>} */
  const uses = new Map();
  for (const { node } of figures.values()) if (node.kind === "input") uses.set(node.id, []);
  for (const { wires } of figures.values())
    for (const edge of wires) uses.get(edge.source)?.push(edge);
  /** @type {Map<string, Tap>} */
  const taps = new Map();
  for (const [source, edges] of uses) {
    const users = new Map(edges.map(({ target }) => [target, ranks.get(target) ?? 0]));
    const [first, last] = [Math.min(...users.values()), Math.max(...users.values())];
    if (users.size < USES || last - first < APART) continue;
    const home = [...users.keys()].find((id) => users.get(id) === first);
    const { node } = /** @type {Figure} */ (figures.get(source));
    const pieces = namePieces(node.name ?? node.label, "name");
    const width = measure(pieces, partial) + 2 * AIR;
    const height = 1.3 * partial;
    const [along, across] = direction === "tb" ? [height, width] : [width, height];
    const sizes = { along, across, axis: across / 2, ports: [], portInset: 0 };
    for (const { id, target } of edges) {
      if (target === home) continue;
      taps.set(id, { source, pieces, size: partial, box: { id: `${source}@${id}`, ...sizes } });
    }
  }
  return taps;
}

/**
 * How far each figure stands from the end, in columns: as late as what uses it allows.
 * @param {Map<string, Figure>} figures in evaluation order
 */
function ranksOf(figures) {
  /** @type {Map<string, number>} */
  const ranks = new Map();
  const latest = (/** @type {string} */ id, /** @type {number} */ rank) =>
    ranks.set(id, Math.min(rank, ranks.get(id) ?? 0));
  for (const [id, { wires, host, node }] of [...figures].toReversed()) {
    latest(id, 0);
    const rank = ranks.get(id) ?? 0;
    if (host) latest(host.figure.node.id, rank);
    for (const { source } of wires) latest(source, node.host ? rank : rank - 1);
  }
  return ranks;
}

/**
 * @param {SVGGElement} layer
 * @param {Picture} picture
 * @param {Layout} layout
 * @param {Map<string, NetMark>} nets those of tapped inputs light their taps too
 * @param {Near} near
 */
export function drawTaps(layer, { taps, style }, layout, nets, near) {
  const turned = style.direction === "tb";
  /** @type {Map<string, SVGGElement[]>} */
  const bySource = new Map();
  for (const { source, pieces, size, box } of taps.values()) {
    const { x, y } = layout.places[box.id];
    const [width, height] = turned ? [box.across, box.along] : [box.along, box.across];
    const rect = { left: x, right: x + width, top: y, bottom: y + height };
    const tap = svg(
      "g",
      {
        class: "tap",
        "data-tap": source,
        "aria-hidden": "true",
        transform: `translate(${x},${y})`,
      },
      near.place(layer, rect).element,
    );
    svg("rect", { class: "tap-ground", width, height, rx: height / 2 }, tap);
    write(
      tap,
      { x: width / 2, y: height / 2 + 0.34 * size, anchor: "middle", size },
      "name",
      pieces,
    );
    bySource.set(source, [...(bySource.get(source) ?? []), tap]);
  }
  for (const [source, own] of bySource) {
    const net = nets.get(source);
    nets.set(source, {
      show(frame) {
        net?.show(frame);
        for (const tap of own) tap.classList.toggle("known", frame.valueKnown);
      },
    });
  }
}
