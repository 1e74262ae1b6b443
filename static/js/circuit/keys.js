/**
 * One tab stop for the whole circuit. Arrows walk the wires: along them to the source or the consumer, across them
 * from port to port. Enter selects a node, opens what has cells and unfolds a box; Backspace folds the
 * group around. A tap leads to its input, a gradient to the step that finds it, which Shift+Enter does too.
 */

/** @import { View } from "../types.d.ts" */
/** @import { Mark, Picture } from "./types.d.ts" */

/**
 * The node that an element on the board stands for, or the folded group.
 * @param {Element | null} element
 */
export const idOf = (element) =>
  element?.getAttribute("data-box") ?? element?.getAttribute("data-node") ?? "";

/** What each arrow does, by direction of the flow. */
const ARROWS = {
  lr: { ArrowLeft: "back", ArrowRight: "on", ArrowUp: "before", ArrowDown: "after" },
  tb: { ArrowUp: "back", ArrowDown: "on", ArrowLeft: "before", ArrowRight: "after" },
};

/**
 * @param {Element} surface
 * @param {(id: string) => void} onSelect
 * @param {(id: string) => void} onFocus
 * @param {(group: string, folded: boolean) => void} onFold
 * @param {(id: string) => void} onOpen
 * @param {(id: string) => void} onExplain
 */
export function createKeys(surface, onSelect, onFocus, onFold, onOpen, onExplain) {
  /** @type {Picture | undefined} */
  let picture;
  /** @type {Map<string, Mark>} */
  let marks = new Map();
  let current = "";

  /** @param {Event} event */
  const nodeOf = (event) => {
    const element =
      event.target instanceof Element ? event.target.closest("[data-node][tabindex]") : null;
    return idOf(element);
  };

  /** @param {boolean} on whether the current node is the tab stop, which is displayed even far from the window */
  function setStop(on) {
    const mark = marks.get(current);
    if (on) mark?.grow();
    mark?.body.setAttribute("tabindex", on ? "0" : "-1");
    let block = mark?.element.closest(".block");
    for (; block; block = block.parentElement?.closest(".block"))
      block.classList.toggle("stop", on);
  }

  /** @param {string} id */
  function stopAt(id) {
    setStop(false);
    current = id;
    setStop(true);
  }

  /** @param {string} way */
  function neighbour(way) {
    if (!picture) return undefined;
    const { wires: into = [], host, exits = {} } = picture.figures.get(current) ?? {};
    const out = picture.edges.filter((edge) => edge.source === current);
    if (way === "back") return host ? host.figure.node.id : into[0]?.source;
    if (way === "on") return Object.keys(exits)[0] ?? out[0]?.target;
    const fellows = picture.figures.get(out[0]?.target)?.wires ?? [];
    const place = fellows.findIndex((edge) => edge.source === current);
    return place < 0 ? undefined : fellows[place + (way === "after" ? 1 : -1)]?.source;
  }

  /** @param {string} id */
  function open(id) {
    if (picture?.figures.get(id)?.node.box) onFold(id, false);
    else onSelect(id);
  }

  /**
   * Folds the innermost group that a node stands in.
   * @param {string} id
   */
  function foldAround(id) {
    const { trace, figures } = /** @type {Picture} */ (picture);
    const gate = figures.get(id)?.node.box?.group.gates[0].id ?? id;
    const groups = "open" in trace ? /** @type {View} */ (trace).open : [];
    const inner = groups.findLast(({ gates }) => gates.some((one) => one.id === gate));
    if (inner) onFold(inner.id, true);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (
      !nodeOf(event) ||
      !picture ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      (event.shiftKey && event.key !== "Enter")
    )
      return;
    if (event.shiftKey) onExplain(current);
    else if (event.key === "Enter") {
      open(current);
      onOpen(current);
    } else if (event.key === "Backspace") foldAround(current);
    else {
      /** @type {Record<string, string>} */
      const arrows = ARROWS[picture.style.direction];
      if (!(event.key in arrows)) return;
      const next = neighbour(arrows[event.key]);
      if (next) focus(next);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {string} id */
  function focus(id) {
    const mark = marks.get(id);
    if (!mark) return;
    stopAt(id);
    onFocus(id);
    mark.body.focus({ preventScroll: true });
  }

  /** @param {Event} event */
  const enter = (event) => {
    const id = nodeOf(event);
    if (!id) return;
    stopAt(id);
    onFocus(id);
  };
  /** @param {Event} event */
  const click = (event) => {
    const group = event.target instanceof Element && event.target.closest("[data-fold]");
    if (group) return onFold(group.getAttribute("data-fold") ?? "", true);
    const tap = event.target instanceof Element && event.target.closest("[data-tap]");
    if (tap) return focus(tap.getAttribute("data-tap") ?? "");
    const id = nodeOf(event);
    if (event.target instanceof Element && event.target.closest("[data-explain]")) {
      onExplain(id);
      // No cell is meant.
      event.stopImmediatePropagation();
    } else if (id) open(id);
  };
  const listeners = /** @type {[string, (event: any) => void][]} */ ([
    ["keydown", press],
    ["focusin", enter],
    ["click", click],
  ]);
  for (const [type, listener] of listeners) surface.addEventListener(type, listener);

  return {
    focus,
    /**
     * @param {Picture} shown
     * @param {Map<string, Mark>} drawn
     */
    setPicture(shown, drawn) {
      picture = shown;
      marks = drawn;
      stopAt(drawn.has(current) ? current : (drawn.keys().next().value ?? ""));
    },
    destroy() {
      for (const [type, listener] of listeners) surface.removeEventListener(type, listener);
    },
  };
}
