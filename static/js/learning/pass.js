/**
 * You are the backward pass: which gates may send their gradients back, and what the board shows once some have.
 * Any order goes in which a gate waits for all that use its value. No DOM.
 */

import { edgeFrame, nodeFrame, timelineOf } from "../timeline.js";

/** @import { Learning } from "../state.js" */
/** @import { Frame, Trace, TraceNode } from "../types.d.ts" */

/** @typedef {NonNullable<Learning["pass"]>} Pass */

/** @type {WeakMap<Trace, Map<string, Set<string>>>} */
const waiting = new WeakMap();

/**
 * For each node that a gradient comes to, the gates that it comes from.
 * @param {Trace} trace
 */
function sendersOf(trace) {
  const known = waiting.get(trace);
  if (known) return known;
  /** @type {Map<string, Set<string>>} */
  const senders = new Map();
  for (const { id, upstream } of trace.nodes) if (upstream) senders.set(id, new Set());
  for (const { id, inputs } of trace.nodes)
    for (const { node, downstream } of inputs) if (downstream) senders.get(node)?.add(id);
  waiting.set(trace, senders);
  return senders;
}

/** The gates that have to send. @param {Trace} trace */
export const gatesOf = (trace) =>
  trace.nodes.filter(
    ({ kind, inputs }) => kind === "gate" && inputs.some((wire) => wire.downstream),
  );

/**
 * What a gate still waits for, in the order of the tape.
 * @param {Trace} trace
 * @param {readonly string[]} sent
 * @param {string} id
 */
export const waitsFor = (trace, sent, id) =>
  [...(sendersOf(trace).get(id) ?? [])].filter((sender) => !sent.includes(sender));

/**
 * Why a node cannot send now.
 * @param {Trace} trace
 * @param {readonly string[]} sent
 * @param {string} id
 * @returns {string} "" if it can
 */
export function refusalOf(trace, sent, id) {
  const { nodes } = timelineOf(trace);
  const node = /** @type {TraceNode} */ (nodes.get(id));
  const { label, kind } = node;
  if (kind === "constant") return `${label} is a constant: no gradient comes to it.`;
  if (kind === "input") return `${label} is an input: its gradient arrives there and stays.`;
  if (!gatesOf(trace).includes(node)) return `No gradient comes to ${label}.`;
  if (sent.includes(id)) return `${label} has sent its gradients back already.`;
  const late = waitsFor(trace, sent, id).map((each) => nodes.get(each)?.label);
  return late.length > 0 ? `${label} waits for the gradient from ${late.join(" and ")}.` : "";
}

/** @type {Pass} */
export const START = Object.freeze({
  sent: [],
  wrong: 0,
  words: "You are the backward pass. Press a gate to send its gradients back: which one is first?",
});

/**
 * The pass once a node has been pressed.
 * @param {Trace} trace
 * @param {Pass} pass
 * @param {string} id
 * @returns {Pass}
 */
export function pressed(trace, pass, id) {
  const refusal = refusalOf(trace, pass.sent, id);
  if (refusal) return { ...pass, wrong: pass.wrong + 1, words: refusal };
  const sent = [...pass.sent, id];
  const { nodes } = timelineOf(trace);
  const gate = /** @type {TraceNode} */ (nodes.get(id));
  const to = gate.inputs
    .filter(({ downstream }) => downstream)
    .map(({ node }) => nodes.get(node)?.label);
  const told = `${gate.label} sends its gradients back to ${[...new Set(to)].join(" and ")}.`;
  const left = gatesOf(trace).length - sent.length;
  if (left > 0) return { ...pass, sent, words: told };
  const tries = pass.wrong === 1 ? "1 wrong press" : `${pass.wrong} wrong presses`;
  return {
    ...pass,
    sent,
    words: `${told} Finished: every gradient has arrived, with ${tries}. Home starts anew.`,
  };
}

/**
 * What the board shows: all values, and the gradients that have been sent.
 * @param {Trace} trace
 * @param {Frame} frame
 * @param {Pass} pass
 * @returns {Frame}
 */
export function passFrame(trace, frame, { sent, words }) {
  const last = sent.at(-1);
  const before = sent.slice(0, -1);
  const senders = sendersOf(trace);
  const arrived = (/** @type {string} */ id, /** @type {readonly string[]} */ by) =>
    senders.has(id) && [...(senders.get(id) ?? [])].every((sender) => by.includes(sender));
  /** @type {Frame["nodes"]} */
  const nodes = {};
  for (const { id } of trace.nodes) {
    const known = arrived(id, sent);
    const lands = known && last !== undefined && !arrived(id, before) ? "gradient" : null;
    nodes[id] = nodeFrame({
      ...{ valueKnown: true, gradientKnown: known, active: id === last, used: false },
      ...{ lands, adds: false, asked: null, valueSized: true, gradientSized: true },
    });
  }
  const { wires, nodes: all } = timelineOf(trace);
  /** @type {Frame["edges"]} */
  const edges = {};
  for (const [id, own] of wires)
    for (const [key, edge] of own.entries()) {
      const carried = Boolean(all.get(id)?.inputs[key].downstream) && sent.includes(id);
      const active = carried && id === last;
      edges[edge] = edgeFrame(true, carried, carried, active, active);
    }
  const step = {
    ...frame.step,
    node: last ?? trace.output,
    edge: null,
    phase: /** @type {const} */ ("backward"),
    kind: /** @type {const} */ ("multiply"),
  };
  const count = `${sent.length} of ${gatesOf(trace).length} gates`;
  const told = {
    where: "you are the backward pass",
    words,
    parts: [{ tone: /** @type {const} */ ("sign"), text: count }],
  };
  return { ...frame, step, told, nodes, edges };
}
