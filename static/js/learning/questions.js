/** What predict mode asks: of each step the question, what fills its blanks, and the frame without the answer. No DOM. */

import { ASKED } from "../format.js";
import { equationOf, short, sign, slopeName } from "../panels/equation.js";
import { edgeFrame, nodeFrame, timelineOf } from "../timeline.js";

/** @import { Part } from "../panels/equation.js" */
/** @import { Learning } from "../state.js" */
/** @import { EdgeFrame, Frame, Tensor, Told, Trace, TraceNode, TraceStep, WireIn } from "../types.d.ts" */

/**
 * One place to fill in.
 * @typedef {object} Blank
 * @property {string} label what it is called, such as "∂f/∂q"
 * @property {"value" | "local" | "gradient" | "part"} kind a part is one of several contributions
 * @property {string} node whose value or gradient it is; of a local gradient, the gate
 * @property {Tensor | undefined} tensor the answer; none, where it is a rule alone
 * @property {number[]} shape
 * @property {string[]} written formulas that are right as they stand
 * @property {{ name: string, tensor: Tensor }[]} confused what is often given in its place
 */

/**
 * @typedef {object} Question
 * @property {string} address of its step
 * @property {TraceStep["kind"]} kind
 * @property {Told} told
 * @property {Blank[]} blanks
 */

/** @type {WeakMap<Trace, Map<number, Question | undefined>>} */
const asked = new WeakMap();

/**
 * What is asked at a step; undefined where there is nothing to predict: inputs are given, the seed is 1.
 * @param {Trace} trace
 * @param {number} index
 * @returns {Question | undefined}
 */
export function questionAt(trace, index) {
  const questions = asked.get(trace) ?? new Map();
  asked.set(trace, questions);
  if (!questions.has(index)) questions.set(index, questionOf(trace, trace.steps[index]));
  return questions.get(index);
}

/**
 * @param {Trace} trace
 * @param {TraceStep} step
 * @returns {Question | undefined}
 */
function questionOf(trace, step) {
  const blanks = blanksOf(trace, step);
  if (blanks.length === 0) return undefined;
  const { where, parts } = equationOf(trace, step);
  const told = {
    where: `${where} · predict`,
    words: wordsOf(trace, step, blanks),
    parts: isRule(step.kind, blanks[0]) ? unknowns(blanks) : withoutResult(parts, blanks[0]),
  };
  return { address: step.address, kind: step.kind, told, blanks };
}

/**
 * @param {Trace} trace
 * @param {TraceStep} step
 * @returns {Blank[]}
 */
function blanksOf(trace, step) {
  const { nodes, wires, sources, gradients } = timelineOf(trace);
  const find = (/** @type {string} */ id) => /** @type {TraceNode} */ (nodes.get(id));
  const gate = find(step.node);
  if (step.kind === "evaluate")
    return gate.kind === "gate" ? [blank(short(gate.label), "value", gate, gate.value)] : [];
  if (step.kind === "local")
    return gate.inputs
      .filter(({ downstream }) => downstream)
      .flatMap((wire) => localBlank(gate, find(wire.node), wire, nodes));
  const output = find(trace.output);
  if (step.kind === "accumulate")
    return [
      blank(slopeName(output, gate), "gradient", gate, /** @type {Tensor} */ (gate.upstream)),
    ];
  if (step.kind !== "multiply") return [];
  const wire = gate.inputs[wires.get(gate.id)?.indexOf(String(step.edge)) ?? 0];
  const source = find(sources.get(String(step.edge)) ?? "");
  const whole = gradients.get(source.id) === step.index;
  const upstream = /** @type {Tensor} */ (gate.upstream);
  return [
    {
      ...blank(
        slopeName(output, source),
        whole ? "gradient" : "part",
        source,
        /** @type {Tensor} */ (wire.downstream),
      ),
      confused: [
        { name: "the upstream", tensor: upstream },
        ...(wire.local.value ? [{ name: "the local gradient", tensor: wire.local.value }] : []),
      ],
    },
  ];
}

/**
 * @param {string} label
 * @param {Blank["kind"]} kind
 * @param {TraceNode} node
 * @param {Tensor} tensor
 * @returns {Blank}
 */
const blank = (label, kind, node, tensor) => ({
  ...{ label, kind, node: node.id, tensor, shape: node.value.shape },
  ...{ written: [], confused: [] },
});

/**
 * @param {TraceNode} gate
 * @param {TraceNode} source
 * @param {WireIn} wire
 * @param {Map<string, TraceNode>} nodes
 * @returns {Blank[]}
 */
function localBlank(gate, source, { local }, nodes) {
  const { structure, value, code, said, other } = local;
  // To pick, to turn and to sum back are no slopes that one could write down in a word.
  if (structure !== "matmul" && structure !== "reduction" && !value) return [];
  const spread = structure === "reduction" && !value ? ["1"] : [];
  const factor = nodes.get(other ?? "");
  return [
    {
      label: slopeName(gate, source),
      kind: "local",
      node: gate.id,
      tensor: value ?? undefined,
      shape: value?.shape ?? [],
      written: [code, said, ...spread],
      confused: factor ? [{ name: "the other factor, not transposed", tensor: factor.value }] : [],
    },
  ];
}

/**
 * @param {Blank[]} blanks
 * @returns {Part[]}
 */
const unknowns = (blanks) =>
  blanks.flatMap(({ label, kind }, i) => {
    const tone = kind === "local" ? "local" : "gradient";
    /** @type {Part[]} */
    const parts = [{ tone, text: label }, sign("="), { tone, text: ASKED }];
    return i ? [sign(","), ...parts] : parts;
  });

/**
 * Whether the answer is a rule rather than a number: then the equation would tell it.
 * @param {TraceStep["kind"]} kind
 * @param {Blank} blank
 */
const isRule = (kind, { shape }) => kind === "local" || (kind === "multiply" && shape.length > 0);

/**
 * @param {Part[]} parts of an equation, its result the last
 * @param {Blank} blank
 * @returns {Part[]}
 */
function withoutResult(parts, { label }) {
  const { tone, role } = parts[parts.length - 1];
  return [...parts.slice(0, -1), { tone, role, text: ASKED, caption: label }];
}

/**
 * @param {Trace} trace
 * @param {TraceStep} step
 * @param {Blank[]} blanks
 */
function wordsOf(trace, { kind, node, edge }, blanks) {
  const { nodes, sources } = timelineOf(trace);
  const gate = /** @type {TraceNode} */ (nodes.get(node));
  const ways = gate.value.shape.length ? " Its shape, its entries, or a formula." : "";
  if (kind === "evaluate") return `What is ${short(gate.label)}?${ways}`;
  if (kind === "local") {
    const names = gate.inputs
      .filter(({ downstream }) => downstream)
      .map((wire) => short(nodes.get(wire.node)?.label ?? ""));
    const others = blanks.length > 1 ? ", the other at rest" : "";
    return `How steep is ${short(gate.label)} in ${[...new Set(names)].join(" and in ")}${others}?`;
  }
  const source = nodes.get(sources.get(String(edge)) ?? node) ?? gate;
  const [tensor, part] = [source.value.shape.length > 0, blanks[0].kind === "part"];
  const also = part
    ? ` One contribution of several${tensor ? ": its shape, or its entries" : ""}.`
    : tensor
      ? " Its shape, its entries, or a formula."
      : "";
  if (kind === "accumulate")
    return `What is the whole gradient of ${short(gate.label)}, from all its uses?${ways}`;
  return `What does ${gate.symbol} send back to ${short(source.label)}?${also}`;
}

// ---------------------------------------------------------------- the frame

/** @type {WeakMap<Frame, Frame>} */
const hidden = new WeakMap();

/**
 * The frame of a step without what the step brings; a question mark stands in its place.
 * @param {Frame} frame
 * @param {Question} question
 * @returns {Frame}
 */
export function withoutAnswer(frame, question) {
  const known = hidden.get(frame);
  if (known) return known;
  const local = question.kind === "local";
  const nodes = mapped(frame.nodes, (state) => {
    const { valueKnown, gradientKnown, used, lands } = state;
    if (!lands && !(used && local)) return state;
    return nodeFrame({
      ...state,
      valueKnown: valueKnown && lands !== "value",
      gradientKnown: gradientKnown && lands !== "gradient",
      used: used && !local,
      lands: null,
      adds: false,
      asked: lands,
    });
  });
  const telling = isRule(question.kind, question.blanks[0]);
  const edges = mapped(frame.edges, (state) => withoutFactor(state, question.kind, telling));
  const result = { ...frame, told: question.told, nodes, edges };
  hidden.set(frame, result);
  return result;
}

/** @type {WeakMap<Frame, { sized: unknown, shapes: unknown, result: Frame }>} */
const unsized = new WeakMap();

/**
 * The frame without the shapes that no step has shown yet and no answer has got right. This alone decides which may be
 * told: whoever tells one asks the frame.
 * @param {Frame} frame
 * @param {Pick<Learning, "sized" | "shapes">} answered
 * @returns {Frame}
 */
export function withoutShapes(frame, { sized, shapes }) {
  const known = unsized.get(frame);
  if (known?.sized === sized && known.shapes === shapes) return known.result;
  const nodes = mapped(frame.nodes, (state, id) => {
    const gradientSized = state.gradientKnown || shapes[id] === true;
    const valueSized = state.valueKnown || gradientSized || sized.includes(id);
    return nodeFrame({ ...state, valueSized, gradientSized });
  });
  const result = { ...frame, nodes };
  unsized.set(frame, { sized, shapes, result });
  return result;
}

/**
 * @param {EdgeFrame} state
 * @param {Question["kind"]} kind
 * @param {boolean} telling whether the local gradient tells the answer
 * @returns {EdgeFrame}
 */
function withoutFactor(state, kind, telling) {
  const { valueKnown, localKnown, downstreamKnown, active, localShown } = state;
  if (kind === "local" && localShown)
    return edgeFrame(valueKnown, false, downstreamKnown, active, true, true);
  if (kind === "multiply" && active)
    return edgeFrame(valueKnown, localKnown && !telling, false, active, localShown, true);
  return state;
}

/**
 * @template T
 * @param {Record<string, T>} record
 * @param {(value: T, key: string) => T} change
 * @returns {Record<string, T>}
 */
const mapped = (record, change) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
