/**
 * Lays a circuit out: boxes in columns along the flow, one trunk per value, wires straight but for one curve a gap.
 * A pure function, numbers in, numbers out; the layered method of Sugiyama, Tagawa and Toda 1981,
 * without its first step: a circuit has no cycles.
 */

import { buildLayers } from "./layout/layers.js";
import { orderColumns } from "./layout/order.js";
import { placeColumns } from "./layout/place.js";
import { drawLayers } from "./layout/routes.js";

/** @import { Layout, LayoutGraph, LayoutOptions } from "./types.d.ts" */

/**
 * @param {LayoutGraph} graph
 * @param {LayoutOptions} options
 * @returns {Layout} the same for the same graph and options
 */
export function layout(graph, options) {
  const layers = buildLayers(graph);
  orderColumns(layers.columns, options.gapAcross, options.previous);
  placeColumns(layers.columns, options.gapAcross, options.gapAlong);
  return drawLayers(layers, options);
}
