/**
 * The whole picture small, in the page's head, with the window's place in it and the active node: where it covers
 * nothing. Fetched for the first picture that is larger than its window.
 */

import { loadStyle } from "../assets.js";
import { recall, remember } from "../state.js";
import { svg } from "./text.js";

/** @import { Point } from "../types.d.ts" */
/** @import { Plan, Prospect, Rect } from "./types.d.ts" */

/** Units of the drawing, which is stretched to its place; a node is this large at least. */
const WIDE = 1000;
const HIGH = 100;
const LEAST = { wide: 3, high: 4 };

/**
 * @param {Element} head where it stands
 * @param {(point: Point) => void} centre brings a point of the picture to the middle of the window
 */
export function createOverview(head, centre) {
  const strip = document.createElement("div");
  strip.className = "overview";
  const map = strip.appendChild(document.createElement("div"));
  map.className = "overview-map";
  map.setAttribute("aria-hidden", "true");
  const drawing = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none" }, map);
  const nodes = svg("path", {}, drawing);
  const here = sheet(map, "overview-here");
  const pane = sheet(map, "overview-window");
  const hide = strip.appendChild(document.createElement("button"));
  hide.type = "button";
  hide.textContent = "×";
  hide.setAttribute("aria-label", "Hide the overview");
  hide.addEventListener("click", toggle);
  let away = recall("overview") === "off";
  let needed = false;
  /** @type {Plan | undefined} */
  let drawn;
  // Before its style is there it would push the buttons aside.
  loadStyle("finding").then(
    () => head.append(strip),
    () => {},
  );

  /** @param {PointerEvent} event */
  function point(event) {
    if (!drawn || event.buttons !== 1) return;
    const { left, top, width, height } = map.getBoundingClientRect();
    centre({
      x: ((event.clientX - left) / width) * drawn.width,
      y: ((event.clientY - top) / height) * drawn.height,
    });
  }
  map.addEventListener("pointerdown", (event) => {
    map.setPointerCapture(event.pointerId);
    point(event);
  });
  map.addEventListener("pointermove", point);

  /** Shows or puts away, and remembers which. */
  function toggle() {
    away = !away;
    remember("overview", away ? "off" : "on");
    strip.hidden = away || !needed;
  }

  /** @param {Prospect} prospect */
  function show({ plan, window, larger, active }) {
    if (plan !== drawn) nodes.setAttribute("d", plan.parts.map((part) => box(part, plan)).join(""));
    drawn = plan;
    needed = larger;
    strip.hidden = away || !needed;
    lay(pane, window, plan);
    here.hidden = !active;
    if (active) lay(here, active, plan);
  }

  return { show, toggle };
}

/**
 * @param {Rect} rect
 * @param {Plan} plan
 */
function box({ left, right, top, bottom }, { width, height }) {
  const x = (left / width) * WIDE;
  const y = (top / height) * HIGH;
  const w = Math.max(LEAST.wide, 0.7 * ((right - left) / width) * WIDE);
  const h = Math.max(LEAST.high, 0.7 * ((bottom - top) / height) * HIGH);
  return `M${x.toFixed(1)},${y.toFixed(1)}h${w.toFixed(1)}v${h.toFixed(1)}h${(-w).toFixed(1)}z`;
}

/**
 * A sheet over the whole map with a box in its corner: moving it costs no layout and no painting.
 * @param {Element} map
 * @param {string} className of the box
 */
function sheet(map, className) {
  const element = map.appendChild(document.createElement("div"));
  element.className = "overview-sheet";
  element.appendChild(document.createElement("i")).className = className;
  return element;
}

/**
 * @param {HTMLElement} element
 * @param {Rect} rect of the picture
 * @param {Plan} plan
 */
function lay(element, rect, { width, height }) {
  const share = (/** @type {number} */ at, /** @type {number} */ all) =>
    Math.max(0, Math.min(1, at / all)) * 100;
  const left = share(rect.left, width);
  const top = share(rect.top, height);
  const { style } = /** @type {HTMLElement} */ (element.firstElementChild);
  element.style.transform = `translate(${left}%, ${top}%)`;
  style.width = `${(share(rect.right, width) - left).toFixed(2)}%`;
  style.height = `${(share(rect.bottom, height) - top).toFixed(2)}%`;
}
