/** The help dialog: how to read the board, and every key, from the actions themselves. Loaded on first use. */

import { ACTIONS } from "../actions.js";
import { byId, h } from "./dom.js";

/** @type {Record<string, string>} */
const SHOWN = {
  ArrowRight: "→",
  ArrowLeft: "←",
  PageDown: "Page Down",
  PageUp: "Page Up",
  "-": "−",
};

/** @import { Page } from "../state.js" */

/**
 * @param {HTMLDialogElement} dialog
 * @param {Page} page
 * @param {boolean} singleKeys
 * @param {(on: boolean) => void} setSingleKeys
 */
export function fillHelp(dialog, { alone }, singleKeys, setSingleKeys) {
  const close = h("button", { type: "button", click: () => dialog.close() }, "Close");
  const single = h("input", {
    type: "checkbox",
    checked: singleKeys,
    change: () => setSingleKeys(single.checked),
  });
  const keys = ACTIONS.filter((action) => action.keys.length && !(alone && action.asks));
  dialog.replaceChildren(
    h("h2", {}, "Reading the board"),
    h(
      "p",
      {},
      h("span", { class: "forward" }, "Above each wire"),
      " is its value, from the forward pass. ",
      h("i", { class: "gradient" }, "Below it"),
      " is the gradient of the output with respect to that value, from the backward pass. A dash is not yet known. Press either, or Shift+Enter on a node, to see how that gradient is found.",
    ),
    h(
      "p",
      {},
      "Each gate multiplies what arrives from the output side by its local gradient. Where one value is used several times, its gradients add.",
    ),
    h(
      "p",
      {},
      "Functions of your own and turns of loops fold to one box with the same numbers at its edge. ",
      "On the board Enter or a click unfolds a box; the sign at a group's name, or Backspace, folds it.",
    ),
    ...(alone ? [] : writing()),
    h("h2", {}, "Keys"),
    h(
      "dl",
      { class: "keys" },
      ...keys.map(({ label, keys }) =>
        h(
          "div",
          {},
          h("dt", {}, label),
          h(
            "dd",
            {},
            ...keys.flatMap((key, i) => [...(i ? [" "] : []), h("kbd", {}, pretty(key))]),
          ),
        ),
      ),
    ),
    h(
      "p",
      {},
      "On the board, arrows walk the wires. Enter on a tensor looks at its cells: arrows, Home and End move, Enter changes between value and gradient, Escape leaves.",
    ),
    h("p", {}, h("label", {}, single, " Single-letter keys act, outside text fields")),
    alone ? licences() : links(),
    close,
  );
}

/** What the source can do that no button shows. */
const writing = () => [
  h("h2", {}, "Writing the function"),
  h(
    "p",
    {},
    "Drag any number in the source to change it, click it for a slider, or put the caret on it and press ",
    h("kbd", {}, "Alt+↑"),
    " or ",
    h("kbd", {}, "Alt+↓"),
    "; with Shift in tens. ",
    h("kbd", {}, "Ctrl+Space"),
    " completes a name, ",
    h("kbd", {}, "Alt+Enter"),
    " goes to what is underlined and, pressed again, makes the fix that is offered; ",
    h("kbd", {}, "Ctrl+."),
    " makes it from anywhere. ",
    h("kbd", {}, "Ctrl+Z"),
    " goes back beyond the typing to the program before. What the mouse or the caret is at lights up on the board.",
  ),
];

const links = () =>
  h(
    "p",
    { class: "quiet" },
    h("a", { href: "/docs" }, "API"),
    " · ",
    h("a", { href: "/licences" }, "Third-party licences"),
  );

/** A document without a server brings the texts along. */
const licences = () =>
  h(
    "details",
    { class: "quiet licences" },
    h("summary", {}, "Third-party licences"),
    h("pre", {}, byId("licences").textContent ?? ""),
  );

/** @param {string} key */
export function pretty(key) {
  return key
    .split(/\+(?=.)/)
    .map((part) => SHOWN[part] ?? (part.length === 1 && key.length > 1 ? part.toUpperCase() : part))
    .join("+");
}
