/**
 * What stands around a gate's ports: the chips of local gradients, and what each wire sends back where it is one of several.
 */

/** @import { TraceEdge, TraceNode } from "../types.d.ts" */
/** @import { Figure, Rect, Style, Surroundings } from "./types.d.ts" */

import { formatShape } from "../format.js";
import { ASCENT, cover, DESCENT } from "./measure.js";
import { chipPieces, plain, scalarText } from "./pieces.js";

/**
 * Chips and partial gradients around a gate's ports.
 * @param {Figure} figure
 * @param {Surroundings} around
 */
export function layPorts(figure, around) {
  const { style, measure, wires, fans, nodes } = around;
  const { node, halfWidth, halfHeight, ports } = figure;
  const { number, small, partial } = style;
  const turned = style.direction === "tb";
  const gap = 0.3 * number;
  for (const [port, edge] of wires.entries()) {
    const source = /** @type {TraceNode} */ (nodes.get(edge.source));
    const first = ports[port] < 0 || (ports.length === 1 && !turned);
    if (fans.get(edge.source)?.includes(edge)) {
      const width = partialWidth(source, edge, around);
      if (turned) {
        const x = ports[port] + (first ? -gap : style.lane + gap);
        const y = -halfHeight - 0.5 * partial;
        figure.partials.set(edge.id, { x, y, anchor: first ? "end" : "start", size: partial });
        cover(figure.bounds, {
          left: first ? x - width - 4 : x,
          top: y - ASCENT * partial,
          right: first ? x : x + width + 4,
          bottom: y,
        });
      } else {
        const x = -halfWidth - 0.5 * number - width / 2;
        const y =
          first || node.box
            ? ports[port] - 0.36 * partial
            : ports[port] + style.lane + 1.02 * partial;
        figure.partials.set(edge.id, { x, y, anchor: "middle", size: partial });
        cover(figure.bounds, {
          left: x - width / 2 - 4,
          top: y - ASCENT * partial,
          right: x + width / 2,
          bottom: y + DESCENT * partial,
        });
      }
    }
    if (ports.length > 4 || node.box) continue;
    const pieces = chipPieces(node, source, edge.key, style, nodes);
    if (pieces.length === 0) continue;
    const width = measure(pieces, small) + 1.5 * small;
    const height = 1.85 * small;
    const before = [...figure.chips.values()].filter((chip) =>
      turned ? chip.x < 0 === first : chip.y < 0 === first,
    ).length;
    const chip = turned
      ? { x: (first ? -1 : 1) * (halfWidth + 0.55 * number + width / 2), y: before * (height + 4) }
      : placeChip(figure, width, height, first, style);
    figure.chips.set(edge.id, { ...chip, anchor: "middle", size: small, pieces, width, height });
    cover(figure.bounds, {
      left: chip.x - width / 2,
      top: chip.y - height / 2,
      right: chip.x + width / 2,
      bottom: chip.y + height / 2,
    });
  }
}

/**
 * The place of a chip over (or under) a gate, as near as what is already drawn allows.
 * @param {Figure} figure
 * @param {number} width
 * @param {number} height
 * @param {boolean} above
 * @param {Style} style
 */
function placeChip(figure, width, height, above, { number, terse }) {
  const air = 0.26 * number;
  const ring = figure.halfHeight + 0.42 * number;
  const taken = obstacles(figure, number);
  const label = Math.min(
    ...taken.filter((rect) => rect.left > figure.halfWidth).map((rect) => rect.left),
    Infinity,
  );
  // Centred over the sign if the labels leave room, else pushed left; past the sign only where that is worth its room.
  const most = terse && !figure.value.grid ? 0 : 0.9 * number;
  const x = Math.max(Math.min(0, label - air - width / 2), width / 2 - figure.halfWidth - most);
  let edge = ring;
  for (const rect of taken.toSorted((a, b) => (above ? b.bottom - a.bottom : a.top - b.top))) {
    if (rect.right < x - width / 2 - 2 || rect.left > x + width / 2 + 2) continue;
    const near = above ? -rect.bottom : rect.top;
    const far = above ? -rect.top : rect.bottom;
    if (far > 0 && near < edge + height + air) edge = Math.max(edge, far + air / 2);
  }
  return { x, y: (above ? -1 : 1) * (edge + height / 2) };
}

/**
 * What a chip must not cover.
 * @param {Figure} figure
 * @param {number} number
 * @returns {Rect[]}
 */
function obstacles(figure, number) {
  const { value, gradient, name, badge, equal, chips, partials, runEnd, halfWidth } = figure;
  /** @type {Rect[]} */
  const rects = [];
  for (const slot of [value, gradient]) {
    if (slot.grid)
      rects.push({
        left: slot.x - 4,
        right: slot.x + slot.grid.width + 4,
        top: slot.y - 4 - slot.grid.stack,
        bottom: slot.y + slot.grid.height + 4,
      });
    else
      rects.push({
        left: halfWidth + 0.3 * number,
        right: runEnd,
        top: slot.y - ASCENT * number,
        bottom: slot.y + DESCENT * number,
      });
  }
  for (const label of [name, badge, equal]) {
    if (label)
      rects.push({
        left: label.x,
        right: runEnd,
        top: label.y - ASCENT * label.size,
        bottom: label.y + DESCENT * label.size,
      });
  }
  for (const { x, y, width, height } of chips.values()) {
    rects.push({
      left: x - width / 2,
      right: x + width / 2,
      top: y - height / 2,
      bottom: y + height / 2,
    });
  }
  for (const slot of partials.values()) {
    if (!slot.grid)
      rects.push({
        left: -Infinity,
        right: -halfWidth,
        top: slot.y - ASCENT * slot.size,
        bottom: slot.y + DESCENT * slot.size,
      });
  }
  return rects;
}

/**
 * @param {TraceNode} source
 * @param {TraceEdge} edge
 * @param {Surroundings} around
 */
function partialWidth(source, { key, target }, { style, measure, nodes }) {
  const downstream = nodes.get(target)?.inputs[key].downstream;
  const texts =
    source.value.shape.length > 0
      ? [formatShape(source.value.shape)]
      : ["−0.00", downstream ? scalarText(downstream) : ""];
  return Math.max(...texts.map((text) => measure([plain(text)], style.partial)));
}
