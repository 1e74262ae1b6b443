/**
 * Draws moves into the moving layer and lets the browser animate them: opacity and transform only, each drawing on a layer
 * of its own. Loaded on first use.
 */

/** @import { Point, Tensor } from "../../types.d.ts" */
/** @import { Drawing, Grid, Measure, Move, Part, Token } from "../types.d.ts" */

import { scalesOf, sheet } from "../grid.js";
import { numberPieces } from "../pieces.js";
import { pillBox } from "../slots.js";
import { drawMap, fillMap } from "../tensors.js";
import { svg, write } from "../text.js";
import { alongPath } from "./paths.js";

/** Stops at which a way is handed to the browser. */
const STOPS = 12;

/** The longest side of a heat map that travels, in sizes of a contribution. */
const TOKEN = 2.4;

/** A result's cells come in this many stretches at most. */
const STRETCHES = 8;

/**
 * @typedef {object} Stage
 * @property {Element} layer
 * @property {Drawing} drawing
 * @property {number} scale px on screen a px of the picture
 * @property {Measure} measure
 * @property {number} duration ms
 */

/**
 * @param {Stage} stage
 * @param {Move[]} moves
 * @returns {Animation[]}
 */
export function play(stage, moves) {
  return moves.flatMap((move) =>
    DRAW[move.look](stage, /** @type {any} */ (move)).map(([element, keyframes]) =>
      element.animate(keyframes, { duration: stage.duration, fill: "both" }),
    ),
  );
}

/** @typedef {[Element, Keyframe[]][]} Animated */

const DRAW = {
  /** @param {Stage} stage @param {Extract<Move, { look: "token" }>} move @returns {Animated} */
  token(stage, { token, points, part }) {
    const { scale } = stage;
    const element = token.tensor.shape.length ? drawTile(stage, token) : drawPill(stage, token);
    const along = alongPath(points);
    return [
      [
        element,
        during(part, (share) => {
          const { x, y } = along(ease(share));
          return `translate(${x * scale}px, ${y * scale}px)`;
        }),
      ],
    ];
  },

  /** @param {Stage} stage @param {Extract<Move, { look: "band" }>} move @returns {Animated} */
  band({ layer, scale }, { role, width, height, count, points: [from, to], part }) {
    const element = sized(
      layer,
      `band ${role}`,
      { x: -2, y: -2, width: width + 4, height: height + 4 },
      scale,
    );
    svg("rect", { width, height, rx: 2 }, element);
    return [
      [
        element,
        during(part, (share) => {
          const line = Math.min(count - 1, Math.floor(share * count)) / Math.max(1, count - 1);
          const x = from.x + line * (to.x - from.x);
          const y = from.y + line * (to.y - from.y);
          return `translate(${x * scale}px, ${y * scale}px)`;
        }),
      ],
    ];
  },

  /** @param {Stage} stage @param {Extract<Move, { look: "fill" }>} move @returns {Animated} */
  fill(stage, { slot, tensor, role, part: [start, end] }) {
    const { grid } = slot;
    if (!grid) return [];
    const whole = drawTensor(stage, slot, grid, tensor, role);
    const cells = [
      ...whole.querySelectorAll(".cells > :is(.positive, .negative, .odd, text, image)"),
    ];
    const stretch = Math.ceil(cells.length / STRETCHES);
    /** @type {Animated} */
    const animated = [];
    const stretches = Math.ceil(cells.length / stretch);
    for (let i = 0; i < stretches; i++) {
      const group = svg("g", {});
      cells[i * stretch].before(group);
      group.append(...cells.slice(i * stretch, (i + 1) * stretch));
      const at = start + ((i + 0.3) / stretches) * (end - start);
      animated.push([
        group,
        [
          { opacity: 0 },
          { opacity: 0, offset: at - 0.001 },
          { opacity: 1, offset: at },
          { opacity: 1 },
        ],
      ]);
    }
    return animated;
  },

  /** @param {Stage} stage @param {Extract<Move, { look: "stretch" }>} move @returns {Animated} */
  stretch(stage, { slot, tensor, role, from, part }) {
    const { scale } = stage;
    const { x, y, grid } = slot;
    if (!grid) return [];
    const element = drawTensor(stage, slot, grid, tensor, role);
    return [
      [
        element,
        during(part, (share) => {
          const grown = ease(share);
          const [wide, high] = [from.x, from.y].map((one) => one + grown * (1 - one));
          return `translate(${x * scale}px, ${y * scale}px) scale(${wide}, ${high})`;
        }),
      ],
    ];
  },

  /** @param {Stage} stage @param {Extract<Move, { look: "bloom" }>} move @returns {Animated} */
  bloom({ layer, scale }, { at, size, part }) {
    const element = sized(
      layer,
      "bloom",
      { x: -size, y: -size, width: 2 * size, height: 2 * size },
      scale,
    );
    svg("circle", { r: size - 1 }, element);
    return [
      [
        element,
        during(
          part,
          (share) => `translate(${at.x * scale}px, ${at.y * scale}px) scale(${1 + 1.6 * share})`,
          (share) => 1 - share,
        ),
      ],
    ];
  },
};

/**
 * Hidden before its part of the beat and after it.
 * @param {Part} part
 * @param {(share: number) => string} transform
 * @param {(share: number) => number} [opacity]
 * @returns {Keyframe[]}
 */
function during([start, end], transform, opacity = () => 1) {
  const stops = Array.from({ length: STOPS + 1 }, (_, i) => i / STOPS);
  const frames = stops.map((share) => ({
    offset: start + share * (end - start),
    transform: transform(share),
    opacity: opacity(share),
  }));
  const [first, last] = [frames[0], frames[STOPS]];
  return [
    ...(start > 0 ? [0, start].map((offset) => ({ ...first, offset, opacity: 0 })) : []),
    ...frames,
    ...(end < 1 ? [end, 1].map((offset) => ({ ...last, offset, opacity: 0 })) : []),
  ];
}

/** @param {number} share @returns {number} slow, fast, slow; and a moment's rest at the end */
function ease(share) {
  const t = Math.min(1, 1.2 * share);
  return t * t * (3 - 2 * t);
}

/**
 * A drawing of its own in the moving layer, with the picture's px and its own origin.
 * @param {Element} layer
 * @param {string} className
 * @param {{ x: number, y: number, width: number, height: number }} box
 * @param {number} scale
 */
function sized(layer, className, { x, y, width, height }, scale) {
  const element = svg(
    "svg",
    {
      class: className,
      viewBox: `${x} ${y} ${width} ${height}`,
      width: width * scale,
      height: height * scale,
    },
    layer,
  );
  element.style.left = `${x * scale}px`;
  element.style.top = `${y * scale}px`;
  element.style.transformOrigin = `${-x * scale}px ${-y * scale}px`;
  return element;
}

/**
 * A number that travels.
 * @param {Stage} stage
 * @param {Token} token
 */
function drawPill({ layer, scale, measure }, { text, role, size, dark }) {
  const pieces = numberPieces(text, role === "value" ? "value" : "gradient");
  const middle = /** @type {const} */ ({ x: 0, y: 0.36 * size, anchor: "middle", size });
  const box = pillBox(middle, measure(pieces, size));
  const pill = sized(layer, `pill-moving ${role}${dark ? " dark" : ""}`, box, scale);
  svg("rect", { class: "pill", ...box }, pill);
  write(pill, middle, "", pieces);
  return pill;
}

/**
 * A heat map that travels, small.
 * @param {Stage} stage
 * @param {Token} token
 */
function drawTile(stage, { tensor, role, size, dark }) {
  const rows = Math.max(1, sheet(tensor).length);
  const columns = Math.max(1, sheet(tensor)[0]?.length ?? 1);
  const cell = (TOKEN * size) / Math.max(rows, columns);
  const [width, height] = [Math.max(6, cell * columns), Math.max(6, cell * rows)];
  const grid = {
    rows,
    columns,
    width,
    height,
    stack: 0,
    numbers: false,
    image: true,
    caption: [],
  };
  const box = { x: -width / 2 - 3, y: -height / 2 - 3, width: width + 6, height: height + 6 };
  const tile = sized(stage.layer, `tile ${role}${dark ? " dark" : ""}`, box, stage.scale);
  svg("rect", { class: "back", ...box, rx: 4 }, tile);
  fillInto(tile, { x: -width / 2, y: -height / 2, grid }, tensor, role, stage);
  return tile;
}

/**
 * A heat map where it stands.
 * @param {Stage} stage
 * @param {Point} at
 * @param {Grid} grid
 * @param {Tensor} tensor
 * @param {"value" | "gradient"} role
 */
function drawTensor(stage, { x, y }, grid, tensor, role) {
  const { width, height } = grid;
  const element = sized(stage.layer, "standing", { x: 0, y: 0, width, height }, stage.scale);
  element.style.transform = `translate(${x * stage.scale}px, ${y * stage.scale}px)`;
  fillInto(element, { x: 0, y: 0, grid }, tensor, role, stage);
  return element;
}

/**
 * @param {Element} parent
 * @param {{ x: number, y: number, grid: Grid }} at
 * @param {Tensor} tensor
 * @param {Token["role"]} role
 * @param {Stage} stage
 */
function fillInto(parent, at, tensor, role, { drawing }) {
  const scales = scalesOf(drawing.picture.trace);
  const kind = role === "value" ? "value" : "gradient";
  const map = drawMap(parent, at, kind);
  map.classList.add("known");
  fillMap(map, at.grid, tensor, scales[kind]);
}
