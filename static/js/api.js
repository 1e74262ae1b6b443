/**
 * The only file that fetches. It is also the worker that does so: a refusal (422 while typing)
 * is news for the student, not an error for the page's console, and a worker's is not printed there.
 */

import { startApiWorker } from "./assets.js";

/** @import { GraphRequest, Problem, Trace } from "./types.d.ts" */

/** @typedef {{ trace?: Trace, problem?: Problem, offline?: boolean }} Answer */

if ("WorkerGlobalScope" in globalThis) listen();

function listen() {
  const headers = {
    "content-type": "application/json",
    "x-client": crypto.randomUUID?.() ?? `${Math.random()}`,
  };
  /** @type {AbortController | undefined} */
  let asking;
  addEventListener("message", async ({ data }) => {
    asking?.abort();
    if (!data) return;
    asking = new AbortController();
    const { signal } = asking;
    try {
      const response = await fetch("/api/graph", { method: "POST", headers, body: data, signal });
      const answer = await response.json();
      postMessage(response.ok ? { trace: answer } : { problem: answer });
    } catch {
      postMessage(signal.aborted ? {} : { offline: true });
    }
  });
}

/**
 * One request in flight; of those that come meanwhile only the newest is sent.
 * @param {(request: GraphRequest, answer: Answer) => void} answered
 */
export function createApi(answered) {
  /** @type {Worker | undefined} */
  let worker;
  /** @type {GraphRequest | undefined} */
  let sent;
  /** @type {GraphRequest | undefined} */
  let next;

  function warm() {
    if (worker) return worker;
    worker = startApiWorker();
    worker.onmessage = ({ data }) => {
      const request = sent;
      sent = undefined;
      if (request && (data.trace || data.problem || data.offline)) answered(request, data);
      send();
    };
    return worker;
  }

  function send() {
    if (sent || !next) return;
    [sent, next] = [next, undefined];
    warm().postMessage(JSON.stringify(sent));
  }

  return {
    warm,
    /**
     * @param {GraphRequest} request
     * @param {boolean} urgent gives up the one in flight, as when its text is gone
     */
    ask(request, urgent) {
      next = request;
      if (sent && urgent) worker?.postMessage("");
      send();
    },
  };
}
