/** The tape: a segment a stop, and the count. */

import { ASKED } from "../format.js";
import { phasesOf, stopsOf } from "../timeline.js";
import { byId, h } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { Frame } from "../types.d.ts" */
/** @import { Phase } from "../timeline.js" */

/** Up to this many stops each has a segment of its own; beyond, each phase is one bar. */
const SEGMENTS = 60;

/**
 * @param {(index: number) => void} goTo
 * @param {(speed: number) => void} setSpeed
 * @returns {(page: Page, previous: Page | undefined, frame: Frame) => void}
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
  let built = "";

  const dial = /** @type {NodeListOf<HTMLElement>} */ (tape.querySelectorAll("[data-detail]"));

  return (page, previous, { told }) => {
    const { trace, index, playing, status, look } = page;
    const steps = trace.steps.length;
    const stops = stopsOf(trace, look.detail);
    if (trace !== previous?.trace || look.detail !== previous.look.detail) {
      range.max = String(steps - 1);
      range.style.setProperty("--steps", String(steps));
      const phases = phasesOf(trace);
      const form = JSON.stringify([phases, stops]);
      if (form !== built) mark = build(track, phases, stops);
      built = form;
      for (const button of dial)
        button.setAttribute("aria-pressed", String(button.dataset.detail === String(look.detail)));
    }
    mark(index);
    range.value = String(index);
    range.disabled = look.locks.includes("step");
    const step = `step ${index + 1} of ${steps}`;
    const stop = countOf(stops, index, look.detail);
    const also = look.detail === 3 ? "" : `, ${stop}`;
    const asked = told && look.predict;
    range.setAttribute(
      "aria-valuetext",
      `${step}, ${trace.steps[index].phase}${also}${asked ? ", asked for" : ""}`,
    );
    const counted = (look.detail === 3 ? step : stop) + (asked ? ` · ${ASKED}` : "");
    if (count.textContent !== counted) count.textContent = counted;
    tape.classList.toggle("asking", asked === true);
    if (said.textContent !== page.said) said.textContent = page.said;
    tape.classList.toggle("loading", status === "loading");
    tape.classList.toggle("unmoved", !page.moved);
    play.setAttribute("aria-pressed", String(playing));
    speed.value = String(page.speed);
  };
}

/**
 * "stop 3 of 8", or "past stop 2 of 8" between them.
 * @param {readonly number[]} stops
 * @param {number} index
 * @param {number} detail
 */
function countOf(stops, index, detail) {
  const passed = stops.filter((stop) => stop <= index).length;
  const past = stops[passed - 1] === index || detail === 3 ? "" : "past ";
  return `${past}stop ${passed} of ${stops.length}`;
}

/**
 * The segments of a phase, as indices of their first and last step; a phase without a stop is passed over.
 * @param {Phase} phase
 * @param {readonly number[]} stops
 * @returns {{ first: number, last: number, skipped?: boolean }[]}
 */
function segmentsOf({ first, last }, stops) {
  const own = stops.filter((stop) => stop >= first && stop <= last);
  if (own.length === 0) return [{ first, last, skipped: true }];
  return own.map((stop, i) => ({ first: i ? own[i - 1] + 1 : first, last: stop }));
}

/**
 * As wide as its steps are many, so that the slider over it points at them.
 * @param {HTMLElement} track
 * @param {Phase[]} phases
 * @param {readonly number[]} stops
 * @returns {(index: number) => void} marks the current step
 */
function build(track, phases, stops) {
  const marks = phases.map((each) => {
    const { phase, first, last } = each;
    const length = last - first + 1;
    const segmented = stops.length <= SEGMENTS;
    const parts = segmented ? segmentsOf(each, stops) : [{ first, last }];
    const segments = parts.map((part) => {
      const segment = h("span", segmented ? {} : { class: "bar" }, h("span"));
      segment.style.flexGrow = String(part.last - part.first + 1);
      return segment;
    });
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
        return;
      }
      segments.forEach((segment, i) => {
        const { first, last, skipped } = parts[i];
        const state = last < index ? "done" : first <= index ? "done here" : "";
        segment.className = skipped ? `${state} skipped` : state;
      });
    };
    return { group, mark };
  });
  track.replaceChildren(...marks.map(({ group }) => group));
  return (index) => {
    for (const { mark } of marks) mark(index);
  };
}
