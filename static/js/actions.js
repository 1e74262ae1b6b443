/** Everything a key or a button can do, one literal each; buttons, keys and the help dialog read the same records. */

/** @import { Lock, Look } from "./look.js" */
/** @import { Page } from "./state.js" */
/** @import { TraceStep } from "./types.d.ts" */

/**
 * What actions act on.
 * @typedef {object} Controls
 * @property {(index: number) => void} goTo
 * @property {(way: 1 | -1) => void} move to the next stop, or the one before
 * @property {(detail: Look["detail"]) => void} detail stops at fewer steps, or at more
 * @property {() => void} play starts or stops
 * @property {(times: number) => void} quicken
 * @property {(id: string) => string} boxOf the folded box that hides a node, or the node
 * @property {() => void} foldAll folds all groups of gates, or unfolds them
 * @property {(times: number) => void} zoomBy
 * @property {() => void} fit
 * @property {(id: string) => void} focus
 * @property {() => void} find opens the field that finds nodes
 * @property {() => void} overview shows or puts away the whole picture in small
 * @property {(delta: number) => void} region moves the focus by regions
 * @property {() => void} run draws now, without waiting for a pause in typing
 * @property {() => void} undo
 * @property {() => void} redo
 * @property {() => void} share
 * @property {() => void} fold
 * @property {(name: string) => void} view opens a view beside the board, or closes it; without a name, the one open last
 * @property {() => void} theme
 * @property {() => void} help
 * @property {() => void} lecture opens the lecture mode, or leaves it
 * @property {() => void} predict asks for each result before it is told, or no more
 * @property {() => void} round rounds as on a slide, or no more
 * @property {() => void} blank covers the screen of a lecture, or shows it again
 */

/**
 * @typedef {object} Action
 * @property {string} name
 * @property {string} label
 * @property {string[]} keys as `keyOf` names them
 * @property {string[]} [hall] keys in lecture mode, in place of those: what clickers send
 * @property {(controls: Controls, page: Page) => void} perform
 * @property {(page: Page) => boolean} [enabled] always, if absent
 * @property {Lock} [lock] an embed's link that locks this locks the action
 * @property {boolean} [asks] it is about another program, which only a server can draw
 */

/** @param {Page} page */
const steps = ({ trace }) => trace.steps;

/**
 * The nearest step about another node; a folded box is one.
 * @param {Page} page
 * @param {1 | -1} way
 * @param {Controls["boxOf"]} boxOf
 */
function otherNode(page, way, boxOf) {
  const here = steps(page)[page.index];
  const own = boxOf(here.node);
  const stays = (/** @type {TraceStep | undefined} */ step) =>
    step && boxOf(step.node) === own && step.phase === here.phase;
  let index = page.index + way;
  while (stays(steps(page)[index])) index += way;
  return index;
}

/**
 * @param {Page} page
 * @param {string} phase
 */
const startOf = (page, phase) => steps(page).findIndex((step) => step.phase === phase);

/** @type {Action[]} */
export const ACTIONS = [
  {
    name: "next",
    lock: "step",
    label: "Next step",
    keys: ["ArrowRight", "PageDown", "n"],
    hall: ["ArrowRight", "PageDown", "n", "ArrowDown"],
    perform: ({ move }) => move(1),
  },
  {
    name: "previous",
    lock: "step",
    label: "Previous step",
    keys: ["ArrowLeft", "PageUp"],
    hall: ["ArrowLeft", "PageUp", "ArrowUp"],
    perform: ({ move }) => move(-1),
  },
  {
    name: "first",
    lock: "step",
    label: "First step",
    keys: ["Home"],
    perform: ({ goTo }) => goTo(0),
  },
  {
    name: "last",
    lock: "step",
    label: "Last step",
    keys: ["End"],
    perform: ({ goTo }, page) => goTo(steps(page).length - 1),
  },
  {
    name: "next-node",
    lock: "step",
    label: "Next node",
    keys: ["Shift+ArrowRight"],
    perform: ({ goTo, boxOf }, page) => goTo(otherNode(page, 1, boxOf)),
  },
  {
    name: "previous-node",
    lock: "step",
    label: "Previous node",
    keys: ["Shift+ArrowLeft"],
    perform: ({ goTo, boxOf }, page) => goTo(otherNode(page, -1, boxOf)),
  },
  {
    name: "backward",
    lock: "step",
    label: "Start of backward",
    keys: ["b"],
    hall: [],
    perform: ({ goTo }, page) => goTo(startOf(page, "backward")),
    enabled: (page) => startOf(page, "backward") >= 0,
  },
  {
    name: "forward",
    lock: "step",
    label: "Start of forward",
    keys: ["f"],
    perform: ({ goTo }, page) => goTo(startOf(page, "forward")),
  },
  { name: "play", lock: "play", label: "Play", keys: ["Space"], perform: ({ play }) => play() },
  {
    name: "slower",
    lock: "play",
    label: "Slower",
    keys: ["["],
    perform: ({ quicken }) => quicken(0.5),
    enabled: ({ speed }) => speed > 0.5,
  },
  {
    name: "faster",
    lock: "play",
    label: "Faster",
    keys: ["]"],
    perform: ({ quicken }) => quicken(2),
    enabled: ({ speed }) => speed < 4,
  },
  {
    name: "glance",
    label: "Detail: glance",
    keys: ["1"],
    perform: ({ detail }) => detail(1),
  },
  {
    name: "stops",
    label: "Detail: lecture",
    keys: ["2"],
    perform: ({ detail }) => detail(2),
  },
  {
    name: "slow",
    label: "Detail: slow",
    keys: ["3"],
    perform: ({ detail }) => detail(3),
  },
  { name: "find", label: "Find a node", keys: ["/"], perform: ({ find }) => find() },
  {
    name: "overview",
    label: "Show or hide the overview of a large board",
    keys: ["m"],
    perform: ({ overview }) => overview(),
  },
  { name: "zoom-in", label: "Zoom in", keys: ["+", "="], perform: ({ zoomBy }) => zoomBy(1.25) },
  { name: "zoom-out", label: "Zoom out", keys: ["-"], perform: ({ zoomBy }) => zoomBy(0.8) },
  { name: "zoom-fit", label: "Fit", keys: ["0"], perform: ({ fit }) => fit() },
  {
    name: "edit",
    lock: "source",
    label: "Edit the function",
    keys: ["e"],
    perform: ({ focus }) => focus("function"),
    asks: true,
  },
  {
    name: "run",
    lock: "edit",
    label: "Draw now",
    keys: ["Ctrl+Enter"],
    perform: ({ run }) => run(),
    asks: true,
  },
  {
    name: "undo",
    lock: "edit",
    label: "Undo: the program before",
    keys: ["Ctrl+z"],
    perform: ({ undo }) => undo(),
    asks: true,
  },
  {
    name: "redo",
    lock: "edit",
    label: "Redo",
    keys: ["Ctrl+Shift+z"],
    perform: ({ redo }) => redo(),
    asks: true,
  },
  { name: "board", label: "Go to the board", keys: [], perform: ({ focus }) => focus("board") },
  { name: "region", label: "Next region", keys: ["F6"], perform: ({ region }) => region(1) },
  {
    name: "region-back",
    label: "Previous region",
    keys: ["Shift+F6"],
    perform: ({ region }) => region(-1),
  },
  {
    name: "fold-all",
    label: "Fold or unfold all groups of gates",
    keys: ["g"],
    perform: ({ foldAll }) => foldAll(),
  },
  {
    name: "fold",
    lock: "source",
    label: "Show or hide the source",
    keys: ["s"],
    perform: ({ fold }) => fold(),
  },
  {
    name: "views",
    label: "Show or hide the views beside the board",
    keys: ["v"],
    perform: ({ view }) => view(""),
    asks: true,
  },
  {
    name: "why",
    label: "Derive a gate's gradient from first principles",
    keys: ["w"],
    perform: ({ view }) => view("derive"),
    asks: true,
  },
  {
    name: "balance",
    label: "Balance the dimensions of a matrix product",
    keys: ["d"],
    perform: ({ view }) => view("balance"),
    asks: true,
  },
  {
    name: "check",
    label: "Check the gradients against differences",
    keys: ["c"],
    perform: ({ view }) => view("check"),
    asks: true,
  },
  {
    name: "check-backward",
    label: "Check the backward code",
    keys: [],
    perform: ({ view }, { look }) => look.view !== "backward" && view("backward"),
    asks: true,
  },
  {
    name: "menu",
    label: "The five-step menu",
    keys: ["u"],
    perform: ({ view }) => view("menu"),
    asks: true,
  },
  {
    name: "share",
    label: "Share and export",
    keys: [],
    perform: ({ share }) => share(),
    asks: true,
  },
  { name: "lecture", label: "Lecture mode", keys: ["l"], perform: ({ lecture }) => lecture() },
  {
    name: "leave",
    label: "Leave lecture mode",
    keys: [],
    hall: ["Escape"],
    perform: ({ lecture }) => lecture(),
  },
  {
    name: "predict",
    lock: "step",
    label: "Predict each result before it is told",
    keys: ["p"],
    perform: ({ predict }) => predict(),
  },
  {
    name: "round",
    label: "Round like the slide",
    keys: ["r"],
    perform: ({ round }) => round(),
    asks: true,
  },
  {
    name: "blank",
    label: "Blank the screen",
    keys: [],
    hall: ["b", "."],
    perform: ({ blank }) => blank(),
  },
  { name: "theme", label: "Switch theme", keys: ["Alt+Shift+d"], perform: ({ theme }) => theme() },
  { name: "help", label: "Help and keys", keys: ["?"], perform: ({ help }) => help() },
];

/**
 * A key press by name: "ArrowRight", "Space", "Ctrl+Shift+z". Shift is not named where it makes another character.
 * @param {KeyboardEvent} event
 */
export function keyOf({ key, code, ctrlKey, metaKey, altKey, shiftKey }) {
  const letter = /^Key[A-Z]$/.test(code ?? "") ? code[3].toLowerCase() : key;
  const chord = ctrlKey || metaKey || altKey;
  const bare = key === " " ? "Space" : chord ? letter : key;
  const shift = shiftKey && (chord || bare.length > 1);
  return `${ctrlKey || metaKey ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}${shift ? "Shift+" : ""}${bare}`;
}

/** Keys that mean something to the control itself. */
const TEXT = "textarea, select, input:not([type=range], [type=checkbox], [type=radio])";
const SLIDER = "input[type=range]:not(#step), input[type=radio]";
const PRESSED = "button, a[href], summary, input[type=checkbox], input[type=radio]";

/**
 * The action of a key press, unless it belongs to the control that has the focus.
 * @param {KeyboardEvent} event
 * @param {boolean} singleKeys whether single characters act (WCAG 2.1.4)
 * @param {boolean} [inHall] whether the page is in lecture mode
 */
export function actionOf(event, singleKeys, inHall = false) {
  const key = keyOf(event);
  const action = ACTIONS.find(({ keys, hall }) =>
    ((inHall ? hall : undefined) ?? keys).includes(key),
  );
  const target = event.target instanceof Element ? event.target : undefined;
  if (!action || event.defaultPrevented || event.isComposing || target?.closest("dialog[open]"))
    return undefined;
  if (target?.matches(TEXT))
    return /^(Ctrl\+Enter|Alt\+|(Shift\+)?F6)/.test(key) ? action : undefined;
  if (target?.matches(SLIDER) && /Arrow|Page|Home|End/.test(key)) return undefined;
  if (target?.matches(PRESSED) && key === "Space") return undefined;
  if (target?.matches("[role=tab]") && key.startsWith("Arrow")) return undefined;
  return key.length > 1 || singleKeys ? action : undefined;
}
