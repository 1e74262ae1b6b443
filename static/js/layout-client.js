/**
 * Asks a worker for layouts, so that the page never waits for one.
 * The latest request wins: an older one still running is given up. So is one that passes its deadline.
 */

import { layout } from "./layout.js";

/** @import { Layout, LayoutGraph, LayoutOptions } from "./types.d.ts" */

/** Up to this many boxes a layout is quicker than a message to a worker and back. */
const INLINE_BOXES = 40;

export class LayoutTimeout extends Error {
  /**
   * @param {number} boxes
   * @param {number} deadline ms
   */
  constructor(boxes, deadline) {
    super(`the layout of ${boxes} boxes took longer than ${deadline} ms; fold some of them`);
    this.name = "LayoutTimeout";
  }
}

export class LayoutSuperseded extends Error {
  constructor() {
    super("a newer request took this layout's place");
    this.name = "LayoutSuperseded";
  }
}

/**
 * Lays a small graph out at once, for the first paint.
 * @param {LayoutGraph} graph
 * @param {LayoutOptions} options
 * @returns {Layout | undefined} undefined when the graph is too large to do so without being noticed
 */
export function layoutNow(graph, options) {
  return graph.boxes.length <= INLINE_BOXES ? layout(graph, options) : undefined;
}

/** @returns {Worker} */
function startLayoutWorker() {
  return new Worker(new URL("./layout-worker.js", import.meta.url), { type: "module" });
}

/**
 * @typedef {object} LayoutClient
 * @property {(graph: LayoutGraph, options: LayoutOptions) => Promise<Layout>} request rejects with
 *   LayoutTimeout past the deadline, LayoutSuperseded when a newer request came or the client was closed,
 *   and Error when the graph cannot be laid out
 * @property {() => void} close ends the worker
 */

/**
 * @param {object} [settings]
 * @param {number} [settings.deadline] ms
 * @param {() => Worker} [settings.startWorker]
 * @returns {LayoutClient}
 */
export function createLayoutClient({ deadline = 2000, startWorker = startLayoutWorker } = {}) {
  let worker = startWorker();
  /** @type {((reason: Error) => void) | undefined} gives the running request up */
  let giveUp;

  /**
   * @param {LayoutGraph} graph
   * @param {LayoutOptions} options
   */
  function request(graph, options) {
    giveUp?.(new LayoutSuperseded());
    return new Promise((resolve, reject) => {
      const running = new AbortController();
      const finish = () => {
        running.abort();
        giveUp = undefined;
      };
      giveUp = (reason) => {
        finish();
        worker.terminate();
        worker = startWorker();
        reject(reason);
      };
      const stop = giveUp;
      const listening = { signal: running.signal };
      worker.addEventListener(
        "message",
        ({ data }) => {
          finish();
          if (data.layout) resolve(data.layout);
          else reject(new Error(data.error));
        },
        listening,
      );
      worker.addEventListener(
        "error",
        (event) => stop(new Error(`the layout worker failed: ${event.message}`)),
        listening,
      );
      AbortSignal.timeout(deadline).addEventListener(
        "abort",
        () => {
          stop(new LayoutTimeout(graph.boxes.length, deadline));
        },
        listening,
      );
      worker.postMessage({ graph, options });
    });
  }

  return {
    request,
    close() {
      giveUp?.(new LayoutSuperseded());
      worker.terminate();
    },
  };
}
