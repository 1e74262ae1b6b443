/**
 * The trace as it is drawn with some groups folded, and its frames.
 * Pure: boundary values, gradients and steps are the trace's own; nothing is computed and nothing renumbered.
 */

import { foldingOf, MOST_GATES } from "./folding/groups.js";
import { edgeFrame, nodeFrame, timelineOf } from "./timeline.js";

/** @import { Folding } from "./folding/groups.js" */
/** @import { Box, EdgeFrame, Folds, Frame, Group, NodeFrame, Trace, TraceEdge, TraceNode, View, WireIn } from "./types.d.ts" */

/** A box with more wires than this has one wire a source. */
const MOST_PORTS = 6;

/** Signs and wildcard of `Folds`. */
const FOLDED = "-";
const OPEN = "+";
const ALL = "*";

/**
 * What is chosen by group: folded, or not.
 * @param {Folds} folds
 * @returns {Map<string, boolean>}
 */
const choices = (folds) => new Map(folds.map((entry) => [entry.slice(1), entry[0] === FOLDED]));

/**
 * Whether a group is folded, if what it stands in is not.
 * @param {Folding} folding
 * @param {Map<string, boolean>} chosen
 * @param {string} id
 */
const isFolded = ({ automatic }, chosen, id) =>
  chosen.get(id) ?? chosen.get(ALL) ?? automatic.has(id);

/**
 * What is chosen, with one group folded or unfolded; only what differs from the automatic choice is kept.
 * @param {Trace} trace
 * @param {Folds} folds
 * @param {string} id
 * @param {boolean} folded
 * @param {number} [most] gates and boxes to draw unasked
 * @returns {Folds}
 */
export function withFold(trace, folds, id, folded, most) {
  const others = folds.filter((entry) => entry.slice(1) !== id);
  const same = isFolded(foldingOf(trace, most), choices(others), id) === folded;
  return same ? others : [...others, `${folded ? FOLDED : OPEN}${id}`];
}

/**
 * Everything folded, or everything open.
 * @param {boolean} folded
 * @returns {Folds}
 */
export const withAll = (folded) => [`${folded ? FOLDED : OPEN}${ALL}`];

/**
 * The trace as it is drawn.
 * @param {Trace} trace
 * @param {Folds} folds
 * @param {number} [most] gates and boxes to draw unasked
 * @returns {View}
 */
export function viewOf(trace, folds, most = MOST_GATES) {
  const folding = foldingOf(trace, most);
  const chosen = choices(folds);
  /** @type {Map<string, Group>} by node in it */
  const hidden = new Map();
  /** @type {Group[]} */
  const open = [];
  for (const group of folding.groups) {
    if (hidden.has(group.gates[0].id)) continue;
    if (!isFolded(folding, chosen, group.id)) open.push(group);
    else for (const { id } of group.gates) hidden.set(id, group);
  }
  hideConstants(trace, hidden);
  const { edges, origins, inputs } = boundaryOf(trace, hidden);
  const sources = new Set(edges.map(({ source }) => source));
  const leaves = (/** @type {TraceNode} */ { id }) => sources.has(id) || id === trace.output;

  /** @type {Map<Group, TraceNode[]>} */
  const members = new Map();
  for (const node of trace.nodes) {
    const group = hidden.get(node.id);
    if (group) push(members, group, node);
  }
  const nodes = trace.nodes.flatMap((node) => {
    const group = hidden.get(node.id);
    if (!group) return [node];
    const own = members.get(group) ?? [];
    if (own[0] !== node) return [];
    const outlets = own.filter(leaves);
    return [
      boxNode(group, own, outlets, inputs.get(group) ?? []),
      ...outlets.map((outlet) => ({ ...outlet, inputs: [], host: group.id })),
    ];
  });
  return { ...trace, nodes, edges, whole: trace, hidden, origins, open };
}

/**
 * A constant that only one box uses is inside it.
 * @param {Trace} trace
 * @param {Map<string, Group>} hidden gains constants
 */
function hideConstants({ nodes, edges }, hidden) {
  /** @type {Map<string, Set<Group | undefined>>} */
  const users = new Map();
  for (const { id, kind } of nodes) if (kind === "constant") users.set(id, new Set());
  for (const { source, target } of edges) users.get(source)?.add(hidden.get(target));
  for (const [id, [user, ...others]] of users)
    if (user && others.length === 0) hidden.set(id, user);
}

/**
 * The wires that are drawn: those between boxes and what is not folded.
 * @param {Trace} trace
 * @param {Map<string, Group>} hidden
 */
function boundaryOf(trace, hidden) {
  const nodes = new Map(trace.nodes.map((node) => [node.id, node]));
  /** @type {Map<Group, Map<string, TraceEdge[]>>} */
  const entering = new Map();
  for (const edge of trace.edges) {
    const group = hidden.get(edge.target);
    if (!group || group === hidden.get(edge.source)) continue;
    const found = entering.get(group) ?? new Map();
    entering.set(group, found);
    push(found, edge.source, edge);
  }
  /** @type {Map<string, string[]>} */
  const origins = new Map();
  /** @type {Map<Group, WireIn[]>} */
  const inputs = new Map();
  const edges = trace.edges.flatMap((edge) => {
    const group = hidden.get(edge.target);
    if (!group) return [edge];
    const bySource = entering.get(group);
    if (!bySource || inputs.has(group)) return [];
    const uses = [...bySource.values()];
    const bundled = uses.flat().length > MOST_PORTS;
    const ports = bundled ? uses : uses.flat().map((use) => [use]);
    inputs.set(
      group,
      ports.map((port) => wireOf(port, nodes)),
    );
    return ports.map((port, key) => {
      origins.set(
        port[0].id,
        port.map(({ id }) => id),
      );
      return { ...port[0], target: group.id, key };
    });
  });
  return { edges, origins, inputs };
}

/**
 * One port of a box. What several uses carry back is their sum, which the engine did not send.
 * @param {TraceEdge[]} edges
 * @param {Map<string, TraceNode>} nodes
 * @returns {WireIn}
 */
function wireOf(edges, nodes) {
  const wires = edges.flatMap(({ target, key }) => nodes.get(target)?.inputs[key] ?? []);
  if (wires.length === 1) return wires[0];
  const shape = wires.find(({ downstream }) => downstream)?.downstream?.shape;
  return { ...wires[0], downstream: shape ? { shape, data: null } : null };
}

/**
 * @param {Group} group
 * @param {TraceNode[]} members
 * @param {TraceNode[]} outlets
 * @param {WireIn[]} inputs
 * @returns {TraceNode}
 */
function boxNode(group, members, outlets, inputs) {
  return {
    id: group.id,
    kind: "box",
    primitive: null,
    family: null,
    symbol: "",
    face: group.label,
    name: null,
    aliases: [],
    label: group.label,
    code: group.id,
    span: null,
    module: [],
    dims: [],
    value: { shape: [], data: null },
    upstream: null,
    inputs,
    latex: "",
    box: { group, members, outlets: outlets.map(({ id }) => id) },
  };
}

/**
 * @template K, V
 * @param {Map<K, V[]>} lists
 * @param {K} key
 * @param {V} item
 */
function push(lists, key, item) {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

// ---------------------------------------------------------------- one moment of it

/**
 * A frame of the whole trace, as it shows on a view. The step keeps its index and its words; where its gate is
 * folded, it is about the box.
 * @param {View} view
 * @param {Frame} frame
 * @returns {Frame}
 */
export function frameOn({ nodes: drawn, edges: wires, whole, hidden, origins }, frame) {
  if (hidden.size === 0) return frame;
  const { step } = frame;
  const arrives = step.kind === "accumulate" || step.kind === "seed";
  /** What leaves a box receives its gradient outside of it. */
  const outside = arrives && drawn.some(({ id }) => id === step.node);
  const group = outside ? undefined : hidden.get(step.node);
  const works = group?.gates.some(({ id }) => id === step.node);
  /** @type {Record<string, NodeFrame>} */
  const nodes = {};
  for (const { id, box, host } of drawn) {
    const state = frame.nodes[id];
    if (box) nodes[id] = boxFrame(box, frame, box.group === group && works === true);
    else nodes[id] = host && !outside ? resting(state) : state;
  }
  /** @type {Record<string, EdgeFrame>} */
  const edges = {};
  let edge = null;
  for (const { id, target } of wires) {
    const own = origins.get(id) ?? [id];
    if (step.edge !== null && own.includes(step.edge)) edge = id;
    edges[id] = target in frame.nodes ? frame.edges[id] : wireFrame(own, frame, whole);
  }
  return { ...frame, step: { ...step, node: group?.id ?? step.node, edge }, nodes, edges };
}

/** @param {NodeFrame} state of a value whose gate works out of sight */
const resting = (state) => nodeFrame({ ...state, active: false });

/**
 * @param {Box} box
 * @param {Frame} frame
 * @param {boolean} active
 */
function boxFrame({ outlets }, { nodes }, active) {
  const all = (/** @type {"valueKnown" | "gradientKnown"} */ what) =>
    outlets.every((id) => nodes[id][what]);
  return nodeFrame({
    ...{ valueKnown: all("valueKnown"), gradientKnown: all("gradientKnown"), active, used: false },
    ...{ lands: null, adds: false, asked: null, valueSized: true, gradientSized: true },
  });
}

/**
 * A wire into a box carries a value as soon as one gate inside has read it, and a gradient once all have answered
 * that ever will.
 * @param {string[]} ids
 * @param {Frame} frame
 * @param {Trace} whole
 */
function wireFrame(ids, { edges }, whole) {
  const { downstreams } = timelineOf(whole);
  const carrying = ids.filter((id) => downstreams.has(id));
  return edgeFrame(
    ids.some((id) => edges[id].valueKnown),
    ids.some((id) => edges[id].localKnown),
    carrying.length > 0 && carrying.every((id) => edges[id].downstreamKnown),
    ids.some((id) => edges[id].active),
    false,
  );
}
