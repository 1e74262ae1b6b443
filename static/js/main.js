/** Wires the page: what the server sent, the store, the panels, the board, the player and the address bar. */

import { ACTIONS, actionOf } from "./actions.js";
import { createBoard } from "./circuit/view.js";
import { createLayoutClient } from "./layout-client.js";
import { byId, signed } from "./panels/dom.js";
import { createGallery } from "./panels/gallery.js";
import { createInputs } from "./panels/inputs.js";
import { createNow } from "./panels/now.js";
import { createSource } from "./panels/source.js";
import { createTape } from "./panels/tape.js";
import { createValues } from "./panels/values.js";
import { debounce, Player } from "./player.js";
import { createStore, indexOf, mentioned, recall, remember, unset } from "./state.js";
import { frameAt } from "./timeline.js";

/** @import { Controls } from "./actions.js" */
/** @import { Answer } from "./api.js" */
/** @import { Page } from "./state.js" */
/** @import { Frame, GivenInput, GraphRequest, Trace } from "./types.d.ts" */

/** ms of rest in typing before the picture follows */
const PAUSE = 75;
/** Programs typed less than this apart are one entry of the history, ms. */
const ENTRY = 1500;

/**
 * What the document opens with.
 * @typedef {object} Example
 * @property {string} title
 * @property {string} source
 * @property {Record<string, GivenInput>} inputs
 * @property {string} [output]
 * @property {string[]} [wrt]
 * @property {number} [index] the step to open on; the first, if absent
 * @property {boolean} [alone] whether there is no server
 */

/** @type {Example} */
const example = JSON.parse(byId("first-example").textContent ?? "");
const { index: opening = 0, alone = false } = example;
const root = document.documentElement;

// Nothing before the first step needs these.
const url = () => import("./url.js");
/** @type {Promise<ReturnType<typeof import("./api.js").createApi>> | undefined} */
let asking;
const api = () => (asking ??= import("./api.js").then(({ createApi }) => createApi(answered)));

/** @type {Page} */
const initial = {
  trace: JSON.parse(byId("first-trace").textContent ?? ""),
  index: opening,
  source: example.source,
  given: example.inputs,
  status: "fresh",
  notices: [],
  moved: opening > 0,
  playing: false,
  speed: 1,
  said: "",
  alone,
};
const store = createStore(initial);

const INPUT_PROBLEMS = new Set(["shape-mismatch", "shape-needed", "bad-input", "bad-call"]);

/** @param {Page} page */
const isExample = ({ source, given }) =>
  source === example.source && same(mentioned(source, given), example.inputs);

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// ---------------------------------------------------------------- the board

const board = createBoard(byId("picture"), {
  layoutClient: createLayoutClient(),
  onSelect: (id) => store.set({ selected: id }),
  reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
});
/** @type {Trace | undefined} the trace that the board has laid out */
let laidOut;
/** The board got another size while it was being laid out, as in a frame that has just been made. */
let resized = false;
/** A link's program is on its way: the server's own is not drawn. */
let restoring = root.dataset.restoring !== undefined;

async function drawBoard() {
  const { trace } = store.get();
  if (restoring) return;
  try {
    await board.setTrace(trace);
  } catch (error) {
    // A newer trace may have taken its place; only a layout that ran out of time is news.
    if (store.get().trace === trace)
      store.set({ said: error instanceof Error ? error.message : String(error) });
    return;
  }
  if (store.get().trace !== trace) return;
  laidOut = trace;
  delete root.dataset.restoring;
  board.show(frameAt(trace, store.get().index), { animate: false });
  fitBoard();
}

function fitBoard() {
  if (laidOut !== store.get().trace) return;
  if (resized) void board.resize();
  resized = false;
}

// ---------------------------------------------------------------- asking

/** @type {string | undefined} address to stand at once the next trace is there */
let wanted;
/** @type {string[]} */
let ignored = [];
let lastEntry = -ENTRY;
/** Whether the values given were given to another program: if they do not fit this one, it goes without. */
let inherited = false;
let silent = false;

/**
 * @param {GraphRequest} request
 * @param {Answer} answer
 */
function answered({ source, inputs }, { trace, problem, offline }) {
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
    player.pause();
    return store.set({ status: "stale", problem, playing: false, notices: noticesOf() });
  }
  if (!trace) return;
  inherited = false;
  const address = wanted ?? page.trace.steps[page.index].address;
  const index = indexOf(trace, address);
  if (wanted && trace.steps[index].address !== wanted) ignored.push("t");
  wanted = undefined;
  const newProgram = page.trace.source !== source;
  restoring = false;
  store.set({
    trace,
    index,
    status: "fresh",
    problem: undefined,
    notices: noticesOf(),
    selected: undefined,
  });
  if (!silent) saveProgram(newProgram);
  silent = false;
  remember("program", isExample(store.get()) ? "" : JSON.stringify({ source, inputs }));
}

/** What of the link could not be read. */
const noticesOf = () =>
  ignored.length
    ? [
        `The link's ${ignored.map((field) => `“${field}”`).join(", ")} could not be read and was left out.`,
      ]
    : [];

/** @param {boolean} urgent */
function ask(urgent) {
  typing.cancel();
  const { source, given } = store.get();
  if (source.trim() === "") return;
  store.set({ status: "loading" });
  const { output, wrt } = source === example.source ? example : {};
  void api().then(({ ask }) =>
    ask({ source, inputs: mentioned(source, given), output, wrt }, urgent),
  );
}
const typing = debounce(() => ask(true), PAUSE);

/** @param {string} source */
function type(source) {
  ignored = [];
  inherited ||= Object.keys(store.get().given).length > 0;
  player.pause();
  const status = source.trim() ? "stale" : "empty";
  store.set({
    source,
    given: unset(source, store.get().given),
    status,
    problem: undefined,
    said: "",
    playing: false,
  });
  typing.later();
}

/**
 * @param {string} name
 * @param {GivenInput | undefined} value
 */
function give(name, value) {
  inherited = false;
  const given = { ...store.get().given };
  if (value === undefined) delete given[name];
  else given[name] = value;
  store.set({ given });
  ask(false);
}

/** Lets the server choose every value again. */
function assumeAll() {
  store.set({ given: {} });
  ask(true);
}

// ---------------------------------------------------------------- the address bar

/** @param {boolean} push */
async function writePlace(push) {
  const { source, given, trace, index } = store.get();
  const sent = mentioned(source, given);
  const own = source === example.source;
  const inputs = (own ? same(sent, example.inputs) : Object.keys(sent).length === 0)
    ? undefined
    : sent;
  const { editedPath, home, write } = await url();
  const fits = await write(
    own ? home : editedPath(),
    own ? undefined : source,
    inputs,
    trace.steps[index].address,
    push,
  );
  if (!fits) store.set({ said: "This program is too long for a link." });
  return fits;
}

/** @param {boolean} newProgram */
function saveProgram(newProgram) {
  const now = performance.now();
  void writePlace(newProgram && now - lastEntry > ENTRY);
  if (newProgram) lastEntry = now;
}
const savingStep = debounce(() => void writePlace(false), 250);

/** Goes where the address bar points. */
async function restore() {
  const { current, isOurs, reload } = await url();
  if (!isOurs()) return reload();
  const place = await current();
  const source = place.source ?? example.source;
  const given = place.inputs ?? (place.source === undefined ? example.inputs : {});
  ignored = place.ignored;
  const { trace } = store.get();
  if (source === store.get().source && same(given, mentioned(source, store.get().given))) {
    const index = indexOf(trace, place.address);
    if (place.address && trace.steps[index].address !== place.address) ignored.push("t");
    store.set({ index, moved: store.get().moved || index > 0, notices: noticesOf() });
    if (restoring) {
      restoring = false;
      void drawBoard();
    }
    return;
  }
  wanted = place.address;
  silent = true;
  store.set({ source, given, problem: undefined, notices: noticesOf(), moved: true });
  if (restoring) root.dataset.restoring = "board";
  ask(true);
}

// ---------------------------------------------------------------- moving

/**
 * @param {number} index
 * @param {boolean} [byHand]
 */
function goTo(index, byHand = true) {
  const { trace } = store.get();
  const last = trace.steps.length - 1;
  const to = Math.max(0, Math.min(last, index));
  const said =
    index > last ? "That was the last step." : index < 0 ? "This is the first step." : "";
  const before = trace.steps[store.get().index];
  const step = trace.steps[to];
  if (byHand) player.pause();
  store.set({ index: to, moved: true, said, playing: store.get().playing && !byHand });
  if (byHand && before !== step) byId("spoken").textContent = signed(step.text);
  else if (before.phase !== step.phase) byId("spoken").textContent = `${step.phase} pass`;
}

const player = new Player(
  () => {
    const { trace, index } = store.get();
    const more = index < trace.steps.length - 1;
    if (more) goTo(index + 1, false);
    if (index + 2 >= trace.steps.length) store.set({ playing: false });
    return index + 2 < trace.steps.length;
  },
  () => store.get().speed,
);

const regions = ["source", "board", "now", "tape"];
/** @type {Controls} */
const controls = {
  goTo,
  move: (delta) => goTo(store.get().index + delta),
  play() {
    const { playing, index, trace } = store.get();
    if (playing) player.pause();
    else {
      if (index === trace.steps.length - 1) goTo(0, false);
      player.play();
    }
    store.set({ playing: !playing, said: "" });
  },
  quicken: (times) =>
    store.set({ speed: store.get().speed * times, said: `speed ${store.get().speed * times}×` }),
  zoomBy: board.zoomBy,
  fit: board.fit,
  focus(id) {
    if (id === "board") view("board");
    if (id === "function") {
      view("source");
      if (root.dataset.folded !== undefined) controls.fold();
    }
    byId(id).focus();
  },
  region(delta) {
    const at = regions.findIndex((id) => byId(id).contains(document.activeElement));
    const start = at < 0 && delta < 0 ? 0 : at;
    controls.focus(regions[(start + delta + regions.length) % regions.length]);
  },
  run: () => ask(true),
  undo: async () => (await url()).undo() || store.set({ said: "Nothing to undo." }),
  redo: async () => (await url()).redo(),
  async share() {
    savingStep.cancel();
    if (!(await writePlace(false))) return;
    const copied = await Promise.resolve(
      navigator.clipboard?.writeText(document.URL).then(() => true),
    ).catch(() => false);
    store.set({ said: copied ? "Link copied." : "The link is in the address bar." });
  },
  fold() {
    const folded = root.toggleAttribute("data-folded");
    for (const button of document.querySelectorAll("[data-action=fold]"))
      button.setAttribute("aria-expanded", String(!folded));
  },
  theme() {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    remember("theme", root.dataset.theme);
  },
  async help() {
    const { fillHelp } = await import("./panels/help.js");
    /** @type {HTMLDialogElement} */
    const dialog = byId("help");
    fillHelp(dialog, store.get(), recall("keys") !== "off", (on) =>
      remember("keys", on ? "on" : "off"),
    );
    dialog.showModal();
  },
};

/** @param {string | undefined} name */
function perform(name) {
  const action = ACTIONS.find((each) => each.name === name);
  if (!action || (alone && action.asks)) return;
  if (action.enabled?.(store.get()) ?? true) action.perform(controls, store.get());
}

/** At the first touch: fetches what will be wanted, so that the page goes on without its server. */
async function warm() {
  (await api()).warm();
  void url();
  void import("./panels/messages.js");
}

// ---------------------------------------------------------------- events

document.addEventListener("keydown", (event) => {
  const action = actionOf(event, recall("keys") !== "off");
  if (!action) return;
  event.preventDefault();
  perform(action.name);
});
document.addEventListener("click", (event) => {
  const button =
    event.target instanceof Element ? event.target.closest("[data-action]") : undefined;
  if (button instanceof HTMLElement) {
    event.preventDefault();
    perform(button.dataset.action);
  }
});
for (const button of document.querySelectorAll("[data-action]")) {
  const action = ACTIONS.find(
    ({ name }) => name === /** @type {HTMLElement} */ (button).dataset.action,
  );
  if (action?.keys.length && button instanceof HTMLElement)
    button.title = `${action.label} (${action.keys.join(", ").replace("ArrowRight", "→").replace("ArrowLeft", "←")})`;
}

/**
 * The tab of a narrow screen.
 * @param {"source" | "board"} name
 */
function view(name) {
  root.dataset.view = name;
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const on = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(on));
    tab.setAttribute("tabindex", on ? "0" : "-1");
  }
}
byId("tab-source").addEventListener("click", () => view("source"));
byId("tab-board").addEventListener("click", () => view("board"));
for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("keydown", (event) => {
    if (!/^Arrow(Left|Right)$/.test(/** @type {KeyboardEvent} */ (event).key)) return;
    const other = tab.id === "tab-board" ? "source" : "board";
    view(other);
    byId(`tab-${other}`).focus();
  });
}

// ---------------------------------------------------------------- from state to screen

let frame = frameAt(initial.trace, opening);
/** @type {((page: Page, previous: Page | undefined, frame: Frame) => void)[]} */
const panels = [
  createSource(type, assumeAll),
  createInputs(give),
  createValues(),
  createNow(),
  createTape(goTo, (speed) => store.set({ speed })),
];

/**
 * @param {Page} page
 * @param {Page} [previous]
 */
function render(page, previous) {
  if (page.trace !== previous?.trace || page.index !== previous.index)
    frame = frameAt(page.trace, page.index);
  for (const panel of panels) panel(page, previous, frame);
  byId("board").classList.toggle("stale", page.status !== "fresh");
  if (page.trace !== previous?.trace) void drawBoard();
  else if (page.index !== previous.index) {
    if (laidOut === page.trace) board.show(frame, { animate: true });
    if (!alone) savingStep.later();
  }
}

/** What a page with a server has besides: a gallery, an address, and a memory of the last program. */
function connect() {
  /** @param {Page} page */
  const title = (page) => (isExample(page) ? example.title : "Your function");
  panels.push(
    createGallery(title, recall("program"), ({ source, inputs }) => {
      store.set({ given: inputs ?? {} });
      type(source);
    }),
  );
  for (const sign of ["pointerdown", "keydown", "focusin"])
    addEventListener(sign, warm, { once: true });
  addEventListener("popstate", restore);
}

if (!alone) connect();
store.subscribe(render);
render(initial);
root.dataset.ready = "";

new ResizeObserver(() => {
  resized = true;
  fitBoard();
}).observe(byId("picture"));
if (!alone && document.URL.includes("#")) void restore();
