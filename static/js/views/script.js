/** A script's lines: what a step is about, and the colours of its words; no DOM. */

import { timelineOf } from "../timeline.js";

/** @import { Trace, TraceStep } from "../types.d.ts" */

/**
 * An answer of /api/code.
 * @typedef {object} Script
 * @property {string} code
 * @property {Record<string, string>} gradients
 * @property {{ line: number, node: string | null, phase: "forward" | "backward" }[]} lines counted from 1
 */

/** @typedef {"" | "comment" | "text" | "number" | "keyword" | "forward" | "gradient"} Tone */

const WORDS = /(#.*$)|("[^"]*")|((?<![\w.])\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)|([\p{L}_]\w*)/gu;
const KEYWORDS = new Set(
  "import from as for in if else def return lambda None True False".split(" "),
);
const SHOWS = /^\s*print\(/;
const ASSIGNS = /^\s*([\p{L}_]\w*)(?:\[.*\])? [-+*/]?= /u;

/** @param {string} line */
const targetOf = (line) => ASSIGNS.exec(line)?.[1];

/**
 * What the names of a script stand for: a name that a backward line sets is a gradient.
 * @param {Script} script
 * @returns {Map<string, Tone>}
 */
export function namesOf({ code, lines }) {
  const rows = code.split("\n");
  /** @type {Map<string, Tone>} */
  const names = new Map();
  for (const { line, phase } of lines) {
    const name = targetOf(rows[line - 1]);
    if (name && !names.has(name)) names.set(name, phase === "forward" ? "forward" : "gradient");
  }
  return names;
}

/**
 * @param {string} line
 * @param {Map<string, Tone>} names
 * @returns {{ text: string, tone: Tone }[]} whose texts, joined, are the line
 */
export function tokensOf(line, names) {
  /** @type {{ text: string, tone: Tone }[]} */
  const tokens = [];
  let end = 0;
  for (const match of line.matchAll(WORDS)) {
    const [text, comment, string, number] = match;
    const own = line[match.index - 1] === "." ? "" : (names.get(text) ?? "");
    const tone = comment
      ? "comment"
      : string
        ? "text"
        : number
          ? "number"
          : KEYWORDS.has(text)
            ? "keyword"
            : own;
    if (match.index > end) tokens.push({ text: line.slice(end, match.index), tone: "" });
    tokens.push({ text, tone });
    end = match.index + text.length;
  }
  if (end < line.length) tokens.push({ text: line.slice(end), tone: "" });
  return tokens;
}

/**
 * The lines that a step is about. Where a script leaves the way back to its framework, every step back is about
 * the one line that asks for it.
 * @param {Script} script
 * @param {Trace} trace
 * @param {TraceStep} step
 * @returns {number[]} counted from 1
 */
export function linesOfStep({ code, lines }, trace, step) {
  const rows = code.split("\n");
  const computing = lines.filter(({ line }) => !SHOWS.test(rows[line - 1]));
  const back = computing.filter(({ phase }) => phase === "backward");
  const forward = computing.filter(({ phase }) => phase === "forward");
  if (step.phase !== "backward") {
    const still = new Set(
      step.kind === "evaluate" && step.address === trace.steps[0].address
        ? trace.nodes.filter(({ kind }) => kind !== "gate").map(({ id }) => id)
        : [step.node],
    );
    return forward.filter(({ node }) => node !== null && still.has(node)).map(({ line }) => line);
  }
  const name = gradientOf(trace, step);
  const sets = /** @param {{ line: number }} each */ ({ line }) =>
    targetOf(rows[line - 1]) === name;
  const own = back.filter(({ node }) => node === step.node);
  const found =
    step.kind === "seed"
      ? back.slice(0, 1)
      : step.kind === "accumulate"
        ? back.filter(sets)
        : own.some(sets)
          ? own.filter(sets)
          : own;
  return (found.length ? found : back.slice(0, 1)).map(({ line }) => line);
}

/**
 * The name of the gradient that a step back makes or changes.
 * @param {Trace} trace
 * @param {TraceStep} step
 */
function gradientOf(trace, step) {
  const { nodes, wires } = timelineOf(trace);
  const wire =
    step.kind === "accumulate"
      ? trace.nodes
          .flatMap(({ inputs }) => inputs)
          .find(({ node, downstream }) => node === step.node && downstream)
      : nodes.get(step.node)?.inputs[wires.get(step.node)?.indexOf(String(step.edge)) ?? 0];
  return wire && targetOf(wire.code);
}
