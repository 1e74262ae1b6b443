/** Lecture mode: what stands in its tape, how large its caption may be, when its pointer hides. Loaded on first use. */

import { debounce } from "../player.js";
import { byId, h } from "./dom.js";

/** @import { Page, Store } from "../state.js" */

/** ms of rest after which the pointer hides */
const REST = 2500;

/** Sizes of the caption's words and of its equation, px: the largest at which nothing is cut. */
const WORDS = [29, 26, 23, 20, 18, 16, 14, 12];
const EQUATION = [50, 44, 38, 32, 28, 24, 20];
/** What does not fit on lines of its own goes on in the next. */
const WRAPPED = [28, 24, 20, 17, 14, 12];

/**
 * @param {Store} store
 * @returns {(page: Page, previous?: Page) => void} to be told after what stands in the caption
 */
export function createLecture(store) {
  const root = document.documentElement;
  const [words, equation, middle] = ["words", "equation", "middle"].map(byId);
  const full = h(
    "button",
    { type: "button", "aria-pressed": "false", click: toggleFull },
    "Full screen",
  );
  full.hidden = !document.fullscreenEnabled;
  const round = h(
    "button",
    { type: "button", "data-action": "round", "aria-pressed": "false" },
    "Round like the slide",
  );
  round.hidden = Boolean(store.get().alone);
  const leave = h("button", { type: "button", "data-action": "leave" }, "Leave lecture");
  const heading = h("h1", { class: "spoken" }, "Lecture mode");
  byId("tape").append(h("div", { class: "hall" }, heading, round, full, leave));

  function toggleFull() {
    // Refused is refused; the mode goes on in the window.
    const done = document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();
    done.catch(() => {});
  }
  document.addEventListener("fullscreenchange", () =>
    full.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement))),
  );

  const rest = debounce(() => root.toggleAttribute("data-resting", lecturing()), REST);
  const lecturing = () => store.get().look.mode === "lecture";
  document.addEventListener("pointermove", () => {
    root.removeAttribute("data-resting");
    if (lecturing()) rest.later();
  });

  const equationFits = () =>
    equation.scrollWidth <= equation.clientWidth && equation.scrollHeight <= middle.clientHeight;

  function fit() {
    const on = lecturing();
    fitText(words, on ? WORDS : [], () => words.scrollHeight <= words.clientHeight);
    equation.classList.remove("wraps");
    if (fitText(equation, on ? EQUATION : [], equationFits)) return;
    equation.classList.add("wraps");
    fitText(equation, WRAPPED, equationFits);
  }
  /** @param {Page} page @param {Page} [previous] */
  function show(page, previous) {
    const { look } = page;
    if (previous && look.mode !== previous.look.mode) {
      root.removeAttribute("data-resting");
      if (look.mode) rest.later();
      else if (document.fullscreenElement) void document.exitFullscreen();
    }
    round.setAttribute("aria-pressed", String(look.round));
    // At once: whoever blanks the hall right after a step wants it blank.
    if (saysOther(page, previous)) root.removeAttribute("data-blank");
  }
  store.subscribe(show);
  new ResizeObserver(fit).observe(byId("now"));
  show(store.get());
  fit();
  if (lecturing()) rest.later();
  return (page, previous) => {
    if (saysOther(page, previous)) fit();
  };
}

/**
 * Whether the caption says something else.
 * @param {Page} page
 * @param {Page} [previous]
 */
const saysOther = ({ index, trace, slide, look, learning }, previous) =>
  index !== previous?.index ||
  slide !== previous.slide ||
  trace !== previous.trace ||
  look !== previous.look ||
  learning !== previous.learning;

/**
 * @param {HTMLElement} element
 * @param {number[]} sizes px, largest first; none: the style sheet's
 * @param {() => boolean} fits
 * @returns {boolean} whether one of them does
 */
function fitText(element, sizes, fits) {
  element.style.fontSize = "";
  for (const size of sizes) {
    element.style.fontSize = `${size}px`;
    if (fits()) return true;
  }
  return sizes.length === 0;
}
