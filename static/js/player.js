/** The only file with timers: the beat of play, pauses in typing, and breaks in long work. */

/** ms between steps at 1× */
const BEAT = 1200;

export class Player {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #step;
  #speed;

  /**
   * @param {() => boolean} step takes one step; false at the end
   * @param {() => number} speed times the beat
   */
  constructor(step, speed) {
    this.#step = step;
    this.#speed = speed;
  }

  play() {
    this.pause();
    const beat = () => {
      if (this.#step()) this.#timer = setTimeout(beat, BEAT / this.#speed());
    };
    this.#timer = setTimeout(beat, BEAT / this.#speed() / 4);
  }

  pause() {
    clearTimeout(this.#timer);
  }
}

/**
 * Does one thing after the other, the first at once. A new sequence takes the place of the old one.
 * @returns {(actions: (() => void)[], pause: number) => void} pause in ms
 */
export function createSequence() {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return function run([now, ...later], pause) {
    clearTimeout(timer);
    now?.();
    if (later.length) timer = setTimeout(run, pause, later, pause);
  };
}

/** Resolves once the frame that is being made is drawn: what reads sizes then makes nobody wait. */
export const drawn = () =>
  new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(undefined))));

/** Lets the browser draw and listen before work goes on. */
export const rest = () => new Promise((done) => setTimeout(done));

/** ms of work until the browser has its turn; the first of it comes on top of what began it */
const SLICE = 8;

/**
 * Does long work in slices: it yields wherever it may pause. Where it took several, what comes after it has a task of
 * its own.
 * @template T
 * @param {Iterator<void, T>} work
 * @param {() => boolean} [isWanted] asked after every break
 * @returns {Promise<T | undefined>} undefined if it was given up
 */
export async function inSlices(work, isWanted = () => true) {
  for (let isFirst = true; ; isFirst = false) {
    const end = performance.now() + SLICE;
    let step = work.next();
    while (!step.done && performance.now() < end) step = work.next();
    if (step.done && isFirst) return step.value;
    await (globalThis.scheduler?.yield?.() ?? rest());
    if (!isWanted()) return undefined;
    if (step.done) return step.value;
  }
}

/**
 * Does long work at once.
 * @template T
 * @param {Iterator<void, T>} work
 * @returns {T}
 */
export function atOnce(work) {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/**
 * Calls `action` once the calls have paused for `delay` ms; by `soon` also at once, where none was within that time.
 * @param {() => void} action
 * @param {number} delay
 */
export function debounce(action, delay) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  function cancel() {
    clearTimeout(timer);
    timer = undefined;
  }
  function later(wanted = true) {
    cancel();
    timer = setTimeout(() => {
      timer = undefined;
      if (wanted) action();
    }, delay);
  }
  function soon() {
    const first = timer === undefined;
    if (first) action();
    later(!first);
  }
  /** Does now what is still to come. */
  function hurry() {
    if (timer === undefined) return;
    cancel();
    action();
  }
  return { later: () => later(), soon, hurry, cancel };
}
