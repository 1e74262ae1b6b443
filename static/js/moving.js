/** Moves through the pass: to a step or a stop by hand, or on by itself. */

import { Player } from "./player.js";
import { stopFrom } from "./timeline.js";

/** @import { Page, Store } from "./state.js" */

/**
 * @param {Store} store
 * @param {object} say
 * @param {(text: string) => void} say.speak to a screen reader
 * @param {(page: Page) => string} say.wordsAt what is said of the step shown
 * @param {(page: Page) => boolean} say.isAsked whether the step waits for an answer: there play pauses
 */
export function createMoving(store, { speak, wordsAt, isAsked }) {
  const player = new Player(
    () => {
      const { trace, index, look } = store.get();
      const next = stopFrom(trace, index, look.detail, 1);
      const last = trace.steps.length - 1;
      if (next <= last) goTo(next, false);
      const goesOn = next < last && !isAsked(store.get());
      if (!goesOn) store.set({ playing: false });
      return goesOn;
    },
    () => store.get().speed,
  );

  /**
   * @param {number} index
   * @param {boolean} [byHand]
   */
  function goTo(index, byHand = true) {
    const { trace } = store.get();
    const last = trace.steps.length - 1;
    const to = Math.max(0, Math.min(last, index));
    const said =
      index > last ? "That was the last step." : index < 0 ? "This is the first step." : "";
    const before = trace.steps[store.get().index];
    const step = trace.steps[to];
    if (byHand) player.pause();
    store.set({
      index: to,
      cell: undefined,
      moved: true,
      said,
      playing: store.get().playing && !byHand,
    });
    if (byHand && before !== step) speak(wordsAt(store.get()));
    else if (before.phase !== step.phase) speak(`${step.phase} pass`);
  }

  return {
    /** @param {number} index */
    goTo: (index) => goTo(index),
    /** @param {1 | -1} way */
    move(way) {
      const { trace, index, look } = store.get();
      goTo(stopFrom(trace, index, look.detail, way));
    },
    play() {
      const { playing, index, trace } = store.get();
      if (playing) player.pause();
      else {
        if (index === trace.steps.length - 1) goTo(0, false);
        player.play();
      }
      store.set({ playing: !playing, said: "" });
    },
    pause: () => player.pause(),
  };
}
