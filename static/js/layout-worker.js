/**
 * The worker's side of layout-client.js: one graph in, one layout or one error message out.
 */

import { layout } from "./layout.js";

/** @import { LayoutGraph, LayoutOptions } from "./types.d.ts" */

self.addEventListener("message", (event) => {
  /** @type {{ graph: LayoutGraph, options: LayoutOptions }} */
  const { graph, options } = event.data;
  try {
    self.postMessage({ layout: layout(graph, options) });
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
