/** The Jacobian between two nodes: its real entries up to 32 × 32, beyond that what its structure says of them. */

import { svg } from "../circuit/text.js";
import { formatFull, formatNumber } from "../format.js";
import { partsOf } from "../look.js";
import { h, nameOf } from "../panels/dom.js";
import { timelineOf } from "../timeline.js";
import { flatOf, pairOf, placeOf, STRUCTURES, sizeOf } from "./entries.js";
import { drawHadamard, MOST as MOST_LYING } from "./hadamard.js";
import { drawHeat } from "./heat.js";
import { createQuestion } from "./question.js";

/** @import { Host, Page } from "../state.js" */
/** @import { TraceNode } from "../types.d.ts" */
/** @import { View } from "./column.js" */
/** @import { Jacobian } from "./entries.js" */

/** Rows and columns that are drawn; the engine writes out a few more. */
const MOST = 32;

/** @param {Host} host @returns {View} */
export function createJacobian(host) {
  const of = h("select", { "aria-label": "Jacobian of" });
  const wrt = h("select", { "aria-label": "with respect to" });
  const follow = h("button", { type: "button" }, "Follow the step");
  follow.addEventListener("click", () => host.look({ view: "jacobian" }));
  for (const select of [of, wrt])
    select.addEventListener("change", () =>
      host.look({ view: `jacobian.${of.value}.${wrt.value}` }),
    );

  /** The entry that is read, as long as the same two nodes are looked at. */
  let at = {};
  let pairDrawn = "";

  /** @type {ReturnType<typeof createQuestion<Jacobian>>} */
  const question = createQuestion(host, "/api/jacobian", (answer, { trace }) => {
    const { nodes } = timelineOf(trace);
    const [over, under] = [answer.of.node, answer.wrt.node].map((id) => nodes.get(id));
    const drawing = [over, under].map((node) => `${node?.id} ${node?.label}`).join();
    if (drawing !== pairDrawn) at = {};
    pairDrawn = drawing;
    return over && under ? drawn(answer, over, under, at) : [];
  });

  /** @param {Page} page @returns {[string, string] | undefined} */
  function pair({ trace, index, selected, look }) {
    const [, ...pinned] = partsOf(look.view);
    const { nodes } = timelineOf(trace);
    if (pinned.length === 2 && pinned.every((id) => nodes.has(id))) return [pinned[0], pinned[1]];
    return pairOf(trace, trace.steps[index], selected);
  }

  return {
    element: h(
      "div",
      { class: "jacobian" },
      h(
        "div",
        { class: "view-tools" },
        h("label", {}, "∂ ", of),
        h("label", {}, " / ∂ ", wrt),
        follow,
      ),
      question.element,
    ),
    show(page, previous) {
      const { trace, look } = page;
      if (trace !== previous?.trace) for (const select of [of, wrt]) fill(select, trace.nodes);
      const wanted = pair(page);
      if (!wanted) return;
      [of.value, wrt.value] = wanted;
      follow.hidden = partsOf(look.view).length === 1;
      const upstream = timelineOf(trace).nodes.get(wanted[0])?.upstream;
      const known = upstream?.data !== null ? upstream?.data : undefined;
      question.ask(page, { of: wanted[0], wrt: wanted[1], upstream: known });
    },
  };
}

/**
 * @param {HTMLSelectElement} select
 * @param {TraceNode[]} nodes
 */
function fill(select, nodes) {
  select.replaceChildren(
    ...nodes
      .filter(({ kind }) => kind !== "constant")
      .map(({ id, label }) =>
        h("option", { value: id }, label.length > 22 ? `${label.slice(0, 21)}…` : label),
      ),
  );
}

/**
 * @param {Jacobian} jacobian
 * @param {TraceNode} of
 * @param {TraceNode} wrt
 * @param {object} at
 * @returns {Node[]}
 */
function drawn(jacobian, of, wrt, at) {
  const { rows, columns, data, structure, related, diagonal, product, note } = jacobian;
  const { title, words } = STRUCTURES[structure];
  const shown = data !== null && rows <= MOST && columns <= MOST;
  const fraction = h("span", { class: "fraction" }, "∂", nameOf(of.label), "/∂", nameOf(wrt.label));
  const head = h(
    "div",
    { class: "structure" },
    h("h2", {}, fraction, h("span", { class: "size" }, `${rows} × ${columns}`)),
    h("p", {}, h("b", {}, related ? title : "zero"), related ? `: ${words}` : `: ${note}`),
    h("p", { class: "entries" }, sizeOf(jacobian)),
  );
  const lies =
    structure === "diagonal" && rows === columns && rows > 1 && rows <= MOST_LYING && product?.data;
  return [
    head,
    ...(shown && data ? [heat(jacobian, data, of, wrt, at), asTable(data, of, wrt)] : []),
    ...(shown || !related ? [] : [sketch(structure)]),
    ...(lies && of.upstream
      ? [drawHadamard(flatOf(diagonal), flatOf(of.upstream), flatOf(product))]
      : []),
  ];
}

/**
 * @param {Jacobian} jacobian
 * @param {import("../types.d.ts").Numeric[][]} data
 * @param {TraceNode} of
 * @param {TraceNode} wrt
 * @param {object} at
 */
function heat({ structure, rows, columns }, data, of, wrt, at) {
  const short = /** @param {TraceNode} node */ ({ label }) =>
    /^[\p{L}_]\w*$/u.test(label) ? label : "·";
  return drawHeat({
    data,
    at,
    why: (row, column) =>
      structure === "diagonal" && rows === columns && row !== column
        ? `: ${short(wrt)}${placeOf(column, wrt.value.shape)} does not reach ${short(of)}${placeOf(row, of.value.shape)}`
        : "",
    label: `Jacobian of ${of.label} for ${wrt.label}`,
    rowName: (row) => placeOf(row, of.value.shape).replace(/[[\]\s]/g, "") || "·",
    columnName: (column) => placeOf(column, wrt.value.shape).replace(/[[\]\s]/g, "") || "·",
    say: (row, column) =>
      `∂${short(of)}${placeOf(row, of.value.shape)}/∂${short(wrt)}${placeOf(column, wrt.value.shape)}`,
  });
}

/**
 * @param {import("../types.d.ts").Numeric[][]} data
 * @param {TraceNode} of
 * @param {TraceNode} wrt
 */
function asTable(data, of, wrt) {
  const details = h("details", {}, h("summary", {}, "As a table"));
  details.addEventListener("toggle", () => {
    if (details.childElementCount > 1) return;
    const heads = data[0].map((_, j) =>
      h("th", { scope: "col" }, placeOf(j, wrt.value.shape) || wrt.label),
    );
    const lines = data.map((line, i) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, placeOf(i, of.value.shape) || of.label),
        ...line.map((x) => h("td", { title: formatFull(x) }, formatNumber(x))),
      ),
    );
    details.append(
      h(
        "div",
        { class: "wide-table", tabindex: 0, role: "group", "aria-label": "Entries" },
        h(
          "table",
          { "aria-label": `Jacobian of ${of.label} for ${wrt.label}` },
          h("thead", {}, h("tr", {}, h("td", {}), ...heads)),
          h("tbody", {}, ...lines),
        ),
      ),
    );
  });
  return details;
}

/**
 * What a matrix too large to draw looks like from afar.
 * @param {Jacobian["structure"]} structure
 */
function sketch(structure) {
  const marks = {
    scalar: "",
    diagonal: "M2,2L118,118",
    matmul: "M0,0H30V30H0ZM30,30H60V60H30ZM60,60H90V90H60ZM90,90H120V120H90Z",
    reduction: "M0,10H30M30,40H60M60,70H90M90,100H120",
    broadcast: "M8,0V40M60,40V80M112,80V120",
    permutation: "M2,70L50,118M50,2L118,70",
    selection: "M6,0L40,60M70,60L112,120",
    dense: "M0,0H120V120H0Z",
  };
  const picture = svg("svg", {
    viewBox: "-1 -1 122 122",
    class: `sketch ${structure}`,
    "aria-hidden": "true",
  });
  svg("rect", { width: 120, height: 120 }, picture);
  svg("path", { d: marks[structure] }, picture);
  return picture;
}
