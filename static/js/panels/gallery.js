/** The gallery behind the title: it closes by itself, and offers the program of an earlier visit. */

import { byId } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { GivenInput } from "../types.d.ts" */

/** @typedef {{ source: string, inputs?: Record<string, GivenInput> }} Program */

/**
 * @param {(page: Page) => string} titleOf
 * @param {string | undefined} saved the last program, as JSON
 * @param {(program: Program) => void} open
 * @returns {(page: Page) => void}
 */
export function createGallery(titleOf, saved, open) {
  const gallery = byId("gallery");
  const title = byId("gallery-title");
  const close = () => gallery.removeAttribute("open");
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Node && !gallery.contains(target)) close();
  });
  gallery.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    close();
    /** @type {HTMLElement} */ (gallery.firstElementChild).focus();
  });
  const sift = () =>
    import("./sifting.js").then(({ createSifting }) => createSifting(byId("gallery-list")));
  // Without it the list is whole.
  gallery.addEventListener("toggle", () => void sift().catch(() => {}), { once: true });
  if (saved) offer(JSON.parse(saved));

  /** @param {Program} program */
  function offer(program) {
    /** @type {HTMLButtonElement} */
    const button = byId("restore");
    button.textContent = `Your last program: ${program.source.split("\n").at(-1)}`;
    button.hidden = false;
    button.addEventListener("click", () => {
      close();
      open(program);
    });
  }

  return (page) => {
    title.textContent = titleOf(page);
  };
}
