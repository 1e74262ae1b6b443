/** What a page's moment shows, and how parts that come later change it and take presses for themselves. */

import { frameAt } from "./timeline.js";

/** @import { Page } from "./state.js" */
/** @import { Frame, Trace } from "./types.d.ts" */

/** @typedef {(page: Page, frame: Frame) => Frame} Reframe */
/** @typedef {(what: string, node?: string) => boolean} Take whether a part takes a press for itself */

export function createMoment() {
  /** @type {Reframe[]} */
  const reframes = [];
  /** @type {Take[]} */
  const takers = [];
  /** @type {{ trace: Trace, index: number, detail: number, frame: Frame } | undefined} */
  let moment;

  return {
    /** The same object, as long as nothing of it changes. @param {Page} page */
    frameOf(page) {
      const { trace, index, look } = page;
      const { detail } = look;
      if (moment?.trace !== trace || moment.index !== index || moment.detail !== detail)
        moment = { trace, index, detail, frame: frameAt(trace, index, detail) };
      return reframes.reduce((frame, reframe) => reframe(page, frame), moment.frame);
    },
    /** @type {Take} */
    isTaken: (what, node) => takers.some((take) => take(what, node)),
    /** @param {Reframe} change */
    reframe: (change) => void reframes.push(change),
    /** @param {Take} taker */
    take: (taker) => void takers.push(taker),
  };
}
