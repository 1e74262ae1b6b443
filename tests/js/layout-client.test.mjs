import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker as Thread } from "node:worker_threads";
import { layout } from "../../static/js/layout.js";
import {
  createLayoutClient,
  LayoutSuperseded,
  LayoutTimeout,
} from "../../static/js/layout-client.js";
import { circuit } from "./graphs.mjs";

/** @import { LayoutOptions } from "../../static/js/types.d.ts" */

/** @type {LayoutOptions} */
const OPTIONS = { direction: "lr", gapAcross: 16, gapAlong: 56 };
const SMALL = circuit([["q", "x", "y"]]);
const OTHER = circuit([["q", "x"]]);

/** A worker that does what the test says, when it says so. */
class PuppetWorker extends EventTarget {
  /** @type {unknown[]} */
  asked = [];
  terminated = false;

  /** @param {unknown} message */
  postMessage(message) {
    this.asked.push(message);
  }

  /** @param {unknown} data */
  answer(data) {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  /** Sends a layout as the worker does, part by part. @param {object} layout */
  lay(layout) {
    for (const [key, part] of Object.entries(layout)) this.answer({ part: { [key]: part } });
    this.answer({});
  }

  fail() {
    this.dispatchEvent(Object.assign(new Event("error"), { message: "out of memory" }));
  }

  /** What a browser says when the worker's script may not run: no message. */
  refuse() {
    this.dispatchEvent(new Event("error"));
  }

  terminate() {
    this.terminated = true;
  }
}

/** @param {number} [deadline] */
function puppetClient(deadline) {
  /** @type {PuppetWorker[]} */
  const workers = [];
  const client = createLayoutClient({
    deadline,
    startWorker: () => {
      const worker = new PuppetWorker();
      workers.push(worker);
      return /** @type {Worker} */ (/** @type {unknown} */ (worker));
    },
  });
  return { client, workers };
}

test("a request resolves with the worker's layout; the worker stays for the next", async () => {
  const { client, workers } = puppetClient();
  const made = layout(SMALL, OPTIONS);
  for (const graph of [SMALL, OTHER]) {
    const promise = client.request(graph, OPTIONS);
    workers[0].lay(made);
    assert.deepEqual(await promise, made);
  }
  assert.deepEqual(workers[0].asked, [
    { graph: SMALL, options: OPTIONS },
    { graph: OTHER, options: OPTIONS },
  ]);
  assert.equal(workers.length, 1);
});

test("the worker's complaint about a graph rejects, and the worker stays", async () => {
  const { client, workers } = puppetClient();
  const promise = client.request(SMALL, OPTIONS);
  workers[0].answer({ error: "the graph has a cycle through f" });
  await assert.rejects(promise, { message: "the graph has a cycle through f" });
  assert.equal(workers[0].terminated, false);
});

test("the latest request wins: the one before is given up with its worker", async () => {
  const { client, workers } = puppetClient();
  const first = client.request(SMALL, OPTIONS);
  const second = client.request(OTHER, OPTIONS);
  await assert.rejects(first, LayoutSuperseded);
  assert.equal(workers[0].terminated, true);
  const made = layout(OTHER, OPTIONS);
  workers[1].lay(made);
  assert.deepEqual(await second, made);
});

test("past the deadline the request rejects with LayoutTimeout and a fresh worker starts", async () => {
  const { client, workers } = puppetClient(10);
  const alive = setInterval(() => {}, 1000); // a deadline alone does not keep node running
  try {
    await assert.rejects(client.request(SMALL, OPTIONS), (error) => {
      assert.ok(error instanceof LayoutTimeout);
      assert.match(error.message, /the layout of 3 boxes took longer than 10 ms/);
      return true;
    });
  } finally {
    clearInterval(alive);
  }
  assert.deepEqual(
    workers.map(({ terminated }) => terminated),
    [true, false],
  );
  const next = client.request(OTHER, OPTIONS);
  workers[1].lay(layout(OTHER, OPTIONS));
  await next;
});

test("a worker that dies rejects the request and is replaced", async () => {
  const { client, workers } = puppetClient();
  const promise = client.request(SMALL, OPTIONS);
  workers[0].fail();
  await assert.rejects(promise, { message: "the layout worker failed: out of memory" });
  assert.equal(workers.length, 2);
});

test("where no worker may be made the client lays out itself", async () => {
  const client = createLayoutClient({
    startWorker() {
      throw new Error("refused");
    },
  });
  assert.deepEqual(await client.request(SMALL, OPTIONS), layout(SMALL, OPTIONS));
  client.close();
});

test("where a worker's script is refused, before or after it is asked, the client lays out itself", async () => {
  const before = puppetClient();
  before.workers[0].refuse();
  assert.deepEqual(await before.client.request(SMALL, OPTIONS), layout(SMALL, OPTIONS));
  assert.deepEqual(before.workers[0].asked, []);
  const after = puppetClient();
  const promise = after.client.request(SMALL, OPTIONS);
  after.workers[0].refuse();
  assert.deepEqual(await promise, layout(SMALL, OPTIONS));
  assert.deepEqual(await after.client.request(OTHER, OPTIONS), layout(OTHER, OPTIONS));
  assert.deepEqual([before.workers.length, after.workers.length], [1, 1]);
});

test("closing ends the worker and gives the running request up", async () => {
  const { client, workers } = puppetClient();
  const promise = client.request(SMALL, OPTIONS);
  client.close();
  await assert.rejects(promise, LayoutSuperseded);
  assert.ok(workers.every(({ terminated }) => terminated));
});

test("the real worker answers as layout() does, errors too", async () => {
  const thread = new Thread(
    `const { parentPort, workerData } = require("node:worker_threads");
     globalThis.self = {
       addEventListener: (type, listen) => parentPort.on(type, (data) => listen({ data })),
       postMessage: (message) => parentPort.postMessage(message),
     };
     import(workerData).then(() => parentPort.postMessage("ready"));`,
    {
      eval: true,
      workerData: new URL("../../static/js/layout-worker.js", import.meta.url).href,
    },
  );
  const answer = () => new Promise((resolve) => thread.once("message", resolve));
  assert.equal(await answer(), "ready");
  thread.postMessage({ graph: SMALL, options: OPTIONS });
  const whole = {};
  for (let { part } = await answer(); part; { part } = await answer()) Object.assign(whole, part);
  assert.deepEqual(whole, layout(SMALL, OPTIONS));
  thread.postMessage({ graph: { boxes: [], edges: SMALL.edges }, options: OPTIONS });
  assert.deepEqual(await answer(), { error: "edge x>q.0 starts at an unknown box: x" });
  await thread.terminate();
});
