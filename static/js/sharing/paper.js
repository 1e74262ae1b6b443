/** A board that nobody presses: it is drawn to be copied onto paper. */

import { createFoldableBoard } from "../circuit/foldable.js";
import { createLayoutClient } from "../layout-client.js";

const nothing = () => {};

/** @param {HTMLElement} stage */
export const boardOnPaper = (stage) =>
  createFoldableBoard(stage, {
    layoutClient: createLayoutClient(),
    onSelect: nothing,
    onExplain: nothing,
    onPoint: nothing,
    onFolds: nothing,
    onCell: nothing,
    reducedMotion: () => true,
  });
