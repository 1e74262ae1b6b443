/**
 * Draws the wires: one line, and beneath it a dashed lane once the gradient has come back. Solder dots where nets split.
 */

/** @import { Layout, Point } from "../types.d.ts" */
/** @import { Figure, Near, NetMark, Picture, Rect, Segment, WireMark } from "./types.d.ts" */

import { originOf } from "./picture.js";
import { svg } from "./text.js";

/** So many wires in a row are one line until values come. */
const STRETCH = 100;

/**
 * @typedef {object} Line a wire with its way
 * @property {string} id
 * @property {string} source
 * @property {boolean} tapped
 * @property {Segment[]} path
 * @property {Segment[]} trunk
 * @property {Segment[]} branch
 * @property {Point | undefined} dot
 */

/**
 * @param {SVGGElement} layer
 * @param {Picture} picture
 * @param {Layout} layout
 * @param {Near} near
 * @returns {Generator<void, { wires: Map<string, WireMark>, nets: Map<string, NetMark> }>} by edge, by source
 */
export function* drawWires(layer, picture, layout, near) {
  const { figures, style } = picture;
  const turned = style.direction === "tb";
  const lines = yield* linesOf(picture, layout);
  for (let i = 0; i < lines.length; i += STRETCH) {
    const paths = lines.slice(i, i + STRETCH).map(({ path }) => path);
    const { element, whenNear } = near.place(layer, extent(paths.flat()));
    whenNear(() => svg("path", { class: "unlit", d: paths.map(pathData).join("") }, element));
    yield;
  }
  const [lanes, lit, solder] = [0, 1, 2].map(() => svg("g", {}, layer));
  /**
   * A line that is drawn when it is first to be seen.
   * @param {Element} layer
   * @param {string} className
   * @param {() => Segment[]} wayOf
   * @returns {(shown: boolean) => void}
   */
  function drawLater(layer, className, wayOf) {
    /** @type {SVGPathElement | undefined} */
    let line;
    let isPlaced = false;
    let isShown = false;
    return (shown) => {
      isShown = shown;
      line?.toggleAttribute("hidden", !shown);
      if (!shown || isPlaced) return;
      isPlaced = true;
      const way = wayOf();
      const { element, whenNear } = near.place(layer, extent(way));
      whenNear(() => {
        line = svg("path", { class: className, d: pathData(way) }, element);
        line.toggleAttribute("hidden", !isShown);
      });
    };
  }
  /** @param {() => Segment[]} pathOf as values travel it */
  const drawLane = (pathOf) =>
    drawLater(lanes, "lane", () =>
      beside(pathOf(), style.lane, turned)
        .map((segment) => segment.toReversed())
        .toReversed(),
    );

  /** @type {Map<string, WireMark>} */
  const wires = new Map();
  for (const { id, path, tapped, branch, dot } of lines) {
    const showWire = drawLater(lit, "wire", () => path);
    // Without a dot, or a tap, the lane is the net's own.
    const showLane = dot || tapped ? drawLane(() => branch) : undefined;
    wires.set(id, {
      path,
      dot,
      tapped,
      show({ valueKnown, downstreamKnown }) {
        showWire(valueKnown);
        showLane?.(downstreamKnown);
      },
    });
  }

  const trunks = trunksOf(lines);
  /** @type {Map<string, NetMark>} */
  const nets = new Map();
  for (const [id, figure] of figures) {
    if (figure.node.box) continue;
    const showLane = drawLane(() => [runOf(figure, layout, turned), ...(trunks.get(id) ?? [])]);
    const showDots = (layout.dots[id] ?? []).map((dot) =>
      drawDot(near, solder, dot, 0.2 * style.number),
    );
    nets.set(id, {
      show({ valueKnown, gradientKnown }) {
        showLane(gradientKnown);
        for (const show of showDots) show(valueKnown);
      },
    });
    yield;
  }
  return { wires, nets };
}

/**
 * @param {Picture} picture
 * @param {Layout} layout
 * @returns {Generator<void, Line[]>}
 */
function* linesOf({ edges, taps }, layout) {
  /** @type {Line[]} */
  const lines = [];
  for (const { id, source } of edges) {
    const path = parsePath(layout.routes[id].d);
    const tapped = taps.has(id);
    // A tap is where a branch begins; its trunk is not drawn.
    const parts = tapped
      ? { trunk: [], branch: path, dot: undefined }
      : splitAtDot(path, layout.dots[source] ?? []);
    lines.push({ id, source, path, tapped, ...parts });
    yield;
  }
  return lines;
}

/**
 * What carries the whole gradient of each source: up to the last dot, or all of a single wire.
 * @param {Line[]} lines
 */
function trunksOf(lines) {
  /** @type {Map<string, Segment[]>} */
  const trunks = new Map();
  for (const { source, tapped, dot, trunk, path } of lines) {
    if (tapped) continue;
    const found = trunks.get(source);
    const whole = dot ? trunk : path;
    if (!found || lengthOf(whole) > lengthOf(found)) trunks.set(source, whole);
  }
  return trunks;
}

/**
 * The straight line through a node, on which its numbers stand.
 * @param {Figure} figure
 * @param {Layout} layout
 * @param {boolean} turned
 * @returns {Segment}
 */
function runOf(figure, layout, turned) {
  const { x, y } = originOf(figure, layout);
  return [figure.runStart, figure.runEnd].map((along) =>
    turned ? { x, y: y + along } : { x: x + along, y },
  );
}

/**
 * @param {Near} near
 * @param {Element} layer
 * @param {Point} dot
 * @param {number} r
 * @returns {(known: boolean) => void}
 */
function drawDot(near, layer, dot, r) {
  /** @type {SVGCircleElement | undefined} */
  let circle;
  let isKnown = false;
  const { element, whenNear } = near.place(layer, extent([[dot]]));
  whenNear(() => {
    circle = svg("circle", { class: "dot", cx: dot.x, cy: dot.y, r }, element);
    circle.classList.toggle("known", isKnown);
  });
  return (known) => {
    isKnown = known;
    circle?.classList.toggle("known", known);
  };
}

/**
 * Reads the path data that the layout writes: M, L, H, V and C, absolute.
 * @param {string} d
 * @returns {Segment[]}
 */
function parsePath(d) {
  /** @type {Segment[]} */
  const segments = [];
  let at = { x: 0, y: 0 };
  for (const [, command, list] of d.matchAll(/([MLHVC])([^MLHVC]*)/g)) {
    const n = (list.match(/-?[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
    if (command === "C") {
      const points = [0, 2, 4].map((i) => ({ x: n[i], y: n[i + 1] }));
      segments.push([at, ...points]);
      at = points[2];
    } else {
      const to =
        command === "H"
          ? { x: n[0], y: at.y }
          : command === "V"
            ? { x: at.x, y: n[0] }
            : { x: n[0], y: n[1] };
      if (command !== "M" && (to.x !== at.x || to.y !== at.y)) segments.push([at, to]);
      at = to;
    }
  }
  return segments;
}

/**
 * @param {Segment[]} segments
 * @returns {string}
 */
export function pathData(segments) {
  let d = "";
  /** @type {Point | undefined} */
  let at;
  const pair = (/** @type {Point} */ { x, y }) => `${round(x)},${round(y)}`;
  for (const [from, ...points] of segments) {
    if (!at || distance(at, from) > 0.1) d += `M${pair(from)}`;
    d += (points.length === 1 ? "L" : "C") + points.map(pair).join(" ");
    at = points[points.length - 1];
  }
  return d;
}

/** @param {number} x */
function round(x) {
  return Math.round(x * 10) / 10;
}

/**
 * @param {Segment[]} segments
 * @returns {Rect}
 */
function extent(segments) {
  const rect = { left: Infinity, right: -Infinity, top: Infinity, bottom: -Infinity };
  for (const { x, y } of segments.flat()) {
    rect.left = Math.min(rect.left, x);
    rect.right = Math.max(rect.right, x);
    rect.top = Math.min(rect.top, y);
    rect.bottom = Math.max(rect.bottom, y);
  }
  return rect;
}

/** @param {Segment[]} segments */
function lengthOf(segments) {
  return segments.reduce(
    (sum, points) =>
      sum +
      Math.hypot(
        points[points.length - 1].x - points[0].x,
        points[points.length - 1].y - points[0].y,
      ),
    0,
  );
}

/**
 * Cuts a wire at the last solder dot it passes: the trunk carries the total, the branch its own contribution.
 * @param {Segment[]} path
 * @param {readonly Point[]} dots
 * @returns {{ trunk: Segment[], branch: Segment[], dot: Point | undefined }}
 */
function splitAtDot(path, dots) {
  for (let i = path.length - 1; i >= 0; i--) {
    const from = path[i][0];
    const to = path[i][path[i].length - 1];
    if (path[i].length === 2) {
      const on = dots
        .filter((dot) => between(from, dot, to))
        .sort((a, b) => distance(from, b) - distance(from, a))[0];
      if (on) {
        const tail = distance(on, to) > 0.5 ? [[on, to]] : [];
        const head = distance(on, from) > 0.5 ? [[from, on]] : [];
        return {
          trunk: [...path.slice(0, i), ...head],
          branch: [...tail, ...path.slice(i + 1)],
          dot: on,
        };
      }
    }
    const start = dots.find((dot) => distance(dot, from) < 0.5);
    if (start) return { trunk: path.slice(0, i), branch: path.slice(i), dot: start };
  }
  return { trunk: [], branch: path, dot: undefined };
}

/** @param {Point} a @param {Point} b */
function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** @param {Point} from @param {Point} at @param {Point} to */
function between(from, at, to) {
  return distance(from, at) + distance(at, to) < distance(from, to) + 0.1;
}

/**
 * The lane beside a wire: below it, or right of it when the flow is downwards, and at an even distance in the falls.
 * @param {Segment[]} path
 * @param {number} lane px
 * @param {boolean} turned
 * @returns {Segment[]}
 */
export function beside(path, lane, turned) {
  return path.map((points) => {
    const from = points[0];
    const to = points[points.length - 1];
    const [along, across] = turned
      ? [to.y - from.y, to.x - from.x]
      : [to.x - from.x, to.y - from.y];
    // The steepest tangent of these S curves is 3/2 · across/along; a parallel moves by tan(θ/2) of it (4/3 at the handles).
    const slope = points.length === 4 && along !== 0 ? Math.atan((1.5 * across) / along) : 0;
    const shift = -lane * Math.tan(slope / 2) * (4 / 3);
    return points.map(({ x, y }, i) => {
      const inner = i > 0 && i < points.length - 1 ? shift : 0;
      return turned ? { x: x + lane, y: y + inner } : { x: x + inner, y: y + lane };
    });
  });
}
