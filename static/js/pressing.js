/** Keys and buttons perform actions; a button is called after its action's keys, too. */

import { ACTIONS, actionOf } from "./actions.js";
import { recall } from "./state.js";

/** @import { Controls } from "./actions.js" */
/** @import { Store } from "./state.js" */

/**
 * @param {Store} store
 * @param {Controls} controls
 * @param {(name: string) => boolean} isTaken whether a part that came later does something else instead
 */
export function listen(store, controls, isTaken) {
  /** @param {string | undefined} name */
  function perform(name) {
    const page = store.get();
    const action = named(name);
    if (!action || (page.alone && action.asks)) return;
    if (isTaken(action.name)) return;
    if (action.lock && page.look.locks.includes(action.lock)) return;
    if (action.enabled?.(page) ?? true) action.perform(controls, page);
  }

  document.addEventListener("keydown", (event) => {
    const inHall = store.get().look.mode === "lecture";
    const action = actionOf(event, recall("keys") !== "off", inHall);
    if (!action) return;
    event.preventDefault();
    perform(action.name);
  });
  document.addEventListener("click", (event) => {
    const button =
      event.target instanceof Element ? event.target.closest("[data-action]") : undefined;
    if (button instanceof HTMLElement) {
      event.preventDefault();
      perform(button.dataset.action);
    }
  });
  for (const button of document.querySelectorAll("[data-action]")) {
    const action = named(button.getAttribute("data-action"));
    if (action?.keys.length && button instanceof HTMLElement)
      button.title = `${action.label} (${action.keys.join(", ").replace("ArrowRight", "→").replace("ArrowLeft", "←")})`;
  }
}

/** @param {string | null | undefined} name */
const named = (name) => ACTIONS.find((each) => each.name === name);
