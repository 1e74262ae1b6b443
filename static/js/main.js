/** Wires the page: what the server sent, the store, the panels, the board, the player and the address bar. */

import { loadKatex, loadStyle } from "./assets.js";
import { createFoldableBoard } from "./circuit/foldable.js";
import { createFollowing } from "./circuit/following.js";
import { createLayoutClient } from "./layout-client.js";
import { detailFrom, PLAIN, partsOf, VIEWS } from "./look.js";
import { createMoment } from "./moment.js";
import { createMoving } from "./moving.js";
import { byId, signed } from "./panels/dom.js";
import { createGallery } from "./panels/gallery.js";
import { createInputs } from "./panels/inputs.js";
import { createNow } from "./panels/now.js";
import { createSource } from "./panels/source.js";
import { createTabs, showTab } from "./panels/tabs.js";
import { createTape } from "./panels/tape.js";
import { createValues } from "./panels/values.js";
import { createPlaces } from "./places.js";
import { debounce, drawn } from "./player.js";
import { listen } from "./pressing.js";
import { createPrograms } from "./programs.js";
import { takeFiles } from "./sharing/dropping.js";
import { createStore, mentioned, newest, recall, remember, same } from "./state.js";
import { foundAt, toldAt } from "./timeline.js";

/** @import { Controls } from "./actions.js" */
/** @import { Example, Host, Page } from "./state.js" */
/** @import { Cell, Frame, Trace } from "./types.d.ts" */
/** @import { Place } from "./url.js" */

/** ms after the first touch until what is not urgent is fetched */
const REST = 600;

/**
 * What a part of the document holds; it is taken out, as what is to be predicted must stand nowhere in it.
 * @param {string} id
 */
function takeJson(id) {
  const element = byId(id);
  element.remove();
  return JSON.parse(element.textContent ?? "");
}

/** @type {Example} */
const example = JSON.parse(byId("first-example").textContent ?? "");
const { index: opening = 0, alone = false } = example;
const root = document.documentElement;

/** How a program is looked at on this device. */
function usual() {
  return { ...PLAIN, detail: detailFrom(recall("detail")) };
}

/** @type {Page} */
const initial = {
  trace: takeJson("first-trace"),
  index: opening,
  source: example.source,
  given: example.inputs,
  status: "fresh",
  notices: [],
  moved: opening > 0,
  look: usual(),
  found: [],
  lit: [],
  sheets: {},
  restoring: root.dataset.restoring !== undefined,
  playing: false,
  speed: 1,
  said: "",
  alone,
};
const store = createStore(initial);

/**
 * Loads a part of the page when it is first wanted; what could not be fetched is tried again.
 * @template T
 * @param {() => Promise<T>} load
 * @param {string} [lost] what is said without a network
 * @returns {() => Promise<T | undefined>}
 */
function lazily(load, lost = "offline: not here yet") {
  /** @type {Promise<T | undefined> | undefined} */
  let part;
  return () =>
    (part ??= load().catch(() => {
      // First said, then forgotten: what is said draws the page, which must not ask again at once.
      if (lost) store.set({ said: lost });
      part = undefined;
      return undefined;
    }));
}

// ---------------------------------------------------------------- programs and places

/** @type {Promise<ReturnType<typeof import("./api.js").createApi>> | undefined} */
let engine;
// Nothing before the first step needs it.
const api = () =>
  (engine ??= import("./api.js").then(({ createApi }) =>
    createApi(programs.answered, programs.numbered),
  ));

const places = createPlaces(store, example, usual);
const programs = createPrograms({
  store,
  example,
  api,
  pause: () => pause(),
  drawn: places.saveProgram,
});

/** Goes where a link points; in a tour that is a stop. */
let arrive = open;

async function restore() {
  const asked = !(await places.restore((place) => arrive(place)));
  if (asked && store.get().restoring) root.dataset.restoring = "board";
}

/** @param {string} link dropped, or found in a file */
const visit = (link) => places.visit(link, (place) => arrive(place));

/**
 * Goes where a link points. What is to be predicted is shown to nobody until the part that hides it is there.
 * @param {Place} place
 */
async function open(place) {
  const hides = place.look?.predict ? await predicting() : true;
  return programs.open(hides ? place : { ...place, look: { ...place.look, predict: false } });
}

const { frameOf, isTaken, reframe, take } = createMoment();
const frameNow = () => frameOf(newest(store.get()));

const predicting = lazily(async () => {
  const { createPredict } = await import("./learning/predict.js");
  return createPredict(host);
}, "offline: predicting is not here yet");

// ---------------------------------------------------------------- the board

const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const board = createFoldableBoard(byId("picture"), {
  layoutClient: createLayoutClient(),
  onSelect: select,
  onExplain: explain,
  onPoint: light,
  onFolds: (folds) => store.set({ look: { ...store.get().look, folds } }),
  onCell: read,
  reducedMotion: () => stillness.matches,
  isAwaited: () => store.get().status === "loading",
  hall: () => store.get().look.mode === "lecture",
});
const following = createFollowing(board, store, {
  isStill: () => stillness.matches,
  onDrawn: greet,
  frameOf,
});

const head = document.querySelector(".page:not(.embed) .head");
const overview = lazily(async () => {
  const { createOverview } = await import("./circuit/overview.js");
  return createOverview(/** @type {Element} */ (head), board.centre);
}, "");
/** Whether a picture was larger than its window. */
let overseen = false;
board.watch(async (prospect) => {
  overseen ||= head !== null && prospect.larger;
  if (overseen) (await overview())?.show(prospect);
});

/** @param {string | undefined} id */
function select(id) {
  if (id !== undefined && isTaken("press", id)) return;
  store.set({ selected: id });
}

/** @param {string} id whose gradient is to be explained: the pass goes to the step that finds it */
function explain(id) {
  if (isTaken("press", id)) return;
  const { trace, look } = store.get();
  const step = foundAt(trace, id);
  if (step !== undefined && !look.locks.includes("step")) goTo(step);
}

/** @param {readonly string[]} ids */
function light(ids) {
  if (!same(ids, store.get().lit)) store.set({ lit: ids });
}

/** On the first visit to the first example, and on no link to it: shows how to read it. */
function greet() {
  const { moved, status, look } = store.get();
  const isHome = /^https?:[/][/][^/]+[/]$/.test(document.URL);
  if (!isHome || alone || moved || status !== "fresh" || look.mode || recall("met")) return;
  remember("met", "yes");
  // Without it the page is whole.
  board.introduce().catch(() => {});
}

// ---------------------------------------------------------------- cells

/**
 * @param {Cell | undefined} cell
 * @param {number} [sheet] the slice that it lies in
 */
function read(cell, sheet = 0) {
  if (cell && (isTaken("read") || !frameNow().nodes[cell.id].valueSized)) return;
  const { sheets } = store.get();
  store.set({ cell, sheets: cell ? { ...sheets, [cell.id]: sheet } : sheets });
}

const readPanel = lazily(async () => {
  const { createCell } = await import("./panels/cell.js");
  return createCell(read);
});

/** @param {Page} page */
async function showCell(page) {
  board.showCell(page.cell, page.sheets);
  (await readPanel())?.(store.get(), frameNow());
}

// ---------------------------------------------------------------- moving

/** @param {string} text */
function speak(text) {
  byId("spoken").textContent = signed(text);
}

/** @param {Page} page */
function wordsAt(page) {
  const now = newest(page);
  const steps = toldAt(now.trace, now.index, now.look.detail);
  return frameOf(now).told?.words ?? steps.map(({ text }) => text).join(" ");
}

const { goTo, move, play, pause } = createMoving(store, {
  speak,
  wordsAt,
  isAsked: (page) => page.look.predict && frameOf(page).told !== undefined,
});

const regions = ["source", "board", "views", "now", "tape"];
/** @type {Controls} */
const controls = {
  goTo,
  move,
  detail(detail) {
    remember("detail", String(detail));
    host.look({ detail });
  },
  play,
  quicken: (times) =>
    store.set({ speed: store.get().speed * times, said: `speed ${store.get().speed * times}×` }),
  boxOf: board.boxOf,
  async foldAll() {
    if (!(await board.foldAll(store.get().trace)))
      store.set({ said: "Nothing to fold: no function of your own, no loop, no repeated layer." });
  },
  zoomBy: board.zoomBy,
  fit: board.fit,
  focus(id) {
    if (id === "board") showTab("board");
    if (id === "function") {
      showTab("source");
      if (root.dataset.folded !== undefined) controls.fold();
    }
    byId(id).focus();
  },
  async find() {
    (await find())?.();
  },
  async overview() {
    if (overseen) (await overview())?.toggle();
  },
  region(delta) {
    const there = regions.filter((id) => !byId(id).hidden);
    const at = there.findIndex((id) => byId(id).contains(document.activeElement));
    const start = at < 0 && delta < 0 ? 0 : at;
    controls.focus(there[(start + delta + there.length) % there.length]);
  },
  run: () => programs.ask(true),
  undo: places.undo,
  redo: places.redo,
  async share() {
    const [{ openShare }] = await Promise.all([import("./sharing/menu.js"), loadStyle("dialogs")]);
    const here = () => places.here(example.tour);
    await openShare(byId("share"), { host, example, here, visit });
  },
  fold() {
    const folded = root.toggleAttribute("data-folded");
    for (const button of document.querySelectorAll("[data-action=fold]"))
      button.setAttribute("aria-expanded", String(!folded));
  },
  async view(name) {
    const open = store.get().look.view;
    const shut = open !== "" && (!name || partsOf(open)[0] === name);
    host.look({ view: shut ? "" : name || lastView });
    if (!shut && (await openViews())) controls.focus("views");
  },
  theme: () => void themes().then(({ switchTheme }) => switchTheme()),
  lecture() {
    const lecturing = store.get().look.mode === "lecture";
    // A lecture shows a gate's products at once, unless this device has its own habit.
    const detail = lecturing || recall("detail") ? usual().detail : 2;
    host.look({ mode: lecturing ? "" : "lecture", detail });
    // What is now hidden cannot keep the focus.
    if (!lecturing && document.activeElement !== document.body) controls.focus("board");
  },
  async predict() {
    const { predict } = store.get().look;
    if (predict || (await predicting()))
      host.look({ predict: !predict, detail: predict ? usual().detail : PLAIN.detail });
  },
  round: () => host.look({ round: !store.get().look.round }),
  blank: () => root.toggleAttribute("data-blank"),
  async help() {
    const [{ fillHelp }] = await Promise.all([import("./panels/help.js"), loadStyle("dialogs")]);
    /** @type {HTMLDialogElement} */
    const dialog = byId("help");
    fillHelp(dialog, store.get(), recall("keys") !== "off", (on) =>
      remember("keys", on ? "on" : "off"),
    );
    dialog.showModal();
  },
};

/** @type {Host} */
const host = {
  store,
  request: programs.request,
  call: async (path, body, signal) => (await api()).call(path, body, signal),
  bytes: async (address) => (await api()).bytes(address),
  goTo,
  select,
  light,
  look: (look) => store.set({ look: { ...store.get().look, ...look } }),
  type: programs.type,
  say: (said) => store.set({ said }),
  give: programs.give,
  speak,
  reframe,
  take,
  overlay: board.overlay,
};

/** @type {string} */
let lastView = VIEWS[0];

const column = lazily(async () => {
  const { createColumn } = await import("./views/column.js");
  await createColumn(host);
  return true;
}, "offline: no views yet");

/**
 * The column beside the board is fetched when it is first opened; from then on it follows the store by itself.
 * @returns {Promise<boolean>} whether it is there
 */
async function openViews() {
  const there = Boolean(await column());
  if (!there) host.look({ view: "" });
  return there;
}

const themes = () => import("./panels/theme.js");
/** @type {HTMLSelectElement | null} */
const theme = document.querySelector("#theme");
if (theme) theme.value = root.dataset.theme ?? "";
theme?.addEventListener("change", () => void themes().then(({ choose }) => choose(theme.value)));

const slides = lazily(() => import("./panels/slide.js").then((part) => part.createSlide(host)));
const find = lazily(async () => {
  const { createFind } = await import("./panels/find.js");
  return createFind(store, {
    reveal: (id) => board.reveal(board.boxOf(id)),
    focusNode: (id) => board.focusNode(board.boxOf(id)),
  });
}, "offline: no search yet");
const hall = lazily(() =>
  import("./panels/lecture.js").then((part) => panels.push(part.createLecture(store))),
);
const transcript = lazily(() =>
  import("./panels/transcript.js").then((part) => part.createTranscript(store)),
);
byId("transcript").addEventListener("toggle", transcript);

/** At the first touch: fetches what will be wanted, so that the page goes on without its server. */
async function warm() {
  if (!navigator.onLine) return addEventListener("online", warm, { once: true });
  (await api()).warm();
  for (const href of JSON.parse(byId("later").textContent ?? "")) {
    document.head.append(
      Object.assign(document.createElement("link"), { rel: "modulepreload", href }),
    );
  }
  void import("./views/column.js").then(({ warm }) => warm());
  void readPanel();
  void loadStyle("dialogs");
  rested.later();
}
const rested = debounce(() => {
  source.upgrade();
  loadKatex().catch(() => {});
}, REST);

listen(store, controls, isTaken);
// On a narrow screen the view lies where the two tabs do.
createTabs(() => host.look({ view: "" }));

// ---------------------------------------------------------------- from state to screen

const source = createSource({
  store,
  ...programs,
  light,
  call: async (path) => (await api()).call(path),
  frame: frameNow,
  undo: places.undoPage,
  redo: places.redo,
});
/** @type {((page: Page, previous: Page | undefined, frame: Frame) => void)[]} */
const panels = [
  createInputs(programs.give),
  createValues(select, explain, light),
  createNow(),
  createTape(goTo, (speed) => store.set({ speed })),
];

/** @param {Trace} trace */
function countWarnings({ warnings }) {
  const count = warnings.filter(({ level }) => level === "warning").length;
  const button = document.querySelector("[data-action=views]");
  button?.setAttribute("data-count", count ? String(count) : "");
  button?.setAttribute(
    "aria-label",
    count ? `Views, ${count} warning${count > 1 ? "s" : ""}` : "Views",
  );
}

/** @type {Page | undefined} what the panels show */
let told;
/** The board goes first; the panels follow once it is drawn. */
let waiting = false;

/** Shows in the panels what the board shows. */
function tell() {
  waiting = false;
  const before = told;
  told = newest(store.get());
  const frame = frameOf(told);
  for (const panel of panels) panel(told, before, frame);
}

/** A picture that follows within 300 ms never looks stale. */
const dimming = debounce(() => byId("board").classList.add("dimmed"), 300);
function brighten() {
  dimming.cancel();
  byId("board").classList.remove("dimmed");
}

/**
 * @param {Page} page
 * @param {Page} [previous]
 */
function render(page, previous) {
  source.show(page, previous);
  if (previous && page.look.mode !== previous.look.mode) {
    root.dataset.mode = page.look.mode;
    root.removeAttribute("data-blank");
    void hall();
  }
  const live = page.status === "fresh" || (page.ahead && page.ahead !== previous?.ahead);
  byId("board").classList.toggle("stale", page.status !== "fresh" && !page.ahead);
  if (live) brighten();
  else if (page.status !== previous?.status) dimming.later();
  if (page.trace !== previous?.trace) countWarnings(page.trace);
  if (page.look.view) {
    lastView = page.look.view;
    void openViews();
  }
  if (page.ahead && page.index !== previous?.index) programs.tell();
  const drawing = following.follow(page, previous);
  const changes =
    page.trace !== previous?.trace ||
    page.ahead !== previous.ahead ||
    page.index !== previous.index;
  waiting = previous !== undefined && (waiting || changes);
  if (!waiting) tell();
  else if (changes)
    void Promise.resolve(drawing)
      .then(drawn)
      .then(() => waiting && tell());
  if (page.look.round || previous?.look.round) void slides();
  if (page.cell !== previous?.cell) void showCell(page);
  if (!alone && previous && (page.index !== previous.index || page.look !== previous.look))
    places.saveLook();
}

/** What a page with a server has besides: a gallery, an address, and a memory of the last program. */
function connect() {
  /** @param {Page} page */
  const title = ({ source, given }) =>
    source === example.source && same(mentioned(source, given), example.inputs)
      ? example.title
      : "Your function";
  panels.push(
    createGallery(title, recall("program"), ({ source, inputs = {} }) =>
      programs.switchTo(source, inputs),
    ),
  );
  for (const sign of ["pointerdown", "keydown", "focusin"])
    addEventListener(sign, warm, { once: true });
  addEventListener("popstate", restore);
  if (example.fix)
    void import("./panels/mending.js").then((part) =>
      part.createMending(store, example, programs.switchTo),
    );
  if (!example.embed) takeFiles(host, visit);
}

/** What a page in a frame has besides. */
async function connectEmbed() {
  const { openEmbed } = await import("./sharing/embed.js");
  openEmbed(host, { play: controls.play, open, here: places.here });
}

if (!alone) connect();
store.subscribe(render);
render(initial);
root.dataset.ready = "";

new ResizeObserver(following.resize).observe(byId("picture"));
void start();

/** What a page of /lecture has besides. */
async function connectTour() {
  const { createTour } = await import("./learning/tour/tour.js");
  const keep = async (/** @type {object[]} */ requests) => (await api()).keep(requests);
  arrive = createTour(host, { example, open, keep });
  if (!document.URL.includes("#")) await arrive({ look: store.get().look });
}

async function start() {
  if (example.tour) await connectTour();
  if (!alone && document.URL.includes("#")) await restore();
  else if (!alone) source.resume();
  if (example.embed) await connectEmbed();
}
