/** The page's one store, and what the browser remembers between visits. */

/** @import { Answer } from "./api.js" */
/** @import { Look } from "./look.js" */
/** @import { Cell, Frame, GivenInput, GraphRequest, Numeric, Problem, Trace } from "./types.d.ts" */

/**
 * What the document opens with.
 * @typedef {object} Example
 * @property {string} title
 * @property {string} source
 * @property {Record<string, GivenInput>} inputs
 * @property {string} [output]
 * @property {string[]} [wrt]
 * @property {{ words: string, source: string, inputs: Record<string, GivenInput> }} [fix] what mends an example that is ill
 * @property {number} [index] the step to open on; the first, if absent
 * @property {boolean} [alone] whether there is no server
 * @property {boolean} [embed] whether the page is in a frame, without chrome
 * @property {boolean} [tour] whether the page is a tour; then this is the program of its stop, whichever that is
 */

/** @typedef {{ verdict: "ok" | "kink" | "wrong", error: Numeric }} Verdict */

/**
 * @typedef {object} Page
 * @property {Trace} trace the last good answer
 * @property {Trace} [ahead] the next one's numbers, shown before its words have come
 * @property {Trace} [slide] the same pass rounded as on a slide, once it is there; shown in its place
 * @property {number} index the step shown
 * @property {string} source the text in the editor, drawn or not
 * @property {Record<string, GivenInput>} given values sent along; the server assumes the rest
 * @property {"fresh" | "stale" | "loading" | "empty"} status how the picture stands to the text
 * @property {Problem} [problem] why the text could not be drawn
 * @property {string[]} notices what else the student should know, in sentences
 * @property {boolean} moved a step has been taken
 * @property {Look} look
 * @property {Cell} [cell] the entry of a tensor that is looked at
 * @property {Record<string, number>} sheets by node: which slice of a tensor with more than two axes is shown
 * @property {boolean} restoring a link's program is on its way: the one that came with the document is not drawn
 * @property {boolean} playing
 * @property {number} speed times the beat of 1.2 s
 * @property {string} said the page's own last word, e.g. "link copied"
 * @property {string} [selected] node picked on the board
 * @property {readonly string[]} found nodes that a search has found
 * @property {readonly string[]} lit nodes pointed at, on the board or by a line, row or cell that is about them
 * @property {{ trace: Trace, verdicts: Record<string, Verdict> }} [checked] what the gradient check said of the nodes of a trace
 * @property {{ trace: Trace, lines: Record<number, boolean> }} [judged] lines of backward code: whether they are right
 * @property {Learning} [learning] what a student has done
 * @property {boolean} [alone] the document has no server to ask: program and inputs stay as they are
 */

/**
 * What a student has done with a program: kept by the parts in learning/.
 * @typedef {object} Learning
 * @property {string} source of the program that all of it is about
 * @property {number} reached the last step that has been told
 * @property {{ right: number, asked: number }} score right at the first try, of all asked
 * @property {number} far the last step come to while the five-step menu was there
 * @property {Record<string, "right" | "late" | "told">} results by address of a question: how it ended
 * @property {number} tries at the question that stands
 * @property {{ address: string, tone: "right" | "wrong" | "half", words: string }} [verdict] on the last answer
 * @property {readonly string[]} done what the five-step menu has ticked
 * @property {readonly string[]} sized nodes whose values' shapes were answered rightly
 * @property {Record<string, boolean>} shapes by node: whether its signal's shape was answered rightly
 * @property {{ sent: readonly string[], wrong: number, words: string }} [pass] gates that have sent their gradients, by the student's hand
 */

/** @typedef {ReturnType<typeof createStore<Page>>} Store */

/**
 * What a part of the page that is fetched on first use may do: views, exports, the editor.
 * @typedef {object} Host
 * @property {Store} store
 * @property {() => GraphRequest} request the program and inputs, as the engine is asked about them
 * @property {<T>(path: string, body?: object, signal?: AbortSignal) => Promise<Answer<T>>} call asks an endpoint
 * @property {(address: string) => Promise<Uint8Array<ArrayBuffer> | undefined>} bytes of a file of the page, such as a font
 * @property {(index: number) => void} goTo
 * @property {(id: string | undefined) => void} select a node
 * @property {(ids: readonly string[]) => void} light nodes up for as long as something about them is pointed at
 * @property {(look: Partial<Look>) => void} look changes how the program is looked at
 * @property {(source: string) => void} type another text in the program's place
 * @property {(text: string) => void} say in the page's own line
 * @property {(name: string, value: GivenInput | undefined) => void} give an input a value
 * @property {(text: string) => void} speak to a screen reader
 * @property {(reframe: (page: Page, frame: Frame) => Frame) => void} reframe lets a part change what each moment shows
 * @property {(take: (what: string, node?: string) => boolean) => void} take lets a part have presses of actions, by name, and of nodes ("press") for itself
 * @property {(draw: (drawing: import("./circuit/types.d.ts").Drawing) => void) => void} overlay lets a part draw on the board
 */

/**
 * The last step whose result may be told: in predict mode, that before the one asked for.
 * @param {Page} page
 */
export function toldUntil({ look, learning, trace, index }) {
  if (!look.predict) return Infinity;
  return Math.max(index - 1, learning?.source === trace.source ? learning.reached : 0);
}

/** The pass that is shown: a slide's, where it is asked for and there. @param {Page} page */
export const shownOf = ({ trace, slide }) => slide ?? trace;

/** The page with the numbers that are known, whether or not their words have come. @param {Page} page @returns {Page} */
export const newest = (page) => (page.ahead ? { ...page, trace: page.ahead } : page);

/**
 * Whether program or inputs stay as they are: nobody can be asked, or an embed's link locks them.
 * @param {Page} page
 * @param {"edit" | "inputs"} what
 */
export const isFixed = ({ alone, look }, what) => alone === true || look.locks.includes(what);

/** @param {unknown} a @param {unknown} b */
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * @template T
 * @param {T} initial
 */
export function createStore(initial) {
  let state = initial;
  /** @type {Set<(next: T, previous: T) => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    /** @param {Partial<T>} change */
    set(change) {
      const previous = state;
      state = { ...state, ...change };
      for (const listener of listeners) listener(state, previous);
    },
    /** @param {(next: T, previous: T) => void} listener */
    subscribe: (listener) => void listeners.add(listener),
  };
}

/**
 * The given values that this text names; the others wait, in case their names come back.
 * @param {string} source
 * @param {Record<string, GivenInput>} given
 */
export const mentioned = (source, given) =>
  pick(given, (name) => new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(source));

/**
 * The given values that this text does not set itself: what is typed wins.
 * @param {string} source
 * @param {Record<string, GivenInput>} given
 */
export function unset(source, given) {
  const lines = source.split(/[\n;]/);
  return pick(given, (name) => {
    const sets = new RegExp(`^\\s*([\\w, ]*,)?\\s*${name}\\s*(,[\\w, ]*)?=(?!=)`);
    return !lines.some((line) => sets.test(line));
  });
}

/**
 * @param {Record<string, GivenInput>} given
 * @param {(name: string) => boolean} wanted
 */
const pick = (given, wanted) =>
  Object.fromEntries(Object.entries(given).filter(([name]) => wanted(name)));

/**
 * Where to stand in a new trace: the same address, else its beginning.
 * @param {Trace} trace
 * @param {string | undefined} address
 */
export function indexOf(trace, address) {
  return Math.max(
    0,
    trace.steps.findIndex((step) => step.address === address),
  );
}

/**
 * Some frames are refused the browser's storage; what they remember lasts as long as the page.
 * @type {Map<string, string>}
 */
const unsaved = new Map();

/** @param {string} key */
export function recall(key) {
  try {
    return localStorage.getItem(`chainrule-${key}`) ?? undefined;
  } catch {
    return unsaved.get(key);
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
export function remember(key, value) {
  try {
    localStorage.setItem(`chainrule-${key}`, value);
  } catch {
    unsaved.set(key, value);
  }
}
