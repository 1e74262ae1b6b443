/** Dimension balancing as a puzzle: tiles for both factors of a gradient, a sign, and three lights. */

import { formatNumber, isAxis } from "../format.js";
import { partsOf } from "../look.js";
import { axisOf, h, sentence, signed } from "../panels/dom.js";
import { timelineOf } from "../timeline.js";
import { createQuestion } from "../views/question.js";
import { drawCells, rowsOf } from "./cells.js";
import { tick } from "./record.js";
import { EMPTY, judged, namesOf, sameTile, TILES, tileName, tileShape, withTile } from "./tiles.js";

/** @import { Host, Page } from "../state.js" */
/** @import { Trace } from "../types.d.ts" */
/** @import { View } from "../views/column.js" */
/** @import { Balance, Laid, Level, Names, Side, Sign, Table, Tile } from "./tiles.js" */

/** @type {Record<Level["kind"], { title: string, words: string }>} */
const LEVELS = {
  own: { title: "Your numbers", words: "The matrices of your program, as on the board." },
  distinct: {
    title: "Sizes apart",
    words: "Made-up numbers of different sizes: shapes alone tell which product it is.",
  },
  square: {
    title: "The square trap",
    words: "The same product with equal sizes: several have the right shape, one the right value.",
  },
};

/** @type {Record<Sign, string>} */
const SIGNS = { "@": "matrix product", "*": "entry by entry" };

/** What is being dragged; a drag ends before the next begins. @type {Tile | undefined} */
let dragged;

/** The products that gradient comes back through. @param {Trace} trace */
export const productsOf = (trace) =>
  trace.nodes.filter(
    ({ inputs }) =>
      inputs.length === 2 &&
      inputs.every(({ local }) => local.structure === "matmul") &&
      inputs.some(({ downstream }) => downstream),
  );

/** @param {Host} host @returns {View} */
export function createPuzzle(host) {
  const gate = h("select", { "aria-label": "Product" });
  const side = h("select", { "aria-label": "Gradient of" });
  const follow = h("button", { type: "button" }, "Follow the step");
  const none = h("p", { class: "view-note" });
  none.textContent =
    "No product of matrices sends a gradient back here. Type one with @, or open the lecture's network.";
  follow.addEventListener("click", () => host.look({ view: "balance" }));
  const pin = () => host.look({ view: `balance.${gate.value}.${side.value}` });
  gate.addEventListener("change", pin);
  side.addEventListener("change", pin);

  /** By puzzle, for as long as the page is open. @type {Map<string, Table>} */
  const tables = new Map();
  /** The level that is open, by wire. @type {Map<string, number>} */
  const turned = new Map();
  let argument = 1;

  /** @type {ReturnType<typeof createQuestion<Balance>>} */
  const question = createQuestion(host, "/api/balance", draw);

  /**
   * @param {Balance} answer
   * @param {Page} page
   * @returns {Node[]}
   */
  function draw(answer, { trace }) {
    const { nodes } = timelineOf(trace);
    const product = nodes.get(answer.node);
    const { sides } = answer;
    const chosen = sides.find((each) => each.argument === argument) ?? sides[sides.length - 1];
    const [own, other] = [chosen.node, chosen.other].map((id) => nodes.get(id));
    if (!product || !own || !other) return [];
    side.replaceChildren(
      ...sides.map((each) => h("option", { value: each.argument }, short(nodes.get(each.node)))),
    );
    side.value = String(chosen.argument);
    const wire = `${chosen.edge} ${trace.source}`;
    const at = Math.min(turned.get(wire) ?? 0, chosen.levels.length - 1);
    const level = chosen.levels[at];
    const key = `${level.kind} ${wire}`;
    const names = namesOf(product, own, other, chosen.argument);
    const table = tables.get(key) ?? EMPTY;
    /** @param {Table} next */
    const lay = (next) => {
      tables.set(key, next);
      if (judged(level, next)?.value_ok) tick(host.store, "balance");
      question.redraw();
    };
    /** @param {number} next */
    const turn = (next) => {
      turned.set(wire, next);
      question.redraw();
    };
    const found = judged(level, table);
    return [
      levelsOf(chosen.levels, at, turn),
      h("p", { class: "puzzle-words" }, LEVELS[level.kind].words, ` ${answer.note}`),
      h(
        "p",
        { class: "puzzle-goal" },
        "Lay ",
        h("b", {}, ...named(names.gradient, names)),
        ", of shape ",
        shape(names.dims.gradient, level.gradient.shape),
      ),
      trayOf(level, names, table, lay),
      benchOf(level, names, table, lay),
      lightsOf(found, table, level, names),
      ...(found ? afterOf(found, { level, names, table, lay, chosen, trace, host }) : []),
      ...(found?.value_ok && at + 1 < chosen.levels.length
        ? [nextButton(chosen.levels[at + 1], () => turn(at + 1))]
        : []),
    ];
  }

  return {
    element: h(
      "div",
      { class: "puzzle" },
      h(
        "div",
        { class: "view-tools" },
        h("label", {}, "product ", gate),
        h("label", {}, " for ", side),
        follow,
      ),
      none,
      question.element,
    ),
    show(page, previous) {
      const { trace, look, selected } = page;
      const gates = productsOf(trace);
      none.hidden = gates.length > 0;
      question.element.hidden = gates.length === 0;
      if (trace !== previous?.trace)
        gate.replaceChildren(...gates.map((node) => h("option", { value: node.id }, short(node))));
      if (gates.length === 0) return;
      const step = trace.steps[page.index];
      const [, pinned, key] = partsOf(look.view);
      const last = gate.dataset.last;
      const wanted = [pinned, selected, step.node, last].find((id) =>
        gates.some((g) => g.id === id),
      );
      gate.value = wanted ?? gates[gates.length - 1].id;
      gate.dataset.last = gate.value;
      const edge = trace.edges.find(({ id }) => id === step.edge);
      if (key) argument = Number(key);
      else if (edge?.target === gate.value) argument = edge.key;
      follow.hidden = !pinned;
      question.ask(page, { node: gate.value });
      question.redraw();
    },
  };
}

/** @param {import("../types.d.ts").TraceNode | undefined} node */
const short = (node) => (node ? (node.label.length > 14 ? node.code : node.label) : "");

/** @param {string} text @param {Names} names */
const named = (text, names) =>
  sentence(text, (word) =>
    [names.other, names.upstream, names.gradient, names.gradient.slice(1)].includes(word),
  );

/**
 * A shape by its letters, each in its colour, and its sizes.
 * @param {string[]} letters
 * @param {number[]} sizes
 */
function shape(letters, sizes) {
  const parts = letters.map((each) => (isAxis(each) ? axisOf(each, each) : each));
  const same = letters.every((each, i) => each === String(sizes[i]));
  return h(
    "span",
    { class: "tile-shape" },
    "(",
    parts[0],
    ", ",
    parts[1],
    ")",
    ...(same ? [] : [h("small", {}, ` ${sizes.join(" × ")}`)]),
  );
}

/**
 * @param {Level[]} levels
 * @param {number} at
 * @param {(next: number) => void} turn
 */
function levelsOf(levels, at, turn) {
  return h(
    "div",
    { class: "puzzle-levels", role: "group", "aria-label": "Levels" },
    ...levels.map(({ kind }, i) =>
      h(
        "button",
        { type: "button", "aria-pressed": String(i === at), click: () => turn(i) },
        `${i + 1} ${LEVELS[kind].title}`,
      ),
    ),
  );
}

/**
 * The tiles, to be tapped or dragged.
 * @param {Level} level
 * @param {Names} names
 * @param {Table} table
 * @param {(table: Table) => void} lay
 */
function trayOf(level, names, table, lay) {
  return h(
    "div",
    { class: "tray", role: "group", "aria-label": "Tiles" },
    ...TILES.map((tile) =>
      h(
        "button",
        {
          type: "button",
          class: `tile ${tile.factor}`,
          draggable: "true",
          "aria-pressed": String(table.tiles.some((each) => sameTile(each, tile))),
          click: () => lay(withTile(table, tile)),
          dragstart: (/** @type {DragEvent} */ event) => {
            dragged = tile;
            event.dataTransfer?.setData("text/plain", tileName(tile, names));
          },
        },
        ...faceOf(tile, names, level),
      ),
    ),
  );
}

/**
 * @param {Tile} tile
 * @param {Names} names
 * @param {Level} level
 */
function faceOf(tile, names, level) {
  const { letters, sizes } = tileShape(tile, names, level);
  return [h("span", {}, ...named(tileName(tile, names), names)), shape(letters, sizes)];
}

/**
 * The two places, and the sign between them.
 * @param {Level} level
 * @param {Names} names
 * @param {Table} table
 * @param {(table: Table) => void} lay
 */
function benchOf(level, names, table, lay) {
  const { tiles, sign } = table;
  /** @param {number} i */
  const place = (i) => {
    const tile = tiles[i];
    return h(
      "button",
      {
        type: "button",
        class: `place${tile ? ` ${tile.factor}` : ""}`,
        title: tile && "Take it away",
        draggable: tile ? "true" : undefined,
        click: () =>
          tile && lay({ ...table, tiles: i ? [tiles[0], undefined] : [undefined, tiles[1]] }),
        dragstart: () => {
          dragged = tile;
        },
        dragover: (/** @type {DragEvent} */ event) => dragged && event.preventDefault(),
        drop: (/** @type {DragEvent} */ event) => {
          event.preventDefault();
          if (dragged) lay(withTile(table, dragged, i));
          dragged = undefined;
        },
      },
      h("span", { class: "hidden-words" }, `${i ? "Right" : "Left"} place: `),
      ...(tile ? faceOf(tile, names, level) : [h("span", { class: "empty" }, "a tile")]),
    );
  };
  const other = sign === "@" ? "*" : "@";
  return h(
    "div",
    { class: "bench", role: "group", "aria-label": "Your product" },
    place(0),
    h(
      "button",
      {
        type: "button",
        class: "sign",
        "aria-label": `Sign ${sign}, ${SIGNS[sign]}; change to ${other}`,
        title: `${SIGNS[sign]}; press for ${other}, ${SIGNS[other]}`,
        click: () => lay({ ...table, sign: other, nudged: false }),
      },
      sign,
    ),
    place(1),
    h(
      "button",
      {
        type: "button",
        class: "swap",
        "aria-label": "Swap the two",
        click: () => lay({ ...table, tiles: [tiles[1], tiles[0]], nudged: false }),
      },
      "⇄",
    ),
  );
}

/**
 * Three lights, each with its sign and its reason.
 * @param {Laid | undefined} found
 * @param {Table} table
 * @param {Level} level
 * @param {Names} names
 */
function lightsOf(found, table, level, names) {
  /** @type {[string, boolean | undefined, string][]} */
  const lights = [
    ["multiplies", found?.multiplies, found ? whyMultiplies(found, level, names) : ""],
    [
      "right shape",
      found?.multiplies ? found.shape_ok : undefined,
      found?.shape ? `${found.shape.join(" × ")}, wanted ${level.gradient.shape.join(" × ")}` : "",
    ],
    ["right value", found?.shape_ok ? found.value_ok : undefined, whyValue(found, level)],
  ];
  const told = lights.filter(([, on]) => on !== undefined);
  const [, , why] = told.find(([, on]) => !on) ?? told[told.length - 1] ?? ["", true, ""];
  return h(
    "div",
    { class: "verdict", role: "status" },
    h(
      "ul",
      { class: "lights", "aria-label": "Lights" },
      ...lights.map(([title, on]) =>
        h(
          "li",
          { class: on === undefined ? "off" : on ? "on" : "no" },
          h(
            "span",
            { class: "lamp", "aria-hidden": "true" },
            on === undefined ? "" : on ? "✓" : "✗",
          ),
          h("b", {}, title),
          h(
            "span",
            { class: "hidden-words" },
            on === undefined ? ": not yet" : on ? ": yes" : ": no",
          ),
        ),
      ),
    ),
    h("p", { class: "why" }, table.tiles.every(Boolean) ? why : "Lay two tiles: tap or drag them."),
  );
}

/**
 * @param {Laid} found
 * @param {Level} level
 * @param {Names} names
 */
function whyMultiplies({ left, right, sign, multiplies }, level, names) {
  const [x, y] = [left, right].map((tile) => tileShape(tile, names, level));
  if (sign === "*")
    return multiplies
      ? "entry by entry"
      : `${x.sizes.join(" × ")} and ${y.sizes.join(" × ")} differ`;
  const inner = `${x.letters[1]} = ${x.sizes[1]}, ${y.letters[0]} = ${y.sizes[0]}`;
  return multiplies
    ? `inner sizes ${x.sizes[1]} and ${y.sizes[0]} agree`
    : `inner sizes differ: ${inner}`;
}

/**
 * @param {Laid | undefined} found
 * @param {Level} level
 */
function whyValue(found, { products }) {
  if (!found?.shape_ok) return "";
  const fits = products.filter(({ sign, shape_ok }) => sign === found.sign && shape_ok).length;
  if (!found.value_ok) return `another of the ${fits} that fit`;
  if (!found.general) return "equal for these numbers alone: with others it is not";
  return fits > 1 ? `${fits} products fit the shape` : "the only one that fits";
}

/**
 * What follows once the shape is right: how to tell by value, and what was found.
 * @param {Laid} found
 * @param {{ level: Level, names: Names, table: Table, lay: (table: Table) => void, chosen: Side, trace: Trace, host: Host }} about
 * @returns {Node[]}
 */
function afterOf(found, { level, names, table, lay, chosen, trace, host }) {
  const rows = found.value && rowsOf(found.value);
  if (!found.shape_ok) return [];
  const laid = `${tileName(found.left, names)} ${found.sign} ${tileName(found.right, names)}`;
  const picture = rows
    ? [
        h(
          "figure",
          { class: "laid" },
          drawCells(rows, {
            role: "gradient",
            label: laid,
            marked: table.nudged ? level.check.index : undefined,
          }),
          h("figcaption", {}, ...named(laid, names)),
        ),
      ]
    : [];
  const step = trace.steps.findIndex(
    ({ kind, edge }) => kind === "multiply" && edge === chosen.edge,
  );
  const message =
    found.value_ok && level.kind === "own" && step >= 0
      ? [
          h(
            "p",
            { class: "solved" },
            "It is what the engine sends back: ",
            h("code", {}, chosen.code),
            " ",
            h("button", { type: "button", click: () => host.goTo(step) }, `Go to step ${step + 1}`),
          ),
        ]
      : [];
  return [...picture, ...byValue(found, level, names, table, lay), ...message];
}

/**
 * Where several products fit, one entry nudged tells them apart.
 * @param {Laid} found
 * @param {Level} level
 * @param {Names} names
 * @param {Table} table
 * @param {(table: Table) => void} lay
 * @returns {Node[]}
 */
function byValue(found, level, names, table, lay) {
  const { index, h: by, slope } = level.check;
  if (level.products.filter(({ shape_ok }) => shape_ok).length < 2) return [];
  if (!table.nudged)
    return [
      h(
        "button",
        { type: "button", class: "puzzle-check", click: () => lay({ ...table, nudged: true }) },
        "Check one entry by value",
      ),
    ];
  const entry = `[${index.join(", ")}]`;
  const own = found.value && rowsOf(found.value)?.[index[0]]?.[index[1]];
  const says = own === undefined || own === null ? "–" : formatNumber(own);
  const variable = names.gradient.slice(1);
  return [
    h(
      "p",
      { class: "by-value", role: "status" },
      ...named(
        signed(
          `Nudge ${variable}${entry} by ±${by}: the product moves, and weighted with ${names.upstream} ` +
            `that is ${formatNumber(slope)} a unit. Yours says ${says} there: ` +
            (says === formatNumber(slope) ? "the same." : "not the same."),
        ),
        names,
      ),
    ),
  ];
}

/**
 * @param {Level} level
 * @param {() => void} click
 */
const nextButton = ({ kind }, click) =>
  h("button", { type: "button", class: "puzzle-next", click }, `Next: ${LEVELS[kind].title}`);
