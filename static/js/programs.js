/** What is asked of the engine: the text typed, the values given, and the answers that become the page's state. */

import { debounce } from "./player.js";
import { indexOf, mentioned, remember, same, unset } from "./state.js";

/** @import { Answer, createApi } from "./api.js" */
/** @import { Example, Store } from "./state.js" */
/** @import { GivenInput, GraphRequest, Trace } from "./types.d.ts" */
/** @import { Place } from "./url.js" */

/** ms of rest in typing before the picture follows */
const PAUSE = 75;

const INPUT_PROBLEMS = new Set(["shape-mismatch", "shape-needed", "bad-input", "bad-call"]);

/**
 * @typedef {object} Programs
 * @property {(source: string) => void} type
 * @property {(name: string, value: GivenInput | undefined) => void} give
 * @property {() => void} assumeAll lets the server choose every value again
 * @property {(urgent: boolean) => void} ask draws what is typed
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
 * @returns {Programs & { answered: (request: GraphRequest, answer: Answer<Trace>) => void }}
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

  const noticesOf = () =>
    ignored.length
      ? [
          `The link's ${ignored.map((field) => `“${field}”`).join(", ")} could not be read and was left out.`,
        ]
      : [];

  /** @type {(request: GraphRequest, answer: Answer<Trace>) => void} */
  function answered({ source, inputs }, { answer: trace, problem, offline }) {
    const page = store.get();
    if (source !== page.source || page.status === "empty") return;
    if (offline)
      return store.set({
        status: "stale",
        notices: ["offline: editing needs the server; stepping works"],
      });
    if (problem) {
      if (inherited && INPUT_PROBLEMS.has(problem.code)) {
        inherited = false;
        store.set({ given: {} });
        return ask(true);
      }
      pause();
      return store.set({ status: "stale", problem, playing: false, notices: noticesOf() });
    }
    if (!trace) return;
    inherited = false;
    const address = wanted ?? page.trace.steps[page.index].address;
    const index = indexOf(trace, address);
    if (wanted && trace.steps[index].address !== wanted) ignored.push("t");
    wanted = undefined;
    const newProgram = page.trace.source !== source;
    store.set({
      trace,
      index,
      restoring: false,
      status: "fresh",
      problem: undefined,
      notices: noticesOf(),
      selected: undefined,
    });
    if (!linked) drawn(newProgram);
    linked = false;
    const own = source === example.source && same(inputs, example.inputs);
    remember("program", own ? "" : JSON.stringify({ source, inputs }));
  }

  /** @returns {GraphRequest} */
  function request() {
    const { source, given } = store.get();
    const { output, wrt } = source === example.source ? example : {};
    return { source, inputs: mentioned(source, given), output, wrt };
  }

  /** @param {boolean} urgent */
  function ask(urgent) {
    typing.cancel();
    if (store.get().source.trim() === "") return;
    store.set({ status: "loading" });
    void api().then((engine) => engine.ask(request(), urgent));
  }
  const typing = debounce(() => ask(true), PAUSE);

  return {
    answered,
    request,
    ask,
    type(source) {
      ignored = [];
      inherited ||= Object.keys(store.get().given).length > 0;
      pause();
      store.set({
        source,
        given: unset(source, store.get().given),
        status: source.trim() ? "stale" : "empty",
        problem: undefined,
        said: "",
        playing: false,
      });
      typing.later();
    },
    give(name, value) {
      inherited = false;
      const given = { ...store.get().given };
      if (value === undefined) delete given[name];
      else given[name] = value;
      store.set({ given });
      ask(false);
    },
    assumeAll() {
      store.set({ given: {} });
      ask(true);
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
