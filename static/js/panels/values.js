/** The table of all values: what the board shows, as text. */

import { DASH, formatFull, formatNumber, formatShort } from "../format.js";
import { byId, h, nameOf } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { Frame, Numeric, Tensor, TraceNode } from "../types.d.ts" */

/** A tensor with more entries is told by its least and greatest. */
const MOST = 2;

/** @returns {(page: Page, previous: Page | undefined, frame: Frame) => void} */
export function createValues() {
  const body = byId("values");
  /** @type {Map<string, { row: HTMLElement, value: HTMLElement, gradient: HTMLElement }>} */
  let rows = new Map();

  /** @type {Frame | undefined} what the rows show */
  let shown;

  return ({ trace, index, selected }, previous, frame) => {
    if (trace === previous?.trace && index === previous.index && selected === previous.selected)
      return;
    if (trace !== previous?.trace) {
      rows = new Map(trace.nodes.map((node) => [node.id, rowOf(node)]));
      shown = undefined;
      body.replaceChildren(...Array.from(rows.values(), ({ row }) => row));
    }
    for (const node of trace.nodes) {
      const { valueKnown, gradientKnown } = frame.nodes[node.id];
      const cells = rows.get(node.id);
      if (!cells || shown?.nodes[node.id] === frame.nodes[node.id]) continue;
      write(cells.value, valueKnown ? node.value : undefined);
      write(cells.gradient, gradientKnown && node.upstream ? node.upstream : undefined);
    }
    shown = frame;
    if (selected === previous?.selected && trace === previous?.trace) return;
    rows.get(previous?.selected ?? "")?.row.classList.remove("selected");
    rows.get(selected ?? "")?.row.classList.add("selected");
    if (selected) rows.get(selected)?.row.scrollIntoView({ block: "nearest" });
  };
}

/**
 * The roles are said because rows are laid out by themselves, and far ones not at all.
 * @param {TraceNode} node
 */
function rowOf({ label, value: { shape } }) {
  const value = h("td", { class: "forward", role: "cell" });
  const gradient = h("td", { class: "gradient", role: "cell" });
  const row = h(
    "tr",
    { role: "row" },
    h("th", { scope: "row", role: "rowheader" }, nameOf(label)),
    h("td", { role: "cell" }, `(${shape.join(", ")})`),
    value,
    gradient,
  );
  return { row, value, gradient };
}

/**
 * @param {HTMLElement} cell
 * @param {Tensor | undefined} tensor
 */
function write(cell, tensor) {
  const text = tensor ? textOf(tensor) : DASH;
  if (cell.textContent === text) return;
  cell.textContent = text;
  cell.classList.toggle("unknown", !tensor);
  cell.classList.toggle("many", text.length > 8);
  cell.title = tensor ? fullOf(tensor) : "";
}

/** @param {Tensor} tensor */
function textOf({ data, summary }) {
  if (summary) return range(summary.min, summary.max);
  if (!Array.isArray(data)) return formatNumber(data ?? NaN);
  const numbers = /** @type {Numeric[]} */ (data.flat(9)).map(Number);
  if (numbers.length <= MOST) return `[${numbers.map(formatShort).join(", ")}]`;
  return range(Math.min(...numbers), Math.max(...numbers));
}

/** @type {(least: Numeric, greatest: Numeric) => string} */
const range = (least, greatest) => `${brief(least)}…${brief(greatest)}`;

/** @param {Numeric} x two digits at most, no zeros that say nothing */
const brief = (x) =>
  formatNumber(x, 2)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");

/** @param {Tensor} tensor every entry, for a closer look */
function fullOf({ data }) {
  return Array.isArray(data)
    ? JSON.stringify(data).slice(0, 2000).replaceAll("-", "−").replaceAll(",", ", ")
    : data === null
      ? ""
      : formatFull(data);
}
