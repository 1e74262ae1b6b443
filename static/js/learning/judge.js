/** Judges one answer: here where numbers are compared, by the engine where a mistake is to be named or a formula run. */

import { timelineOf } from "../timeline.js";
import { bare, hintOf, isTensor, readAnswer, sameShape, shapeText } from "./answers.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Numeric, Tensor, Trace } from "../types.d.ts" */
/** @import { Typed } from "./answers.js" */
/** @import { Blank } from "./questions.js" */

/**
 * What /api/grade says.
 * @typedef {{ correct: boolean, verdict: "correct" | "wrong-shape" | "wrong-value" | "error", diagnosis: string | null,
 *   hint: string, general: boolean, detail: string, multiplies: boolean, shape_ok: boolean, value_ok: boolean }} Grade
 */

/**
 * `tone` "half" is a right shape, or what could not be judged; it costs no try. `shape` says whether the answer's was right.
 * @typedef {{ tone: "right" | "wrong" | "half", words: string, shape?: boolean }} Verdict
 */

const OTHER_SHAPE = "Look at the shape first: what this formula makes has another.";
const OFFLINE = "offline: numbers can be compared here, formulas need the engine.";

/**
 * @param {Host} host
 * @param {Blank} blank
 * @param {Tensor[]} truths the answer, and as a slide rounds it
 * @param {string} written
 * @returns {Promise<Verdict>}
 */
export async function judge(host, blank, truths, written) {
  const typed = readAnswer(written);
  if (!typed)
    return { tone: "half", words: "Type a number, a list, a formula, or a shape such as (3, 2)." };
  if (typed.kind === "shape") return judgeShape(typed.shape, blank);
  if (blank.written.some((form) => bare(form) === bare(typed.text)))
    return { tone: "right", words: "" };
  if (typed.kind === "numbers") {
    if (truths.some((truth) => isTensor(typed, truth))) return { tone: "right", words: "" };
    return (
      (blank.kind === "gradient" && (await asked(host, blank, typed))) || refused(typed, blank)
    );
  }
  if (blank.kind === "gradient")
    return (await asked(host, blank, typed)) ?? { tone: "half", words: OFFLINE };
  if (blank.kind === "part")
    return {
      tone: "half",
      words:
        "This is one contribution of several: answer with its numbers. A formula is judged for the whole gradient.",
    };
  return computed(host, blank, truths, typed.text);
}

/** @param {number[]} shape @param {Blank} blank @returns {Verdict} */
function judgeShape(shape, { kind, shape: wanted }) {
  if (sameShape(shape, wanted))
    return {
      tone: "half",
      words: "The shape is right. Now its entries, or a formula.",
      shape: true,
    };
  const rule =
    kind === "gradient" || kind === "part"
      ? "A gradient has the shape of what it is taken with respect to."
      : "Go through the gate's sizes: what meets, and what is left?";
  return { tone: "wrong", words: `Not ${shapeText(shape)}. ${rule}`, shape: false };
}

/** @param {Typed & { kind: "numbers" }} typed @param {Blank} blank @returns {Verdict} */
const refused = (typed, blank) => ({
  tone: "wrong",
  words: hintOf(typed, blank),
  shape: sameShape(typed.shape, blank.shape),
});

/**
 * Asks the engine; a document without a server is as good as offline.
 * @template T
 * @param {Host} host
 * @param {string} path
 * @param {object} body
 * @returns {Promise<import("../api.js").Answer<T>>}
 */
const ask = async ({ call, store }, path, body) =>
  store.get().alone ? { offline: true } : call(path, body);

/**
 * The engine's judgement of a whole gradient.
 * @param {Host} host
 * @param {Blank} blank
 * @param {Typed} typed
 * @returns {Promise<Verdict | undefined>} undefined if it could not be asked
 */
async function asked(host, { node }, typed) {
  /** @type {import("../api.js").Answer<Grade>} */
  const { answer, problem } = await ask(host, "/api/grade", {
    ...host.request(),
    wrt: node,
    answer: typed.text,
  });
  if (problem) return { tone: "half", words: problem.detail || problem.title };
  return answer && verdictOf(answer);
}

/**
 * A grade in words.
 * @param {Grade} grade
 * @returns {Verdict}
 */
export function verdictOf({ correct, verdict, hint, detail, shape_ok }) {
  if (correct) return { tone: "right", words: hint, shape: true };
  const usual = {
    "wrong-shape": `${detail} A gradient has the shape of what it is taken with respect to.`,
    "wrong-value":
      "The shape is right, the numbers are not, and it is none of the usual slips: write the step down as upstream × local.",
    error: detail,
    correct: "",
  }[verdict];
  const told = hint || usual;
  const also =
    hint && verdict === "wrong-shape" && detail && !hint.includes(detail) ? ` ${detail}` : "";
  return {
    tone: "wrong",
    words: `${told}${also}`.trim(),
    shape: verdict === "error" ? undefined : shape_ok,
  };
}

/**
 * A formula for a value or a local gradient, run by the engine in the program itself.
 * @param {Host} host
 * @param {Blank} blank
 * @param {Tensor[]} truths
 * @param {string} formula
 * @returns {Promise<Verdict>}
 */
async function computed(host, blank, truths, formula) {
  const early = earlyIn(formula, host.store.get());
  if (early)
    return {
      tone: "wrong",
      words: `'${early}' is not told yet: write the answer with what comes before.`,
    };
  const name = "answer_typed";
  const source = `${forwardOf(host.store.get())}\n${name} = ${formula}`;
  const body = {
    ...host.request(),
    source,
    output: name,
    wrt: undefined,
    upstream: zeros(blank.shape),
  };
  /** @type {import("../api.js").Answer<Trace>} */
  const { answer, problem } = await ask(host, "/api/graph", body);
  if (!answer && !problem) return { tone: "half", words: OFFLINE };
  // It was run with the wanted shape, which its message would tell.
  if (problem?.code === "shape-mismatch" && !problem.span)
    return { tone: "wrong", words: OTHER_SHAPE, shape: false };
  if (problem) {
    const isShape = /shape/.test(problem.code);
    return {
      tone: "wrong",
      words: `${problem.detail} ${problem.hint ?? ""}`.trim(),
      shape: isShape ? false : undefined,
    };
  }
  const { shape, data } = /** @type {Trace} */ (answer).value;
  const typed = /** @type {Typed & { kind: "numbers" }} */ ({
    kind: "numbers",
    shape,
    data,
    digits: 16,
    text: formula,
  });
  if (data === null) return { tone: "half", words: "This is too large to be compared here." };
  return truths.some((truth) => isTensor(typed, truth))
    ? { tone: "right", words: "", shape: true }
    : refused(typed, blank);
}

/**
 * A name in a formula whose value the step brings, or a later one.
 * @param {string} formula
 * @param {Page} page
 */
function earlyIn(formula, { trace, index }) {
  const { values } = timelineOf(trace);
  const later = trace.nodes.filter(({ id }) => (values.get(id) ?? 0) >= index);
  const names = new Set(later.flatMap(({ name, aliases }) => [name, ...aliases]));
  return formula.match(/[\p{L}_][\p{L}\p{N}_]*/gu)?.find((word) => names.has(word));
}

/**
 * The program without its backward code: what is added to that would be part of it.
 * @param {Page} page
 */
function forwardOf({ trace: { source, backward_code } }) {
  const lines = source.split("\n");
  return (backward_code ? lines.slice(0, backward_code.line - 1) : lines).join("\n");
}

/** @param {number[]} shape @returns {Numeric | any[]} */
const zeros = ([size, ...rest]) =>
  size === undefined ? 0 : Array.from({ length: size }, () => zeros(rest));
