/**
 * What makes a drawn circuit good, measured on the drawing itself: so ours, dagre's and ELK's are judged alike.
 * A wire is a polyline from its source to its port.
 */

/** @import { Layout, LayoutGraph, Point } from "../../static/js/types.d.ts" */

/**
 * @typedef {object} Drawing
 * @property {Record<string, Point & { width: number, height: number }>} boxes
 * @property {{ source: string, target: string, points: Point[] }[]} wires
 */

/**
 * The points of path data made of M, H, V and C; each curve as `pieces` chords.
 * @param {string} d
 * @param {number} pieces
 * @returns {Point[]}
 */
export function samplePath(d, pieces = 16) {
  /** @type {Point[]} */
  const points = [];
  for (const [, command, rest] of d.matchAll(/([MHVC])([^MHVC]*)/g)) {
    const n = rest.split(/[ ,]/).map(Number);
    const { x, y } = points.at(-1) ?? { x: 0, y: 0 };
    if (command === "M") points.push({ x: n[0], y: n[1] });
    else if (command === "H") points.push({ x: n[0], y });
    else if (command === "V") points.push({ x, y: n[0] });
    else {
      for (let i = 1; i <= pieces; i++) {
        const t = i / pieces;
        /** @param {number} a @param {number} b @param {number} c @param {number} d */
        const bezier = (a, b, c, d) =>
          a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t * t * (1 - t) + d * t ** 3;
        points.push({ x: bezier(x, n[0], n[2], n[4]), y: bezier(y, n[1], n[3], n[5]) });
      }
    }
  }
  return points;
}

/**
 * @param {LayoutGraph} graph
 * @param {Layout} layout
 * @param {"lr" | "tb"} direction
 * @param {number} pieces
 * @returns {Drawing}
 */
export function drawingOf(graph, layout, direction = "lr", pieces = 16) {
  /** @type {Drawing["boxes"]} */
  const boxes = {};
  for (const { id, along, across } of graph.boxes) {
    const [width, height] = direction === "lr" ? [along, across] : [across, along];
    boxes[id] = { ...layout.places[id], width, height };
  }
  const wires = graph.edges.map(({ id, source, target }) => ({
    source,
    target,
    points: samplePath(layout.routes[id].d, pieces),
  }));
  return { boxes, wires };
}

/**
 * Wires that touch a box they neither leave nor enter, the box grown by `margin` px.
 * @param {Drawing} drawing
 * @param {number} margin
 */
export function wiresThroughBoxes({ boxes, wires }, margin = 2) {
  /** @type {ReturnType<typeof createGrid<{ id: string, x: number, y: number, width: number, height: number }>>} */
  const grid = createGrid();
  for (const [id, b] of Object.entries(boxes)) {
    grid.add(b.x - margin, b.x + b.width + margin, { id, ...b });
  }
  return wires.flatMap(({ source, target, points }) => {
    /** @type {Set<string>} */
    const hit = new Set();
    for (let i = 1; i < points.length; i++) {
      for (const b of grid.find(points[i - 1].x, points[i].x)) {
        if (b.id !== source && b.id !== target && touches(points[i - 1], points[i], b, margin))
          hit.add(b.id);
      }
    }
    return [...hit].map((id) => `${source} > ${target} through ${id}`);
  });
}

/**
 * Whether a segment meets a rectangle (Liang and Barsky 1984).
 * @param {Point} a
 * @param {Point} b
 * @param {{ x: number, y: number, width: number, height: number }} box
 * @param {number} margin
 */
function touches(a, b, box, margin) {
  let [enter, leave] = [0, 1];
  for (const [start, step, low, high] of [
    [a.x, b.x - a.x, box.x - margin, box.x + box.width + margin],
    [a.y, b.y - a.y, box.y - margin, box.y + box.height + margin],
  ]) {
    if (step === 0 && (start <= low || start >= high)) return false;
    if (step === 0) continue;
    const [t, u] = [(low - start) / step, (high - start) / step];
    enter = Math.max(enter, Math.min(t, u));
    leave = Math.min(leave, Math.max(t, u));
  }
  return enter < leave;
}

/**
 * Crossings of the drawn nets: what two wires of one source share is drawn once, and they do not cross each other.
 * `pairs` counts two nets that cross once, however often they do: it does not favour those who share trunks.
 * @param {Drawing} drawing
 */
export function crossings({ wires }) {
  /** @type {Map<string, { a: Point, b: Point, net: string }>} */
  const pieces = new Map();
  for (const { source, points } of wires) {
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1], points[i]];
      pieces.set(`${source} ${a.x} ${a.y} ${b.x} ${b.y}`, { a, b, net: source });
    }
  }
  /** @type {ReturnType<typeof createGrid<{ a: Point, b: Point, net: string }>>} */
  const grid = createGrid();
  /** @type {Set<string>} */
  const places = new Set();
  /** @type {Set<string>} */
  const pairs = new Set();
  for (const piece of pieces.values()) {
    const [low, high] = [Math.min(piece.a.x, piece.b.x), Math.max(piece.a.x, piece.b.x)];
    for (const other of grid.find(low, high)) {
      const point = other.net === piece.net ? undefined : crossing(piece, other);
      if (!point) continue;
      const pair = [piece.net, other.net].sort().join(" ");
      pairs.add(pair);
      places.add(`${pair} ${Math.round(point.x)} ${Math.round(point.y)}`);
    }
    grid.add(low, high, piece);
  }
  return { crossings: places.size, pairs: pairs.size };
}

/**
 * Where two segments cross; touching at an end of either counts for one of the two pieces that meet there only.
 * @param {{ a: Point, b: Point }} p
 * @param {{ a: Point, b: Point }} q
 * @returns {Point | undefined}
 */
function crossing(p, q) {
  /** @param {Point} a @param {Point} b @param {Point} c */
  const side = (a, b, c) => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
  const [from, to] = [side(q.a, q.b, p.a), side(q.a, q.b, p.b)];
  if (from > 0 === to > 0 || side(p.a, p.b, q.a) > 0 === side(p.a, p.b, q.b) > 0) return undefined;
  const t = from / (from - to);
  return { x: p.a.x + t * (p.b.x - p.a.x), y: p.a.y + t * (p.b.y - p.a.y) };
}

/**
 * Things by the interval of x they cover.
 * @template T
 * @param {number} cell px
 */
function createGrid(cell = 40) {
  /** @type {Map<number, T[]>} */
  const cells = new Map();
  /** @param {number} x */
  const index = (x) => Math.floor(x / cell);
  return {
    /** @param {number} low @param {number} high @param {T} thing */
    add(low, high, thing) {
      for (let i = index(low); i <= index(high); i++) {
        const things = cells.get(i);
        if (things) things.push(thing);
        else cells.set(i, [thing]);
      }
    },
    /** @param {number} x1 @param {number} x2 each thing there once */
    find(x1, x2) {
      /** @type {Set<T>} */
      const found = new Set();
      for (let i = index(Math.min(x1, x2)); i <= index(Math.max(x1, x2)); i++) {
        for (const thing of cells.get(i) ?? []) found.add(thing);
      }
      return found;
    },
  };
}

/**
 * How far the boxes of the first drawing are from where the second has them, px, mean over the boxes.
 * @param {Drawing} before
 * @param {Drawing} after
 */
export function displacement(before, after) {
  const moves = Object.entries(before.boxes).map(([id, { x, y }]) =>
    Math.hypot(after.boxes[id].x - x, after.boxes[id].y - y),
  );
  return moves.reduce((sum, move) => sum + move, 0) / moves.length;
}
