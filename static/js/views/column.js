/** The column beside the board: its tabs, and the one view that is open. Loaded on first use. */

import { loadStyle } from "../assets.js";
import { partsOf, VIEWS } from "../look.js";
import { byId, h } from "../panels/dom.js";

/** @import { Host, Page } from "../state.js" */

/**
 * A view is fetched when it is first opened, and told of every change while it is open.
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(page: Page, previous: Page | undefined) => void} show `previous` is missing when it opens
 */

/**
 * By name; `tells` is what shows numbers that a student in predict mode is to find.
 * @type {Record<typeof VIEWS[number], { label: string, tells?: boolean, load: () => Promise<(host: Host) => View | Promise<View>> }>}
 */
const TABS = {
  code: { label: "Code", load: async () => (await import("./code.js")).createCode },
  formula: { label: "Formula", load: async () => (await import("./formula.js")).createFormula },
  jacobian: {
    label: "Jacobian",
    tells: true,
    load: async () => (await import("./jacobian.js")).createJacobian,
  },
  derive: {
    label: "Derive",
    tells: true,
    load: async () => (await import("../learning/primer.js")).createPrimer,
  },
  balance: {
    label: "Balance",
    tells: true,
    load: async () => (await import("../learning/puzzle.js")).createPuzzle,
  },
  check: {
    label: "Check",
    tells: true,
    load: async () => (await import("./check.js")).createCheck,
  },
  descend: {
    label: "Descend",
    tells: true,
    load: async () => (await import("./descend.js")).createDescend,
  },
  nudge: {
    label: "Nudge",
    tells: true,
    load: async () => (await import("./nudge.js")).createNudge,
  },
  warnings: {
    label: "Warnings",
    tells: true,
    load: async () => (await import("./warnings.js")).createWarnings,
  },
  backward: {
    label: "Backward",
    load: async () => (await import("../learning/backward.js")).createBackward,
  },
  menu: { label: "Menu", load: async () => (await import("../learning/menu.js")).createMenu },
};

const WITHHELD =
  "This view tells what you are about to predict. It is back when you leave predict mode (P).";

/** Whether the open view is kept from a student who predicts. @param {Page} page */
const withheld = ({ look: { view, predict } }) =>
  predict && TABS[/** @type {typeof VIEWS[number]} */ (partsOf(view)[0])]?.tells === true;

/** Fetches all of it, so that it opens without a network. */
export const warm = () =>
  Promise.all([loadStyle("views"), ...Object.values(TABS).map(({ load }) => load())]);

/** @param {Host} host */
export async function createColumn(host) {
  await loadStyle("views");
  const root = document.documentElement;
  const column = byId("views");
  const panel = h("div", { role: "tabpanel", id: "view", tabindex: 0 });
  const tabs = VIEWS.map((name) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `view-${name}`,
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
    const at = tabs.findIndex((tab) => tab === document.activeElement);
    const next = (at + step + tabs.length) % tabs.length;
    open(VIEWS[next]);
    tabs[next].focus();
  });
  const close = h("button", { type: "button", class: "close", "aria-label": "Close views" }, "×");
  close.addEventListener("click", shut);
  column.replaceChildren(h("div", { class: "views-bar" }, bar, close), panel);
  column.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    shut();
  });

  /** @type {Map<string, Promise<View>>} */
  const made = new Map();
  /** @type {View | undefined} the one open, once it is there */
  let view;

  /** @param {typeof VIEWS[number]} name */
  function open(name) {
    if (partsOf(host.store.get().look.view)[0] !== name) host.look({ view: name });
  }

  function shut() {
    host.look({ view: "" });
    /** @type {HTMLElement | null} */ (document.querySelector("[data-action=views]"))?.focus();
  }

  /** @param {typeof VIEWS[number]} name */
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
      if (partsOf(host.store.get().look.view)[0] !== name || !found) return;
      view = found;
      panel.replaceChildren(found.element);
      found.show(host.store.get(), undefined);
    } catch {
      made.delete(name);
      panel.replaceChildren(h("p", { class: "view-note" }, "offline: this view is not here yet."));
    }
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
    for (const [i, tab] of tabs.entries()) {
      tab.setAttribute("aria-selected", String(VIEWS[i] === name));
      tab.tabIndex = VIEWS[i] === name ? 0 : -1;
      if (VIEWS[i] === name) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    host.light([]);
    if (!name) {
      view = undefined;
      return;
    }
    panel.setAttribute("aria-labelledby", `view-${name}`);
    void fill(/** @type {typeof VIEWS[number]} */ (name));
  }
  host.store.subscribe(show);
  show(host.store.get());
}
