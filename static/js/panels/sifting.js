/** The gallery's search: words narrow the list, arrows walk what is left, Enter opens the first. Fetched with the first look at a long list. */

import { byId, h } from "./dom.js";

/** A shorter list is read at a glance. */
const LONG = 20;

/** @param {HTMLElement} list of links in sections that fold */
export function createSifting(list) {
  const items = [...list.querySelectorAll("li")];
  if (items.length <= LONG) return;
  const sections = [...list.querySelectorAll("details")].map((element) => ({
    element,
    open: element.open,
    items: [...element.querySelectorAll("li")],
  }));
  const ways = list.querySelector(".gallery-ways");
  // Its address has words, too, that people look for.
  const words = new Map(
    items.map((item) => [
      item,
      `${item.textContent} ${item.querySelector("a")?.pathname}`.toLowerCase(),
    ]),
  );
  const field = h("input", {
    type: "search",
    class: "sifting",
    "aria-label": "Find an example",
    placeholder: "Find one of them",
    autocomplete: "off",
    spellcheck: "false",
  });
  const none = h("p", { class: "sifting-none", role: "status" });
  list.prepend(field, none);
  /** @type {HTMLElement[]} the links that are left, in their order */
  let left = [];

  field.addEventListener("input", sift);
  field.addEventListener("focus", sift);
  function sift() {
    const wanted = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (/** @type {Element} */ item) =>
      wanted.every((word) => words.get(/** @type {HTMLLIElement} */ (item))?.includes(word));
    for (const section of sections) {
      const found = section.items.filter(fits);
      for (const item of section.items) item.hidden = !found.includes(item);
      section.element.hidden = found.length === 0;
      if (wanted.length) section.element.open = true;
      else if (section.element.open !== section.open) section.element.open = section.open;
    }
    ways?.toggleAttribute("hidden", wanted.length > 0);
    left = items.filter(fits).flatMap((item) => item.querySelector("a") ?? []);
    none.textContent = left.length ? "" : "None of them speaks of that.";
  }
  for (const section of sections)
    section.element.addEventListener("toggle", () => {
      if (!field.value) section.open = section.element.open;
    });

  list.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Escape" && field.value) {
      field.value = "";
      sift();
      field.focus();
      event.stopPropagation();
    } else if (key === "Enter" && target === field) left[0]?.click();
    else if (key === "ArrowDown" || key === "ArrowUp") {
      const shown = [field, ...left.filter((link) => link.checkVisibility())];
      const at = shown.findIndex((each) => each === target);
      if (at < 0) return;
      shown[(at + (key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length].focus();
    } else return;
    event.preventDefault();
  });
  sift();
  // On a phone it would bring the keyboard up over the list.
  if (matchMedia("(pointer: fine)").matches && byId("gallery").contains(document.activeElement))
    field.focus();
}
