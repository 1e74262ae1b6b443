/**
 * The page of /worksheet: a circuit to be filled in by pencil, or its key. What a blank page asks the engine for is
 * held by this script alone: no answer is ever put into the page.
 */

import { createApi } from "../api.js";
import { svg } from "../circuit/text.js";
import { DASH, formatShape, formatShort } from "../format.js";
import { PLAIN } from "../look.js";
import { byId, h, nameOf } from "../panels/dom.js";
import { boardOnPaper } from "../sharing/paper.js";
import { stillOf } from "../sharing/still.js";
import { frameAt } from "../timeline.js";
import { current, linkTo } from "../url.js";

/** @import { Example } from "../state.js" */
/** @import { Frame, Nested, Numeric, Tensor, Trace, TraceNode } from "../types.d.ts" */

/** Rows and columns of a matrix that are written out. */
const MOST = 6;

/** Names that stand side by side. */
const MOST_ACROSS = 9;

/** A box to write a number into: how tall beside a line of text, and how wide beside its height. */
const BOX = { tall: 0.9, wide: 2.6 };

/** A link longer than this is not printed; the program stands above. */
const LONGEST_LINK = 240;

/** @type {Example} */
const example = JSON.parse(byId("first-example").textContent ?? "");
const isKey = document.querySelector("main")?.dataset.key === "yes";

// Ink on paper, whatever the screen is like.
document.documentElement.dataset.theme = "light";
delete document.documentElement.dataset.restoring;

async function open() {
  const place = await current();
  const own = place.source === undefined;
  const source = place.source ?? example.source;
  const inputs = place.inputs ?? (own ? example.inputs : {});
  const { output, wrt } = own ? example : {};
  const { call } = createApi(() => {});
  const { answer, problem, offline } = await call("/api/graph", { source, inputs, output, wrt });
  byId("program").textContent = source;
  if (!own) byId("title").textContent = `${isKey ? "Key: " : ""}Your function`;
  await address(place);
  if (answer) await fill(/** @type {Trace} */ (answer));
  else
    byId("said").textContent = offline
      ? "Offline: the circuit must be asked for."
      : (problem?.detail ?? "");
}

/**
 * The page's own link in its foot, the other page's in its bar, and the way back to the board.
 * @param {Awaited<ReturnType<typeof current>>} place
 */
async function address(place) {
  /** @type {HTMLAnchorElement} */
  const link = byId("link");
  link.href = document.URL;
  link.textContent =
    document.URL.length > LONGEST_LINK ? new URL("/worksheet", document.URL).href : document.URL;
  const { hash } = new URL(document.URL);
  /** @type {HTMLAnchorElement} */
  const other = byId("other");
  if (hash) other.href += hash;
  /** @type {HTMLAnchorElement} */
  const back = byId("back");
  back.href = await linkTo({ source: example.source, inputs: example.inputs, ...place });
}

/** @param {Trace} trace */
async function fill(trace) {
  const stage = byId("stage");
  const board = boardOnPaper(stage);
  await board.setTrace(trace, ["+*"]);
  board.show(isKey ? atRest(trace) : frameAt(trace, 0, PLAIN.detail), { animate: false });
  const still = await stillOf(stage);
  stage.replaceChildren();
  byId("circuit").append(still);
  still.setAttribute("aria-hidden", "true");
  if (!isKey) boxed(still);
  byId("answers").replaceChildren(tableOf(trace));
  byId("circuit").dataset.drawn = "yes";
}

/**
 * All that the pass has found, and nothing of the step that found it last.
 * @param {Trace} trace
 * @returns {Frame}
 */
function atRest(trace) {
  const frame = frameAt(trace, trace.steps.length - 1, PLAIN.detail);
  const quiet = { active: false, used: false, lands: null, adds: false };
  const nodes = Object.entries(frame.nodes).map(([id, node]) => [id, { ...node, ...quiet }]);
  const edges = Object.entries(frame.edges).map(([id, edge]) => [
    id,
    { ...edge, active: false, localShown: false },
  ]);
  return { ...frame, nodes: Object.fromEntries(nodes), edges: Object.fromEntries(edges) };
}

/**
 * A box in the place of each dash.
 * @param {SVGSVGElement} still in the document, so that texts have a size
 */
function boxed(still) {
  for (const text of still.querySelectorAll("text")) {
    if (text.textContent !== DASH) continue;
    const { x, y, width, height } = text.getBBox();
    const tall = height * BOX.tall;
    const wide = tall * BOX.wide;
    const corner = { x: x + (width - wide) / 2, y: y + (height - tall) / 2 };
    const box = svg("rect", { ...corner, width: wide, height: tall, rx: 3, class: "box" });
    text.replaceWith(box);
  }
}

/**
 * Every name with its value and its gradient: a row a name, or a column where all are numbers and few.
 * @param {Trace} trace
 */
function tableOf({ nodes, output }) {
  const named = nodes.filter(({ kind }) => kind !== "constant");
  const last = nodes.find(({ id }) => id === output)?.label ?? "";
  const heads = named.map(({ label }) => h("th", { scope: "col" }, nameOf(label)));
  const value = () => h("th", { scope: "col" }, "value");
  const gradient = () => h("th", { scope: "col" }, "gradient of ", nameOf(last));
  if (named.length <= MOST_ACROSS && named.every((node) => node.value.shape.length === 0)) {
    const rows = [value(), gradient()].map((head, i) => {
      head.scope = "row";
      return h("tr", {}, head, ...named.map((node) => filled(node)[i]));
    });
    return h("table", {}, h("tbody", {}, h("tr", {}, h("td", {}), ...heads), ...rows));
  }
  const rows = named.map((node) => {
    const name = h("th", { scope: "row" }, nameOf(node.label));
    return h("tr", {}, name, h("td", {}, sizeOf(node)), ...filled(node));
  });
  const head = [h("th", { scope: "col" }, "name"), h("th", { scope: "col" }, "shape")];
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...head, value(), gradient())),
    h("tbody", {}, ...rows),
  );
}

/** @param {TraceNode} node */
const sizeOf = ({ value: { shape } }) => (shape.length ? formatShape(shape) : "number");

/** @param {TraceNode} node its value, which of an input is given, and its gradient */
function filled({ kind, label, value, upstream }) {
  const given = kind === "input";
  return [
    h(
      "td",
      { class: given ? "given" : "answer", "data-of": label },
      cellsOf(value, given || isKey),
    ),
    h(
      "td",
      { class: "answer", "data-of": `d${label}` },
      upstream ? cellsOf(upstream, isKey) : "not needed",
    ),
  ];
}

/**
 * A number or a matrix, or its empty boxes.
 * @param {Tensor} tensor
 * @param {boolean} shown
 */
function cellsOf({ shape, data }, shown) {
  if (shape.length > 2 || shape.some((size) => size > MOST))
    return shown ? "too large to print" : "on a sheet of your own";
  const columns = shape[shape.length - 1] ?? 1;
  const flat = /** @type {Numeric[]} */ ([/** @type {Nested} */ (data)].flat(/** @type {1} */ (9)));
  const rows = shape.length === 2 ? shape[0] : 1;
  return h(
    "span",
    { class: "grid" },
    ...Array.from({ length: rows }, (_, i) =>
      h(
        "span",
        { class: "grid-row" },
        ...Array.from({ length: columns }, (_, j) =>
          h("span", { class: "grid-cell" }, shown ? formatShort(flat[i * columns + j]) : ""),
        ),
      ),
    ),
  );
}

byId("print").addEventListener("click", () => print());
void open();
