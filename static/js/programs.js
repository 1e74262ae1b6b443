/** What is asked of the engine: the text typed, the values given, and the answers that become the page's state. */

import { withNumbers } from "./ahead.js";
import { debounce } from "./player.js";
import { indexOf, isFixed, mentioned, remember, same, unset } from "./state.js";
import { toldAt } from "./timeline.js";

/** @import { Answer, createApi } from "./api.js" */
/** @import { Example, Page, Store } from "./state.js" */
/** @import { GivenInput, GraphRequest, Numbers, Trace } from "./types.d.ts" */
/** @import { Place } from "./url.js" */

/** ms: keys that follow each other closer are drawn together */
const PAUSE = 75;

/** ms: words of values that change again within it are not asked for */
const REST = 100;

const INPUT_PROBLEMS = new Set(["shape-mismatch", "shape-needed", "bad-input", "bad-call"]);

/**
 * @typedef {object} Programs
 * @property {(source: string) => void} type
 * @property {(source: string) => void} drag types while a number moves: every answer on the way is drawn
 * @property {(source: string, given: Record<string, GivenInput>) => void} switchTo another program with its values
 * @property {(name: string, value: GivenInput | undefined) => void} give
 * @property {() => void} assumeAll lets the server choose every value again
 * @property {(urgent: boolean) => void} ask draws what is typed
 * @property {() => void} tell asks for the words of the numbers that are shown
 * @property {() => GraphRequest} request what would be asked now
 * @property {(place: Place) => boolean} open goes where a link points; false if its program must be asked for first
 */

/**
 * @param {object} parts
 * @param {Store} parts.store
 * @param {Example} parts.example
 * @param {() => Promise<ReturnType<typeof createApi>>} parts.api
 * @param {() => void} parts.pause stops playing
 * @param {(newProgram: boolean) => void} parts.drawn a new trace is there, asked for by hand
 * @returns {Programs & { answered: (request: GraphRequest, answer: Answer<Trace>) => void, numbered: (request: GraphRequest, answer: Answer<Numbers>) => void }}
 */
export function createPrograms({ store, example, api, pause, drawn }) {
  /** @type {string | undefined} address to stand at once the next trace is there */
  let wanted;
  /** @type {string[]} fields of the link that could not be read */
  let ignored = [];
  /** Whether the values given were given to another program: if they do not fit this one, it goes without. */
  let inherited = false;
  /** The next trace is a link's: the address bar holds it already. */
  let linked = false;
  /** A number moves in the text: pictures of what it was a moment ago are welcome. */
  let dragging = false;
  /** The program that was saved last: those that a drag passes are not. */
  let saved = example.source;

  const noticesOf = () =>
    ignored.length
      ? [
          `The link's ${ignored.map((field) => `“${field}”`).join(", ")} could not be read and was left out.`,
        ]
      : [];

  /** @type {(request: GraphRequest, answer: Answer<Trace>) => void} */
  function answered({ source, inputs }, { answer: trace, problem, offline }) {
    const page = store.get();
    const passed = source !== page.source;
    if ((passed && !dragging) || page.status === "empty") return;
    if (offline)
      return store.set({
        ahead: undefined,
        status: "stale",
        notices: ["offline: editing needs the server; stepping works"],
      });
    if (problem) {
      if (passed) return;
      if (inherited && INPUT_PROBLEMS.has(problem.code)) {
        inherited = false;
        return ask(true, {});
      }
      pause();
      return store.set({
        ...{ ahead: undefined, status: "stale", problem },
        ...{ playing: false, notices: noticesOf() },
      });
    }
    if (!trace) return;
    inherited = false;
    const address = wanted ?? page.trace.steps[page.index].address;
    const index = indexOf(trace, address);
    if (wanted && trace.steps[index].address !== wanted) ignored.push("t");
    wanted = undefined;
    store.set({
      trace,
      ahead: undefined,
      slide: undefined,
      index,
      restoring: false,
      status: "fresh",
      problem: undefined,
      notices: noticesOf(),
      selected: undefined,
      cell: undefined,
      sheets: {},
    });
    if (!passed) save({ source, inputs });
  }

  /** Keeps what a picture is there of. @param {GraphRequest} request */
  function save({ source, inputs }) {
    if (!linked) drawn(saved !== source);
    saved = source;
    linked = false;
    const own = source === example.source && same(inputs, example.inputs);
    // What others frame is not the reader's program.
    if (!example.embed) remember("program", own ? "" : JSON.stringify({ source, inputs }));
  }

  /** @type {(request: GraphRequest, answer: Answer<Numbers>) => void} */
  function numbered(request, { answer, problem, offline }) {
    const { source, trace } = store.get();
    if (!answer) return answered(request, { problem, offline });
    if (request.source !== source) return;
    if (answer.form === null || answer.form !== trace.form) return ask(false);
    store.set({ ahead: withNumbers(trace, answer), status: "loading", problem: undefined });
    save(request);
    words.later();
  }
  const words = debounce(() => ask(false), REST);

  /**
   * Whether other values may be shown before their words: the program is the one drawn, and nothing is hidden in it.
   * @param {Page} page
   */
  const mayGoAhead = ({ trace, source, status, look }) =>
    trace.form !== null &&
    trace.source === source &&
    status !== "stale" &&
    !look.round &&
    !look.predict;

  /** @param {Record<string, GivenInput>} given other values of the program's inputs */
  function change(given) {
    const page = store.get();
    if (!mayGoAhead(page)) return ask(false, given);
    words.cancel();
    const told = toldAt(page.trace, page.index, page.look.detail).map(({ index }) => index);
    store.set({ given, status: "loading" });
    // What is in flight are words of numbers that are gone.
    const urgent = page.ahead !== undefined;
    void api().then((engine) => engine.ask({ request: request(), told }, urgent));
  }

  /** @returns {GraphRequest} */
  function request() {
    const { source, given } = store.get();
    const { output, wrt } = source === example.source ? example : {};
    return { source, inputs: mentioned(source, given), output, wrt };
  }

  /**
   * @param {boolean} urgent
   * @param {Record<string, GivenInput>} [given] what is asked about, where it is news
   */
  function ask(urgent, given = store.get().given) {
    typing.cancel();
    words.cancel();
    if (store.get().source.trim() === "") return store.set({ given });
    store.set({ given, status: "loading" });
    void api().then((engine) => engine.ask({ request: request() }, urgent));
  }
  const typing = debounce(() => ask(true), PAUSE);

  /** @param {string} source @param {Record<string, GivenInput>} given */
  function write(source, given = store.get().given) {
    ignored = [];
    inherited ||= Object.keys(given).length > 0;
    pause();
    store.set({
      source,
      given: unset(source, given),
      status: source.trim() ? "stale" : "empty",
      problem: undefined,
      said: "",
      playing: false,
    });
  }

  /** @param {string} source @param {Record<string, GivenInput>} [given] */
  function type(source, given) {
    if (isFixed(store.get(), "edit")) return;
    dragging = false;
    write(source, given);
    typing.soon();
  }

  return {
    answered,
    numbered,
    request,
    ask,
    tell: words.hurry,
    type,
    drag(source) {
      if (isFixed(store.get(), "edit")) return;
      dragging = true;
      write(source);
      ask(false);
    },
    switchTo: type,
    give(name, value) {
      if (isFixed(store.get(), "inputs")) return;
      inherited = false;
      const given = { ...store.get().given };
      if (value === undefined) delete given[name];
      else given[name] = value;
      change(given);
    },
    assumeAll() {
      if (isFixed(store.get(), "inputs")) return;
      ask(true, {});
    },
    open(place) {
      const page = store.get();
      const source = place.source ?? example.source;
      const given = place.inputs ?? (place.source === undefined ? example.inputs : {});
      const look = { ...page.look, ...place.look };
      ignored = place.ignored ?? [];
      if (source === page.source && same(given, mentioned(source, page.given))) {
        const index = indexOf(page.trace, place.address);
        if (place.address && page.trace.steps[index].address !== place.address) ignored.push("t");
        const moved = page.moved || index > 0;
        store.set({ index, look, moved, restoring: false, notices: noticesOf() });
        return true;
      }
      wanted = place.address;
      linked = true;
      store.set({ source, given, look, problem: undefined, notices: noticesOf(), moved: true });
      ask(true);
      return false;
    },
  };
}
