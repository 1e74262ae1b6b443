/** You are the backward pass: presses on the board send gradients back, in an order that pass.js judges. */

import { gatesOf, passFrame, pressed, START } from "./pass.js";
import { note } from "./record.js";

/** @import { Host } from "../state.js" */

/** @type {WeakSet<Host>} hosts that know of it already */
const known = new WeakSet();

/** @param {Host} host */
export function createPassing(host) {
  const { store } = host;
  const passOf = () => {
    const page = store.get();
    return page.learning?.source === page.trace.source ? page.learning.pass : undefined;
  };
  /** @param {import("./pass.js").Pass | undefined} pass */
  function turn(pass) {
    note(store, { pass });
    if (pass) host.speak(pass.words);
  }
  if (!known.has(host)) {
    known.add(host);
    host.reframe((page, frame) => {
      const { pass } = page.learning?.source === page.trace.source ? page.learning : {};
      return pass ? passFrame(page.trace, frame, pass) : frame;
    });
    host.take(take);
  }

  /** @param {string} what @param {string} [node] */
  function take(what, node) {
    const pass = passOf();
    if (!pass) return false;
    if (what === "press" && node) turn(pressed(store.get().trace, pass, node));
    else if (what === "first") turn(START);
    else if (what === "read") return true;
    else if (
      /^(next|previous|last|play|next-node|previous-node|backward|forward|predict)$/.test(what)
    )
      turn(undefined);
    else return false;
    return what === "press" || what === "first";
  }

  return {
    start() {
      if (store.get().look.predict) host.look({ predict: false });
      turn(START);
    },
    stop: () => turn(undefined),
    isOn: () => passOf() !== undefined,
    /** "2 of 5 gates sent, 1 wrong press" */
    standing() {
      const { sent = [], wrong = 0 } = passOf() ?? {};
      const all = gatesOf(store.get().trace).length;
      return `${sent.length} of ${all} gates sent, ${wrong} wrong ${wrong === 1 ? "press" : "presses"}`;
    },
  };
}
