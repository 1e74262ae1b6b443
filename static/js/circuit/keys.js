/**
 * One tab stop for the whole circuit. Arrows walk the wires: along them to the source or the consumer, across them
 * from port to port. Enter selects.
 */

/** @import { Mark, Picture } from "./types.d.ts" */

/** What each arrow does, by direction of the flow. */
const ARROWS = {
  lr: { ArrowLeft: "back", ArrowRight: "on", ArrowUp: "before", ArrowDown: "after" },
  tb: { ArrowUp: "back", ArrowDown: "on", ArrowLeft: "before", ArrowRight: "after" },
};

/**
 * @param {Element} surface
 * @param {(id: string) => void} onSelect
 * @param {(id: string) => void} onFocus
 */
export function createKeys(surface, onSelect, onFocus) {
  /** @type {Picture | undefined} */
  let picture;
  /** @type {Map<string, Mark>} */
  let marks = new Map();
  let current = "";

  /** @param {Event} event */
  const nodeOf = (event) => {
    const element =
      event.target instanceof Element ? event.target.closest("[data-node][tabindex]") : null;
    return element?.getAttribute("data-node") ?? "";
  };

  /** @param {string} id */
  function stopAt(id) {
    marks.get(current)?.body.setAttribute("tabindex", "-1");
    current = id;
    marks.get(id)?.body.setAttribute("tabindex", "0");
  }

  /** @param {string} way */
  function neighbour(way) {
    if (!picture) return undefined;
    const into = picture.figures.get(current)?.wires ?? [];
    const out = picture.edges.filter((edge) => edge.source === current);
    if (way === "back") return into[0]?.source;
    if (way === "on") return out[0]?.target;
    const fellows = picture.figures.get(out[0]?.target)?.wires ?? [];
    const place = fellows.findIndex((edge) => edge.source === current);
    return place < 0 ? undefined : fellows[place + (way === "after" ? 1 : -1)]?.source;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (
      !nodeOf(event) ||
      !picture ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      event.shiftKey
    )
      return;
    if (event.key === "Enter") onSelect(current);
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
    const id = nodeOf(event);
    if (id) onSelect(id);
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
