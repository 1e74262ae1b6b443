/** What lies on the table of the puzzle: tiles, their names and letters, and what the engine says of a product. No DOM. */

/** @import { Numeric, Tensor, TraceNode } from "../types.d.ts" */

/** @typedef {{ factor: "other" | "upstream", transposed: boolean }} Tile */
/** @typedef {"@" | "*"} Sign */

/**
 * An answer of /api/balance.
 * @typedef {{ node: string, sides: Side[], note: string }} Balance
 */

/**
 * @typedef {object} Side
 * @property {number} argument
 * @property {string} edge
 * @property {string} node
 * @property {string} other
 * @property {string} code
 * @property {Level[]} levels
 */

/**
 * @typedef {object} Level
 * @property {"own" | "distinct" | "square"} kind
 * @property {Tensor} other
 * @property {Tensor} upstream
 * @property {Tensor} gradient
 * @property {Laid[]} products
 * @property {{ index: [number, number], h: number, slope: Numeric }} check
 */

/**
 * @typedef {object} Laid
 * @property {Tile} left
 * @property {Tile} right
 * @property {Sign} sign
 * @property {boolean} multiplies
 * @property {number[] | null} shape
 * @property {boolean} shape_ok
 * @property {boolean} value_ok
 * @property {boolean} general
 * @property {Tensor | null} value
 */

/**
 * What a student has laid down.
 * @typedef {object} Table
 * @property {[Tile | undefined, Tile | undefined]} tiles
 * @property {Sign} sign
 * @property {boolean} nudged whether an entry has been checked by nudging it
 */

/** @type {readonly Tile[]} */
export const TILES = [
  { factor: "other", transposed: false },
  { factor: "other", transposed: true },
  { factor: "upstream", transposed: false },
  { factor: "upstream", transposed: true },
];

/** @type {Table} */
export const EMPTY = { tiles: [undefined, undefined], sign: "@", nudged: false };

/** @param {Tile | undefined} a @param {Tile | undefined} b */
export const sameTile = (a, b) => a?.factor === b?.factor && a?.transposed === b?.transposed;

/**
 * The table with a tile in one of its two places: the first that is free, if none is named. Each factor is there once,
 * so another tile of the same factor goes.
 * @param {Table} table
 * @param {Tile} tile
 * @param {number} [place]
 * @returns {Table}
 */
export function withTile({ tiles, sign }, tile, place) {
  const twin = tiles.findIndex((each) => each?.factor === tile.factor);
  const free = tiles.findIndex((each) => !each);
  const at = place ?? (twin >= 0 ? twin : free >= 0 ? free : 1);
  const [left, right] = tiles.map((each, i) =>
    i === at ? tile : each?.factor === tile.factor ? undefined : each,
  );
  return { tiles: [left, right], sign, nudged: false };
}

/**
 * What the engine says of what lies there; undefined while a place is empty.
 * @param {Level} level
 * @param {Table} table
 */
export const judged = ({ products }, { tiles: [left, right], sign }) =>
  products.find(
    (each) => each.sign === sign && sameTile(each.left, left) && sameTile(each.right, right),
  );

/**
 * Names and letters of the factors, by the program.
 * @typedef {{ other: string, upstream: string, gradient: string, dims: Record<"other" | "upstream" | "gradient", string[]> }} Names
 */

/**
 * A vector stands as a row on the left and as a column on the right.
 * @param {TraceNode} product
 * @param {TraceNode} argument
 * @param {TraceNode} other
 * @param {number} key
 * @returns {Names}
 */
export function namesOf(product, argument, other, key) {
  const left = standing(key === 0 ? argument.dims : other.dims, true);
  const right = standing(key === 0 ? other.dims : argument.dims, false);
  return {
    other: nameOf(other),
    upstream: `d${nameOf(product)}`,
    gradient: `d${nameOf(argument)}`,
    dims: {
      other: key === 0 ? right : left,
      upstream: [left[0], right[1]],
      gradient: key === 0 ? left : right,
    },
  };
}

/** @param {TraceNode} node what has no name is called as code calls it */
const nameOf = ({ label, code }) => (/^[\p{L}_]\w*$/u.test(label) ? label : code);

/** @param {string[]} dims @param {boolean} row */
const standing = (dims, row) => (dims.length === 2 ? dims : row ? ["1", dims[0]] : [dims[0], "1"]);

/** @param {Tile} tile @param {Names} names */
export const tileName = ({ factor, transposed }, names) =>
  `${names[factor]}${transposed ? ".T" : ""}`;

/**
 * Letters and sizes of a tile.
 * @param {Tile} tile
 * @param {Names} names
 * @param {Level} level
 * @returns {{ letters: string[], sizes: number[] }}
 */
export function tileShape({ factor, transposed }, names, level) {
  const turned = /** @template T @param {T[]} pair */ (pair) =>
    transposed ? [...pair].reverse() : pair;
  return { letters: turned(names.dims[factor]), sizes: turned(level[factor].shape) };
}
