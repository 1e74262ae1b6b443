/** The menu of all views, by what they are for; a row of tabs has room for a few. */

import { h } from "../panels/dom.js";

/**
 * @template {string} T
 * @param {{ purpose: string, choices: { name: T, label: string, words: string }[] }[]} groups
 * @param {(name: T) => void} choose
 */
export function createMore(groups, choose) {
  const names = groups.flatMap(({ choices }) => choices.map(({ name }) => name));
  const items = groups.map(({ choices }) =>
    choices.map(({ name, label, words }) =>
      h(
        "button",
        {
          type: "button",
          role: "menuitemradio",
          tabindex: -1,
          "aria-label": label,
          "aria-describedby": `about-${name}`,
          click() {
            shut();
            choose(name);
          },
        },
        h("b", {}, label),
        h("span", { id: `about-${name}` }, words),
      ),
    ),
  );
  const all = items.flat();
  /** the item of the view that is open */
  let chosen = 0;
  const menu = h(
    "div",
    { role: "menu", id: "more-views", "aria-label": "All views", hidden: true },
    ...groups.map(({ purpose }, i) =>
      h("div", { role: "group", "aria-label": purpose }, ...items[i]),
    ),
  );
  const button = h(
    "button",
    {
      type: "button",
      "aria-label": "More views",
      "aria-haspopup": "menu",
      "aria-controls": "more-views",
      "aria-expanded": "false",
      click: () => (menu.hidden ? open(chosen) : shut()),
    },
    "More",
    h("span", { "aria-hidden": "true" }, " ▾"),
  );
  const element = h("div", { class: "more" }, button, menu);

  /** @param {number} at the item that gets the focus */
  function open(at) {
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    all[at].focus();
  }

  function shut() {
    if (menu.hidden) return;
    const inside = menu.contains(document.activeElement);
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (inside) button.focus();
  }

  /**
   * Where a key leads from an item: by arrows, to the ends, or to the next that begins with this letter.
   * @param {string} key
   * @param {number} at
   * @returns {number | undefined}
   */
  function placeOf(key, at) {
    const last = all.length - 1;
    const places = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last };
    const place = places[/** @type {keyof typeof places} */ (key)];
    if (place !== undefined) return (place + all.length) % all.length;
    const begins = (/** @type {number} */ i) =>
      names[i % all.length].startsWith(key.toLowerCase()) ? i % all.length : undefined;
    return all.map((_, i) => begins(at + 1 + i)).find((i) => i !== undefined);
  }

  element.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (menu.hidden) {
      if (key !== "ArrowDown" && key !== "ArrowUp") return;
      event.preventDefault();
      return open(key === "ArrowDown" ? 0 : all.length - 1);
    }
    if (key === "Tab") return shut();
    if (key === "Enter" || key === " ") return;
    event.preventDefault();
    if (key === "Escape") return shut();
    const place = placeOf(
      key,
      all.findIndex((item) => item === document.activeElement),
    );
    if (place !== undefined) all[place].focus();
  });
  // A press on an item takes no focus from the one that has it.
  menu.addEventListener("mousedown", (event) => event.preventDefault());
  element.addEventListener("focusout", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && element.contains(relatedTarget))) shut();
  });

  return {
    element,
    /** @param {T} name of the view that is open */
    mark(name) {
      chosen = Math.max(0, names.indexOf(name));
      for (const [i, item] of all.entries())
        item.setAttribute("aria-checked", String(names[i] === name));
    },
  };
}
