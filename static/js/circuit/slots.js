/**
 * Where a number or a heat map stands: a dash, or an empty grid, until it is known; and what may be told only then.
 */

/** @import { Tensor } from "../types.d.ts" */
/** @import { Grid, Label, Measure, Slot } from "./types.d.ts" */

import { ASKED, DASH, formatShape } from "../format.js";
import { same } from "../state.js";
import { numberPieces, plain, scalarText } from "./pieces.js";
import { drawGrid, drawMap, fillMap } from "./tensors.js";
import { setAll, svg, typeset, write } from "./text.js";

/**
 * A number, or a heat map, that is a dash, or an empty grid, until it is known.
 * @param {SVGGElement} element
 * @param {Slot} slot
 * @param {"value" | "gradient" | "partial"} role
 * @param {Tensor | null} tensor
 * @param {number} most
 * @param {Measure} measure
 */
export function drawSlot(element, slot, role, tensor, most, measure) {
  return slot.grid
    ? drawCells(element, slot, role === "value" ? "value" : "gradient", tensor, most)
    : drawNumber(element, slot, role, tensor, measure);
}

/**
 * @param {SVGGElement} element
 * @param {{ x: number, y: number, grid: Grid }} slot
 * @param {"value" | "gradient"} role
 * @param {Tensor | null} tensor
 * @param {number} most
 */
function drawCells(element, slot, role, tensor, most) {
  const group = drawMap(element, slot, role);
  /** @param {boolean} known what is known is read cell by cell */
  const setExplains = (known) =>
    group.toggleAttribute("data-explain", role === "gradient" && tensor !== null && !known);
  setExplains(false);
  let { grid } = slot;
  let filled = false;
  let isSized = true;
  let sheet = 0;
  function refill() {
    if (!filled || !tensor) return;
    empty();
    fillMap(group, grid, tensor, most, sheet);
  }
  const empty = () => group.querySelector(".cells")?.remove();
  /** @type {SVGElement | undefined} */
  let question;
  const change = changing((known, landed, asked, sized) => {
    setExplains(known);
    if (!sized) group.replaceChildren();
    else if (!isSized) drawGrid(group, grid);
    isSized = sized;
    if (known && !filled && tensor) fillMap(group, grid, tensor, most, sheet);
    // What is not known is nowhere in the document.
    if (!known) empty();
    filled = known;
    group.classList.toggle("known", known);
    group.classList.toggle("landed", landed);
    question?.remove();
    if (asked) question = writeQuestion(group, grid);
  });
  return {
    ...change,
    /** @param {number} wanted */
    turnTo(wanted) {
      sheet = wanted;
      refill();
    },
    /** @param {Slot} next @param {Tensor | null} other @param {number} strongest */
    renew(next, other, strongest) {
      const changed = sheet !== 0 || strongest !== most || !same(other, tensor);
      grid = next.grid ?? grid;
      tensor = other;
      most = strongest;
      sheet = 0;
      if (changed) refill();
    },
  };
}

/**
 * @param {SVGGElement} element
 * @param {{ x: number, y: number, anchor: "start" | "middle" | "end", size: number }} slot
 * @param {"value" | "gradient" | "partial"} role
 * @param {Tensor | null} tensor
 * @param {Measure} measure
 */
function drawNumber(element, slot, role, tensor, measure) {
  const unknown = role === "partial" ? "" : DASH;
  const text = write(element, slot, `number ${role}`, unknown);
  let isAsked = false;
  const wordsOf = (/** @type {Tensor | null} */ tensor) =>
    tensor ? scalarText(tensor) || several(tensor) : DASH;
  let words = wordsOf(tensor);
  const pieces = () => numberPieces(words, role === "value" ? "value" : "gradient");
  let isKnown = false;
  /** @type {SVGRectElement | undefined} */
  let pill;
  function fill() {
    typeset(text, isKnown ? pieces() : [plain(isAsked ? ASKED : unknown)], slot.size);
  }
  const change = changing((known, landed, asked) => {
    isKnown = known;
    isAsked = asked;
    fill();
    text.classList.toggle("asked", asked);
    text.classList.toggle("known", known);
    text.classList.toggle("landed", landed);
    if (landed) {
      pill ??= svg("rect", { class: "pill" });
      setAll(pill, pillBox(slot, measure(pieces(), slot.size)));
      text.before(pill);
    }
    pill?.toggleAttribute("hidden", !landed);
  });
  return {
    ...change,
    /** @param {Slot} _next @param {Tensor | null} other */
    renew(_next, other) {
      const before = words;
      words = wordsOf(other);
      if (words === before || !isKnown) return;
      fill();
      if (pill) setAll(pill, pillBox(slot, measure(pieces(), slot.size)));
    },
  };
}

/**
 * A scalar without a number is a sum that the engine did not send: what several wires brought, that are drawn as one.
 * @param {Tensor} tensor
 */
const several = ({ shape }) => (shape.length > 0 ? formatShape(shape) : "…");

/**
 * Leaves the document alone where nothing changes.
 * @param {(known: boolean, landed: boolean, asked: boolean, sized: boolean) => void} change
 */
function changing(change) {
  let state = 0;
  return {
    turnTo() {},
    /** @param {boolean} known @param {boolean} landed @param {boolean} [asked] @param {boolean} [sized] */
    show(known, landed, asked = false, sized = true) {
      const wanted = +known + 2 * +landed + 4 * +asked + 8 * +!sized;
      if (wanted !== state) change(known, landed, asked, sized);
      state = wanted;
    },
  };
}

/**
 * A text beside a number or map; what may not be told of it is nowhere in the document.
 * @param {Element} parent
 * @param {string} className
 * @param {Label} label
 * @returns {(pieces: Label["pieces"]) => void}
 */
export function drawNote(parent, className, label) {
  const text = write(parent, label, className, label.pieces);
  let shown = label.pieces;
  return (pieces) => {
    if (pieces !== shown) typeset(text, pieces, label.size);
    shown = pieces;
  };
}

/**
 * @param {SVGGElement} group
 * @param {Grid} grid
 */
function writeQuestion(group, { width, height }) {
  const size = Math.max(14, 0.62 * Math.min(width, height));
  const at = {
    x: width / 2,
    y: height / 2 + 0.36 * size,
    anchor: /** @type {const} */ ("middle"),
    size,
  };
  return write(group, at, "number asked", ASKED);
}

/**
 * The filled pill around a number.
 * @param {{ x: number, y: number, anchor: string, size: number }} slot
 * @param {number} width of the number
 */
export function pillBox({ x, y, anchor, size }, width) {
  const height = 1.24 * size;
  const pad = 0.36 * size;
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return { x: left - pad, y: y - 0.98 * size, width: width + 2 * pad, height, rx: height / 2 };
}
