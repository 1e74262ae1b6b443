/** The tape: a segment a step, and the count. */

import { phasesOf } from "../timeline.js";
import { byId, h } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { Phase } from "../timeline.js" */

/** Up to this many steps each has a segment of its own; beyond, each phase is one bar. */
const SEGMENTS = 60;

/**
 * @param {(index: number) => void} goTo
 * @param {(speed: number) => void} setSpeed
 * @returns {(page: Page, previous?: Page) => void}
 */
export function createTape(goTo, setSpeed) {
  const track = byId("phases");
  const tape = byId("tape");
  const count = byId("count");
  const said = byId("said");
  const play = /** @type {HTMLElement} */ (tape.querySelector("[data-action=play]"));
  /** @type {HTMLInputElement} */
  const range = byId("step");
  /** @type {HTMLSelectElement} */
  const speed = byId("speed");
  range.addEventListener("input", () => goTo(range.valueAsNumber));
  speed.addEventListener("change", () => setSpeed(Number(speed.value)));
  /** @type {(index: number) => void} */
  let mark = () => {};

  return (page, previous) => {
    const { trace, index, playing, status } = page;
    const steps = trace.steps.length;
    if (trace !== previous?.trace) {
      range.max = String(steps - 1);
      range.style.setProperty("--steps", String(steps));
      mark = build(track, phasesOf(trace), steps <= SEGMENTS);
    }
    mark(index);
    range.value = String(index);
    range.setAttribute(
      "aria-valuetext",
      `step ${index + 1} of ${steps}, ${trace.steps[index].phase}`,
    );
    count.textContent = `step ${index + 1} of ${steps}`;
    if (said.textContent !== page.said) said.textContent = page.said;
    tape.classList.toggle("loading", status === "loading");
    tape.classList.toggle("unmoved", !page.moved);
    play.setAttribute("aria-pressed", String(playing));
    speed.value = String(page.speed);
  };
}

/**
 * @param {HTMLElement} track
 * @param {Phase[]} phases
 * @param {boolean} segmented
 * @returns {(index: number) => void} marks the current step
 */
function build(track, phases, segmented) {
  const marks = phases.map(({ phase, first, last }) => {
    const length = last - first + 1;
    const segments = Array.from({ length: segmented ? length : 1 }, () =>
      h("span", segmented ? {} : { class: "bar" }, h("span")),
    );
    const group = h(
      "div",
      { class: `phase ${phase}` },
      h("span", { class: "phase-name" }, phase),
      h("div", { class: "segments" }, ...segments),
    );
    group.style.flexGrow = String(length);
    /** @param {number} index */
    const mark = (index) => {
      const here = index - first;
      group.classList.toggle("current", here >= 0 && here < length);
      if (!segmented) {
        const fill = /** @type {HTMLElement} */ (segments[0].firstElementChild);
        fill.style.width = `${Math.max(0, Math.min(1, (here + 1) / length)) * 100}%`;
      } else {
        segments.forEach((segment, i) => {
          segment.className = i < here ? "done" : i === here ? "done here" : "";
        });
      }
    };
    return { group, mark };
  });
  track.replaceChildren(...marks.map(({ group }) => group));
  return (index) => {
    for (const { mark } of marks) mark(index);
  };
}
