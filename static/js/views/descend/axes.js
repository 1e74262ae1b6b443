/** What can move, and which of it a picture runs over: entries of inputs, by names such as "W_1[0,2]"; no DOM. */

import { partsOf } from "../../look.js";
import { flatOf, placeOf } from "../entries.js";

/** @import { Page } from "../../state.js" */
/** @import { GivenInput, Nested, Numeric, Tensor, Trace } from "../../types.d.ts" */

/** @typedef {{ name: string, node: string, value: Tensor, role: string }} Movable */
/** @typedef {{ key: string, input: string, index: number[] }} Entry */

/** So many entries are offered for an axis; the other ones are reached by the link. */
const OFFERED = 400;

/**
 * The inputs that can move a little: all but indices and sizes.
 * @param {Trace} trace
 * @returns {Movable[]}
 */
export function movable({ inputs, nodes }) {
  return Object.entries(inputs).flatMap(([name, { node: id, role }]) => {
    const node = nodes.find((each) => each.id === id);
    return node && role !== "label" ? [{ name, node: node.id, value: node.value, role }] : [];
  });
}

/**
 * What a descent moves: the parameters, or everything where no input is one.
 * @param {Trace} trace
 */
export function descending(trace) {
  const all = movable(trace);
  const parameters = all.filter(({ role }) => role === "parameter");
  return (parameters.length ? parameters : all).map(({ name }) => name);
}

/** @param {string} input @param {number[]} index @returns {Entry} */
export const entryOf = (input, index) => ({
  key: index.length ? `${input}[${index.join(",")}]` : input,
  input,
  index,
});

/** @param {readonly number[]} shape */
const sizeOf = (shape) => shape.reduce((product, n) => product * n, 1);

/**
 * @param {number} flat
 * @param {readonly number[]} shape
 */
const indexOf = (flat, shape) => (placeOf(flat, shape).match(/\d+/g) ?? []).map(Number);

/**
 * The entries that a chooser offers, input by input; of large inputs the first.
 * @param {Trace} trace
 * @returns {Entry[]}
 */
export function offered(trace) {
  const all = movable(trace);
  const each = Math.max(1, Math.floor(OFFERED / Math.max(1, all.length)));
  return all.flatMap(({ name, value: { shape } }) =>
    Array.from({ length: Math.min(each, sizeOf(shape)) }, (_, flat) =>
      entryOf(name, indexOf(flat, shape)),
    ),
  );
}

/**
 * The entry that a name stands for in this program; undefined if it has none such.
 * @param {string | undefined} key
 * @param {Trace} trace
 * @returns {Entry | undefined}
 */
export function entryFrom(key, trace) {
  const [, input, inside = ""] = /^(.*?)(?:\[([\d,]*)\])?$/.exec(key ?? "") ?? [];
  const found = movable(trace).find(({ name }) => name === input);
  const index = inside ? inside.split(",").map(Number) : [];
  const fits =
    found?.value.shape.length === index.length && index.every((i, k) => i < found.value.shape[k]);
  return found && fits ? entryOf(input, index) : undefined;
}

/**
 * The two entries that the output depends on most, of those that a descent moves.
 * @param {Trace} trace
 * @returns {Entry[]} one or two, or none where nothing can move
 */
export function steepest(trace) {
  const names = descending(trace);
  const slopes = movable(trace)
    .filter(({ name }) => names.includes(name))
    .flatMap(({ name, value: { shape } }) =>
      flatOf(trace.gradients[name] ?? null).map((slope, flat) => ({
        entry: () => entryOf(name, indexOf(flat, shape)),
        size: Math.abs(Number(slope)) || 0,
      })),
    );
  const scalars = slopes.length === names.length;
  const ranked = scalars ? slopes : [...slopes].sort((a, b) => b.size - a.size);
  const found = ranked.slice(0, 2).map(({ entry }) => entry());
  return found.length ? found : offered(trace).slice(0, 2);
}

/**
 * The axes of the picture: those of the link, else the steepest. "none" is no second axis.
 * @param {Page} page
 * @returns {Entry[]}
 */
export function axesOf({ look, trace }) {
  const [, , one, two] = partsOf(look.view);
  const first = entryFrom(one, trace);
  if (!first) return steepest(trace);
  const second = entryFrom(two, trace);
  return second && second.key !== first.key ? [first, second] : [first];
}

/**
 * What stands at an index of nested lists.
 * @param {Nested | null | undefined} data
 * @param {readonly number[]} index
 * @returns {Numeric | undefined}
 */
const pick = (data, index) =>
  /** @type {Numeric | undefined} */ (
    index.reduce((level, i) => (Array.isArray(level) ? level[i] : undefined), data ?? undefined)
  );

/** @param {GivenInput | undefined} given @returns {Nested | undefined} */
const listed = (given) =>
  typeof given === "number" || Array.isArray(given) ? /** @type {Nested} */ (given) : undefined;

/**
 * The whole value of an input: as it is given, which is ahead of the picture while a finger moves it, else as it is
 * drawn; undefined where it is too large to be here.
 * @param {Page} page
 * @param {string} name
 * @returns {Nested | undefined}
 */
export function wholeOf({ given, trace }, name) {
  const drawn = movable(trace).find((each) => each.name === name)?.value.data ?? undefined;
  return listed(given[name]) ?? drawn;
}

/**
 * @param {Page} page
 * @param {Entry} entry
 * @returns {number | undefined}
 */
export function numberAt(page, { input, index }) {
  const found = pick(wholeOf(page, input), index);
  return found === undefined ? undefined : Number(found);
}

/**
 * The inputs with some entries changed; undefined where one is too large to be here.
 * @param {Page} page
 * @param {{ entry: Entry, to: number }[]} changes
 * @returns {Map<string, GivenInput> | undefined}
 */
export function changed(page, changes) {
  /** @type {Map<string, any>} */
  const inputs = new Map();
  for (const { entry, to } of changes) {
    const whole = inputs.get(entry.input) ?? wholeOf(page, entry.input);
    if (whole === undefined) return undefined;
    inputs.set(entry.input, placed(whole, entry.index, to));
  }
  return inputs;
}

/**
 * @param {Nested} data
 * @param {readonly number[]} index
 * @param {number} to
 * @returns {Nested}
 */
function placed(data, [first, ...rest], to) {
  if (first === undefined || !Array.isArray(data)) return to;
  return data.map((each, i) => (i === first ? placed(each, rest, to) : each));
}

/**
 * A number in steps that a hand can make over this range: 1.25, not 1.2473648.
 * @param {number} x
 * @param {number} width of the range
 */
export function rounded(x, width) {
  const grain = 10 ** Math.floor(Math.log10(width / 200));
  return Number((Math.round(x / grain) * grain).toPrecision(12));
}
