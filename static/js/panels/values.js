/**
 * The table of all values: what the board shows, as text. Its headers sort it, a row finds its node, and a gradient the
 * step that finds it.
 */

import { ASKED, DASH, formatFull, formatNumber, formatShape, formatShort } from "../format.js";
import { inSlices } from "../player.js";
import { same } from "../state.js";
import { axisOf, byId, h, nameOf } from "./dom.js";

/** @import { Page } from "../state.js" */
/** @import { Order } from "./sorting.js" */
/** @import { Frame, NodeFrame, Numeric, Tensor, TraceNode } from "../types.d.ts" */

/** A tensor with more entries is told by its least and greatest. */
const MOST = 2;

/** Letters that fit a cell of each column for sure. */
const FITS = { name: 6, shape: 7, number: 8 };

/** So many rows are laid out together, or not at all where they are out of sight: the browser watches each block. */
const BLOCK = 40;

/** @typedef {{ row: HTMLElement, shape: HTMLElement, value: HTMLElement, gradient: HTMLElement, shown?: NodeFrame, sized?: boolean }} Row */

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
  /** @type {Map<string, Row>} */
  let rows = new Map();
  /** @type {TraceNode[]} that have them */
  let nodes = [];
  /** @type {{ page: Page, frame: Frame }} what is to be seen */
  let wanted;
  /** @type {Frame | undefined} what the rows show; undefined while others are made */
  let shown;
  /** @type {string | undefined} whose row is selected */
  let picked;
  /** Counts tables, so that an older one never replaces a newer one. */
  let turn = 0;

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

  /** @returns {Generator<void, Map<string, Row>>} long work at many nodes */
  function* makeRows() {
    /** @type {Map<string, Row>} */
    const made = new Map();
    for (const node of wanted.page.trace.nodes) {
      const row = rowOf(node);
      fill(row, node, wanted.frame);
      made.set(node.id, row);
      yield;
    }
    return made;
  }

  /** Makes rows for other nodes; the old ones stay until all are there. */
  async function renew() {
    const mine = ++turn;
    const { page } = wanted;
    shown = undefined;
    const made = await inSlices(makeRows(), () => mine === turn);
    if (!made) return;
    ({ nodes } = page.trace);
    rows = made;
    picked = undefined;
    lay(Array.from(rows.values(), ({ row }) => row));
    for (const id of wanted.page.lit) rows.get(id)?.row.classList.add("lit");
    show();
  }

  function show() {
    const { page, frame } = wanted;
    for (const node of page.trace.nodes) fill(rows.get(node.id), node, frame);
    const isNew = shown !== frame;
    shown = frame;
    if (order.way && isNew) void sort();
    if (picked === page.selected) return;
    rows.get(picked ?? "")?.row.classList.remove("selected");
    picked = page.selected;
    const row = rows.get(picked ?? "")?.row;
    row?.classList.add("selected");
    row?.scrollIntoView({ block: "nearest" });
  }

  return (page, previous, frame) => {
    const { trace, selected, lit } = page;
    wanted = { page, frame };
    if (lit !== previous?.lit) {
      for (const id of previous?.lit ?? []) rows.get(id)?.row.classList.remove("lit");
      for (const id of lit) rows.get(id)?.row.classList.add("lit");
    }
    if (trace !== previous?.trace) {
      if (trace.nodes.length !== nodes.length || !trace.nodes.every(hasSameHead))
        return void renew();
      turn++;
      ({ nodes } = trace);
      for (const row of rows.values()) row.shown = undefined;
    } else if (!shown || (frame === shown && selected === picked)) return;
    show();
  };
}

/**
 * @param {Row | undefined} row
 * @param {TraceNode} node
 * @param {Frame} frame
 */
function fill(row, node, frame) {
  const state = frame.nodes[node.id];
  if (!row || row.shown === state) return;
  row.shown = state;
  const { valueKnown, gradientKnown, asked, valueSized } = state;
  if (row.sized !== valueSized) writeShape(row.shape, node, valueSized);
  row.sized = valueSized;
  write(row.value, valueKnown ? node.value : undefined, asked === "value");
  const gradient = gradientKnown && node.upstream ? node.upstream : undefined;
  write(row.gradient, gradient, asked === "gradient");
}

/**
 * The roles are said because rows are laid out by themselves, and far ones not at all.
 * @param {TraceNode} node
 * @returns {Row}
 */
function rowOf(node) {
  const shape = h("td", { role: "cell" });
  const value = h("td", { class: "forward", role: "cell" });
  const found = h("button", { type: "button", title: "How it is found" });
  const gradient = h("td", { class: "gradient", role: "cell" }, ...(node.upstream ? [found] : []));
  const row = h(
    "tr",
    { role: "row", "data-about": node.id },
    h(
      "th",
      {
        scope: "row",
        role: "rowheader",
        class: node.label.length > FITS.name ? "many" : undefined,
      },
      h("button", { type: "button", title: node.label }, nameOf(node.label)),
    ),
    shape,
    value,
    gradient,
  );
  return { row, shape, value, gradient };
}

/**
 * A shape in numbers, each in the colour of its axis; a dash, while it may not be told.
 * @param {HTMLElement} cell
 * @param {TraceNode} node
 * @param {boolean} told
 */
function writeShape(cell, { value: { shape }, dims = [] }, told) {
  const sizes = shape.map((size, i) => axisOf(dims[i] ?? "", String(size)));
  const parts = ["(", ...sizes.flatMap((size, i) => (i ? [", ", size] : [size])), ")"];
  cell.title = told ? dims.join(" × ") : "";
  cell.classList.toggle("many", told && formatShape(shape).length > FITS.shape);
  cell.replaceChildren(...(told ? parts : [DASH]));
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
  cell.classList.toggle("many", text.length > FITS.number);
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
