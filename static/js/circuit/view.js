/**
 * The board: draws a trace's circuit and shows it at a step. A function of (trace, frame); knows no step's kind.
 */

/** @import { Cell, Frame, Layout, Point, Trace, TraceNode, View } from "../types.d.ts" */
/** @import { LayoutClient } from "../layout-client.js" */
/** @import { Boxes, Change, Drawing, Mark, Picture, Plan, Prospect, Rect, Taps } from "./types.d.ts" */

import { debounce } from "../player.js";
import { same } from "../state.js";
import { drawNodes, fullText } from "./gates.js";
import { scalesOf } from "./grid.js";
import { createKeys, idOf } from "./keys.js";
import { createMeasure } from "./measure.js";
import { createNear, overlap } from "./near.js";
import { pictureOf } from "./picture.js";
import { createReading } from "./reading.js";
import { createSignals } from "./signals.js";
import { leastScale, SHRINK, spread, stylesFor } from "./styles.js";
import { svg } from "./text.js";
import { createViewport } from "./viewport.js";
import { drawWires } from "./wires.js";

/** Beyond this many nodes nothing inside the large drawing is animated, and only what is near the window is displayed. */
const CALM = 300;

/** Values that do not change for this have come to rest, ms. */
const REST = 500;

/** Beyond what is marked: its ring, and air, px on screen. */
const RING = 8;

/** How much of the spare room the gaps take; the next is tried where the picture grows too large. */
const EASES = [1, 0.4, 0];

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
  const frames = svg("g", {}, graph);
  const signalLayer = svg("g", {}, flow);
  const cellLayer = svg("g", {}, flow);
  const under = svg("g", {}, graph);
  const wireLayer = svg("g", {}, graph);
  const nodeLayer = svg("g", {}, graph);
  const tabs = svg("g", {}, graph);

  const { measure, ready } = createMeasure(element);
  const near = createNear();
  const viewport = createViewport(frameElement, camera, [graph, flow], lookAround);
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
  camera.addEventListener("whole", near.growAll);
  // Images hold their colours; all else takes them from the style sheet.
  const themes = new MutationObserver(redraw);
  themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", redraw);

  /** @type {(Drawing & { layout: Layout }) | undefined} */
  let drawn;
  /** @type {Plan | undefined} */
  let plan;
  /** @type {((prospect: Prospect) => void)[]} */
  const watchers = [];
  /** @type {Frame | undefined} of the picture as it is drawn */
  let shown;
  /** @type {Frame | undefined} the last one asked for, drawn or not */
  let asked;
  /** The window's size that the picture was made for. */
  let room = { width: 0, height: 0 };
  /** The program whose values have outgrown their places. */
  let varied = "";
  /** @type {{ number: number, ease: number, room: typeof room } | undefined} the try that was taken last */
  let taken;
  /** @type {{ boxes?: Boxes, taps?: Taps }} what draws what few circuits have */
  const parts = {};
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
   */
  async function setTrace(given) {
    const trace = withNamedOutput(given);
    const mine = ++turn;
    resting.cancel();
    await ready();
    motion();
    if ("open" in trace) parts.boxes ??= await import("./boxes.js");
    if (hasShared(trace)) parts.taps ??= await import("./taps.js");
    if (mine !== turn) return;
    const fresh = sketch(trace);
    if (fresh) renewal ??= await import("./renewal.js");
    if (mine !== turn) return;
    const kept = drawn && fresh && renewal?.renewed(drawn.picture, fresh);
    if (kept) {
      renew(kept.picture);
      if (!kept.fits) resting.later();
    } else if (!(await place(trace, mine, fresh))) return;
    onLaidOut?.();
  }

  /**
   * The trace as the board would draw it now, if it had not to be laid out.
   * @param {Trace} trace
   */
  function sketch(trace) {
    if (!drawn || !sameRoom(room, viewport.room())) return undefined;
    const { style, trace: before } = drawn.picture;
    return before.nodes.length === trace.nodes.length
      ? pictureOf(trace, style, measure, parts)
      : undefined;
  }

  /**
   * Draws a trace, in the places that are drawn if it needs no others.
   * @param {Trace} trace
   * @param {number} mine the request's turn
   * @param {Picture} [fresh] as it would be in the style that is drawn
   * @returns {Promise<boolean>} false if a newer request took its place
   */
  async function place(trace, mine, fresh) {
    const { picture, layout } =
      drawn && fresh && same(fresh.graph, drawn.picture.graph)
        ? { picture: fresh, layout: drawn.layout }
        : await arrange(trace);
    if (mine !== turn) return false;
    draw(picture, layout);
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
  }

  /** Makes room for numbers that have outgrown their places, and for those to come. */
  async function makeRoom() {
    if (!drawn) return;
    if (isAwaited?.()) return resting.later();
    const { trace } = drawn.picture;
    varied = trace.source;
    if ((await place(trace, ++turn)) && asked) show(asked, { animate: false });
  }
  // Where it fails, or something newer comes, the picture that is there is whole.
  const resting = debounce(() => void makeRoom().catch(() => {}), REST);

  /**
   * Where nodes lay, if this is the same program edited and not another one.
   * @param {Trace} trace
   */
  function memoryFor({ nodes, source }) {
    if (!drawn) return undefined;
    if (drawn.picture.trace.source === source) return drawn.layout.memory;
    const known = new Set([...drawn.picture.figures.values()].map(({ node }) => identity(node)));
    const kept = nodes.filter((node) => known.has(identity(node))).length;
    return 2 * kept > Math.max(nodes.length, known.size) ? drawn.layout.memory : undefined;
  }

  /**
   * Tries the styles from the largest on until one fits; of a program that grew, from the one it had.
   * @param {Trace} trace
   * @returns {Promise<{ picture: Picture, layout: Layout }>}
   */
  async function arrange(trace) {
    room = viewport.room();
    const previous = memoryFor(trace);
    const roomy = trace.source === varied;
    const tries = stylesFor(trace, room, hall?.()).flatMap((given) => {
      const style = { ...given, roomy };
      return EASES.map((ease) => ({ style, ease }));
    });
    const lastTry = tries[tries.length - 1];
    const grew =
      previous &&
      drawn &&
      taken &&
      sameRoom(room, taken.room) &&
      trace.nodes.length >= drawn.picture.trace.nodes.length;
    const had = tries.findIndex(
      ({ style, ease }) => style.number === taken?.number && ease === taken.ease,
    );
    /** @type {Picture | undefined} */
    let picture;
    for (const attempt of tries.slice(grew ? Math.max(0, had) : 0)) {
      const last = attempt === lastTry;
      if (picture?.style !== attempt.style)
        picture = pictureOf(trace, attempt.style, measure, parts);
      if (!spread(picture, viewport.inner(), attempt.ease) && !last) continue;
      const options = { ...picture.options, previous };
      const layout = await layoutClient.request(picture.graph, options);
      const scale = viewport.wholeScale(layout.width, layout.height);
      if (last || scale >= Math.max(SHRINK, leastScale(picture))) {
        taken = { number: attempt.style.number, ease: attempt.ease, room };
        return { picture, layout };
      }
    }
    throw new Error("unreachable: the last style is always taken");
  }

  /**
   * @param {Picture} picture
   * @param {Layout} layout
   */
  function draw(picture, layout) {
    const before = drawn && screenPlaces(drawn.marks);
    const was = drawn?.picture.trace;
    const moved = drawn?.layout !== layout;
    leave?.();
    signals.clear();
    near.clear();
    const placed = picture.figures.size > CALM ? near.add : drawAtOnce;
    const { wires, nets } = drawWires(wireLayer, picture, layout, placed);
    const marks = drawNodes(nodeLayer, picture, layout, measure);
    parts.taps?.drawTaps(wireLayer, picture, layout, nets, placed);
    parts.boxes?.drawFrames(frames, tabs, picture, marks, measure, placed);
    for (const mark of marks.values()) placed(mark.element, rectOf(mark), mark.grow);
    drawn = { picture, layout, marks, wires, nets };
    plan = {
      width: layout.width,
      height: layout.height,
      parts: [...marks.values()].map(rectOf),
    };
    shown = undefined;
    element.classList.toggle("turned", picture.style.direction === "tb");
    if (moved) viewport.setPicture(layout.width, layout.height, leastScale(picture));
    else lookAround(viewport.view());
    keys.setPicture(picture, marks);
    reading.turn();
    if (before && moved) glide(before, marks, was);
  }

  /** @param {Map<string, Mark>} marks */
  function screenPlaces(marks) {
    return new Map(
      [...marks.values()].map(({ figure, origin }) => [
        figure.node.code,
        viewport.toScreen(origin),
      ]),
    );
  }

  /**
   * Old nodes move from where they were seen, those of an unfolded box from there; what nobody sees does not, since
   * each that moves is a layer of its own.
   * @param {Map<string, Point>} before by code
   * @param {Map<string, Mark>} marks
   * @param {Trace | View} [was] what was drawn before
   */
  function glide(before, marks, was) {
    const duration = marks.size > CALM ? 0 : calmMotion();
    if (duration === 0) return;
    const window = viewport.view();
    for (const mark of marks.values()) {
      const { element: node, figure, origin } = mark;
      const rect = rectOf(mark);
      const box = was && "hidden" in was && was.hidden.get(figure.node.id);
      const old = before.get(figure.node.code) ?? (box ? before.get(box.id) : undefined);
      const to = `translate(${origin.x}px, ${origin.y}px)`;
      const isSeen = overlap(rect, window);
      if (!old && isSeen) node.animate({ opacity: [0, 1] }, { duration, easing: "ease-in" });
      if (old) {
        const { x, y } = viewport.fromScreen(old);
        const wasSeen = overlap(shifted(rect, x - origin.x, y - origin.y), window);
        if ((isSeen || wasSeen) && Math.hypot(x - origin.x, y - origin.y) > 0.5)
          node.animate(
            { transform: [`translate(${x}px, ${y}px)`, to] },
            { duration, easing: "ease-in-out" },
          );
      }
    }
    wireLayer.animate({ opacity: [0, 0, 1] }, { duration: 1.4 * duration });
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
    const { picture, marks, wires, nets } = current;
    const last = shown;
    shown = frame;
    // Read before anything changes, or the browser would have to work the changes out twice.
    const duration = animate && last ? motion() : 0;
    signals.clear();
    /** @type {Change} */
    const change = { forward: [], backward: [], landing: [] };

    for (const [id, mark] of marks) {
      const state = frame.nodes[id];
      const old = last?.nodes[id];
      if (old === state) continue;
      mark.show(state);
      nets.get(id)?.show(state);
      if (state.valueKnown && !old?.valueKnown) change.landing.push({ id, role: "value" });
      if (state.gradientKnown && !old?.gradientKnown) change.landing.push({ id, role: "gradient" });
    }
    for (const edge of picture.edges) {
      const state = frame.edges[edge.id];
      const old = last?.edges[edge.id];
      if (old === state) continue;
      wires.get(edge.id)?.show(state);
      marks.get(edge.target)?.showPartial(edge.id, state);
      if (state.valueKnown && !old?.valueKnown) change.forward.push(edge);
      if (state.downstreamKnown && !old?.downstreamKnown) change.backward.push(edge);
    }

    signals.show(current, frame, duration);
    follow(around(frame), reducedMotion() ? 0 : duration);
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
   * What should be in view at a frame: the active node, and where its wire comes from.
   * @param {Frame} frame
   */
  function around(frame) {
    const edge = drawn?.picture.edges.find(({ id }) => id === frame.step.edge);
    return edge ? [frame.step.node, edge.source] : [frame.step.node];
  }

  /**
   * @param {string[]} ids the first is the one to see if not all fit
   * @param {number} duration ms
   */
  function follow(ids, duration) {
    const parts = ids.flatMap((id) => {
      const mark = markOf(id);
      return mark ? [rectOf(mark)] : [];
    });
    if (parts.length === 0) return;
    const all = parts.reduce((a, b) => ({
      left: Math.min(a.left, b.left),
      right: Math.max(a.right, b.right),
      top: Math.min(a.top, b.top),
      bottom: Math.max(a.bottom, b.bottom),
    }));
    const { width, height } = viewport.room();
    const k = viewport.scale();
    const ring = RING / k;
    /**
     * What does not fit begins with the first part, and goes as far towards the rest as there is room.
     * @param {"left" | "top"} low
     * @param {"right" | "bottom"} high
     * @param {number} room
     */
    const along = (low, high, room) => {
      if (all[high] - all[low] <= room) return [all[low], all[high]];
      const [{ [low]: start, [high]: end }] = parts;
      return all[high] > end
        ? [start + ring, start + ring + room]
        : [end - ring - room, end - ring];
    };
    const [left, right] = along("left", "right", width / k);
    const [top, bottom] = along("top", "bottom", height / k);
    viewport.follow({ left, right, top, bottom }, duration);
  }

  /** @param {Event} event */
  function showDigits(event) {
    const target =
      event.target instanceof Element ? event.target.closest("[data-node][tabindex]") : null;
    const mark = drawn?.marks.get(idOf(target));
    if (!mark || mark.figure.node.box) return;
    const title = mark.body.querySelector("title") ?? svg("title", {}, mark.body);
    title.textContent = fullText(mark.figure.node, shown?.nodes[mark.figure.node.id]);
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

  /** @param {Rect} window the part of the picture that is seen */
  function lookAround(window) {
    near.look(window);
    if (!plan) return;
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
      nodes: nodeLayer,
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
    draw(drawn.picture, drawn.layout);
    if (frame) show(frame, { animate: false });
  }

  /** Fits the picture to a changed size; turned, or in other sizes, where it asks for that. */
  async function resize() {
    if (!drawn || sameRoom(room, viewport.room())) return;
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

/**
 * @param {Element} _element
 * @param {Rect} _rect
 * @param {() => void} [grow]
 */
const drawAtOnce = (_element, _rect, grow) => grow?.();

/** @param {EventTarget | null} target */
function nodesAt(target) {
  const node = target instanceof Element ? target.closest("[data-node], [data-tap]") : undefined;
  return (node?.getAttribute("data-node") ?? node?.getAttribute("data-tap"))?.split(" ") ?? [];
}

/** Uses of a value from which it may have taps. */
const SHARED = 4;

/** @param {Trace} trace */
function hasShared({ nodes, edges }) {
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const { source } of edges) uses.set(source, (uses.get(source) ?? 0) + 1);
  return nodes.some(({ id, kind }) => kind === "input" && (uses.get(id) ?? 0) >= SHARED);
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

/**
 * Where a node and all around it lies.
 * @param {Mark} mark
 * @returns {Rect}
 */
function rectOf({ origin: { x, y }, figure: { bounds } }) {
  return {
    left: x + bounds.left,
    right: x + bounds.right,
    top: y + bounds.top,
    bottom: y + bounds.bottom,
  };
}

/** @param {Rect} rect @param {number} x @param {number} y @returns {Rect} */
const shifted = ({ left, right, top, bottom }, x, y) => ({
  left: left + x,
  right: right + x,
  top: top + y,
  bottom: bottom + y,
});

/** @param {TraceNode} node */
function identity({ code, face, kind }) {
  return `${code} ${kind} ${face}`;
}

/**
 * @param {{ width: number, height: number }} a
 * @param {{ width: number, height: number }} b
 */
function sameRoom(a, b) {
  return a.width === b.width && a.height === b.height;
}
