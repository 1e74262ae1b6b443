/** One click between an example that is ill and the same one mended. Loaded where an example has a fix. */

import { same } from "../state.js";
import { byId } from "./dom.js";

/** @import { Example, Page, Store } from "../state.js" */
/** @import { GivenInput } from "../types.d.ts" */

/**
 * @param {Store} store
 * @param {Example} example
 * @param {(source: string, inputs: Record<string, GivenInput>) => void} switchTo
 */
export function createMending(store, example, switchTo) {
  const { fix } = example;
  const button = byId("mend").querySelector("button");
  if (!fix || !button) return;

  /** @param {Page} page */
  const isMended = ({ source, given }) => source === fix.source && same(given, fix.inputs);

  button.addEventListener("click", () => {
    const { source, inputs } = isMended(store.get()) ? example : fix;
    switchTo(source, inputs);
  });
  /** @param {Page} page */
  const show = (page) => {
    button.textContent = isMended(page) ? "Show the fault again" : "Mend it";
  };
  store.subscribe(show);
  show(store.get());
}
