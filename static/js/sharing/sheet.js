/** The page for paper: a board a stop, under one another, each with its words and its formula. */

import { createApi } from "../api.js";
import { loadKatex } from "../assets.js";
import { PLAIN } from "../look.js";
import { byId, h, sentence, signed } from "../panels/dom.js";
import { rest } from "../player.js";
import { frameAt, stopsOf } from "../timeline.js";
import { current, home, linkTo, write } from "../url.js";
import { boardOnPaper } from "./paper.js";
import { stillOf } from "./still.js";

/** @import { Answer } from "../api.js" */
/** @import { Look } from "../look.js" */
/** @import { Example } from "../state.js" */
/** @import { Trace, TraceStep } from "../types.d.ts" */
/** @import { Place } from "../url.js" */

/** Boards that are drawn unasked. */
const MOST = 60;

/** A drawing that is wider than this has a row of its own, so that its text stays readable, px. */
const WIDE = 660;

/** @type {Example} */
const example = JSON.parse(byId("first-example").textContent ?? "");
const boards = byId("boards");
/** @type {HTMLSelectElement} */
const detail = byId("detail");
/** @type {HTMLInputElement} */
const from = byId("from");
/** @type {HTMLInputElement} */
const to = byId("to");
/** @type {HTMLSelectElement} */
const row = byId("row");

// Ink on paper, whatever the screen is like.
const { dataset } = document.documentElement;
dataset.theme = dataset.theme?.includes("separate") ? "light separate" : "light";
delete dataset.restoring;

/** @param {string} text */
const say = (text) => byId("said").replaceChildren(text);

/**
 * The trace of a place: the document's own, or asked for.
 * @param {Place} place
 * @returns {Promise<Answer<Trace>>}
 */
async function traceOf({ source, inputs }) {
  if (source === undefined && inputs === undefined)
    return { answer: JSON.parse(byId("first-trace").textContent ?? "") };
  const own = source === undefined ? example : { source, inputs: {} };
  const { call } = createApi(() => {});
  const { output, wrt } = /** @type {Example} */ (own);
  return call("/api/graph", { source: own.source, inputs: inputs ?? own.inputs, output, wrt });
}

/** Of the formulas, if KaTeX can be had. */
const katex = loadKatex().catch(() => undefined);

/**
 * @param {TraceStep} step
 * @param {Trace} trace
 * @param {SVGSVGElement} still
 */
async function boardOf(step, trace, still) {
  const names = new Set(trace.nodes.flatMap(({ name, aliases }) => [name, ...aliases]));
  const formula = h("p", { class: "formula" });
  (await katex)?.render(step.latex, formula, { throwOnError: false, displayMode: false });
  still.setAttribute("aria-hidden", "true");
  return h(
    "li",
    {},
    h("p", { class: "number" }, `Step ${step.index + 1} of ${trace.steps.length} · ${step.phase}`),
    still,
    h("p", {}, ...sentence(signed(step.text), (word) => names.has(word))),
    ...(step.latex ? [formula] : []),
  );
}

async function open() {
  const { boards: asked, ...place } = await current();
  const { answer: trace, problem, offline } = await traceOf(place);
  if (trace) await fill(trace, place, asked);
  else say(offline ? "Offline: this program must be asked for." : (problem?.detail ?? ""));
}

/** @param {string} many boards a row */
function arrange(many) {
  row.value = many;
  boards.style.setProperty("--row", many);
}

/**
 * @param {Trace} trace
 * @param {Place} place
 * @param {[number, number]} [asked] the boards that its link asks for
 */
async function fill(trace, place, asked) {
  const own = place.source === undefined;
  /** @type {HTMLAnchorElement} */ (byId("back")).href = await linkTo(place);
  byId("title").textContent = own ? example.title : "Your function";
  byId("program").textContent = trace.source;
  const board = boardOnPaper(byId("stage"));
  await board.setTrace(trace, place.look?.folds ?? PLAIN.folds);
  detail.value = String(place.look?.detail ?? PLAIN.detail);

  let turn = 0;
  let arranged = 0;
  /** @param {[number, number]} [wanted] without it from the first stop on, as many as are drawn unasked */
  async function draw(wanted) {
    const mine = ++turn;
    const level = /** @type {Look["detail"]} */ (Number(detail.value));
    const stops = stopsOf(trace, level);
    const unasked = Math.min(MOST, stops.length);
    const [first, last] = (wanted ?? [1, unasked]).map((board) =>
      Math.max(1, Math.min(stops.length, board || 1)),
    );
    for (const field of [from, to]) field.max = String(stops.length);
    from.value = String(first);
    to.value = String(last);
    /** @type {[number, number] | undefined} */
    const range = first === 1 && last === unasked ? undefined : [first, last];
    void write(home, { ...place, look: { ...place.look, detail: level }, boards: range }, false);
    boards.replaceChildren();
    byId("partial").hidden = first === 1 && last === stops.length;
    byId("partial").textContent = `Boards ${first} to ${last} of ${stops.length}.`;
    for (const [i, stop] of stops.slice(first - 1, last).entries()) {
      board.show(frameAt(trace, stop, level), { animate: false });
      const still = await stillOf(byId("stage"));
      if (arranged !== level) arrange(still.viewBox.baseVal.width > WIDE ? "1" : "2");
      arranged = level;
      const item = await boardOf(trace.steps[stop], trace, still);
      await rest();
      if (mine !== turn) return;
      boards.append(item);
      say(`${i + 1} of ${last - first + 1}`);
    }
    say("");
    boards.dataset.drawn = String(last - first + 1);
  }

  detail.addEventListener("change", () => draw());
  for (const field of [from, to])
    field.addEventListener("change", () => draw([from.valueAsNumber, to.valueAsNumber]));
  row.addEventListener("change", () => arrange(row.value));
  byId("print").addEventListener("click", () => print());
  await draw(asked);
}

void open();
