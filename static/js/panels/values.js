/**
 * The table of all values: what the board shows, as text. Its headers sort it, a row finds its node, and a gradient the
 * step that finds it.
 */

import { ASKED, DASH, formatFull, formatNumber, formatShort } from "../format.js";
import { same } from "../state.js";
import { axisOf, byId, h, nameOf } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { Order } from "./sorting.js" */
/** @import { Frame, Numeric, Tensor, TraceNode } from "../types.d.ts" */

/** A tensor with more entries is told by its least and greatest. */
const MOST = 2;

/** So many rows are laid out together, or not at all where they are out of sight: the browser watches each block. */
const BLOCK = 100;

/**
 * @param {(id: string) => void} onSelect
 * @param {(id: string) => void} onExplain
 * @param {(ids: string[]) => void} onPoint
 * @returns {(page: Page, previous: Page | undefined, frame: Frame) => void}
 */
export function createValues(onSelect, onExplain, onPoint) {
  /** @type {HTMLTableElement} */
  const table = byId("values");
  const head = /** @type {HTMLElement} */ (table.tHead);
  /** @type {Map<string, { row: HTMLElement, value: HTMLElement, gradient: HTMLElement }>} */
  let rows = new Map();

  /** @type {Frame | undefined} what the rows show */
  let shown;
  /** @type {TraceNode[]} */
  let nodes = [];

  const heads = Array.from(head.querySelectorAll("th"));
  /** @type {Order} */
  let order = { column: 0, way: 0 };
  for (const [column, head] of heads.entries()) {
    const press = async () => {
      const { sortOf, turned } = await import("./sorting.js");
      order = turned(order, column);
      for (const [i, each] of heads.entries()) each.setAttribute("aria-sort", sortOf(order, i));
      await sort();
    };
    head.replaceChildren(h("button", { type: "button", click: press }, head.textContent ?? ""));
  }
  async function sort() {
    const { sorted } = await import("./sorting.js");
    if (!shown) return;
    lay(sorted(nodes, shown, order).flatMap(({ id }) => rows.get(id)?.row ?? []));
  }
  /** @param {HTMLElement[]} all */
  function lay(all) {
    const blocks = Array.from({ length: Math.ceil(all.length / BLOCK) }, (_, i) =>
      h("tbody", { role: "rowgroup" }, ...all.slice(i * BLOCK, (i + 1) * BLOCK)),
    );
    table.classList.toggle("long", blocks.length > 1);
    // The head stays in its place: moved, it would lose the focus.
    for (const block of table.querySelectorAll("tbody")) block.remove();
    table.append(...blocks);
  }

  /** @param {Event} event */
  const nodeAt = ({ target }) =>
    /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("tr"))?.dataset
      .about;
  table.addEventListener("click", (event) => {
    const node = nodeAt(event);
    const cell = /** @type {Element} */ (event.target).closest("td.gradient");
    if (node && cell?.firstElementChild) onExplain(node);
    else if (node) onSelect(node);
  });
  table.addEventListener("pointerover", (event) => onPoint([nodeAt(event) ?? ""]));
  table.addEventListener("pointerleave", () => onPoint([]));

  /**
   * Whether a row has another node's name and shape already, so that other values need no other rows.
   * @param {TraceNode} node
   * @param {number} i
   */
  const hasSameHead = ({ id, label, value, dims }, i) =>
    id === nodes[i].id &&
    label === nodes[i].label &&
    same([value.shape, dims], [nodes[i].value.shape, nodes[i].dims]);

  return ({ trace, selected, lit }, previous, frame) => {
    if (lit !== previous?.lit) {
      for (const id of previous?.lit ?? []) rows.get(id)?.row.classList.remove("lit");
      for (const id of lit) rows.get(id)?.row.classList.add("lit");
    }
    if (trace === previous?.trace && frame === shown && selected === previous.selected) return;
    if (trace !== previous?.trace) {
      const headed = trace.nodes.length === nodes.length && trace.nodes.every(hasSameHead);
      ({ nodes } = trace);
      shown = undefined;
      if (!headed) {
        rows = new Map(nodes.map((node) => [node.id, rowOf(node)]));
        lay(Array.from(rows.values(), ({ row }) => row));
      }
    }
    for (const node of trace.nodes) {
      const { valueKnown, gradientKnown, asked } = frame.nodes[node.id];
      const cells = rows.get(node.id);
      if (!cells || shown?.nodes[node.id] === frame.nodes[node.id]) continue;
      write(cells.value, valueKnown ? node.value : undefined, asked === "value");
      const gradient = gradientKnown && node.upstream ? node.upstream : undefined;
      write(cells.gradient, gradient, asked === "gradient");
    }
    if (order.way && shown !== frame) void sort();
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
function rowOf(node) {
  const value = h("td", { class: "forward", role: "cell" });
  const found = h("button", { type: "button", title: "How it is found" });
  const gradient = h("td", { class: "gradient", role: "cell" }, ...(node.upstream ? [found] : []));
  const row = h(
    "tr",
    { role: "row", "data-about": node.id },
    h(
      "th",
      { scope: "row", role: "rowheader" },
      h("button", { type: "button", title: node.label }, nameOf(node.label)),
    ),
    shapeCell(node),
    value,
    gradient,
  );
  return { row, value, gradient };
}

/**
 * A shape in numbers, each in the colour of its axis.
 * @param {TraceNode} node
 */
function shapeCell({ value: { shape }, dims = [] }) {
  const sizes = shape.map((size, i) => axisOf(dims[i] ?? "", String(size)));
  const title = dims.length ? dims.join(" × ") : "";
  return h(
    "td",
    { title, role: "cell", "data-shape": true },
    "(",
    ...sizes.flatMap((size, i) => (i ? [", ", size] : [size])),
    ")",
  );
}

/**
 * @param {HTMLElement} cell
 * @param {Tensor | undefined} tensor
 * @param {boolean} asked
 */
function write(cell, tensor, asked) {
  const text = tensor ? textOf(tensor) : asked ? ASKED : DASH;
  const title = tensor ? fullOf(tensor) : "";
  // What is rounded alike may differ in later digits.
  if (cell.title !== title) cell.title = title;
  if (cell.textContent === text) return;
  (cell.firstElementChild ?? cell).textContent = text;
  cell.classList.toggle("unknown", !tensor);
  cell.classList.toggle("many", text.length > 8);
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
