/**
 * Gives every item of a column its position across, as near as its neighbours allow to where its wires want it.
 * Keeps the order.
 */

/** @import { Item, Link } from "./layers.js" */

import { nextLane } from "./layers.js";

const SWEEPS = 30;
/** How much more an item wants to stay where the previous picture had it than its wires want it elsewhere. */
const INERTIA = 4;
/** A wire bent by no more px than this is made straight, where there is room. */
const SNAP = 12;

/**
 * Least px between the axes of two neighbours. Lanes may pass closer than boxes.
 * @param {Item} upper
 * @param {Item} lower
 * @param {number} gap px between two boxes
 */
function separation(upper, lower, gap) {
  const air = upper.box && lower.box ? gap : gap / 2;
  return upper.after + air + lower.before;
}

/**
 * Makes room between a column's items, each as near as can be (weighted least squares) to where it is, in their
 * order: isotonic regression by pooling adjacent violators (Barlow et al. 1972), in linear time.
 * @param {Item[]} column
 * @param {number} gap
 * @param {number[]} [weights] all alike if left out
 */
export function settle(column, gap, weights) {
  /** @type {number[]} */
  const offsets = [];
  /** @type {{ mean: number, weight: number, last: number }[]} runs of items pushed against each other */
  const pools = [];
  for (let i = 0; i < column.length; i++) {
    offsets.push(i === 0 ? 0 : offsets[i - 1] + separation(column[i - 1], column[i], gap));
    let pool = { mean: column[i].axis - offsets[i], weight: weights?.[i] ?? 1, last: i };
    for (let above = pools.at(-1); above && above.mean >= pool.mean; above = pools.at(-1)) {
      const weight = above.weight + pool.weight;
      pool = {
        mean: (above.mean * above.weight + pool.mean * pool.weight) / weight,
        weight,
        last: i,
      };
      pools.pop();
    }
    pools.push(pool);
  }
  let i = 0;
  for (const { mean, last } of pools) {
    for (; i <= last; i++) column[i].axis = mean + offsets[i];
  }
}

/**
 * @param {Item[][]} columns in order; `axis` holds a first guess
 * @param {number} gap px between two boxes across
 * @param {number} bend px a wire may bend before the bend counts by its length, not by its square
 */
export function placeColumns(columns, gap, bend) {
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (const column of forward ? columns : columns.toReversed()) {
      const settled = sweep < SWEEPS / 3 ? (forward ? "incoming" : "outgoing") : undefined;
      pullColumn(column, gap, settled, bend, sweep >= SWEEPS - 2 ? SNAP : 1);
    }
  }
  const items = columns.flat();
  for (const item of items) straighten(item, gap, bend);
  for (const item of items) meetConsumer(item, gap);
}

/**
 * Settles one column towards its neighbours: a step of Huber regression by reweighted least squares.
 * @param {Item[]} column
 * @param {number} gap
 * @param {"incoming" | "outgoing" | undefined} settled the side to follow, while the other is not to be trusted yet
 * @param {number} bend
 * @param {number} snap px within which straight wins over balanced
 */
function pullColumn(column, gap, settled, bend, snap) {
  /** @type {number[]} */
  const weights = [];
  for (const item of column) {
    let sum = 0;
    let total = 0;
    for (const side of /** @type {const} */ (["incoming", "outgoing"])) {
      const trust = settled === undefined || settled === side ? 1 : 0.1;
      for (const link of item[side]) {
        const position =
          side === "incoming"
            ? link.from.axis + link.start - link.port
            : link.to.axis + link.port - link.start;
        const fall = Math.max(0.1, Math.abs(position - item.axis));
        const force = (trust * link.weight * Math.max(1, snap / fall)) / Math.max(1, fall / bend);
        sum += force * position;
        total += force;
      }
    }
    if (item.anchor !== undefined) {
      sum += INERTIA * total * item.anchor;
      total += INERTIA * total;
    }
    if (total > 0) item.axis = sum / total;
    weights.push(total > 0 ? total : 1);
  }
  settle(column, gap, weights);
}

/**
 * Takes small bends out of the wires that end at a box, and needless ones out of what goes on from it.
 * What lies to its left is final.
 * @param {Item} item
 * @param {number} gap
 * @param {number} bend
 */
function straighten(item, gap, bend) {
  const goesOn = item.incoming.length === 1 && successor(item.incoming[0].from) === item;
  if (goesOn || (item.box === undefined && !leavesAside(item))) return;
  const main = item.incoming.reduce(
    (best, link) => (pull(link) > pull(best) ? link : best),
    item.incoming[0],
  );
  if (main) snap(item, main.from.axis + main.start - main.port, gap);
  straightenRun(item, gap, bend);
}

/**
 * Whether an item is the first lane of one of a box's several exits.
 * @param {Item} item
 */
function leavesAside({ incoming: [link] }) {
  return link !== undefined && isSpread(link.from);
}

/** @param {Item} item */
const isSpread = ({ outgoing }) => outgoing.some(({ start }) => start !== 0);

/** @param {Link} link */
function pull(link) {
  return link.weight / (1 + Math.abs(link.from.axis + link.start - link.port - link.to.axis));
}

/**
 * An input with one consumer meets its port straight where it nearly does.
 * @param {Item} item
 * @param {number} gap
 */
function meetConsumer(item, gap) {
  if (item.incoming.length > 0 || item.outgoing.length !== 1) return;
  const [{ to, port, start }] = item.outgoing;
  snap(item, to.axis + port - start, gap);
}

/**
 * @param {Item} item
 * @param {number} goal
 * @param {number} gap
 */
function snap(item, goal, gap) {
  const { low, high } = room(item, gap);
  if (Math.abs(goal - item.axis) <= SNAP && goal >= low && goal <= high) item.axis = goal;
}

/**
 * Cuts a trunk, or a chain of gates with one input, into the fewest straight runs its neighbours leave room for.
 * @param {Item} source
 * @param {number} gap
 * @param {number} bend px an item may leave its place for that
 */
function straightenRun(source, gap, bend) {
  const free = source.incoming.length === 0;
  let run = free ? [source] : [];
  let [low, high] = free ? reach(source, gap, bend) : [source.axis, source.axis];
  /** @param {number} [goal] where the run would best lie, if that is near */
  const flush = (goal = Infinity) => {
    const mean = run.reduce((sum, { axis }) => sum + axis, 0) / run.length;
    const wanted = Math.abs(goal - mean) <= SNAP ? goal : mean;
    for (const item of run) item.axis = Math.min(high, Math.max(low, wanted));
    run = [];
  };
  let last = source;
  for (let item = successor(source); item; item = successor(item)) {
    const [least, most] = reach(item, gap, bend);
    if (Math.max(low, least) > Math.min(high, most)) {
      flush();
      [low, high] = [least, most];
    }
    [low, high] = [Math.max(low, least), Math.min(high, most)];
    run.push(item);
    last = item;
  }
  const [exit] = last.outgoing;
  flush(last.outgoing.length === 1 ? exit.to.axis + exit.port : undefined);
}

/**
 * How far an item can move without pushing its neighbours, but no farther than `bend`.
 * @param {Item} item
 * @param {number} gap
 * @param {number} bend
 */
function reach(item, gap, bend) {
  const { low, high } = room(item, gap);
  return [Math.max(low, item.axis - bend), Math.min(high, item.axis + bend)];
}

/**
 * The lane in which the net goes on, else the one box it enters, if straight ahead and by no other net.
 * @param {Item} item
 */
function successor(item) {
  if (isSpread(item)) return undefined;
  const lane = nextLane(item);
  if (lane || item.outgoing.length !== 1) return lane;
  const [{ to, port }] = item.outgoing;
  return to.incoming.length === 1 && port === 0 ? to : undefined;
}

/**
 * How far an item can move without pushing its neighbours.
 * @param {Item} item
 * @param {number} gap
 */
function room(item, gap) {
  const { column, place } = item;
  const [above, below] = [column[place - 1], column[place + 1]];
  return {
    low: above ? above.axis + separation(above, item, gap) : -Infinity,
    high: below ? below.axis - separation(item, below, gap) : Infinity,
  };
}
