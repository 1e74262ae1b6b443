/** diag(slopes) · g beside slopes ⊙ g: the diagonal lies down into a vector, and the product is the same. */

import { cellText, strength } from "../circuit/grid.js";
import { svg } from "../circuit/text.js";
import { h } from "../panels/dom.js";

/** @import { Numeric } from "../types.d.ts" */

const WIDTH = 352;
const SIGN = 26;
const CAPTION = 20;
/** More entries than this would be specks. */
export const MOST = 24;

/**
 * @param {Numeric[]} slopes
 * @param {Numeric[]} upstream
 * @param {Numeric[]} product as the engine says
 * @returns {HTMLElement}
 */
export function drawHadamard(slopes, upstream, product) {
  const count = slopes.length;
  const cell = Math.min(34, (WIDTH - 2 * SIGN - 4) / (count + 2));
  const wide = count * cell;
  const scale = (/** @type {Numeric[]} */ numbers) =>
    Math.max(...numbers.map((x) => Math.abs(Number(x))).filter(Number.isFinite), 0) || 1;
  const height = CAPTION + wide + 2;
  const picture = svg("svg", {
    viewBox: `-1 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    role: "img",
    "aria-label":
      "A diagonal matrix times the upstream gradient, and the same as an entry by entry product",
  });
  svg("rect", { class: "ground square", x: 0, y: CAPTION, width: wide, height: wide }, picture);

  /**
   * @param {Numeric} value
   * @param {number} most
   * @param {number} x
   * @param {number} row
   * @param {string} role
   */
  function entry(value, most, x, row, role) {
    const group = svg("g", { class: `cell ${role}` }, picture);
    group.style.transform = `translate(${x}px, ${CAPTION + row * cell}px)`;
    const power = strength(value, most);
    const sign = Number(value) < 0 ? "negative" : "positive";
    svg("rect", { class: "under", x: 0.5, y: 0.5, width: cell - 1, height: cell - 1 }, group);
    svg(
      "rect",
      {
        class: `entry ${sign}`,
        x: 0.75,
        y: 0.75,
        width: cell - 1.5,
        height: cell - 1.5,
        "fill-opacity": power.toFixed(3),
      },
      group,
    );
    if (cell >= 27)
      svg(
        "text",
        {
          class: power > 0.62 ? "strong" : "",
          x: cell / 2,
          y: cell / 2 + 4,
          "text-anchor": "middle",
        },
        group,
      ).textContent = cellText(value);
    return group;
  }

  const column = wide + SIGN;
  const last = column + cell + SIGN;
  const most = [slopes, upstream, product].map(scale);
  const diagonal = slopes.map((value, i) => entry(value, most[0], i * cell, i, "slope"));
  for (const [i, value] of upstream.entries()) entry(value, most[1], column, i, "upstream");
  for (const [i, value] of product.entries()) entry(value, most[2], last, i, "product");
  svg(
    "rect",
    { class: "result", x: last - 2, y: CAPTION - 2, width: cell + 4, height: wide + 4 },
    picture,
  );
  const middle = CAPTION + wide / 2 + 6;
  /** @param {string} text @param {number} x @param {number} y */
  const label = (text, x, y) => {
    const element = svg("text", { class: "label", x, y, "text-anchor": "middle" }, picture);
    element.textContent = text;
    return element;
  };
  const sign = label("·", wide + SIGN / 2, middle);
  label("=", column + cell + SIGN / 2, middle);
  label("g", column + cell / 2, 14);

  const words = h("p", { class: "hadamard-words", role: "status" });
  const toggle = h("button", { type: "button", "aria-pressed": "false" }, "as Hadamard");
  let lying = false;
  function show() {
    picture.classList.toggle("lying", lying);
    for (const [i, group] of diagonal.entries())
      group.style.transform = `translate(${(lying ? count - 1 : i) * cell}px, ${CAPTION + i * cell}px)`;
    sign.textContent = lying ? "⊙" : "·";
    toggle.setAttribute("aria-pressed", String(lying));
    const [full, few] = [count * count, count].map((x) => x.toLocaleString("en"));
    words.textContent = lying
      ? `The same result from ${few} products instead of ${full}: ${(count * count - count).toLocaleString("en")} multiplications by zero saved.`
      : `Every row of the matrix times g: ${full} products, of which ${(count * count - count).toLocaleString("en")} are by a zero.`;
  }
  toggle.addEventListener("click", () => {
    lying = !lying;
    show();
  });
  show();
  return h(
    "div",
    { class: "hadamard" },
    h("div", { class: "view-tools" }, h("h2", {}, "diag(slopes) · g  ⇔  slopes ⊙ g"), toggle),
    picture,
    words,
  );
}
