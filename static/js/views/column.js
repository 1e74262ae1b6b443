/** The column beside the board: a row of tabs, the menu of all views, and the one view that is open. Loaded on first use. */

import { loadStyle } from "../assets.js";
import { partsOf, VIEWS } from "../look.js";
import { byId, h } from "../panels/dom.js";
import { createMore } from "./more.js";

/** @import { Host, Page } from "../state.js" */

/**
 * A view is fetched when it is first opened, and told of every change while it is open.
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(page: Page, previous: Page | undefined) => void} show `previous` is missing when it opens
 */

/** @typedef {typeof VIEWS[number]} Name */

/**
 * By name; `tells` is what shows numbers that a student in predict mode is to find.
 * @type {Record<Name, { label: string, words: string, tells?: boolean, load: () => Promise<(host: Host) => View | Promise<View>> }>}
 */
const TABS = {
  code: {
    label: "Code",
    words: "the pass as a script",
    tells: true,
    load: async () => (await import("./code.js")).createCode,
  },
  formula: {
    label: "Formula",
    words: "the whole function, line by line",
    load: async () => (await import("./formula.js")).createFormula,
  },
  derive: {
    label: "Derive",
    words: "a gradient from first principles",
    tells: true,
    load: async () => (await import("../learning/primer.js")).createPrimer,
  },
  check: {
    label: "Check",
    words: "gradients against differences",
    tells: true,
    load: async () => (await import("./check.js")).createCheck,
  },
  nudge: {
    label: "Nudge",
    words: "what is promised, what happens",
    tells: true,
    load: async () => (await import("./nudge.js")).createNudge,
  },
  descend: {
    label: "Descend",
    words: "the way down, by four approaches",
    tells: true,
    load: async () => (await import("./descend.js")).createDescend,
  },
  jacobian: {
    label: "Jacobian",
    words: "every slope between two nodes",
    tells: true,
    load: async () => (await import("./jacobian.js")).createJacobian,
  },
  balance: {
    label: "Balance",
    words: "products that fit their shapes",
    tells: true,
    load: async () => (await import("../learning/puzzle.js")).createPuzzle,
  },
  warnings: {
    label: "Warnings",
    words: "what is ill with this pass",
    tells: true,
    load: async () => (await import("./warnings.js")).createWarnings,
  },
  backward: {
    label: "Backward",
    words: "your backward code, judged",
    load: async () => (await import("../learning/backward.js")).createBackward,
  },
  menu: {
    label: "Menu",
    words: "the lecture's five steps, ticked",
    load: async () => (await import("../learning/menu.js")).createMenu,
  },
};

/** What views are for. @type {Record<string, Name[]>} */
const PURPOSES = {
  "To read": ["code", "formula"],
  "To derive": ["derive", "jacobian", "balance"],
  "To test": ["check", "warnings"],
  "To move": ["nudge", "descend"],
  "To do": ["menu", "backward"],
};

/** The row has these, and one more: the last that was chosen of the others. */
const ALWAYS = VIEWS.slice(0, 4);

const WITHHELD =
  "This view tells what you are about to predict. It is back when you leave predict mode (P).";

/** Whether the open view is kept from a student who predicts. @param {Page} page */
const withheld = ({ look: { view, predict } }) =>
  predict && TABS[/** @type {Name} */ (partsOf(view)[0])]?.tells === true;

/** Fetches all of it, so that it opens without a network. */
export const warm = () =>
  Promise.all([loadStyle("views"), ...Object.values(TABS).map(({ load }) => load())]);

/** @param {Host} host */
export async function createColumn(host) {
  await loadStyle("views");
  const root = document.documentElement;
  const column = byId("views");
  const panel = h("div", { role: "tabpanel", id: "view", tabindex: 0 });
  const tabs = VIEWS.map((name, i) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `view-${name}`,
        class: i === ALWAYS.length - 1 ? "fourth" : "",
        "aria-controls": "view",
        click: () => open(name),
      },
      TABS[name].label,
    ),
  );
  const bar = h("div", { role: "tablist", "aria-label": "Views" }, ...tabs);
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const row = [...ALWAYS, fifth];
    const next = row[(row.indexOf(nameNow()) + step + row.length) % row.length];
    open(next);
    tabs[VIEWS.indexOf(next)].focus();
  });
  const more = createMore(
    Object.entries(PURPOSES).map(([purpose, names]) => ({
      purpose,
      choices: names.map((name) => ({ name, ...TABS[name] })),
    })),
    open,
  );
  const close = h("button", { type: "button", class: "close", "aria-label": "Close views" }, "×");
  close.addEventListener("click", shut);
  column.replaceChildren(h("div", { class: "views-bar" }, bar, more.element, close), panel);
  column.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    shut();
  });

  /** @type {Map<string, Promise<View>>} */
  const made = new Map();
  /** @type {View | undefined} the one open, once it is there */
  let view;
  /** @type {Name} the tab beside those that are always there */
  let fifth = VIEWS[4];

  const nameNow = () => /** @type {Name} */ (partsOf(host.store.get().look.view)[0]);

  /** @param {Name} name */
  function open(name) {
    if (nameNow() !== name) host.look({ view: name });
  }

  function shut() {
    host.look({ view: "" });
    /** @type {HTMLElement | null} */ (document.querySelector("[data-action=views]"))?.focus();
  }

  /** @param {Name} name */
  async function fill(name) {
    view = undefined;
    panel.replaceChildren();
    if (withheld(host.store.get()))
      return panel.replaceChildren(h("p", { class: "view-note" }, WITHHELD));
    if (!made.has(name))
      made.set(
        name,
        TABS[name].load().then((create) => create(host)),
      );
    try {
      const found = await made.get(name);
      if (nameNow() !== name || !found) return;
      view = found;
      panel.replaceChildren(found.element);
      found.show(host.store.get(), undefined);
    } catch {
      made.delete(name);
      panel.replaceChildren(h("p", { class: "view-note" }, "offline: this view is not here yet."));
    }
  }

  /** Brings a view's tab into the row. @param {Name} name */
  function mark(name) {
    if (VIEWS.includes(name) && !ALWAYS.includes(name)) fifth = name;
    for (const [i, tab] of tabs.entries()) {
      const chosen = VIEWS[i] === name;
      tab.hidden = !ALWAYS.includes(VIEWS[i]) && VIEWS[i] !== fifth;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    more.mark(name);
  }

  /**
   * @param {Page} page
   * @param {Page} [previous]
   */
  function show(page, previous) {
    const [name] = partsOf(page.look.view);
    const [before] = partsOf(previous?.look.view ?? "");
    if (name === before && withheld(page) === withheld(previous ?? page))
      return view?.show(page, previous);
    column.hidden = !name;
    root.toggleAttribute("data-viewing", name !== "");
    for (const button of document.querySelectorAll("[data-action=views]"))
      button.setAttribute("aria-expanded", String(name !== ""));
    mark(/** @type {Name} */ (name));
    host.light([]);
    if (!name) {
      view = undefined;
      return;
    }
    panel.setAttribute("aria-labelledby", `view-${name}`);
    void fill(/** @type {Name} */ (name));
  }
  host.store.subscribe(show);
  show(host.store.get());
}
