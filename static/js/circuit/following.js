/** Keeps the board with the store: lays out what is new, shows where the pass stands, tells a stop's steps in turn. */

import { LayoutSuperseded } from "../layout-client.js";
import { createSequence, rest } from "../player.js";
import { newest, shownOf } from "../state.js";
import { frameAt, toldAt } from "../timeline.js";

/** @import { Page, Store } from "../state.js" */
/** @import { Frame, Trace } from "../types.d.ts" */

/** ms for all that a stop tells together */
const TELLING = 900;

/**
 * @param {ReturnType<typeof import("./foldable.js").createFoldableBoard>} board
 * @param {Store} store
 * @param {object} options
 * @param {() => boolean} options.isStill whether the reader wants no motion
 * @param {() => void} options.onDrawn comes after a drawing
 * @param {(page: Page) => Frame} options.frameOf what the board shows
 */
export function createFollowing(board, store, { isStill, onDrawn, frameOf }) {
  const tell = createSequence();
  const drawnOf = (/** @type {Page} */ page) => shownOf(newest(page));
  const frameNow = () => frameOf(newest(store.get()));
  /** @type {Trace | undefined} the trace that the board has laid out */
  let laidOut;
  /** The board got another size while it was being laid out, as in a frame that has just been made. */
  let resized = false;
  /** @type {Frame | undefined} the last one shown */
  let shown;
  /** How many layouts are under way. */
  let drawing = 0;

  async function draw() {
    drawing++;
    let drawn = false;
    try {
      drawn = await layOut();
    } finally {
      drawing--;
    }
    fit();
    if (drawn) onDrawn();
  }

  /** @returns {Promise<boolean>} whether what is asked for now is drawn */
  async function layOut() {
    const { restoring, look } = store.get();
    const trace = drawnOf(store.get());
    if (restoring) return false;
    const isWanted = () => drawnOf(store.get()) === trace && store.get().look.folds === look.folds;
    let said = "";
    try {
      const drawing = board.setTrace(trace, look.folds, () =>
        isWanted() ? frameNow() : undefined,
      );
      // Finding the first frame of a large trace is long work, too: it is done while the worker lays out.
      void rest().then(() => frameNow());
      said = await drawing;
    } catch (error) {
      if (drawnOf(store.get()) === trace) complain(error);
      return false;
    }
    if (!isWanted()) return false;
    laidOut = trace;
    if (said) store.set({ said });
    delete document.documentElement.dataset.restoring;
    tell([], 0);
    shown = frameNow();
    board.show(shown, { animate: false });
    mark(store.get());
    return true;
  }

  function fit() {
    if (drawing || !resized || laidOut !== drawnOf(store.get())) return;
    resized = false;
    board.resize().catch(complain);
  }

  /**
   * Only a layout that ran out of time is news; something newer may have taken its place.
   * @param {unknown} error
   */
  function complain(error) {
    if (error instanceof LayoutSuperseded) return;
    store.set({ said: error instanceof Error ? error.message : String(error) });
  }

  /** @param {Page} page */
  const mark = ({ lit, selected, found }) => board.mark(lit, selected, found);

  /**
   * Shows the frame; coming from the stop before, what it tells one after the other.
   * @param {Page} page
   * @param {number} from index
   * @param {Frame} frame
   */
  function show({ trace, index, look, speed }, from, frame) {
    shown = frame;
    const told = toldAt(trace, index, look.detail).filter((step) => step.index > from);
    const near = told.length > 1 && from >= told[0].index - 1 && !isStill();
    const before = near ? told.slice(0, -1) : [];
    const frames = [...before.map((step) => frameAt(trace, step.index)), frame];
    tell(
      frames.map((each) => () => board.show(each, { animate: true })),
      Math.min(300, TELLING / frames.length) / Math.max(1, speed),
    );
  }

  /**
   * @param {Page} page
   * @param {Page | undefined} previous
   * @returns {Promise<void> | undefined} what is to be waited for, until another picture is there
   */
  function follow(page, previous) {
    const other =
      !previous ||
      drawnOf(page) !== drawnOf(previous) ||
      page.restoring !== previous.restoring ||
      page.look.folds !== previous.look.folds;
    const drawing = other ? draw() : undefined;
    if (!other && laidOut === drawnOf(page)) {
      const frame = frameOf(newest(page));
      if (frame !== shown) show(page, previous.index, frame);
    }
    const { lit, selected, found } = page;
    if (lit !== previous?.lit || selected !== previous.selected || found !== previous.found)
      mark(page);
    return drawing;
  }

  return {
    follow,
    /** The board has another size. */
    resize() {
      resized = true;
      fit();
    },
  };
}
