/** Keeps the address bar and the page alike: every program, step and look has a link. */

import { debounce, drawn } from "./player.js";
import { mentioned, same } from "./state.js";

/** @import { Look } from "./look.js" */
/** @import { Example, Store } from "./state.js" */
/** @import { Place } from "./url.js" */

/** Programs typed less than this apart are one entry of the history, ms. */
const ENTRY = 1500;

// Nothing before the first step needs it.
const url = () => import("./url.js");

/**
 * @param {Store} store
 * @param {Example} example
 * @param {() => Look} usual how a program is looked at where the link says nothing
 */
export function createPlaces(store, example, usual) {
  let lastEntry = -ENTRY;

  /**
   * Where the page is now; what the example has by itself is left out.
   * @param {boolean} [whole] nothing is: a tour's programs are no examples of the gallery
   * @returns {Place}
   */
  function here(whole) {
    const { source, given, trace, index, look } = store.get();
    const sent = mentioned(source, given);
    const own = source === example.source && !whole;
    const plain = own ? same(sent, example.inputs) : Object.keys(sent).length === 0;
    return {
      source: own ? undefined : source,
      inputs: plain ? undefined : sent,
      address: trace.steps[index].address,
      look,
    };
  }

  /**
   * @param {boolean} push whether Back shall return to what was there
   * @returns {Promise<boolean>} false when it does not fit
   */
  async function write(push) {
    const place = here();
    const { editedPath, home, write } = await url();
    const fits = await write(place.source === undefined ? home : editedPath(), place, push);
    if (!fits) store.set({ said: "This program is too long for a link." });
    return fits;
  }
  const later = debounce(() => void write(false), 250);

  return {
    here,
    /** Writes what only was stepped or looked at, once it has come to rest. */
    saveLook: later.later,
    /** Writes at once. */
    save() {
      later.cancel();
      return write(false);
    },
    /** @param {boolean} isNew another program, which Back leaves again; other values are written once they rest */
    saveProgram(isNew) {
      if (!isNew) return later.later();
      const now = performance.now();
      const push = now - lastEntry > ENTRY;
      lastEntry = now;
      // The board goes first.
      void drawn().then(() => write(push));
    },
    /**
     * Goes where the address bar points.
     * @param {(place: Place) => Promise<boolean>} open
     * @returns {Promise<boolean>} false if the place's program had to be asked for
     */
    async restore(open) {
      later.cancel();
      // What is still being written where the page was may take its place meanwhile.
      const address = document.URL;
      const { current, isOurs, reload } = await url();
      if (!isOurs()) {
        reload();
        return false;
      }
      const place = await current(address);
      return open({ ...place, look: { ...usual(), ...place.look } });
    },
    /**
     * Goes where a link points that was not clicked but dropped or found in a file.
     * @param {string} link
     * @param {(place: Place) => Promise<boolean>} open
     */
    async visit(link, open) {
      later.cancel();
      const place = await (await url()).visit(link);
      if (place) await open({ ...place, look: { ...usual(), ...place.look } });
    },
    undo: async () => (await url()).undo() || store.set({ said: "Nothing to undo." }),
    /** Back to before all that this page has shown. */
    undoPage: async () => (await url()).undoPage() || store.set({ said: "Nothing to undo." }),
    redo: async () => (await url()).redo(),
  };
}
