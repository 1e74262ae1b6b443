/**
 * Reaching the cells of heat maps: by pointer, by touch, and by keys from a focused node. Says which cell is meant, and
 * marks it with the cells that make it. Loaded on first use.
 */

/** @import { Cell, Frame, View } from "../../types.d.ts" */
/** @import { Drawing, Grid, Mark } from "../types.d.ts" */

import { sheetsOf } from "../grid.js";
import { svg } from "../text.js";
import { linkOf } from "./links.js";
import { sizeOf } from "./places.js";

/** How each key moves in a sheet, in rows and columns. */
const ARROWS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
});

/**
 * @param {Element} surface with the heat maps
 * @param {SVGGElement} layer over them
 * @param {() => { drawing?: Drawing, frame?: Frame }} look
 * @param {(cell: Cell | undefined, sheet?: number) => void} tell
 */
export function createCells(surface, layer, look, tell) {
  /** @type {Cell | undefined} */
  let current;

  /** @param {Cell | undefined} cell */
  function onCell(cell) {
    const shape = cell && look().drawing?.marks.get(cell.id)?.figure.node.value.shape;
    tell(cell, cell && shape && Math.floor(cell.place / sizeOf(shape.slice(-2))));
  }

  /** @param {PointerEvent} event @param {boolean} pinned */
  function point(event, pinned) {
    const map = event.target instanceof Element ? event.target.closest("g.map") : null;
    const id = map?.closest("[data-node]")?.getAttribute("data-node") ?? "";
    const mark = look().drawing?.marks.get(id);
    const grid = mark?.figure.value.grid;
    if (!(map instanceof SVGGElement) || !mark || !grid) {
      if (current && (pinned || !current.pinned)) onCell(undefined);
      return;
    }
    const matrix = map.getScreenCTM()?.inverse();
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    const row = within(Math.floor((y / grid.height) * grid.rows), grid.rows);
    const column = within(Math.floor((x / grid.width) * grid.columns), grid.columns);
    const place = placeAt(mark, mark.sheet, row, column);
    const role = map.classList.contains("gradient") ? "gradient" : "value";
    if (current?.pinned && !pinned) return;
    if (pinned || current?.id !== id || current.role !== role || current.place !== place)
      onCell({ id, role, place, pinned });
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const focus = event.target instanceof Element ? event.target.getAttribute("data-node") : "";
    const mark = look().drawing?.marks.get(focus ?? "");
    const grid = mark?.figure.value.grid;
    if (!mark || !grid) return;
    if (!current?.pinned || current.id !== focus) return;
    const next = moved(current, event.key, mark, grid);
    if (next === current && !(event.key in ARROWS)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    onCell(next && { ...next, keys: true });
  }

  /** @param {string} id the first cell of this node is looked at */
  function open(id) {
    const mark = look().drawing?.marks.get(id);
    if (!mark?.figure.value.grid) return;
    onCell({ id, role: "value", place: placeAt(mark, mark.sheet, 0, 0), pinned: true, keys: true });
  }

  /** @param {Event} event */
  const leave = ({ type }) => {
    if (current && (type === "focusout" ? current.keys : !current.pinned)) onCell(undefined);
  };
  const stop = new AbortController();
  const { signal } = stop;
  surface.addEventListener(
    "pointermove",
    (event) => {
      const { pointerType, buttons } = /** @type {PointerEvent} */ (event);
      if (pointerType === "mouse" && buttons === 0)
        point(/** @type {PointerEvent} */ (event), false);
    },
    { signal },
  );
  surface.addEventListener("click", (event) => point(/** @type {PointerEvent} */ (event), true), {
    signal,
  });
  surface.addEventListener("pointerleave", leave, { signal });
  surface.addEventListener("focusout", leave, { signal });
  surface.addEventListener("keydown", (event) => press(/** @type {KeyboardEvent} */ (event)), {
    signal,
    capture: true,
  });

  return {
    point,
    open,
    /** @param {Cell | undefined} cell */
    show(cell) {
      current = cell;
      layer.replaceChildren();
      const { drawing, frame } = look();
      if (!cell || !drawing || !frame) return;
      draw(layer, drawing, frame, cell);
    },
    destroy: () => stop.abort(),
  };
}

/**
 * @param {SVGGElement} layer
 * @param {Drawing} drawing
 * @param {Frame} frame
 * @param {Cell} cell
 */
function draw(layer, { picture, marks }, { nodes }, cell) {
  const known = nodes[cell.id]?.[cell.role === "value" ? "valueKnown" : "gradientKnown"];
  const { trace } = picture;
  const link = known
    ? linkOf("whole" in trace ? /** @type {View} */ (trace).whole : trace, cell)
    : undefined;
  for (const { node, role, places } of link?.factors ?? []) {
    const mark = node && marks.get(node.id);
    if (mark && role !== "local") outline(layer, mark, role, new Set(places), "lit");
  }
  const mark = marks.get(cell.id);
  if (!mark) return;
  for (const role of /** @type {const} */ (["value", "gradient"]))
    if (nodes[cell.id]?.[`${role}Sized`])
      outline(layer, mark, role, new Set([cell.place]), role === cell.role ? "cell" : "cell twin");
}

/**
 * A line around each stretch of cells in a row that belong together; whole columns come out as one box.
 * @param {SVGGElement} layer
 * @param {Mark} mark
 * @param {"value" | "gradient"} role
 * @param {Set<number>} places
 * @param {string} className
 */
function outline(layer, mark, role, places, className) {
  const slot = mark.figure[role];
  if (!slot.grid) return;
  const { rows, columns, width, height } = slot.grid;
  const [w, h] = [width / columns, height / rows];
  const isIn = (/** @type {number} */ row, /** @type {number} */ column) =>
    row >= 0 &&
    column >= 0 &&
    row < rows &&
    column < columns &&
    places.has(placeAt(mark, mark.sheet, row, column));
  let d = "";
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      if (!isIn(row, column)) continue;
      const [x, y] = [column * w, row * h];
      if (!isIn(row - 1, column)) d += `M${x},${y}h${w}`;
      if (!isIn(row + 1, column)) d += `M${x},${y + h}h${w}`;
      if (!isIn(row, column - 1)) d += `M${x},${y}v${h}`;
      if (!isIn(row, column + 1)) d += `M${x + w},${y}v${h}`;
    }
  if (!d) return;
  const at = { transform: `translate(${mark.origin.x + slot.x},${mark.origin.y + slot.y})` };
  const group = svg("g", { class: className, ...at }, layer);
  svg("path", { class: "halo", d }, group);
  svg("path", { d }, group);
}

/**
 * @param {Mark} mark
 * @param {number} sheet
 * @param {number} row
 * @param {number} column
 * @returns {number} the cell's place in the whole tensor, the last axis fastest
 */
function placeAt({ figure }, sheet, row, column) {
  const [high, wide] = sheetSize(figure.node.value.shape);
  return (sheet * high + row) * wide + column;
}

/** @param {number[]} shape @returns {[number, number]} rows and columns of a slice */
const sheetSize = (shape) => [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];

/**
 * @param {Cell} cell
 * @param {string} key
 * @param {Mark} mark
 * @param {Grid} grid
 * @returns {Cell | undefined} the same where the key does nothing here, undefined to leave
 */
function moved(cell, key, mark, grid) {
  if (key === "Escape") return undefined;
  if (key === "Enter") return { ...cell, role: cell.role === "value" ? "gradient" : "value" };
  const { shape } = mark.figure.node.value;
  const [high, wide] = sheetSize(shape);
  const column = cell.place % wide;
  const row = Math.floor(cell.place / wide) % high;
  const first = cell.place - column;
  if (key === "Home") return { ...cell, place: first };
  if (key === "End") return { ...cell, place: first + grid.columns - 1 };
  if (!(key in ARROWS)) return cell;
  const [down, right] = ARROWS[key];
  const [toRow, toColumn] = [row + down, column + right];
  if (toColumn < 0 || toColumn >= grid.columns) return cell;
  if (toRow >= 0 && toRow < grid.rows) return { ...cell, place: cell.place + down * wide + right };
  // Past a sheet's edge lies the next sheet.
  const sheet = mark.sheet + down;
  if (sheet < 0 || sheet >= sheetsOf(mark.figure.node.value)) return cell;
  return { ...cell, place: placeAt(mark, sheet, down > 0 ? 0 : grid.rows - 1, column) };
}

/** @param {number} i @param {number} count */
const within = (i, count) => Math.max(0, Math.min(count - 1, i));
