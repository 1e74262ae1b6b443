/**
 * Other values in the picture that is drawn: nothing moves, and only numbers and heat maps change. Where a number has
 * outgrown its place, it says so, and the board makes room once the values rest.
 */

/** @import { View } from "../types.d.ts" */
/** @import { Figure, Picture } from "./types.d.ts" */

import { same } from "../state.js";

/**
 * The drawn picture with a fresh one's values.
 * @param {Picture} drawn
 * @param {Picture} fresh in the same style
 * @returns {{ picture: Picture, fits: boolean } | undefined} undefined if more than values is different
 */
export function renewed(drawn, fresh) {
  if (!same(formOf(drawn), formOf(fresh))) return undefined;
  /** @type {Map<string, Figure>} */
  const figures = new Map();
  for (const [id, figure] of fresh.figures)
    figures.set(id, placedAs(/** @type {Figure} */ (drawn.figures.get(id)), figure));
  return {
    picture: { ...drawn, trace: fresh.trace, edges: fresh.edges, fans: fresh.fans, figures },
    fits: fits(drawn, fresh),
  };
}

/**
 * All that a picture shows but its numbers.
 * @param {Picture} picture
 */
function formOf({ trace, figures, edges, fans, taps }) {
  return [
    trace.output,
    edges.map(({ id, source, target, key }) => [id, source, target, key]),
    [...fans].map(([source, wires]) => [source, wires.length]),
    [...taps.keys()],
    "open" in trace ? /** @type {View} */ (trace).open.map(({ id }) => id) : [],
    [...figures.values()].map(({ node, folded, chips, partials, sum }) => [
      ...[node.id, node.code, node.kind, node.face, node.name, node.label, node.family],
      ...[node.value.shape, node.value.data === null, node.dims, node.upstream === null],
      node.box?.members.map(({ id }) => id),
      folded.map(({ id, value }) => [id, value.data]),
      ...[[...chips.keys()], [...partials.keys()], sum === undefined],
    ]),
  ];
}

/**
 * A fresh figure's values at a drawn one's places.
 * @param {Figure} drawn
 * @param {Figure} fresh
 * @returns {Figure}
 */
function placedAs(drawn, fresh) {
  const { node, folded, wires, chips, caption, sum } = fresh;
  const shift = sum?.anchor === "middle" ? drawn.runEnd - fresh.runEnd : 0;
  return {
    ...drawn,
    ...{ node, folded, wires, chips },
    value: slotAs(drawn.value, fresh.value),
    gradient: slotAs(drawn.gradient, fresh.gradient),
    caption: caption.map((line, i) => ({ ...line, x: drawn.caption[i]?.x ?? line.x })),
    sum: sum && { ...sum, x: sum.x + shift },
  };
}

/**
 * @param {Figure["value"]} drawn
 * @param {Figure["value"]} fresh
 * @returns {Figure["value"]}
 */
function slotAs(drawn, fresh) {
  return drawn.grid && fresh.grid ? { ...drawn, grid: fresh.grid } : drawn;
}

/**
 * Whether everything has room where it is drawn.
 * @param {Picture} drawn
 * @param {Picture} fresh
 */
function fits({ graph, style }, fresh) {
  // A number may take the air at its sides; where it has room itself, a chip may reach out a little.
  const slack = style.roomy ? style.number : 2 * style.pad;
  return graph.boxes.every(({ along, across }, i) => {
    const wanted = fresh.graph.boxes[i];
    return wanted.along <= along + slack && wanted.across <= across + slack;
  });
}
