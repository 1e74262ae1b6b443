/**
 * A page within a page: what the page around may ask, and what it is told (docs/embed.md). Anyone may put us into a
 * frame, so anything may come; what is not a wish of exactly this form is passed over in silence. Nothing here is worth
 * protecting: an embed has no account, no cookie and no secret, and tells the step alone.
 */

import { byId } from "../panels/dom.js";
import { same, toldUntil } from "../state.js";
import { linkTo } from "../url.js";

/** @import { Host, Page } from "../state.js" */
/** @import { GivenInput, Trace } from "../types.d.ts" */
/** @import { Place } from "../url.js" */

/** Longer texts no server takes; letters. */
const LONGEST = 10_000;

/**
 * One of three wishes.
 * @typedef {{ step: number } | { play: boolean } | Pick<Place, "source" | "inputs">} Wish
 */

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isRecord = (value) =>
  typeof value === "object" &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value));

/** @param {unknown} value @returns {boolean} */
const isNested = (value) =>
  Array.isArray(value) ? value.every(isNested) : typeof value === "number" || isNonFinite(value);

/** @param {unknown} value */
const isNonFinite = (value) => ["NaN", "Infinity", "-Infinity"].includes(String(value));

/** @param {unknown} value @returns {value is Record<string, GivenInput>} */
const isInputs = (value) =>
  isRecord(value) &&
  Object.values(value).every(
    (given) => isNested(given) || (isRecord(given) && Array.isArray(given.shape)),
  );

/**
 * What a message asks for; undefined, if it is none of ours.
 * @param {unknown} data
 * @param {Trace} trace
 * @returns {Wish | undefined}
 */
function wishIn(data, { steps }) {
  if (!isRecord(data)) return undefined;
  const keys = Object.keys(data).sort().join();
  const { step, play, source, inputs } = data;
  if (keys === "play" && typeof play === "boolean") return { play };
  if (keys === "step") {
    const index =
      typeof step === "string" ? steps.findIndex(({ address }) => address === step) : step;
    return typeof index === "number" && steps[index] ? { step: index } : undefined;
  }
  if (!/^(inputs|source|inputs,source)$/.test(keys)) return undefined;
  if (source !== undefined && (typeof source !== "string" || source.length > LONGEST))
    return undefined;
  if (inputs !== undefined && !isInputs(inputs)) return undefined;
  return { source, inputs };
}

/**
 * What the page around is told of a step; no words, while the reader is to predict what it brings.
 * @param {Page} page
 */
function account(page) {
  const { trace, index } = page;
  const { address, phase, text } = trace.steps[index];
  const told = index > toldUntil(page) ? {} : { text };
  return { step: index, index, address, phase, ...told, steps: trace.steps.length };
}

/**
 * @param {Host} host
 * @param {object} controls
 * @param {() => void} controls.play starts or stops
 * @param {(place: Place) => Promise<boolean>} controls.open
 * @param {() => Place} controls.here
 */
export function openEmbed({ store, goTo }, { play, open, here }) {
  /** @type {HTMLAnchorElement} */
  const whole = byId("whole");
  const point = async () => {
    whole.href = await linkTo(here());
  };
  for (const sign of ["pointerenter", "focus"]) whole.addEventListener(sign, point);
  // A plain turn of the wheel scrolls the page around.
  byId("picture").addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    },
    { capture: true, passive: true },
  );
  const { dataset } = document.documentElement;
  /** @param {object} message */
  const tell = (message) => {
    if (parent !== window) parent.postMessage(message, "*");
  };

  addEventListener("message", ({ source, data }) => {
    if (source !== parent || source === window) return;
    const page = store.get();
    const wish = wishIn(data, page.trace);
    if (!wish) return;
    if ("step" in wish) goTo(wish.step);
    else if ("play" in wish) {
      if (wish.play !== page.playing) play();
    } else {
      const { source = page.source, inputs = wish.source === undefined ? page.given : {} } = wish;
      open({ source, inputs, look: page.look });
    }
  });

  /** @type {object | undefined} what was told last, and of which pass */
  let last;
  /** @param {Page} page @param {Page} [previous] */
  function follow(page, previous) {
    if (page.look !== previous?.look) dataset.locked = page.look.locks.join(" ");
    if (page.restoring) return;
    const now = account(page);
    if (last && page.trace === previous?.trace && same(now, last)) return;
    tell(last ? now : { ready: true, ...now });
    last = now;
  }
  store.subscribe(follow);
  follow(store.get());
}
