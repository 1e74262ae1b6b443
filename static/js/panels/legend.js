/** The colours of heat maps: one scale for all tensors of a role, zero is the ground. Loaded with the first tensor. */

import { scalesOf, strength } from "../circuit/grid.js";
import { formatNumber } from "../format.js";
import { h } from "./dom.js";

/** @import { Trace } from "../types.d.ts" */

/** Swatches on either side of zero. */
const SIDE = 4;

/**
 * @param {Trace} trace
 * @param {"value" | "gradient"} role
 */
export function legendOf(trace, role) {
  const most = scalesOf(trace)[role];
  const swatches = Array.from({ length: 2 * SIDE + 1 }, (_, i) => {
    const share = (i - SIDE) / SIDE;
    const colour = h("span", { class: share < 0 ? "negative" : "positive" });
    colour.style.opacity = String(strength(share * most, most));
    return h("span", { class: "swatch" }, colour);
  });
  const text = formatNumber(most, 2);
  return h(
    "p",
    { class: `legend ${role}`, role: "img", "aria-label": `colours from −${text} to ${text}` },
    `−${text}`,
    h("span", { class: "swatches" }, ...swatches),
    text,
  );
}
