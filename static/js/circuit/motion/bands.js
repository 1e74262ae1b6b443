/** Which rows and columns of two matrices meet in a product, as bands that sweep over their heat maps. */

/** @import { TraceNode } from "../../types.d.ts" */
/** @import { Drawing, Mark, Move, Part, Slot } from "../types.d.ts" */

/**
 * Out is left times right: rows of left meet columns of right. The gradient of left meets rows of the upstream with rows
 * of right; that of right, columns of left with columns of the upstream.
 */
const MEET = {
  out: [
    ["left", "rows"],
    ["right", "columns"],
  ],
  left: [
    ["out", "rows"],
    ["right", "rows"],
  ],
  right: [
    ["left", "columns"],
    ["out", "columns"],
  ],
};

/**
 * @param {Drawing} drawing
 * @param {TraceNode} gate
 * @param {"out" | "left" | "right"} made whose value, or gradient, the product is
 * @param {Part} part
 * @returns {Move[]} [] where a factor or the result is no matrix that is drawn
 */
export function bands({ marks }, gate, made, part) {
  const [left, right] = gate.inputs;
  if (left?.local.structure !== "matmul") return [];
  /** @type {Record<string, [Mark | undefined, "value" | "gradient"]>} */
  const places = {
    left: [marks.get(left.node), "value"],
    right: [marks.get(right.node), "value"],
    out: [marks.get(gate.id), "gradient"],
  };
  const target = places[made][0]?.figure.value.grid;
  const moves = MEET[made].flatMap(([of, along]) => {
    const [mark, role] = places[of];
    const slot = mark?.figure[role];
    return mark && slot?.grid && mark.figure.node.value.shape.length === 2
      ? [band(mark, slot, along === "rows", role, part)]
      : [];
  });
  return target && moves.length === 2 ? moves : [];
}

/**
 * @param {Mark} mark
 * @param {Slot & { grid: NonNullable<Slot["grid"]> }} slot
 * @param {boolean} isRow
 * @param {"value" | "gradient"} role
 * @param {Part} part
 * @returns {Move}
 */
function band({ origin }, { x, y, grid }, isRow, role, part) {
  const width = isRow ? grid.width : grid.width / grid.columns;
  const height = isRow ? grid.height / grid.rows : grid.height;
  const start = { x: origin.x + x, y: origin.y + y };
  const end = { x: start.x + grid.width - width, y: start.y + grid.height - height };
  const count = isRow ? grid.rows : grid.columns;
  return { look: "band", role, width, height, count, points: [start, end], part };
}
