/**
 * The board, with what is folded: takes a trace and its frames, and draws the view of them.
 * What folds is fetched when a program first has something to fold.
 */

import { LayoutTimeout } from "../layout-client.js";
import { rest } from "../player.js";
import { createBoard } from "./view.js";

/** @import { Folds, Frame, Trace, View } from "../types.d.ts" */
/** @import { BoardOptions } from "./view.js" */

/** Circuits of more gates are folded unasked. */
const MOST_GATES = 300;

/** How many gates and boxes are drawn unasked; the next, where a layout of that many took too long. */
const LIMITS = [MOST_GATES, 100, 30];

/**
 * @param {Trace} trace
 * @param {Folds} folds
 */
const hasGroups = ({ nodes }, folds) =>
  folds.length > 0 ||
  nodes.some(({ module }) => module.length > 0) ||
  nodes.filter(({ kind }) => kind === "gate").length > MOST_GATES;

/**
 * @param {HTMLElement} element
 * @param {Omit<BoardOptions, "onFold"> & { onFolds: (folds: Folds) => void }} options
 */
export function createFoldableBoard(element, { onFolds, ...options }) {
  /** @type {typeof import("../folding.js") | undefined} */
  let folding;
  /** @type {View | undefined} what is drawn, if some of it could be folded */
  let view;
  /** @type {Folds} */
  let chosen = [];
  /** @type {{ id: string, folded: boolean } | undefined} what was asked for on the board itself */
  let asked;
  /** The program that was told to be folded. */
  let told = "";
  /** The program drawn last, and the place of its limit: what took too long once is not tried again. */
  let last = { source: "", limit: 0 };
  let turn = 0;

  const board = createBoard(element, {
    ...options,
    onFold(id, folded) {
      if (!view || !folding) return;
      asked = { id, folded };
      onFolds(folding.withFold(view.whole, chosen, id, folded, LIMITS[last.limit]));
    },
  });

  /**
   * Draws a trace; folds more of it where its layout takes too long.
   * @param {Trace} trace
   * @param {Folds} folds
   * @param {() => Frame | undefined} [frameOf] what will be shown first
   * @returns {Promise<string>} what the reader should be told; "" for nothing
   */
  async function setTrace(trace, folds, frameOf) {
    const mine = ++turn;
    chosen = folds;
    if (trace.source !== last.source) last = { source: trace.source, limit: 0 };
    for (let tries = 0; ; tries++) {
      if (tries || last.limit || hasGroups(trace, folds)) folding ??= await import("../folding.js");
      // To find what is folded of a large trace is long work.
      if (trace.nodes.length > MOST_GATES) await rest();
      if (mine !== turn) return "";
      const next = folding?.viewOf(trace, chosen, LIMITS[last.limit]);
      try {
        await board.setTrace(next ?? trace, () => {
          const frame = frameOf?.();
          return frame && frameOn(next, frame);
        });
      } catch (error) {
        if (mine !== turn) return "";
        if (!(error instanceof LayoutTimeout) || !foldMore()) throw error;
        continue;
      }
      if (mine !== turn) return "";
      view = next;
      returnFocus();
      return tellFolds(tries > 0);
    }
  }

  /**
   * Gives up what was chosen to be open, then more.
   * @returns {boolean} whether there is anything left to fold
   */
  function foldMore() {
    if (chosen.length > 0) chosen = [];
    else if (last.limit + 1 === LIMITS.length) return false;
    else last = { ...last, limit: last.limit + 1 };
    return true;
  }

  /** @param {View | undefined} view @param {Frame} frame */
  const frameOn = (view, frame) => (view && folding ? folding.frameOn(view, frame) : frame);

  /** The focus stays with what was folded or unfolded. */
  function returnFocus() {
    if (!view || !asked) return;
    const { id, folded } = asked;
    asked = undefined;
    const group = [...view.open, ...view.hidden.values()].find((each) => each.id === id);
    const gate = group?.gates[0].id ?? "";
    board.focusNode(folded ? id : (view.hidden.get(gate)?.id ?? gate));
  }

  /** @param {boolean} late whether a layout took too long */
  function tellFolds(late) {
    const boxes = view?.nodes.filter(({ box }) => box).length ?? 0;
    const isNews = view !== undefined && boxes > 0 && view.source !== told;
    told = view?.source ?? "";
    if (late) return `Laying out all of it took too long: folded to ${boxes} boxes.`;
    if (!isNews || chosen.length > 0) return "";
    return `Folded to ${boxes} boxes, as there are more than ${MOST_GATES} gates; unfold any of them.`;
  }

  return {
    ...board,
    setTrace,
    /**
     * @param {Frame} frame of the trace last drawn
     * @param {{ animate: boolean }} how
     */
    show: (frame, how) => board.show(frameOn(view, frame), how),
    /**
     * The box that hides a node, or the node.
     * @param {string} id
     */
    boxOf: (id) => view?.hidden.get(id)?.id ?? id,
    /**
     * Unfolds everything if anything is folded, else folds all.
     * @param {Trace} trace
     * @returns {Promise<boolean>} whether there was anything
     */
    async foldAll(trace) {
      folding ??= await import("../folding.js");
      const { open, hidden } =
        view?.whole === trace ? view : folding.viewOf(trace, chosen, LIMITS[last.limit]);
      if (open.length + hidden.size === 0) return false;
      onFolds(folding.withAll(hidden.size === 0));
      return true;
    },
  };
}
