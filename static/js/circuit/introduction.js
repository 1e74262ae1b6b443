/**
 * What a first visitor sees before the first step: a wave that runs from the output back to the inputs, once, and leaves
 * each gradient under its wire for a moment; and two notes that say how to read the picture. Afterwards all is as before.
 */

/** @import { Point } from "../types.d.ts" */
/** @import { Drawing, Mark, Rect, Segment } from "./types.d.ts" */

/**
 * Where a note lies, its text, and where its arrow begins and ends, px on screen.
 * @typedef {Rect & { text: string, from: Point, tip: Point, sideways: boolean }} Place
 */

import { numberPieces, scalarText } from "./pieces.js";
import { svg, write } from "./text.js";
import { pathData } from "./wires.js";

/** ms for a gate and the wires behind it, and at most for the whole wave */
const STRETCH = 520;
const WHOLE = 2400;

/** ms in which a number comes, in which all may be read, and in which they go */
const COME = 320;
const READ = 1700;
const GO = 800;

/** From where a number comes down to its place, px. */
const ABOVE = 5;

/** What the notes say, each in the lines it may be broken into, the best first. */
const WORDS = /** @type {const} */ ({
  value: [
    ["its value,", "on the way forward"],
    ["its value, on the way forward"],
    ["its value,", "on the way", "forward"],
  ],
  gradient: [
    ["its gradient,", "once it has come back"],
    ["its gradient, once it has come back"],
    ["its gradient,", "once it has", "come back"],
  ],
});

/** At most, of a letter and a line of a note; and how far it may be from what it points at: px on screen. */
const LETTER = 9;
const LINE = 23;
const DISTANCES = [32, 54];
/** Kept free around a note. */
const AIR = 5;

/**
 * @param {Drawing} drawing
 * @param {object} on
 * @param {SVGGElement} on.nodes the wave runs behind them
 * @param {HTMLElement} on.window for notes
 * @param {boolean} on.still nothing travels: the numbers come and go
 * @param {{ width: number, height: number }} on.room of the window, px
 * @param {(point: Point) => Point} on.toScreen
 * @returns {() => void} takes everything away
 */
export function introduce(drawing, { nodes, window, still, room, toScreen }) {
  const notes = window.appendChild(document.createElement("div"));
  notes.className = "notes";
  notes.setAttribute("aria-hidden", "true");
  drawNotes(notes, drawing, room, toScreen);
  const wave = svg("g", { class: "wave", "aria-hidden": "true" });
  nodes.before(wave);
  const endWave = runWave(wave, drawing, still);
  const touched = new AbortController();
  const { signal } = touched;
  for (const type of ["pointerdown", "keydown", "wheel"]) {
    addEventListener(type, endWave, { signal, passive: true });
    // They stand on the window, and the picture may move under them.
    if (type !== "keydown")
      window.addEventListener(type, () => notes.remove(), { signal, passive: true });
  }
  return () => {
    touched.abort();
    endWave();
    notes.remove();
  };
}

/**
 * Every net in turn, from the output's on: its colour flows up the wires and ebbs away behind the last, and its gradient
 * stands in the place of the dash until all have been read.
 * @param {SVGGElement} group
 * @param {Drawing} drawing
 * @param {boolean} still
 * @returns {() => void} ends it at once
 */
function runWave(group, drawing, still) {
  const ranks = ranksOf(drawing);
  const last = Math.max(0, ...ranks.values());
  const stretch = still ? 0 : Math.min(STRETCH, WHOLE / (last + 1));
  const whole = (last + 1) * stretch + COME + READ + GO;
  const lines = still ? [] : stretchesOf(drawing, ranks);
  const animations = lines.map(({ path, rank }) => {
    const line = svg("path", { class: "wave-line", d: pathData(path), pathLength: 1 }, group);
    return line.animate(
      [
        { strokeDashoffset: -1, opacity: 1 },
        { strokeDashoffset: 0, opacity: 1, offset: 0.5 },
        { strokeDashoffset: 0, opacity: 0 },
      ],
      { delay: rank * stretch, duration: 2 * stretch, easing: "ease-in-out", fill: "both" },
    );
  });
  for (const [id, rank] of ranks) {
    const mark = drawing.marks.get(id);
    // The colour reaches the output's run at once, and another's at the end of its wires.
    const from = (rank ? rank + 0.6 : 0.1) * stretch;
    if (mark) animations.push(...showGradient(group, mark, from / whole, whole, still));
  }
  const end = () => {
    for (const animation of animations) animation.cancel();
    group.remove();
  };
  Promise.all(animations.map(({ finished }) => finished)).then(end, () => {});
  return end;
}

/**
 * A gradient's number, for a while, and the dash that it covers.
 * @param {SVGGElement} group
 * @param {Mark} mark
 * @param {number} from share of the whole
 * @param {number} duration ms of the whole
 * @param {boolean} still
 * @returns {Animation[]} [] where the gradient is no single number
 */
function showGradient(group, { body, origin, figure: { node, gradient } }, from, duration, still) {
  const text = node.upstream && scalarText(node.upstream);
  const dash = body.querySelector(".number.gradient");
  if (!text || gradient.grid || !dash) return [];
  const at = { ...gradient, x: origin.x + gradient.x, y: origin.y + gradient.y };
  const number = write(group, at, "number gradient known", numberPieces(text, "gradient"));
  const there = from + COME / duration;
  const going = 1 - GO / duration;
  /** @param {number} before @param {number} meanwhile */
  const fade = (before, meanwhile) => [
    { opacity: before, offset: 0 },
    { opacity: before, offset: from, easing: "ease-out" },
    { opacity: meanwhile, offset: there },
    { opacity: meanwhile, offset: going, easing: "ease-in-out" },
    { opacity: before, offset: 1 },
  ];
  const come = [
    { transform: `translateY(${still ? 0 : -ABOVE}px)`, offset: 0 },
    { transform: `translateY(${still ? 0 : -ABOVE}px)`, offset: from, easing: "ease-out" },
    { transform: "none", offset: there },
    { transform: "none", offset: 1 },
  ];
  return [
    number.animate(fade(0, 1), { duration, fill: "both" }),
    number.animate(come, { duration }),
    dash.animate(fade(1, 0), { duration, fill: "both" }),
  ];
}

/**
 * How many gates lie at most between a net that carries a gradient and the output.
 * @param {Drawing} drawing
 * @returns {Map<string, number>} by source
 */
function ranksOf({ picture: { trace, edges }, marks, wires }) {
  const ranks = new Map(marks.has(trace.output) ? [[trace.output, 0]] : []);
  // Edges come in evaluation order: a gate's rank is final before its arguments are looked at.
  for (const { id, source, target } of edges.toReversed()) {
    const rank = ranks.get(target);
    if (rank === undefined || !marks.get(source)?.figure.node.upstream || !wires.has(id)) continue;
    ranks.set(source, Math.max(ranks.get(source) ?? 0, rank + 1));
  }
  return ranks;
}

/**
 * The wires that carry gradients, each with its source's run, and when its turn is.
 * @param {Drawing} drawing
 * @param {Map<string, number>} ranks
 * @returns {{ path: Segment[], rank: number }[]}
 */
function stretchesOf({ picture, marks, wires }, ranks) {
  const { trace, edges, style } = picture;
  /** @param {Mark} mark @returns {Segment} */
  const runOf = ({ origin: { x, y }, figure: { runStart, runEnd } }) =>
    [runStart, runEnd].map((along) =>
      style.direction === "tb" ? { x, y: y + along } : { x: x + along, y },
    );
  const output = marks.get(trace.output);
  return [
    ...(output ? [{ path: [runOf(output)], rank: 0 }] : []),
    ...edges.flatMap(({ id, source, target }) => {
      const rank = ranks.get(target);
      const mark = marks.get(source);
      const path = wires.get(id)?.path;
      return rank !== undefined && mark && path && ranks.has(source)
        ? [{ path: [runOf(mark), ...path], rank: rank + 1 }]
        : [];
    }),
  ];
}

/**
 * @param {HTMLElement} layer
 * @param {Drawing} drawing
 * @param {{ width: number, height: number }} room
 * @param {(point: Point) => Point} toScreen
 */
function drawNotes(layer, drawing, room, toScreen) {
  const taken = takenBy(drawing, toScreen);
  const inputs = [...drawing.marks.values()].filter(({ figure }) => figure.node.kind === "input");
  for (const [marks, role] of /** @type {const} */ ([
    [inputs, "value"],
    [inputs.toReversed(), "gradient"],
  ])) {
    const places = marks.flatMap((mark) => placesFor(mark, role, room, toScreen));
    const place = places.find((each) => isFree(each, taken));
    if (!place) continue;
    taken.push(place);
    const note = layer.appendChild(document.createElement("p"));
    note.className = `note ${role}${place.left > place.tip.x ? " behind" : ""}`;
    note.textContent = place.text;
    note.style.left = `${place.left}px`;
    note.style.top = `${place.top}px`;
    note.style.width = `${place.right - place.left}px`;
    note.style.height = `${place.bottom - place.top}px`;
    drawArrow(layer, place, role);
  }
}

/**
 * All that a note may not lie on, on screen.
 * @param {Drawing} drawing
 * @param {(point: Point) => Point} toScreen
 * @returns {Rect[]}
 */
function takenBy({ picture: { style }, marks, wires }, toScreen) {
  /** @param {Point} from @param {Point} to */
  const between = (from, to) => boxOf(toScreen(from), toScreen(to));
  const nodes = [...marks.values()].map(({ origin: { x, y }, figure }) => {
    const { bounds, node, halfWidth } = figure;
    // Beside a gate over its run is room for numbers that are not there yet.
    const crowded = style.direction === "tb" && node.kind === "gate";
    const wide = crowded ? halfWidth + 0.15 * style.number : Infinity;
    return between(
      { x: x + Math.max(bounds.left, -wide), y: y + bounds.top },
      { x: x + Math.min(bounds.right, wide), y: y + bounds.bottom },
    );
  });
  const lines = [...wires.values()].flatMap(({ path }) =>
    path.flatMap((segment) => {
      const points = pointsOf(segment);
      return points.slice(1).map((point, i) => between(points[i], point));
    }),
  );
  return [...nodes, ...lines];
}

/**
 * Points along a line or a curve, so close that the boxes between them hug it.
 * @param {Segment} segment
 */
function pointsOf(segment) {
  if (segment.length < 4) return segment;
  const [a, b, c, d] = segment;
  return Array.from({ length: 9 }, (_, i) => {
    const t = i / 8;
    /** @param {"x" | "y"} axis */
    const on = (axis) =>
      (1 - t) ** 3 * a[axis] +
      3 * (1 - t) ** 2 * t * b[axis] +
      3 * (1 - t) * t ** 2 * c[axis] +
      t ** 3 * d[axis];
    return { x: on("x"), y: on("y") };
  });
}

/**
 * Where a note on a number could lie, in the window, the best first: over a value or under a gradient, then behind it.
 * @param {Mark} mark
 * @param {"value" | "gradient"} role
 * @param {{ width: number, height: number }} room
 * @param {(point: Point) => Point} toScreen
 * @returns {Place[]}
 */
function placesFor({ origin, figure }, role, { width, height }, toScreen) {
  const slot = figure[role];
  if (slot.grid) return [];
  const { size, anchor } = slot;
  /** @param {number} right @param {number} down in sizes of the number */
  const from = (right, down) =>
    toScreen({ x: origin.x + slot.x + right * size, y: origin.y + slot.y + down * size });
  const middle = anchor === "middle" ? 0 : anchor === "end" ? -1.1 : 0.4;
  // Above a value, unless it stands beside its run.
  const away = role === "value" && anchor === "middle" ? -1 : 1;
  const ahead = from(middle, away < 0 ? -1.05 : 0.3);
  // A value's number fills its run; a gradient is still a dash.
  const half = role === "value" ? (figure.runEnd - figure.runStart) / 2 / size - 0.25 : 0.5;
  const behind = from(half, -0.36);
  return WORDS[role]
    .flatMap((lines) =>
      DISTANCES.flatMap((distance) => {
        const text = lines.join("\n");
        const wide = LETTER * Math.max(...lines.map(({ length }) => length));
        const high = LINE * lines.length;
        const over = [0.9, -0.9, 0].map((aside) => {
          const left = ahead.x + aside * (wide / 2 + distance) - wide / 2;
          const middle = ahead.y + away * (distance + high / 2);
          return {
            left: Math.max(AIR, Math.min(width - AIR - wide, left)),
            middle,
            sideways: false,
          };
        });
        const places =
          anchor === "middle"
            ? [...over, { left: behind.x + distance, middle: behind.y, sideways: true }]
            : over;
        return places.map(({ left, middle, sideways }) => {
          const rect = {
            text,
            left,
            right: left + wide,
            top: middle - high / 2,
            bottom: middle + high / 2,
          };
          return sideways
            ? { ...rect, sideways, from: { x: left - AIR, y: middle }, tip: behind }
            : {
                ...rect,
                sideways,
                from: {
                  x: Math.max(left + 14, Math.min(rect.right - 14, ahead.x)),
                  y: middle - (away * high) / 2,
                },
                tip: ahead,
              };
        });
      }),
    )
    .filter(
      ({ left, right, top, bottom }) =>
        left >= AIR && top >= AIR && right <= width - AIR && bottom <= height - AIR,
    );
}

/**
 * @param {Place} place
 * @param {Rect[]} taken
 */
function isFree({ left, right, top, bottom, from, tip }, taken) {
  const note = { left: left - AIR, right: right + AIR, top: top - AIR, bottom: bottom + AIR };
  // The arrow's last stretch lies in what belongs to the number itself.
  const middle = { x: (from.x + tip.x) / 2, y: (from.y + tip.y) / 2 };
  const stretch = boxOf(from, middle);
  return !taken.some((other) => meet(note, other) || meet(stretch, other));
}

/**
 * @param {Rect} a
 * @param {Rect} b
 */
function meet(a, b) {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

/**
 * @param {Point} a
 * @param {Point} b
 * @returns {Rect}
 */
function boxOf(a, b) {
  return {
    left: Math.min(a.x, b.x),
    right: Math.max(a.x, b.x),
    top: Math.min(a.y, b.y),
    bottom: Math.max(a.y, b.y),
  };
}

/**
 * A line drawn by hand, from a note to its tip.
 * @param {HTMLElement} layer
 * @param {Place} place
 * @param {string} role
 */
function drawArrow(layer, { from, tip, sideways }, role) {
  const arrow = svg("svg", { class: `arrow ${role}` }, layer);
  const bend = sideways
    ? { x: (from.x + tip.x) / 2, y: tip.y - 7 }
    : { x: tip.x, y: from.y + 0.2 * (tip.y - from.y) };
  // The head lies along the line's end.
  const length = Math.hypot(tip.x - bend.x, tip.y - bend.y) || 1;
  const [along, across] = [(tip.x - bend.x) / length, (tip.y - bend.y) / length];
  /** @param {number} side */
  const barb = (side) =>
    `${tip.x - 7 * along - side * across},${tip.y - 7 * across + side * along}`;
  svg(
    "path",
    {
      d:
        `M${from.x},${from.y}Q${bend.x},${bend.y} ${tip.x},${tip.y}` +
        `M${barb(5)}L${tip.x},${tip.y}L${barb(-5)}`,
    },
    arrow,
  );
}
