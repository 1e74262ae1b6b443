/**
 * The only file that fetches. It is also the worker that does so: a refusal (422 while typing)
 * is news for the student, not an error for the page's console, and a worker's is not printed there.
 */

import { startApiWorker } from "./assets.js";

/** @import { GraphRequest, Numbers, Problem, Trace } from "./types.d.ts" */

/**
 * One of the three; none, if it was given up.
 * @template T
 * @typedef {{ answer?: T, problem?: Problem, offline?: boolean }} Answer
 */

/** Letters of an answer that is sent in parts, and items of a part. */
const LARGE = 500_000;
const PART = 100;

if ("WorkerGlobalScope" in globalThis) listen();

function listen() {
  const headers = {
    "content-type": "application/json",
    "x-client": crypto.randomUUID?.() ?? `${Math.random()}`,
  };
  /** @type {Map<number, AbortController>} */
  const running = new Map();
  addEventListener("message", async ({ data: { id, path, body, file } }) => {
    if (file) return postMessage({ id, answer: await kept(file) });
    if (!path) return running.get(id)?.abort();
    const asking = new AbortController();
    running.set(id, asking);
    const { signal } = asking;
    const method = body === undefined ? "GET" : "POST";
    try {
      const response = await fetch(path, { method, headers, body, signal });
      const text = await response.text();
      // As text: what a worker has parsed is packed, sent and unpacked, which takes longer than parsing it there.
      if (text.length < LARGE || !response.ok) postMessage({ id, good: response.ok, text });
      else postParts(id, JSON.parse(text));
    } catch {
      postMessage({ id, offline: !signal.aborted });
    }
    running.delete(id);
  });
}

/**
 * Sends an answer in parts that the page takes one by one: all at once they would keep it from drawing.
 * @param {number} id
 * @param {Record<string, any>} answer
 */
function postParts(id, answer) {
  for (const [key, all] of Object.entries(answer)) {
    if (!Array.isArray(all)) postMessage({ id, part: { [key]: all } });
    else
      for (let i = 0; i === 0 || i < all.length; i += PART)
        postMessage({ id, part: { [key]: all.slice(i, i + PART) } });
  }
  postMessage({ id });
}

/**
 * @param {Record<string, any>} whole gains a part
 * @param {Record<string, any>} part
 */
function join(whole, part) {
  for (const [key, some] of Object.entries(part))
    if (Array.isArray(whole[key])) whole[key].push(...some);
    else whole[key] = some;
}

/**
 * @param {string} text
 * @param {boolean} good
 * @returns {Answer<any>} as if offline, where something else than the engine has answered
 */
function read(text, good) {
  try {
    const answer = JSON.parse(text);
    return good ? { answer } : { problem: answer };
  } catch {
    return { offline: true };
  }
}

/**
 * A file that the page has loaded, from the browser's store if it is there, whatever its age.
 * @param {string} address
 * @returns {Promise<Uint8Array | undefined>}
 */
async function kept(address) {
  try {
    const response = await fetch(address, { cache: "force-cache" });
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A pass that is asked for.
 * @typedef {object} Asked
 * @property {GraphRequest} request
 * @property {readonly number[]} [told] only its numbers are wanted, and the words of these steps
 */

/**
 * @param {(request: GraphRequest, answer: Answer<Trace>) => void} answered
 * @param {(request: GraphRequest, answer: Answer<Numbers>) => void} [numbered]
 */
export function createApi(answered, numbered) {
  /** @type {Worker | undefined} */
  let worker;
  let count = 0;
  /** @type {Map<number, (answer: Answer<any>) => void>} */
  const waiting = new Map();
  /** @type {Map<number, Record<string, any>>} answers of which parts have come */
  const come = new Map();
  /** @type {AbortController | undefined} gives the graph in flight up */
  let sent;
  /** @type {Asked | undefined} */
  let next;
  /** @type {Map<string, Trace>} by what was asked: pages that know what will be wanted go on without a network */
  const kept = new Map();

  function warm() {
    if (worker) return worker;
    worker = startApiWorker();
    worker.onmessage = ({ data: { id, text, good, part, ...answer } }) => {
      const whole = come.get(id) ?? {};
      if (part) {
        join(whole, part);
        come.set(id, whole);
        return;
      }
      if (come.delete(id)) answer.answer = whole;
      waiting.get(id)?.(text === undefined ? answer : read(text, good));
      waiting.delete(id);
    };
    return worker;
  }

  /**
   * Asks an endpoint; without a body, by GET.
   * @template T
   * @param {string} path such as "/api/code"
   * @param {object} [body]
   * @param {AbortSignal} [signal] gives it up
   * @returns {Promise<Answer<T>>}
   */
  function call(path, body, signal) {
    const id = count++;
    warm().postMessage({ id, path, body: body && JSON.stringify(body) });
    signal?.addEventListener("abort", () => worker?.postMessage({ id }));
    return new Promise((resolve) => waiting.set(id, resolve));
  }

  /**
   * A file of the page itself, such as a font.
   * @param {string} file its address
   * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} undefined without a network, if it is not kept
   */
  async function bytes(file) {
    const id = count++;
    warm().postMessage({ id, file });
    const { answer } = await new Promise((resolve) => waiting.set(id, resolve));
    return answer;
  }

  /** @param {object} request */
  function known(request) {
    const answer = kept.get(JSON.stringify(request));
    return answer && { answer };
  }

  async function send() {
    if (sent || !next) return;
    const { request, told } = next;
    next = undefined;
    sent = new AbortController();
    const whole = known(request);
    /** @type {Answer<any>} */
    const answer =
      whole ??
      (told
        ? await call("/api/numbers", { ...request, told }, sent.signal)
        : await call("/api/graph", request, sent.signal));
    sent = undefined;
    if (answer.answer || answer.problem || answer.offline)
      (told && !whole ? numbered : answered)?.(request, answer);
    void send();
  }

  return {
    warm,
    call,
    bytes,
    /**
     * Fetches traces that will be wanted, one after the other.
     * @param {object[]} requests
     */
    async keep(requests) {
      for (const request of requests) {
        if (known(request)) continue;
        /** @type {Answer<Trace>} */
        const { answer } = await call("/api/graph", request);
        if (answer) kept.set(JSON.stringify(request), answer);
      }
    },
    /**
     * Asks for a pass: one request in flight; of those that come meanwhile only the newest is sent.
     * @param {Asked} asked
     * @param {boolean} urgent gives up the one in flight, as when its text is gone
     */
    ask(asked, urgent) {
      next = asked;
      if (urgent) sent?.abort();
      void send();
    },
  };
}
