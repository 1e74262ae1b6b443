/**
 * The worker's side of layout-client.js: one graph in, one layout, part by part, or one error message out.
 */

import { layout } from "./layout.js";

/** @import { LayoutGraph, LayoutOptions } from "./types.d.ts" */

self.addEventListener("message", (event) => {
  /** @type {{ graph: LayoutGraph, options: LayoutOptions }} */
  const { graph, options } = event.data;
  try {
    // All at once it would keep the page from drawing.
    for (const [key, part] of Object.entries(layout(graph, options)))
      self.postMessage({ part: { [key]: part } });
    self.postMessage({});
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
