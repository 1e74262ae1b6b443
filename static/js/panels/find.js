/** Finds nodes by name, operation or source text, and walks through them. Loaded on first use. */

import { loadStyle } from "../assets.js";
import { byId, h } from "./dom.js";

/** @import { Store } from "../state.js" */
/** @import { Trace, TraceNode } from "../types.d.ts" */

/**
 * The nodes that a text is about, those called just so first. What stands in the source counts where nothing is called so.
 * @param {Trace} trace
 * @param {string} text
 * @returns {string[]} ids
 */
export function matchesOf({ nodes, source }, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  const named = nodes.filter((node) => wordsOf(node).some((word) => word.includes(wanted)));
  const lines = source.split("\n");
  const found = named.length
    ? named
    : nodes.filter((node) => writtenAs(node, lines).includes(wanted));
  const exact = (/** @type {TraceNode} */ node) => wordsOf(node).includes(wanted);
  return [...found.filter(exact), ...found.filter((node) => !exact(node))].map(({ id }) => id);
}

/** @param {TraceNode} node */
function wordsOf({ name, aliases, face, symbol, primitive, kind, label }) {
  const words = [name, ...aliases, ...(kind === "gate" ? [face, symbol, primitive] : [label])];
  return words.filter((word) => word !== null).map((word) => word.toLowerCase());
}

/**
 * @param {TraceNode} node
 * @param {string[]} lines of the program
 */
function writtenAs({ span, label }, lines) {
  const end = span && span.end_line === span.line ? span.end_column : undefined;
  const text = span ? (lines[span.line - 1] ?? "").slice(span.column, end) : label;
  return text.toLowerCase();
}

/**
 * @param {Store} store
 * @param {{ reveal: (id: string) => void, focusNode: (id: string) => void }} board
 * @returns {() => void} opens the field, or goes back to it
 */
export function createFind(store, board) {
  const style = loadStyle("finding");
  /** @type {string[]} */
  let found = [];
  /** Which of them is looked at; none yet: −1. */
  let at = -1;

  const field = h("input", {
    type: "search",
    "aria-label": "Find a node",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "name, operation, text",
    input: look,
    keydown: press,
  });
  const count = h("output", {});
  const bar = h(
    "div",
    { class: "find", role: "search", "aria-label": "Find" },
    field,
    count,
    h("button", { type: "button", "aria-label": "Leave the search", click: leave }, "×"),
  );

  function look() {
    found = matchesOf(store.get().trace, field.value);
    at = -1;
    store.set({ found });
    say();
  }

  function say() {
    const nodes = found.length === 1 ? "1 node" : `${found.length} nodes`;
    count.textContent =
      found.length === 0
        ? field.value.trim() && "nothing found"
        : at < 0
          ? nodes
          : `${at + 1} of ${found.length}`;
  }

  /** @param {1 | -1} way */
  function walk(way) {
    if (found.length === 0) return;
    at = (at < 0 && way < 0 ? 0 : at) + way;
    at = (at + found.length) % found.length;
    store.set({ selected: found[at] });
    board.reveal(found[at]);
    say();
  }

  function leave() {
    const here = found[at];
    bar.remove();
    store.set({ found: [] });
    byId("board").focus();
    if (here) board.focusNode(here);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.key === "Enter") walk(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  store.subscribe((page, previous) => {
    if (page.trace !== previous.trace && bar.isConnected) look();
  });

  return () => {
    void style.then(() => {
      // A page in a frame has no head: there the field stands on the board's edge.
      (document.querySelector(".page:not(.embed) .head") ?? byId("board")).append(bar);
      field.focus();
      field.select();
      look();
    });
  };
}
