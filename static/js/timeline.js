/**
 * What is known at each step of a trace.
 * The one place that reads the steps: panels and circuit draw the `Frame`s it gives them.
 */

/** @import { EdgeFrame, Frame, NodeFrame, Trace, TraceNode, TraceStep } from "./types.d.ts" */

/**
 * A stretch of steps of one phase, both ends included.
 * @typedef {{ phase: TraceStep["phase"], first: number, last: number }} Phase
 */

/**
 * The step at which each thing becomes known; absent: never.
 * @typedef {object} Timeline
 * @property {Map<string, number>} values by node
 * @property {Map<string, number>} gradients by node
 * @property {Map<string, number>} locals by node, of all its wires
 * @property {Map<string, number>} downstreams by edge
 * @property {Map<string, string>} sources source node by edge
 * @property {Map<string, TraceNode>} nodes
 * @property {Map<string, string[]>} wires edges by target, in argument order
 */

const UNKNOWN = Infinity;

/** @type {WeakMap<Trace, Timeline>} */
const timelines = new WeakMap();

/**
 * The state of the whole circuit at a step, or at a stop that tells several.
 * Equal states are the same object, so that a view finds what changed by comparing references.
 * @param {Trace} trace
 * @param {number} index brought into range
 * @param {number} [detail] what the stop there tells lands together
 * @returns {Frame}
 */
export function frameAt(trace, index, detail = 3) {
  const timeline = timelineOf(trace);
  const at = Math.max(0, Math.min(trace.steps.length - 1, index));
  const told = toldAt(trace, at, detail);
  const step = trace.steps[at];
  const gate = timeline.nodes.get(step.node);
  const opening = step.kind === "evaluate" && gate?.kind !== "gate";
  const used = new Set(told.flatMap((each) => [...usedBy(timeline, each)]));
  const multiplies = step.kind === "multiply" || step.kind === "local";
  const moments = new Set(told.map((each) => each.index));
  const walked = new Set(told.map(({ edge }) => edge));
  const adds = told.some(({ kind, node }) => kind === "accumulate" && node === step.node);

  /** @type {Record<string, NodeFrame>} */
  const nodes = {};
  for (const { id, kind } of trace.nodes) {
    const active = opening ? kind !== "gate" : id === step.node;
    const value = timeline.values.get(id) ?? UNKNOWN;
    const gradient = timeline.gradients.get(id) ?? UNKNOWN;
    const lands = moments.has(gradient) ? "gradient" : moments.has(value) ? "value" : null;
    nodes[id] = nodeFrame({
      valueKnown: value <= at,
      gradientKnown: gradient <= at,
      active,
      used: used.has(id),
      lands,
      adds: active && adds,
      asked: null,
      valueSized: true,
      gradientSized: true,
    });
  }
  /** @type {Record<string, EdgeFrame>} */
  const edges = {};
  for (const { id, target } of trace.edges) {
    const own = target === step.node;
    edges[id] = edgeFrame(
      nodes[target].valueKnown,
      known(timeline.locals, target, at),
      known(timeline.downstreams, id, at),
      walked.has(id) || (own && step.kind === "evaluate"),
      own && multiplies,
    );
  }
  return { index: at, step, nodes, edges };
}

/**
 * The phases of the tape, in order; a trace without gates has no local phase.
 * @param {Trace} trace
 * @returns {Phase[]}
 */
export function phasesOf(trace) {
  /** @type {Phase[]} */
  const phases = [];
  for (const { phase, index } of trace.steps) {
    const last = phases.at(-1);
    if (last?.phase === phase) last.last = index;
    else phases.push({ phase, first: index, last: index });
  }
  return phases;
}

/** @type {WeakMap<Trace, number[][]>} by detail: asked for several times at every step */
const stopLists = new WeakMap();

/**
 * Where a walk at this detail stops: 1 glance, 2 lecture, 3 every step. The last step is always a stop.
 * @param {Trace} trace
 * @param {number} detail
 * @returns {readonly number[]} step indices
 */
export function stopsOf(trace, detail) {
  const lists = stopLists.get(trace) ?? [];
  stopLists.set(trace, lists);
  const last = trace.steps.length - 1;
  lists[detail] ??= trace.steps
    .filter(({ level, index }) => level <= detail || index === last)
    .map(({ index }) => index);
  return lists[detail];
}

/**
 * What is told at a stop, in the order of its telling: the steps since the stop before; at a glance the gate's local
 * gradients first. Between stops it is the step itself.
 * @param {Trace} trace
 * @param {number} index
 * @param {number} detail
 * @returns {TraceStep[]}
 */
export function toldAt(trace, index, detail) {
  const step = trace.steps[index];
  const stops = stopsOf(trace, detail);
  const stop = stops.indexOf(index);
  if (stop < 0) return [step];
  const first = (stops[stop - 1] ?? -1) + 1;
  const steps = trace.steps.slice(first, index + 1).filter(({ phase }) => phase === step.phase);
  const local =
    detail === 1 && step.kind === "multiply"
      ? trace.steps.filter(({ kind, node }) => kind === "local" && node === step.node)
      : [];
  return [...local, ...steps];
}

/**
 * The stop that a walk comes to next, or came from; beyond the last and before the first there is none.
 * @param {Trace} trace
 * @param {number} index
 * @param {number} detail
 * @param {1 | -1} way
 * @returns {number}
 */
export function stopFrom(trace, index, detail, way) {
  const stops = stopsOf(trace, detail);
  const found =
    way > 0 ? stops.find((stop) => stop > index) : stops.findLast((stop) => stop < index);
  return found ?? (way > 0 ? trace.steps.length : -1);
}

/**
 * The step that finds a node's gradient.
 * @param {Trace} trace
 * @param {string} id
 * @returns {number | undefined} undefined where none comes back
 */
export const foundAt = (trace, id) => timelineOf(trace).gradients.get(id);

/**
 * @param {Trace} trace
 * @returns {Timeline}
 */
export function timelineOf(trace) {
  const found = timelines.get(trace);
  if (found) return found;
  /** @type {Timeline} */
  const timeline = {
    values: new Map(),
    gradients: new Map(),
    locals: new Map(),
    downstreams: new Map(),
    sources: new Map(trace.edges.map(({ id, source }) => [id, source])),
    nodes: new Map(trace.nodes.map((node) => [node.id, node])),
    wires: new Map(trace.nodes.map(({ id }) => [id, []])),
  };
  for (const { id, target } of trace.edges) timeline.wires.get(target)?.push(id);
  for (const step of trace.steps) readStep(timeline, step, trace);
  timelines.set(trace, timeline);
  return timeline;
}

/**
 * @param {Timeline} timeline
 * @param {TraceStep} step
 * @param {Trace} trace
 */
function readStep(timeline, { kind, node, edge, index }, trace) {
  if (kind === "evaluate" && timeline.nodes.get(node)?.kind !== "gate") {
    for (const each of trace.nodes) if (each.kind !== "gate") timeline.values.set(each.id, index);
  } else if (kind === "evaluate") {
    timeline.values.set(node, index);
  } else if (kind === "local") {
    timeline.locals.set(node, index);
  } else if (kind === "multiply" && edge) {
    timeline.downstreams.set(edge, index);
    const source = timeline.sources.get(edge);
    // Where several contributions arrive, the later `accumulate` overwrites this.
    if (source && !timeline.gradients.has(source)) timeline.gradients.set(source, index);
  } else {
    timeline.gradients.set(node, index);
  }
}

/**
 * Nodes whose values the step's formula reads.
 * @param {Timeline} timeline
 * @param {TraceStep} step
 * @returns {Set<string>}
 */
function usedBy({ nodes, wires }, { kind, node, edge }) {
  const gate = nodes.get(node);
  if (!gate || (kind !== "evaluate" && kind !== "local" && kind !== "multiply")) return new Set();
  if (kind === "evaluate") return new Set(gate.inputs.map((wire) => wire.node));
  const port = edge === null ? -1 : (wires.get(node)?.indexOf(edge) ?? -1);
  // A rule reads its gate's inputs and output, nothing else.
  const read = [gate, ...gate.inputs.flatMap((wire) => nodes.get(wire.node) ?? [])];
  /** @type {Set<string>} */
  const used = new Set();
  for (const [index, { local }] of gate.inputs.entries()) {
    if (port >= 0 && index !== port) continue;
    if (local.other) used.add(local.other);
    const words = new Set(local.code.match(/[\p{L}_][\p{L}\p{N}_]*/gu));
    for (const { id, code } of read) if (words.has(code)) used.add(id);
  }
  return used;
}

/**
 * @param {Map<string, number>} when
 * @param {string} id
 * @param {number} at
 */
function known(when, id, at) {
  return (when.get(id) ?? UNKNOWN) <= at;
}

/** @type {NodeFrame[]} */
const nodeFrames = [];
const PLACES = [null, "value", "gradient"];

/** @param {NodeFrame} state @returns {NodeFrame} the same object for all equal states */
export function nodeFrame(state) {
  const { valueKnown, gradientKnown, active, used, adds, valueSized, gradientSized } = state;
  const flags = +valueKnown + 2 * +gradientKnown + 4 * +active + 8 * +used + 16 * +adds;
  const places = PLACES.indexOf(state.lands) + 3 * PLACES.indexOf(state.asked);
  const key = flags + 32 * +valueSized + 64 * +gradientSized + 128 * places;
  nodeFrames[key] ??= Object.freeze(state);
  return nodeFrames[key];
}

/** @type {EdgeFrame[]} */
const edgeFrames = [];

/**
 * @param {boolean} valueKnown
 * @param {boolean} localKnown
 * @param {boolean} downstreamKnown
 * @param {boolean} active
 * @param {boolean} localShown
 * @param {boolean} [asked]
 * @returns {EdgeFrame}
 */
export function edgeFrame(
  valueKnown,
  localKnown,
  downstreamKnown,
  active,
  localShown,
  asked = false,
) {
  const flags = +valueKnown + 2 * +localKnown + 4 * +downstreamKnown + 8 * +active;
  const key = flags + 16 * +localShown + 32 * +asked;
  edgeFrames[key] ??= Object.freeze({
    valueKnown,
    localKnown,
    downstreamKnown,
    active,
    localShown,
    asked,
  });
  return edgeFrames[key];
}
