/**
 * Asks a worker for layouts, so that the page never waits for one.
 * The latest request wins: an older one still running is given up. So is one that passes its deadline.
 * Where workers are refused, as in some frames of others, the page lays out itself.
 */

import { startLayoutWorker } from "./assets.js";
import { layout } from "./layout.js";

/** @import { Layout, LayoutGraph, LayoutOptions } from "./types.d.ts" */

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
 * @param {LayoutGraph} graph
 * @param {LayoutOptions} options
 */
async function layoutHere(graph, options) {
  return layout(graph, options);
}

/**
 * Whether it was the worker's script that was refused; faults of a script that runs come with a message.
 * @param {ErrorEvent} event
 */
const isRefusal = (event) => event.message === undefined;

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
  let worker = start();
  /** @type {((reason: Error) => void) | undefined} gives the running request up */
  let giveUp;

  /** @returns {Worker | undefined} undefined where workers are refused */
  function start() {
    try {
      const started = startWorker();
      started.addEventListener("error", (event) => {
        if (isRefusal(event) && worker === started) worker = undefined;
      });
      return started;
    } catch {
      return undefined;
    }
  }

  /**
   * @param {LayoutGraph} graph
   * @param {LayoutOptions} options
   */
  function request(graph, options) {
    giveUp?.(new LayoutSuperseded());
    const asked = worker;
    if (!asked) return layoutHere(graph, options);
    return new Promise((resolve, reject) => {
      /** @type {Partial<Layout>} */
      const whole = {};
      const running = new AbortController();
      const finish = () => {
        running.abort();
        giveUp = undefined;
      };
      giveUp = (reason) => {
        finish();
        asked.terminate();
        worker = start();
        reject(reason);
      };
      const stop = giveUp;
      const listening = { signal: running.signal };
      asked.addEventListener(
        "message",
        ({ data: { part, error } }) => {
          if (part) return Object.assign(whole, part);
          finish();
          if (error) reject(new Error(error));
          else resolve(/** @type {Layout} */ (whole));
        },
        listening,
      );
      asked.addEventListener(
        "error",
        (event) => {
          if (!isRefusal(event))
            return stop(new Error(`the layout worker failed: ${event.message}`));
          finish();
          resolve(layoutHere(graph, options));
        },
        listening,
      );
      AbortSignal.timeout(deadline).addEventListener(
        "abort",
        () => {
          stop(new LayoutTimeout(graph.boxes.length, deadline));
        },
        listening,
      );
      asked.postMessage({ graph, options });
    });
  }

  return {
    request,
    close() {
      giveUp?.(new LayoutSuperseded());
      worker?.terminate();
    },
  };
}
