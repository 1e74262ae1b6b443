/**
 * The entries of one tensor as fields: at most six rows and columns are there at a time, a window that is moved over the
 * rest by its buttons, by the wheel, and by the arrows beyond its edges.
 */

import { h } from "./dom.js";

/** @import { Nested, Tensor } from "../types.d.ts" */
/** @import { Numbers } from "./pasting.js" */

/** Rows and columns that still fit the column; beside heads there is room for fewer columns. */
export const MOST = 6;
const BESIDE_HEADS = 5;

/** Requests are refused from 64 kB on: beyond this many letters entries are sent with 6 digits. */
const LONG = 40_000;

/**
 * How the entries lie: rows of columns, and a sheet for each place along the axes before those. A long list is broken
 * into rows.
 * @param {number[]} shape
 */
export function layOf(shape) {
  const [height = 1, width] = shape.length < 2 ? [1, shape[0]] : shape.slice(-2);
  const size = shape.reduce((product, n) => product * n, 1);
  const broken = shape.length === 1 && width > MOST;
  return {
    width: broken ? BESIDE_HEADS : width,
    height: broken ? Math.ceil(width / BESIDE_HEADS) : height,
    sheets: size / (height * width),
    size,
  };
}

/**
 * The indices of a flat place.
 * @param {number} at
 * @param {number[]} shape
 */
export function indicesOf(at, shape) {
  /** @type {number[]} */
  const indices = [];
  for (const n of shape.toReversed()) {
    indices.unshift(at % n);
    at = Math.floor(at / n);
  }
  return indices;
}

/**
 * A flat list as a nested one.
 * @param {number[]} flat
 * @param {number[]} shape
 * @returns {Numbers[]}
 */
export function nest(flat, shape) {
  /** @type {Numbers[]} */
  let rows = flat;
  for (const n of shape.slice(1).toReversed())
    rows = Array.from({ length: rows.length / n }, (_, i) => rows.slice(i * n, (i + 1) * n));
  return rows;
}

/** @param {number} x */
const exact = (x) => String(Number(x.toPrecision(6)));

/**
 * A number as a narrow field shows it while nobody writes there.
 * @param {number} x
 */
export function short(x) {
  const size = Math.abs(x);
  if (exact(x).length <= 5 || size >= 1000 || !Number.isFinite(x)) return exact(x);
  return String(Number(size < 0.01 ? x.toPrecision(1) : x.toFixed(size < 10 ? 2 : 1)));
}

/**
 * @param {string} name of the tensor
 * @param {(numbers: Numbers[]) => void} give all entries, one of them changed
 */
export function createFields(name, give) {
  const table = h("div", { class: "grid" });
  const pagers = h("div", { class: "pagers" });
  const element = h("div", {}, table, pagers);
  /** @type {number[]} */
  let shape = [];
  /** @type {number[]} */
  let flat = [];
  let lay = layOf([1]);
  /** @type {HTMLInputElement[][]} */
  let fields = [];
  /** Where the window begins. */
  const start = { sheet: 0, row: 0, column: 0 };
  const isLarge = () => lay.height > MOST || lay.width > MOST;
  const showing = () => ({
    rows: Math.min(MOST, lay.height),
    columns: Math.min(isLarge() ? BESIDE_HEADS : MOST, lay.width),
  });

  /** @param {number} row @param {number} column both in the window @returns {number} flat */
  const placeOf = (row, column) =>
    (start.sheet * lay.height + start.row + row) * lay.width + start.column + column;

  /** @param {HTMLInputElement} field @returns {[number, number]} */
  function whereIs(field) {
    const row = fields.findIndex((each) => each.includes(field));
    return [row, fields[row]?.indexOf(field) ?? -1];
  }

  table.addEventListener("input", ({ target }) => {
    const field = /** @type {HTMLInputElement} */ (target);
    if (!Number.isFinite(field.valueAsNumber)) return;
    flat[placeOf(...whereIs(field))] = field.valueAsNumber;
    if (!flat.every(Number.isFinite)) return;
    const long = JSON.stringify(flat).length > LONG;
    give(nest(long ? flat.map((x) => Number(x.toPrecision(6))) : flat, shape));
  });
  table.addEventListener("focusin", ({ target }) => {
    const field = /** @type {HTMLInputElement} */ (target);
    field.value = exact(flat[placeOf(...whereIs(field))]);
  });
  table.addEventListener("focusout", () => write());
  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1, PageUp: -MOST, PageDown: MOST }[event.key];
    const [row, column] = whereIs(/** @type {HTMLInputElement} */ (event.target));
    if (!step || row < 0) return;
    event.preventDefault();
    const next = fields[row + step]?.[column];
    if (next && !next.hidden) return next.focus();
    if (move({ row: start.row + step })) renew(fields[row][column]);
  });
  table.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || !move({ row: start.row + Math.sign(event.deltaY) })) return;
      event.preventDefault();
    },
    { passive: false },
  );

  /** The same field is another entry now: readers shall hear which. @param {HTMLInputElement} field */
  function renew(field) {
    field.blur();
    field.focus();
  }

  /**
   * @param {Partial<typeof start>} to
   * @returns {boolean} whether it is another place
   */
  function move(to) {
    const { rows, columns } = showing();
    const most = { sheet: lay.sheets - 1, row: lay.height - rows, column: lay.width - columns };
    const before = JSON.stringify(start);
    for (const [axis, place] of Object.entries({ ...start, ...to })) {
      const key = /** @type {keyof typeof start} */ (axis);
      start[key] = Math.max(0, Math.min(place, most[key]));
    }
    if (JSON.stringify(start) === before) return false;
    write(true);
    return true;
  }

  function build() {
    const { rows, columns } = showing();
    const large = isLarge();
    fields = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => h("input", { type: "number", step: "any" })),
    );
    /** @param {string} kind */
    const head = (kind) => h("span", { class: `grid-head ${kind}`, "aria-hidden": "true" });
    const heads = large
      ? [h("div", { class: "grid-row" }, head("corner"), ...fields[0].map(() => head("column")))]
      : [];
    table.replaceChildren(
      ...heads,
      ...fields.map((row) =>
        h("div", { class: "grid-row" }, ...(large ? [head("row")] : []), ...row),
      ),
    );
    table.classList.toggle("headed", large);
    pagers.replaceChildren(
      ...pager("sheet", 1, lay.sheets),
      ...pager("row", rows, lay.height),
      ...pager("column", columns, lay.width),
    );
  }

  /**
   * Nothing where all is in sight.
   * @param {keyof typeof start} axis
   * @param {number} shown
   * @param {number} all
   */
  function pager(axis, shown, all) {
    if (all <= shown) return [];
    const turn = /** @type {(sign: 1 | -1, word: string, text: string) => HTMLElement} */ (
      (sign, word, text) => {
        const label = `${word} ${axis}s of ${name}`;
        const click = () => move({ [axis]: start[axis] + sign * shown });
        return h("button", { type: "button", "aria-label": label, title: label, click }, text);
      }
    );
    const place = h("span", { "data-axis": axis });
    return [h("div", { class: "pager" }, turn(-1, "Previous", "‹"), place, turn(1, "Next", "›"))];
  }

  /** @param {boolean} [moved] the field that is being written in is another entry now */
  function write(moved = false) {
    const { rows, columns } = showing();
    for (const [i, row] of fields.entries())
      for (const [j, field] of row.entries()) {
        const at = placeOf(i, j);
        // The last row of a broken list.
        field.hidden = at >= lay.size;
        if (field.hidden) continue;
        field.setAttribute("aria-label", `${name}[${indicesOf(at, shape).join(", ")}]`);
        const writing = document.activeElement === field;
        if (moved || !writing) field.value = writing ? exact(flat[at]) : short(flat[at]);
        field.title = exact(flat[at]);
      }
    const flatly = shape.length === 1;
    for (const [i, head] of table.querySelectorAll(".grid-head.row").entries())
      head.textContent = String((start.row + i) * (flatly ? lay.width : 1));
    for (const [j, head] of table.querySelectorAll(".grid-head.column").entries())
      head.textContent = flatly ? `+${j}` : String(start.column + j);
    const shown = { sheet: 1, row: rows, column: columns };
    const all = { sheet: lay.sheets, row: lay.height, column: lay.width };
    for (const place of pagers.querySelectorAll("[data-axis]")) {
      const axis = /** @type {keyof typeof start} */ (place.getAttribute("data-axis"));
      const [first, last] = [start[axis], start[axis] + shown[axis] - 1];
      const range = last > first ? `${first}–${last}` : String(first);
      place.textContent = `${axis}${last > first ? "s" : ""} ${range} of ${all[axis]}`;
    }
  }

  return {
    element,
    /** The entries as rows, for those who add and remove some. */
    rows: () => /** @type {number[][]} */ (shape.length === 1 ? [flat] : nest(flat, shape)),
    /**
     * @param {Tensor} tensor
     * @returns {boolean} whether its entries are there to be shown
     */
    show({ shape: sizes, data }) {
      element.hidden = data === null || sizes.length === 0 || sizes.includes(0);
      if (element.hidden) return false;
      const same = sizes.join() === shape.join();
      shape = sizes;
      lay = layOf(shape);
      flat = /** @type {Nested[]} */ (data).flat(/** @type {1} */ (shape.length)).map(Number);
      if (!same) {
        build();
        move({});
      }
      write();
      return true;
    },
  };
}
