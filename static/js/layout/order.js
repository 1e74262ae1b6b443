/**
 * Orders the items within their columns so that few nets cross (Sugiyama, Tagawa, Toda 1981):
 * two depth-first starts, barycentre sweeps, sifting, and a few seeded kicks out of local minima.
 */

/** @import { Item, Link } from "./layers.js" */

import { settle } from "./place.js";

const SWEEPS = 8;
const SIFTS = 4;
/** Places an item may be sifted to on either side; bounds the work in tall columns. */
const REACH = 40;
/** How many crossings one wire may cost to fall one place less: nearness is part of a calm picture. */
const FALL_COST = 0.1;
/** Tries to leave a local minimum; one fewer for every few items, so none on large circuits. */
const KICKS = 100;
const ITEMS_PER_KICK = 8;

/**
 * @typedef {object} Found an order and what it costs
 * @property {number} crossings
 * @property {number} cost
 * @property {Item[][]} order
 */

/**
 * Orders the columns in place. With positions of a previous picture their order is kept, but for swaps that
 * remove crossings; unless a fresh start crosses so much less that moving everything is worth it.
 * @param {Item[][]} columns
 * @param {number} gap px between two boxes across
 * @param {Record<string, number>} [previous] positions across, by item key
 */
export function orderColumns(columns, gap, previous = {}) {
  const fresh = searchOrder(columns, gap);
  const items = columns.flat();
  const known = items.filter((item) => Object.hasOwn(previous, item.key));
  if (known.length > items.length / 2) {
    seedOrder(columns, gap, previous);
    sift(columns, SIFTS);
    if (countCrossings(columns) <= 1.25 * fresh.crossings + 3) return;
  }
  for (const item of items) item.anchor = undefined;
  adopt(columns, fresh.order);
  for (const column of columns) {
    for (const item of column) item.axis = meanOfNeighbours(item, "incoming");
    settle(column, gap);
  }
}

/**
 * @param {Item[][]} columns
 * @param {number} gap
 */
function searchOrder(columns, gap) {
  /** @type {Found} */
  let best = { crossings: Infinity, cost: Infinity, order: [] };
  const offer = () => {
    const crossings = countCrossings(columns);
    if (crossings >= best.cost) return;
    const cost = crossings + FALL_COST * sumFalls(columns);
    if (cost < best.cost) best = { crossings, cost, order: columns.map((column) => [...column]) };
  };
  for (const start of /** @type {const} */ (["outgoing", "incoming"])) {
    orderDepthFirst(columns, start);
    sift(columns, SIFTS);
    offer();
    orderDepthFirst(columns, start);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      sweepColumns(columns, sweep % 2 === 0 ? opposite(start) : start, gap);
      transpose(columns);
      offer();
    }
  }
  adopt(columns, best.order);
  sift(columns, SIFTS);
  offer();
  kick(columns, offer, () => best);
  return best;
}

/**
 * Moves a few items of one column at random and sifts around it; keeps what is no worse
 * (iterated local search, Lourenço, Martin, Stützle 2003). Seeded: the same circuit gives the same picture.
 * @param {Item[][]} columns
 * @param {() => void} offer
 * @param {() => Found} best
 */
function kick(columns, offer, best) {
  const items = columns.reduce((sum, column) => sum + column.length, 0);
  const crowded = columns.filter((column) => column.length > 1);
  let state = 1;
  /** Park and Miller 1988. @param {number} limit */
  const draw = (limit) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  for (let tries = KICKS - items / ITEMS_PER_KICK; tries > 0 && best().crossings > 0; tries--) {
    const column = crowded[draw(crowded.length)];
    const { rank } = column[0];
    for (let i = 0; i < 3; i++) move(column, draw(column.length), draw(column.length));
    sift(columns.slice(Math.max(0, rank - 2), rank + 3), SIFTS);
    offer();
    adopt(columns, best().order);
  }
}

/**
 * @param {Item[][]} columns
 * @param {Item[][]} order
 */
function adopt(columns, order) {
  for (const [rank, column] of columns.entries()) {
    column.splice(0, column.length, ...order[rank]);
    renumber(column);
  }
}

/** @param {Item[]} column */
function sortByAxis(column) {
  column.sort((a, b) => a.axis - b.axis || a.place - b.place);
  renumber(column);
}

/** @param {Item[]} column */
function renumber(column) {
  for (let i = 0; i < column.length; i++) column[i].place = i;
}

/**
 * @param {Item[]} column
 * @param {number} from
 * @param {number} to
 */
function move(column, from, to) {
  const [item] = column.splice(from, 1);
  column.splice(to, 0, item);
  for (let i = Math.min(from, to); i <= Math.max(from, to); i++) column[i].place = i;
}

/**
 * The order of a depth-first walk that takes ports in turn: plane for a tree.
 * @param {Item[][]} columns
 * @param {"incoming" | "outgoing"} onwards
 */
function orderDepthFirst(columns, onwards) {
  const stack = columns
    .flat()
    .filter((item) => item[opposite(onwards)].length === 0)
    .reverse();
  const seen = new Set();
  /** @type {Item[][]} */
  const order = columns.map(() => []);
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (seen.has(item)) continue;
    seen.add(item);
    order[item.rank].push(item);
    for (const link of item[onwards].toReversed()) {
      stack.push(onwards === "incoming" ? link.from : link.to);
    }
  }
  adopt(columns, order);
  for (const column of columns) {
    for (const item of column) item.axis = 0;
    settle(column, 0);
  }
}

/** @param {"incoming" | "outgoing"} side */
function opposite(side) {
  return side === "incoming" ? "outgoing" : "incoming";
}

/**
 * Sorts each column by the mean position of its neighbours on one side, ports included.
 * @param {Item[][]} columns
 * @param {"incoming" | "outgoing"} side
 * @param {number} gap
 */
function sweepColumns(columns, side, gap) {
  for (const column of side === "incoming" ? columns : columns.toReversed()) {
    for (const item of column) item.axis = meanOfNeighbours(item, side);
    sortByAxis(column);
    settle(column, gap);
  }
}

/**
 * Where the wires on one side, or else those on the other, want the item.
 * @param {Item} item
 * @param {"incoming" | "outgoing"} side
 */
function meanOfNeighbours(item, side) {
  const links = item[side].length > 0 ? item[side] : [...item.incoming, ...item.outgoing];
  if (links.length === 0) return item.axis;
  let sum = 0;
  for (const link of links) {
    const run = link.start - link.port;
    sum += link.to === item ? link.from.axis + run : link.to.axis - run;
  }
  return sum / links.length;
}

/**
 * The order of the previous picture; what is new goes to where its neighbours are.
 * @param {Item[][]} columns
 * @param {number} gap
 * @param {Record<string, number>} previous
 */
function seedOrder(columns, gap, previous) {
  /** @type {Set<Item>} */
  const placed = new Set();
  for (const item of columns.flat()) {
    item.anchor = Object.hasOwn(previous, item.key) ? previous[item.key] : undefined;
    item.axis = item.anchor ?? 0;
    if (item.anchor !== undefined) placed.add(item);
  }
  for (const column of [...columns, ...columns.toReversed()]) {
    for (const item of column) {
      if (placed.has(item)) continue;
      const near = [
        ...item.incoming.map(({ from, start, port }) => ({
          item: from,
          axis: from.axis + start - port,
        })),
        ...item.outgoing.map(({ to, start, port }) => ({ item: to, axis: to.axis + port - start })),
      ].filter((neighbour) => placed.has(neighbour.item));
      if (near.length === 0) continue;
      item.axis = near.reduce((sum, { axis }) => sum + axis, 0) / near.length;
      placed.add(item);
    }
  }
  for (const column of columns) {
    sortByAxis(column);
    settle(column, gap);
  }
}

/**
 * Pairs of nets that cross between columns. Links of one net never cross one another.
 * Inversions are counted with a Fenwick tree (Barth, Mutzel, Jünger 2004).
 * @param {Item[][]} columns
 */
export function countCrossings(columns) {
  let crossings = 0;
  for (let rank = 1; rank < columns.length; rank++) {
    crossings += crossingsBetween(columns[rank - 1], columns[rank]);
  }
  return crossings;
}

/**
 * @param {Item[]} left
 * @param {Item[]} right
 */
function crossingsBetween(left, right) {
  let ends = 0;
  for (const { incoming } of right) for (const link of incoming) link.end = ++ends;
  const tree = new Int32Array(ends + 1);
  let seen = 0;
  let crossings = 0;
  /** @param {Link[]} net */
  const pass = (net) => {
    for (const { end } of net) {
      crossings += seen;
      for (let i = end; i > 0; i -= i & -i) crossings -= tree[i];
    }
    for (const { end } of net) {
      for (let i = end; i <= ends; i += i & -i) tree[i]++;
    }
    seen += net.length;
  };
  for (const { outgoing, box } of left) {
    if (!box?.exits) pass(outgoing);
    else for (const net in box.exits) pass(outgoing.filter((link) => link.net === net));
  }
  return crossings;
}

/**
 * How far all links fall, in places counted from the middles of their columns.
 * @param {Item[][]} columns
 */
function sumFalls(columns) {
  let falls = 0;
  for (const column of columns) {
    for (const { outgoing, place } of column) {
      for (const { to, slot } of outgoing) {
        const shift = (column.length - to.column.length) / 2;
        falls += Math.abs(to.place + slot - 0.5 + shift - place);
      }
    }
  }
  return falls;
}

/**
 * Notes where the links of a column's items end on both sides. It holds while only this column is reordered.
 * @param {Item[]} column
 */
function noteEnds(column) {
  for (const item of column) {
    item.starts = item.incoming.map(({ from, start }) =>
      start === 0 ? from.place : from.place + Math.atan(start) / Math.PI,
    );
    item.goals = item.outgoing.map(({ to, slot }) => to.place + slot);
  }
}

/**
 * How many crossings go away when two neighbours of a column change places.
 * @param {Item} upper
 * @param {Item} lower
 */
function gainOfSwap(upper, lower) {
  return inversions(upper.starts, lower.starts) + inversions(upper.goals, lower.goals);
}

/**
 * Pairs in falling order less pairs in rising order.
 * @param {number[]} first
 * @param {number[]} second
 */
function inversions(first, second) {
  let count = 0;
  for (let i = 0; i < first.length; i++) {
    for (let j = 0; j < second.length; j++) {
      if (first[i] > second[j]) count++;
      else if (first[i] < second[j]) count--;
    }
  }
  return count;
}

/**
 * Swaps neighbours while that removes crossings.
 * @param {Item[][]} columns
 */
function transpose(columns) {
  for (let round = 0, removed = 1; round < 4 && removed > 0; round++) {
    removed = 0;
    for (const column of columns) {
      noteEnds(column);
      for (let i = 1; i < column.length; i++) {
        const gain = gainOfSwap(column[i - 1], column[i]);
        if (gain <= 0) continue;
        removed += gain;
        move(column, i, i - 1);
      }
    }
  }
}

/**
 * Moves each item to the place in its column where it crosses least (Matuszewski, Schönfeld, Molitor 1999).
 * @param {Item[][]} columns
 * @param {number} rounds
 */
function sift(columns, rounds) {
  for (let round = 0, moved = true; round < rounds && moved; round++) {
    moved = false;
    for (const column of round % 2 === 0 ? columns : columns.toReversed()) {
      noteEnds(column);
      for (const item of [...column]) moved = siftItem(column, item) || moved;
    }
  }
}

/**
 * @param {Item[]} column
 * @param {Item} item
 */
function siftItem(column, item) {
  const { place } = item;
  let [best, goal] = [0, place];
  for (let i = place - 1, gain = 0; i >= Math.max(0, place - REACH); i--) {
    gain += gainOfSwap(column[i], item);
    if (gain > best) [best, goal] = [gain, i];
  }
  for (let i = place + 1, gain = 0; i < Math.min(column.length, place + REACH); i++) {
    gain += gainOfSwap(item, column[i]);
    if (gain > best) [best, goal] = [gain, i];
  }
  if (best > 0) move(column, place, goal);
  return best > 0;
}
