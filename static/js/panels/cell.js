/** One cell of a tensor in the Now strip: its value and gradient to the last digit, and what makes it. Loaded on first use. */

import { linkOf, numbersOf } from "../circuit/cells/links.js";
import { indexOfPlace, sizeOf } from "../circuit/cells/places.js";
import { sheetsOf } from "../circuit/grid.js";
import { DASH, formatFull, formatNumber } from "../format.js";
import { timelineOf } from "../timeline.js";
import { byId, h, sentence } from "./dom.js";
import { applied, bracketed, short } from "./equation.js";
import { legendOf } from "./legend.js";
import { drawEquation } from "./now.js";

/** @import { Page } from "../state.js" */
/** @import { Cell, Frame, Numeric, Tensor, TraceNode } from "../types.d.ts" */
/** @import { Factor, Link } from "../circuit/types.d.ts" */
/** @import { Part } from "./equation.js" */

/** Terms written out; more of them are an ellipsis. */
const MOST = 4;

/** Letters that an index runs over. */
const LETTERS = ["k", "l", "m", "n"];

/**
 * @param {(cell: Cell | undefined, sheet?: number) => void} read
 * @returns {(page: Page, frame: Frame) => void}
 */
export function createCell(read) {
  const where = h("p", { class: "now-where" });
  const digits = h("div", { class: "cell-digits" });
  const rule = h("div", { class: "cell-rule" });
  const equation = h("div", { class: "equation", role: "math" });
  const pages = h("div", { class: "cell-pages" });
  const panel = h(
    "div",
    { class: "cell", hidden: true },
    h("div", { class: "cell-words" }, where, digits),
    h("div", { class: "cell-middle" }, rule, equation),
    pages,
  );
  byId("now").append(panel);

  return ({ cell, trace, sheets }, frame) => {
    const node = cell && timelineOf(trace).nodes.get(cell.id);
    panel.hidden = !node;
    byId("now").classList.toggle("reading", Boolean(node));
    if (!cell || !node) return;
    const names = new Set(trace.nodes.flatMap(({ label }) => [label, `d${label}`]));
    const isName = /** @param {string} word */ (word) => names.has(word);
    const state = frame.nodes[node.id];
    const lines = readings(node, cell.place, state);
    const known = cell.role === "value" ? state.valueKnown : state.gradientKnown;
    const link = known ? linkOf(trace, cell) : undefined;
    where.textContent = `cell · ${cell.role}`;
    digits.replaceChildren(
      ...lines.map(([role, text]) =>
        h("p", { class: role === cell.role ? `${role} asked` : role }, ...sentence(text, isName)),
      ),
    );
    rule.replaceChildren(...sentence(link ? ruleOf(node, cell, link) : "", isName));
    const parts = link ? partsOf(node, cell, link) : [];
    drawEquation(equation, parts, { names, axes: new Set() });
    pages.replaceChildren(
      ...pagesOf(node, cell, sheets[node.id] ?? 0, read),
      legendOf(trace, cell.role),
    );
    if (cell.keys) byId("spoken").textContent = lines.map(([, text]) => text).join(", ");
  };
}

/**
 * @param {TraceNode} node
 * @param {number} place
 * @param {{ valueKnown: boolean, gradientKnown: boolean }} state
 * @returns {["value" | "gradient", string][]}
 */
function readings(node, place, { valueKnown, gradientKnown }) {
  const text = (/** @type {Tensor | null} */ tensor, /** @type {boolean} */ known) => {
    const numbers = known ? numbersOf(tensor) : undefined;
    if (numbers) return formatFull(numbers[place]);
    return known && tensor ? "not sent: too many numbers" : DASH;
  };
  const index = indexOfPlace(place, node.value.shape).join(", ");
  const value = `${nameOf(node, "value")}[${index}] = ${text(node.value, valueKnown)}`;
  if (!node.upstream) return [["value", value]];
  return [
    ["value", value],
    ["gradient", `${nameOf(node, "gradient")}[${index}] = ${text(node.upstream, gradientKnown)}`],
  ];
}

/**
 * @param {TraceNode} node
 * @param {"value" | "gradient"} role
 */
function nameOf({ label }, role) {
  const name = /^[\p{L}_]\w*$/u.test(label) ? label : `(${short(label)})`;
  return role === "gradient" ? `d${name}` : name;
}

/**
 * What makes the cell, with letters for the indices that run: dW[1, 2] = Σₖ X[k, 1] · dY[k, 2].
 * @param {TraceNode} node
 * @param {Cell} cell
 * @param {Link} link
 * @returns {string}
 */
function ruleOf(node, { role, place }, { how, factors }) {
  const shape = node.value.shape;
  const made = `${nameOf(node, role)}[${indexOfPlace(place, shape).join(", ")}]`;
  if (how === "add") return `${made} = the sum of its ${factors.length} uses`;
  const named = factors.map(symbolOf);
  const letters = [...new Set(named.flatMap(({ letters }) => letters))].join(" ");
  const texts = named.map(({ text }) => text);
  if (how === "apply") return `${made} from ${texts.join(", ")}`;
  return `${made} = ${letters ? `Σ over ${letters}: ` : ""}${texts.join(" · ")}`;
}

/**
 * @param {Factor} factor
 * @returns {{ text: string, letters: string[] }}
 */
function symbolOf({ node, role, places }) {
  if (!node || role === "local") return { text: "slope", letters: [] };
  const name = nameOf(node, role);
  const { shape } = node.value;
  if (shape.length === 0) return { text: name, letters: [] };
  const indices = places.map((place) => indexOfPlace(place, shape));
  /** @type {string[]} */
  const letters = [];
  const index = shape.map((_, axis) => {
    const runs = new Set(indices.map((one) => one[axis]));
    if (runs.size === 1) return String(indices[0][axis]);
    letters.push(LETTERS[letters.length % LETTERS.length]);
    return letters[letters.length - 1];
  });
  return { text: `${name}[${index.join(", ")}]`, letters };
}

/**
 * The same in numbers.
 * @param {TraceNode} node
 * @param {Cell} cell
 * @param {Link} link
 * @returns {Part[]}
 */
function partsOf(node, { role, place }, { how, factors }) {
  const total = numbersOf(role === "value" ? node.value : node.upstream)?.[place];
  if (total === undefined || factors.some(({ numbers }) => numbers.length === 0)) return [];
  const result = [sign("="), numberPart(total, role, "")];
  if (how === "add")
    return [
      ...joined(
        factors.map((factor) => [
          numberPart(factor.numbers[0], "gradient", `from ${factor.node?.label ?? ""}`),
        ]),
      ),
      ...result,
    ];
  if (how === "apply") {
    const args = factors.map((factor) =>
      factor.numbers.length === 1
        ? numberPart(factor.numbers[0], factor.role, entry(factor, 0))
        : { tone: /** @type {const} */ ("forward"), text: symbolOf(factor).text },
    );
    return [...applied(node.symbol, args), ...result];
  }
  const count = Math.max(...factors.map(({ numbers }) => numbers.length));
  const terms = Array.from({ length: count }, (_, term) =>
    factors.flatMap((factor, i) => [
      ...(i ? [sign("·")] : []),
      ...negative(i, numberPart(factor.numbers[term], factor.role, entry(factor, term))),
    ]),
  );
  return [...joined(terms), ...result];
}

/**
 * @param {Factor} factor
 * @param {number} term
 */
function entry({ node, role, places }, term) {
  if (!node || role === "local") return "slope";
  const { shape } = node.value;
  const index = indexOfPlace(places[term], shape);
  return shape.length ? `${nameOf(node, role)}[${index.join(", ")}]` : nameOf(node, role);
}

/**
 * @param {Part[][]} terms
 * @returns {Part[]} a + b + … + z
 */
function joined(terms) {
  const shown =
    terms.length > MOST
      ? [...terms.slice(0, MOST - 2), [sign("…")], terms[terms.length - 1]]
      : terms;
  return shown.flatMap(([first, ...rest], i) =>
    i ? [sign("+"), ...bracketed(first), ...rest] : [first, ...rest],
  );
}

/** @param {number} i @param {Part} part @returns {Part[]} in brackets behind a sign */
const negative = (i, part) => (i ? bracketed(part) : [part]);

/** @param {string} text @returns {Part} */
const sign = (text) => ({ tone: "sign", text });

/**
 * @param {Numeric} number
 * @param {Factor["role"]} role
 * @param {string} caption
 * @returns {Part}
 */
function numberPart(number, role, caption) {
  const tone = /** @type {const} */ ({ value: "forward", gradient: "gradient", local: "local" })[
    role
  ];
  return { tone, text: formatNumber(number), caption };
}

/**
 * Turns the sheets of a tensor with more than two axes.
 * @param {TraceNode} node
 * @param {Cell} cell
 * @param {number} sheet
 * @param {(cell: Cell | undefined, sheet?: number) => void} read
 */
function pagesOf({ value }, cell, sheet, read) {
  const count = sheetsOf(value);
  const { shape } = value;
  if (value.data === null) return [h("p", {}, `only the corner of ${shape.join(" × ")} is shown`)];
  if (count < 2) return [];
  const size = sizeOf(shape.slice(-2));
  const turn = (/** @type {number} */ delta) => {
    const next = (sheet + delta + count) % count;
    read({ ...cell, place: (cell.place % size) + next * size, pinned: true, keys: false }, next);
  };
  const leading = indexOfPlace(sheet, shape.slice(0, -2)).join(", ");
  return [
    h("button", { type: "button", "aria-label": "Previous sheet", click: () => turn(-1) }, "‹"),
    h("span", {}, `sheet [${leading}, :, :] of ${count}`),
    h("button", { type: "button", "aria-label": "Next sheet", click: () => turn(1) }, "›"),
  ];
}
