/**
 * The board: draws a trace's circuit and shows it at a step. A function of (trace, frame); knows no step's kind.
 */

/** @import { Cell, Frame, Trace } from "../types.d.ts" */
/** @import { LayoutClient } from "../layout-client.js" */
/** @import { Drawing, Mark, Picture, Prospect, Rect } from "./types.d.ts" */

import { atOnce, debounce, inSlices } from "../player.js";
import { createArranging } from "./arranging.js";
import { drawPicture, glide, screenPlaces, tell } from "./drawing.js";
import { scalesOf } from "./grid.js";
import { createKeys, idOf } from "./keys.js";
import { cover, createMeasure, rectOf } from "./measure.js";
import { createReading } from "./reading.js";
import { createSignals } from "./signals.js";
import { leastScale } from "./styles.js";
import { svg } from "./text.js";
import { createViewport } from "./viewport.js";

/** Values that do not change for this have come to rest, ms. */
const REST = 500;

/** Beyond what is marked: its ring, and air, px on screen. */
const RING = 8;

/**
 * @typedef {object} BoardOptions
 * @property {LayoutClient} layoutClient
 * @property {(id: string) => void} onSelect
 * @property {(id: string) => void} onExplain how a node's gradient is found
 * @property {(ids: string[]) => void} onPoint which nodes the pointer is at
 * @property {(group: string, folded: boolean) => void} onFold
 * @property {(cell: Cell | undefined, sheet?: number) => void} onCell
 * @property {() => void} [onLaidOut]
 * @property {() => boolean} reducedMotion
 * @property {() => boolean} [isAwaited] whether other values are on their way
 * @property {() => boolean} [hall] whether the back row of a lecture hall is to read the numbers
 */

/**
 * @param {HTMLElement} element
 * @param {BoardOptions} options
 */
export function createBoard(
  element,
  {
    layoutClient,
    onSelect,
    onExplain,
    onPoint,
    onFold,
    onCell,
    onLaidOut,
    reducedMotion,
    isAwaited,
    hall,
  },
) {
  const frameElement = element.appendChild(document.createElement("div"));
  frameElement.className = "board-window";
  const camera = frameElement.appendChild(document.createElement("div"));
  camera.className = "board-camera";
  const graph = svg(
    "svg",
    {
      id: "graph",
      role: "group",
      "aria-roledescription": "computational graph",
      "aria-label": "Circuit",
    },
    camera,
  );
  const flow = svg("svg", { id: "flow", "aria-hidden": "true" }, camera);
  const pills = camera.appendChild(document.createElement("div"));
  pills.className = "board-pills";
  pills.setAttribute("aria-hidden", "true");
  const signalLayer = svg("g", {}, flow);
  const cellLayer = svg("g", {}, flow);
  const under = svg("g", {}, graph);

  const { measure, ready } = createMeasure(element);
  const viewport = createViewport(frameElement, camera, [graph, flow], lookAround);
  const arranging = createArranging({ layoutClient, measure, viewport, hall });
  const signals = createSignals(signalLayer, pills, under, measure);
  const look = () => ({ drawing: drawn, frame: shown });
  const reading = createReading(camera, cellLayer, look, onCell);
  const follower = (/** @type {string} */ id) => follow([id], calmMotion());
  const keys = createKeys(camera, onSelect, follower, onFold, reading.open, onExplain);
  camera.addEventListener("pointerover", showDigits);
  camera.addEventListener("pointerover", ({ target }) => onPoint(nodesAt(target)));
  camera.addEventListener("pointerleave", () => onPoint([]));
  camera.addEventListener("focusin", ({ target }) => onPoint(nodesAt(target)));
  // Of what leaves the page nothing may be missing.
  camera.addEventListener("whole", () => drawn?.near.growAll());
  // Images hold their colours; all else takes them from the style sheet.
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", redraw);

  /** @type {Drawing | undefined} */
  let drawn;
  /** @type {((prospect: Prospect) => void)[]} */
  const watchers = [];
  /** @type {(drawing: Drawing) => void} */
  let overlay = () => {};
  /** @type {Frame | undefined} of the picture as it is drawn */
  let shown;
  /** @type {Frame | undefined} the last one asked for, drawn or not */
  let asked;
  /** @type {typeof import("./renewal.js") | undefined} */
  let renewal;
  /** @type {Map<string, Element[]>} elements by what they are marked as */
  const marked = new Map();
  /** @type {(() => void) | undefined} ends the introduction */
  let leave;
  /** Counts requests, so that an older layout never replaces a newer one. */
  let turn = 0;

  /** @type {Map<boolean, number>} ms, by whether the reader wants little of it; reading makes the browser work out all styles */
  const beats = new Map();
  function motion() {
    const still = reducedMotion();
    const beat =
      beats.get(still) ??
      (Number.parseFloat(getComputedStyle(element).getPropertyValue("--motion")) || 0);
    beats.set(still, beat);
    return beat;
  }

  const calmMotion = () => (reducedMotion() ? 0 : motion());

  /**
   * Lays the trace out and draws it. The old picture stays until then.
   * @param {Trace} given
   * @param {() => Frame | undefined} [frameOf] what will be shown first
   */
  async function setTrace(given, frameOf) {
    const trace = withNamedOutput(given);
    const isWanted = takeTurn();
    resting.cancel();
    await ready();
    motion();
    await arranging.fetchParts(trace);
    const fresh = await arranging.sketch(trace, drawn, isWanted);
    if (fresh) renewal ??= await import("./renewal.js");
    if (!isWanted()) return;
    const kept = drawn && fresh && renewal?.renewed(drawn.picture, fresh);
    if (kept) {
      renew(kept.picture);
      if (!kept.fits) resting.later();
    } else if (!(await place(trace, isWanted, { fresh, frameOf }))) return;
    onLaidOut?.();
  }

  /** @returns {() => boolean} whether nothing newer has been asked for since */
  function takeTurn() {
    const mine = ++turn;
    return () => mine === turn;
  }

  /**
   * Draws a trace, in the places that are drawn if it needs no others.
   * @param {Trace} trace
   * @param {() => boolean} isWanted
   * @param {object} [ready]
   * @param {Picture} [ready.fresh] as it would be in the style that is drawn
   * @param {() => Frame | undefined} [ready.frameOf] what will be shown first
   * @returns {Promise<boolean>} false if a newer request took its place
   */
  async function place(trace, isWanted, { fresh, frameOf } = {}) {
    const placed = await arranging.arrange(trace, drawn, isWanted, fresh);
    if (!placed || !isWanted()) return false;
    const { picture, layout } = placed;
    const work = drawPicture(picture, layout, measure, arranging.parts);
    const drawing = await inSlices(work, isWanted);
    if (!drawing || !isWanted()) return false;
    const frame = frameOf?.();
    // As long as nobody sees it, a large picture can be told what is known bit by bit.
    if (frame && !(await inSlices(tell(drawing, frame), isWanted))) return false;
    mount(drawing);
    shown = frame;
    return true;
  }

  /**
   * Shows other values in the picture that is drawn.
   * @param {Picture} picture
   */
  function renew(picture) {
    if (!drawn) return;
    leave?.();
    signals.clear();
    const scales = scalesOf(picture.trace);
    for (const [id, figure] of picture.figures) drawn.marks.get(id)?.renew(figure, scales);
    drawn = { ...drawn, picture };
    keys.setPicture(picture, drawn.marks);
    reading.turn();
    overlay(drawn);
  }

  /** Makes room for numbers that have outgrown their places, and for those to come. */
  async function makeRoom() {
    if (!drawn) return;
    if (isAwaited?.()) return resting.later();
    const { trace } = drawn.picture;
    arranging.vary(trace);
    const frame = asked;
    const ready = frame && { frameOf: () => frame };
    if ((await place(trace, takeTurn(), ready)) && asked) show(asked, { animate: false });
  }
  // Where it fails, or something newer comes, the picture that is there is whole.
  const resting = debounce(() => void makeRoom().catch(() => {}), REST);

  /**
   * Shows a drawing in the place of the one before.
   * @param {Drawing} drawing
   */
  function mount(drawing) {
    const { picture, layout, sheets, marks } = drawing;
    const before = drawn && screenPlaces(drawn, viewport.toScreen);
    const was = drawn?.picture.trace;
    const moved = drawn?.layout !== layout;
    leave?.();
    signals.clear();
    // What is near the window is looked for once a frame is shown, which may move it.
    drawn = undefined;
    shown = undefined;
    graph.replaceChildren(sheets.frames, under, sheets.wires, sheets.nodes, sheets.tabs);
    element.classList.toggle("turned", picture.style.direction === "tb");
    if (moved) viewport.setPicture(layout.width, layout.height, leastScale(picture));
    drawn = drawing;
    keys.setPicture(picture, marks);
    reading.turn();
    overlay(drawing);
    if (before && moved) {
      for (const [code, at] of before) before.set(code, viewport.fromScreen(at));
      glide(drawing, { before, was }, viewport.view(), calmMotion());
    }
  }

  /**
   * @param {Frame} frame of the trace last set
   * @param {{ animate: boolean }} how
   */
  function show(frame, { animate }) {
    element.dataset.step = String(frame.index);
    asked = frame;
    if (!drawn) return;
    leave?.();
    const current = drawn;
    const { marks } = current;
    const last = shown;
    shown = frame;
    // Read before anything changes, or the browser would have to work the changes out twice.
    const duration = animate && last ? motion() : 0;
    signals.clear();
    const change = atOnce(tell(current, frame, last));
    signals.show(current, frame, duration);
    follow(around(frame), reducedMotion() ? 0 : duration, usedAt(frame));
    lookAround(viewport.view());
    if (duration === 0 || reducedMotion() || last === undefined || frame.index < last.index) return;
    /** @param {boolean} waiting */
    const setAwaiting = (waiting) => {
      for (const { id, role } of change.landing)
        marks.get(id)?.element.classList.toggle(`awaits-${role}`, waiting);
      for (const { target } of change.backward)
        marks.get(target)?.element.classList.toggle("awaits-partial", waiting);
    };
    setAwaiting(true);
    signals.travel(current, frame, change, { duration, scale: viewport.scale() }, () =>
      setAwaiting(false),
    );
  }

  /**
   * What should be in view at a frame: the active node, and where its wire comes from; first where the gradient is that
   * the step finds, which among several contributions is at the gate.
   * @param {Frame} frame
   */
  function around({ step: { node, edge }, nodes }) {
    const wire = drawn?.picture.edges.find(({ id }) => id === edge);
    if (!wire) return [node];
    return nodes[wire.source].lands === "gradient" ? [wire.source, node] : [node, wire.source];
  }

  /**
   * What a frame's step reads, and lights.
   * @param {Frame} frame
   */
  const usedAt = ({ nodes }) => Object.keys(nodes).filter((id) => nodes[id].used);

  /** @param {string[]} ids */
  const rectsOf = (ids) =>
    ids.flatMap((id) => {
      const mark = markOf(id);
      return mark ? [rectOf(mark)] : [];
    });

  /**
   * @param {string[]} ids the first is the one to see if not all fit
   * @param {number} duration ms
   * @param {string[]} [beside] to be seen whole, too, each as far as there is room for it
   */
  function follow(ids, duration, beside = []) {
    const parts = rectsOf(ids);
    if (parts.length === 0) return;
    const { width, height } = viewport.room();
    const k = viewport.scale();
    // The air around a gate is given up for what else is to be seen.
    const air = shown?.nodes[ids[0]]?.active ? RING / k : 0;
    const all = union(parts);
    for (const rect of rectsOf(beside)) {
      const more = union([all, rect]);
      const fits = more.right - more.left <= width / k && more.bottom - more.top <= height / k;
      if (fits) cover(all, more);
    }
    /**
     * What does not fit begins with the first part, and goes as far towards the rest as there is room.
     * @param {"left" | "top"} low
     * @param {"right" | "bottom"} high
     * @param {number} room
     */
    const along = (low, high, room) => {
      if (all[high] - all[low] <= room) return [all[low], all[high]];
      const [{ [low]: start, [high]: end }] = parts;
      return all[high] > end ? [start + air, start + air + room] : [end - air - room, end - air];
    };
    const [left, right] = along("left", "right", width / k);
    const [top, bottom] = along("top", "bottom", height / k);
    viewport.follow({ left, right, top, bottom }, duration);
  }

  /** @param {Event} event */
  function showDigits(event) {
    const target =
      event.target instanceof Element ? event.target.closest("[data-node][tabindex]") : null;
    drawn?.marks.get(idOf(target))?.spell?.();
  }

  /**
   * Marks nodes; what stands for several is marked with any of them.
   * @param {readonly string[]} lit pointed at
   * @param {string} [selected]
   * @param {readonly string[]} [found] by a search
   */
  function mark(lit, selected, found = []) {
    for (const [name, ids] of Object.entries({ lit, picked: selected ? [selected] : [], found })) {
      for (const element of marked.get(name) ?? []) element.classList.remove(name);
      const elements = ids.flatMap((id) => [markOf(id)?.element ?? [], tapsOf(id)].flat());
      for (const element of elements) element.classList.add(name);
      marked.set(name, elements);
    }
  }

  /** @param {string} id */
  const tapsOf = (id) => [...graph.querySelectorAll(`[data-tap="${id}"]`)];

  /**
   * What shows a node: itself, or what it is folded into.
   * @param {string} id
   * @returns {Mark | undefined}
   */
  function markOf(id) {
    const own = drawn?.marks.get(id);
    if (own || !drawn) return own;
    const home = graph.querySelector(`[data-node~="${id}"]`)?.closest(".node");
    return [...drawn.marks.values()].find(({ element: each }) => each === home);
  }

  /**
   * @param {Rect} window the part of the picture that is seen
   * @param {Rect} [passed] what is seen on the way there
   */
  function lookAround(window, passed = window) {
    if (!drawn) return;
    const { near, plan } = drawn;
    near.look(passed);
    const active = shown && markOf(shown.step.node);
    const larger = viewport.overflows();
    for (const watcher of watchers)
      watcher({ plan, window, larger, active: active && rectOf(active) });
  }

  /** Shows a first visitor how to read the picture, unless it has been stepped already. */
  async function introduce() {
    const { introduce } = await import("./introduction.js");
    if (!drawn || shown?.index !== 0 || leave) return;
    leave = introduce(drawn, {
      nodes: drawn.sheets.nodes,
      window: frameElement,
      still: reducedMotion(),
      room: viewport.room(),
      toScreen: viewport.toScreen,
    });
  }

  function redraw() {
    const frame = shown;
    if (!drawn || ![...drawn.picture.figures.values()].some(({ value }) => value.grid?.image))
      return;
    mount(atOnce(drawPicture(drawn.picture, drawn.layout, measure, arranging.parts)));
    if (frame) show(frame, { animate: false });
  }

  /** Fits the picture to a changed size; turned, or in other sizes, where it asks for that. */
  async function resize() {
    if (!drawn || arranging.isFitted()) return;
    const { trace } = drawn.picture;
    await setTrace(trace);
    // A step may have been taken meanwhile.
    if (asked && drawn.picture.trace === trace && shown === undefined)
      show(asked, { animate: false });
  }

  return {
    setTrace,
    show,
    introduce,
    fit() {
      leave?.();
      viewport.fit(calmMotion());
    },
    /** @param {number} factor */
    zoomBy(factor) {
      leave?.();
      viewport.zoomBy(factor, calmMotion());
    },
    /** @param {string} id */
    focusNode: (id) => keys.focus(id),
    /** @param {string} id */
    reveal: (id) => follow([id], calmMotion()),
    centre: viewport.centre,
    /** @param {(prospect: Prospect) => void} watcher told of every change of what is seen */
    watch: (watcher) => void watchers.push(watcher),
    /** @param {typeof overlay} draw told of every drawing, and of other values in it */
    overlay(draw) {
      overlay = draw;
      if (drawn) draw(drawn);
    },
    mark,
    showCell: reading.show,
    resize,
    destroy() {
      turn++;
      resting.cancel();
      themes.disconnect();
      dark.removeEventListener("change", redraw);
      signals.clear();
      keys.destroy();
      reading.destroy();
      viewport.destroy();
      frameElement.remove();
    },
  };
}

/** @param {EventTarget | null} target */
function nodesAt(target) {
  const node = target instanceof Element ? target.closest("[data-node], [data-tap]") : undefined;
  return (node?.getAttribute("data-node") ?? node?.getAttribute("data-tap"))?.split(" ") ?? [];
}

/** @param {Rect[]} rects one or more */
function union([first, ...rest]) {
  const all = { ...first };
  for (const rect of rest) cover(all, rect);
  return all;
}

/** @type {WeakMap<Trace, Trace>} */
const named = new WeakMap();

/**
 * The same trace with a name at its output: an expression's result is called what its code calls it.
 * @param {Trace} trace
 * @returns {Trace}
 */
function withNamedOutput(trace) {
  const nodes = trace.nodes.map((node) =>
    node.id === trace.output && node.kind === "gate"
      ? { ...node, name: node.name ?? node.label }
      : node,
  );
  const result = named.get(trace) ?? { ...trace, nodes };
  named.set(trace, result);
  named.set(result, result);
  return result;
}
