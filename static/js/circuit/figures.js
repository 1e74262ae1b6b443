/**
 * A node with everything drawn around it, at its own coordinates: sign, name, value, gradient, sum.
 */

/** @import { TraceEdge, TraceNode } from "../types.d.ts" */
/** @import { Figure, Label, Measure, Piece, Style, Surroundings } from "./types.d.ts" */

import { gridOf } from "./grid.js";
import { ASCENT, cover, DESCENT } from "./measure.js";
import {
  equalPieces,
  namePieces,
  numberPieces,
  plain,
  scalarText,
  shapePieces,
  sumText,
} from "./pieces.js";
import { layPorts } from "./ports.js";
import { LEAST } from "./styles.js";

/** A number of this width finds room in every slot, so that a changed input moves nothing; and where values change. */
const WIDEST = { lr: "−00.00", tb: "−00.0" };
const ROOMY = "−0.00000";

/**
 * @param {TraceNode} node
 * @param {Surroundings} around
 * @returns {Figure}
 */
export function figureOf(node, around) {
  const { style, measure, boxes, wires } = around;
  const turned = style.direction === "tb";
  const isGate = node.kind === "gate" && !node.host;
  if (node.box && boxes) {
    const figure = { ...blank(node, around), ...boxes.signOf(node, around) };
    layPorts(figure, around);
    return figure;
  }
  const sign = isGate ? signOf(node, wires.length, style, measure) : {};
  const figure = { ...blank(node, around), ...sign };
  figure.runStart = turned ? figure.halfHeight : figure.halfWidth;
  cover(figure.bounds, {
    left: -figure.halfWidth,
    top: -figure.halfHeight,
    right: figure.halfWidth,
    bottom: figure.halfHeight,
  });
  if (turned) layRunDown(figure, around);
  else layRunRight(figure, around);
  if (isGate) layPorts(figure, around);
  if (!around.ends)
    figure.runEnd = Math.max(figure.runEnd, turned ? figure.bounds.bottom : figure.bounds.right);
  return figure;
}

/**
 * A figure without anything on it.
 * @param {TraceNode} node
 * @param {Surroundings} around
 * @returns {Figure}
 */
function blank(node, { style, wires, literals, ends }) {
  return {
    node,
    folded: literals,
    halfWidth: 0,
    halfHeight: 0,
    corner: 0,
    ports: [],
    face: undefined,
    name: undefined,
    badge: undefined,
    equal: undefined,
    caption: [],
    value: { x: 0, y: 0, anchor: "middle", size: style.number },
    gradient: { x: 0, y: 0, anchor: "middle", size: style.number },
    runStart: 0,
    runEnd: 0,
    ends,
    wires,
    partials: new Map(),
    chips: new Map(),
    sum: undefined,
    host: undefined,
    exits: undefined,
    bounds: { left: 0, right: 0, top: 0, bottom: 0 },
  };
}

/**
 * The gate's sign: a circle, longer where its face or its ports need it.
 * @param {TraceNode} node
 * @param {number} count
 * @param {Style} style
 * @param {Measure} measure
 */
function signOf(node, count, style, measure) {
  const { radius, number, direction } = style;
  const pieces = [plain(node.face)];
  const room = (2 * radius - 0.55 * number) / measure(pieces, 1);
  const size =
    [...node.face].length <= 1 ? 0.95 * number : Math.max(LEAST, Math.min(0.72 * number, room));
  const needed = measure(pieces, size) / 2 + 0.3 * number;
  const pitch =
    count === 2 ? 0.9 * radius : Math.max(0.5 * number, (1.25 * radius) / Math.max(1, count - 1));
  const ports = Array.from({ length: count }, (_, port) => (port - (count - 1) / 2) * pitch);
  const span = count > 3 ? ((count - 1) * pitch) / 2 + 0.35 * radius : 0;
  const turned = direction === "tb";
  const halfWidth = Math.max(radius, needed, turned ? span : 0);
  const halfHeight = Math.max(radius, turned ? 0 : span);
  return {
    halfWidth,
    halfHeight,
    corner: Math.min(halfWidth, halfHeight),
    ports,
    face: /** @type {Label} */ ({ x: 0, y: 0.36 * size, anchor: "middle", size, pieces }),
  };
}

/**
 * Name, badge, value and gradient of a node whose value flows to the right.
 * @param {Figure} figure
 * @param {Surroundings} around
 */
function layRunRight(figure, around) {
  const { style, measure, ends, output, fans } = around;
  const { node } = figure;
  const { number, small, lane } = style;
  const { pad } = style;
  const tensor = node.value.shape.length > 0;
  const nameAside = !tensor && node.name !== null && (node.kind !== "gate" || (output && ends));
  const title = titleOf(node, style, measure);
  const titleAbove = nameAside ? 0 : title.width;
  const line = node.kind === "gate" ? figure.halfWidth : 0;

  if (tensor) {
    const grid = gridOf(node, style, measure);
    const content = Math.max(
      grid.width,
      titleAbove,
      ...grid.caption.map((line) => measure(line, small)),
    );
    const middle = line + pad + content / 2;
    const air = 0.4 * number;
    figure.runEnd = line + 2 * pad + content;
    figure.value = { x: middle - grid.width / 2, y: -air - grid.height, grid };
    figure.gradient = { x: middle - grid.width / 2, y: lane + air, grid };
    cover(figure.bounds, {
      left: middle - grid.width / 2 - 3,
      top: -air - grid.height - 3 - grid.stack,
      right: middle + grid.width / 2 + 3 + grid.stack,
      bottom: lane + air + grid.height + 8,
    });
    putTitle(
      figure,
      title,
      middle - title.width / 2,
      -air - grid.height - grid.stack - 0.5 * number,
      style,
    );
    if (node.upstream) {
      const pieces = equalPieces(node);
      const wide = measure(pieces, small);
      putEqual(figure, pieces, middle - wide / 2, figure.bounds.bottom + 1.1 * small, wide, style);
    }
    putCaption(figure, grid.caption, { x: middle, anchor: "middle" }, around);
  } else {
    const content = Math.max(slotWidth(node, style, measure), titleAbove);
    const middle = line + pad + content / 2;
    const base = -0.36 * number;
    figure.runEnd = line + 2 * pad + content;
    figure.value = { x: middle, y: base, anchor: "middle", size: number };
    figure.gradient = { x: middle, y: lane + 1.12 * number, anchor: "middle", size: number };
    cover(figure.bounds, {
      left: middle - content / 2,
      top: base - ASCENT * number,
      right: middle + content / 2,
      bottom: lane + (1.12 + DESCENT) * number,
    });
    if (titleAbove) putTitle(figure, title, middle - title.width / 2, base - 1.36 * number, style);
    if (nameAside) {
      const gap = 0.42 * number;
      const atEnd = node.kind === "gate";
      putTitle(
        figure,
        title,
        atEnd ? figure.runEnd + gap : -gap - title.width,
        0.28 * number,
        style,
      );
    }
  }
  cover(figure.bounds, { left: 0, top: -lane, right: figure.runEnd, bottom: lane });

  const contributions = fans.get(node.id);
  if (contributions) {
    const { pieces, width, height, room } = sumOf(node, contributions, around);
    const left = figure.runEnd - room;
    const under = figure.bounds.bottom + 0.2 * number;
    const top = left < figure.halfWidth ? Math.max(under, figure.halfHeight + 0.4 * number) : under;
    figure.sum = {
      x: figure.runEnd - width / 2,
      y: top + height / 2,
      anchor: "middle",
      size: small,
      pieces,
      width,
      height,
    };
    cover(figure.bounds, { left: left, top: top, right: figure.runEnd, bottom: top + height });
  }
}

/**
 * The same for a value that flows downwards: value left of its wire, gradient right of it.
 * @param {Figure} figure
 * @param {Surroundings} around
 */
function layRunDown(figure, around) {
  const { style, measure, ends, output, fans } = around;
  const { node } = figure;
  const { number, small, lane } = style;
  const isGate = node.kind === "gate";
  const tensor = node.value.shape.length > 0;
  const air = 0.4 * number;
  const title = titleOf(node, style, measure);
  const atEnd = isGate && output && ends && !tensor;
  let y = isGate ? figure.halfHeight + 0.3 * number : 0.3 * number;

  if (!isGate) putTitle(figure, title, -title.width / 2, -0.4 * number, style);
  else if (title.width && !atEnd) {
    putTitle(figure, title, -air - title.width, y + 0.95 * number, style);
    y += 1.36 * number;
  }
  if (tensor) {
    const grid = gridOf(node, style, measure);
    y += 4 + grid.stack;
    figure.value = { x: -air - grid.width - grid.stack, y, grid };
    figure.gradient = { x: lane + air, y, grid };
    cover(figure.bounds, {
      left: -air - grid.width - 4 - grid.stack,
      top: y,
      right: lane + air + grid.width + 4 + grid.stack,
      bottom: y + grid.height + 4,
    });
    y += grid.height + 4;
    // Left of the wire, like the value it sums up.
    putCaption(figure, grid.caption, { x: figure.value.x + grid.width, anchor: "end" }, around);
    if (node.upstream) {
      const pieces = equalPieces(node);
      putEqual(figure, pieces, lane + air, y + 1.4 * small, measure(pieces, small), style);
    }
    y = figure.bounds.bottom;
  } else {
    const width = slotWidth(node, style, measure);
    figure.value = { x: -air, y: y + number, anchor: "end", size: number };
    figure.gradient = { x: lane + air, y: y + number, anchor: "start", size: number };
    cover(figure.bounds, {
      left: -air - width,
      top: y - 0.1 * number,
      right: lane + air + width,
      bottom: y + (1 + DESCENT) * number,
    });
    y += 1.35 * number;
  }
  const contributions = fans.get(node.id);
  if (contributions) {
    const { pieces, width, height, room } = sumOf(node, contributions, around);
    figure.sum = {
      x: lane + air + width / 2,
      y: y + 4 + height / 2,
      anchor: "middle",
      size: small,
      pieces,
      width,
      height,
    };
    cover(figure.bounds, { left: 0, top: y, right: lane + air + room, bottom: y + 6 + height });
    y += 6 + height;
  }
  figure.runEnd = y + 0.25 * number;
  cover(figure.bounds, { left: 0, top: 0, right: lane, bottom: figure.runEnd });
  if (atEnd) putTitle(figure, title, -title.width / 2, figure.runEnd + 1.02 * number, style);
}

/**
 * @param {TraceNode} node
 * @param {Style} style
 * @param {Measure} measure
 */
function titleOf(node, style, measure) {
  const pieces = node.name === null ? [] : namePieces(node.name, "name");
  const badge = shapePieces(node);
  const nameWidth = measure(pieces, style.number);
  const gap = pieces.length && badge.length ? 0.35 * style.number : 0;
  return { pieces, badge, nameWidth, gap, width: nameWidth + gap + measure(badge, style.small) };
}

/**
 * @param {Figure} figure
 * @param {ReturnType<typeof titleOf>} title
 * @param {number} x left end
 * @param {number} y baseline
 * @param {Style} style
 */
function putTitle(figure, title, x, y, style) {
  const { pieces, badge, nameWidth, gap, width } = title;
  if (pieces.length) figure.name = { x, y, anchor: "start", size: style.number, pieces };
  if (badge.length)
    figure.badge = { x: x + nameWidth + gap, y, anchor: "start", size: style.small, pieces: badge };
  if (!pieces.length && !badge.length) return;
  const size = pieces.length ? style.number : style.small;
  cover(figure.bounds, {
    left: x,
    top: y - ASCENT * size,
    right: x + width,
    bottom: y + DESCENT * size,
  });
}

/**
 * @param {Figure} figure
 * @param {Piece[]} pieces
 * @param {number} x left end
 * @param {number} y baseline
 * @param {number} width
 * @param {Style} style
 */
function putEqual(figure, pieces, x, y, width, { small }) {
  figure.equal = { x, y, anchor: "start", size: small, pieces };
  cover(figure.bounds, { left: x, top: y - small, right: x + width, bottom: y + DESCENT * small });
}

/**
 * Under all that is there.
 * @param {Figure} figure
 * @param {Piece[][]} lines
 * @param {{ x: number, anchor: "middle" | "end" }} at
 * @param {Surroundings} around
 */
function putCaption(figure, lines, { x, anchor }, { measure, style: { small } }) {
  for (const pieces of lines) {
    const { bottom: top } = figure.bounds;
    const bottom = top + 1.4 * small;
    const wide = measure(pieces, small);
    const right = anchor === "end" ? x : x + wide / 2;
    figure.caption.push({ x, y: bottom - 0.4 * small, anchor, size: small, pieces });
    cover(figure.bounds, { left: right - wide, top, right, bottom });
  }
}

/**
 * Room for a number on its run: as constant as can be, so that changed inputs leave the picture where it is.
 * @param {TraceNode} node
 * @param {Style} style
 * @param {Measure} measure
 */
function slotWidth({ value, upstream }, { number, direction, roomy }, measure) {
  const usual = roomy ? ROOMY : WIDEST[direction];
  const texts = [usual, scalarText(value), upstream ? scalarText(upstream) : ""];
  return Math.max(...texts.map((text) => measure([plain(text)], number)));
}

/**
 * @param {TraceNode} node
 * @param {TraceEdge[]} contributions
 * @param {Surroundings} around
 */
function sumOf(node, contributions, { style, measure, nodes }) {
  const tensors = contributions.map(
    ({ target, key }) => nodes.get(target)?.inputs[key].downstream ?? null,
  );
  const pieces = numberPieces(sumText(node, tensors), "gradient");
  const term = style.roomy ? "−0.0000" : "−0.00";
  const third = style.roomy && contributions.length > 2 ? ` + (${term})` : "";
  const usual = [plain(node.value.shape.length > 0 ? "" : `${term} + (${term})${third} = ${term}`)];
  const pad = 1.4 * style.small;
  return {
    pieces,
    width: measure(pieces, style.small) + pad,
    height: 1.85 * style.small,
    room: Math.max(measure(pieces, style.small), measure(usual, style.small)) + pad,
  };
}
