/**
 * Ranks the boxes and lays one trunk per value.
 * Knows the graph; knows no positions.
 */

/** @import { LayoutBox, LayoutGraph } from "../types.d.ts" */

/**
 * The piece of a net that crosses one gap between two columns.
 * @typedef {object} Link
 * @property {Item} from
 * @property {Item} to
 * @property {string} net id of the value it carries
 * @property {number} start where it starts, px from the axis of `from`: not 0 where a box has several exits
 * @property {number} port where it ends, px from the axis of `to`
 * @property {number} slot the same as a share of the box, between 0 and 1: the order of its ends
 * @property {number} weight how much it wants to be straight
 * @property {number} end scratch of the crossing count
 */

/**
 * A box, or a lane: the passage of a trunk through a column.
 * @typedef {object} Item
 * @property {string} key the box's id; for a lane, its source's id and its distance from it
 * @property {LayoutBox | undefined} box
 * @property {number} rank index of its column
 * @property {number} before px it needs across, from its axis towards 0
 * @property {number} after px it needs on the other side
 * @property {Link[]} incoming by port
 * @property {Link[]} outgoing
 * @property {Item[]} column the column it stands in
 * @property {number} place its index there
 * @property {number[]} starts scratch of the ordering: where its incoming links start
 * @property {number[]} goals scratch of the ordering: where its outgoing links end
 * @property {number} axis its position across, px
 * @property {number | undefined} anchor its position in the previous picture
 */

/**
 * Where a value's wires start: a box, and px from its axis.
 * @typedef {{ source: Item, start: number }} Net
 */

/**
 * @typedef {object} Layers
 * @property {Item[][]} columns
 * @property {Map<string, Item>} items the boxes' items by id
 * @property {Map<string, Net>} nets by the value's id
 * @property {Map<string, Link>} ends the last link of each edge, by edge id
 */

/** Half the room of a lane across, px: a solid and a dashed line, and air. */
const LANE = 6;

/** Wires between gates run straighter than wires from inputs: one can follow the circuit's main line. */
const GATE_WEIGHT = 2;

/** Straightness by the number of lanes a link touches (Gansner et al. 1993, section 4). */
const STRAIGHTNESS = [1, 2, 8];

/**
 * The boxes' edges, by index.
 * @typedef {object} Wiring
 * @property {number[][]} sources one list a box, in port order
 * @property {number[][]} consumers one list a box, without repeats
 * @property {number[]} order a topological order
 */

/**
 * @param {LayoutGraph} graph
 * @returns {Wiring}
 */
function readWiring({ boxes, edges }) {
  const index = new Map(boxes.map((box, i) => [box.id, i]));
  for (const [i, { exits }] of boxes.entries()) for (const id in exits) index.set(id, i);
  /** @type {number[][]} */
  const sources = boxes.map(() => []);
  /** @type {number[][]} */
  const consumers = boxes.map(() => []);
  for (const edge of edges) {
    const from = index.get(edge.source);
    const to = index.get(edge.target);
    if (from === undefined)
      throw new Error(`edge ${edge.id} starts at an unknown box: ${edge.source}`);
    if (to === undefined) throw new Error(`edge ${edge.id} ends at an unknown box: ${edge.target}`);
    if (boxes[to].ports[edge.port] === undefined) {
      throw new Error(
        `edge ${edge.id} ends at port ${edge.port} of ${edge.target}, which has ${boxes[to].ports.length}`,
      );
    }
    sources[to].push(from);
    if (!consumers[from].includes(to)) consumers[from].push(to);
  }
  return { sources, consumers, order: topologicalOrder(sources, consumers, boxes) };
}

/**
 * Kahn's algorithm; a first-in first-out queue keeps the given order where it is topological already.
 * @param {number[][]} sources
 * @param {number[][]} consumers
 * @param {LayoutBox[]} boxes
 */
function topologicalOrder(sources, consumers, boxes) {
  const waiting = sources.map((list) => new Set(list).size);
  const order = [...waiting.keys()].filter((i) => waiting[i] === 0);
  for (let head = 0; head < order.length; head++) {
    for (const consumer of consumers[order[head]]) {
      if (--waiting[consumer] === 0) order.push(consumer);
    }
  }
  if (order.length === boxes.length) return order;
  const stuck = boxes[waiting.findIndex((count) => count > 0)];
  throw new Error(`the graph has a cycle through ${stuck.id}; a circuit has none`);
}

/**
 * Longest path from the inputs, then three passes that move a box up against its first consumer.
 * @param {Wiring} wiring
 * @returns {number[]} one rank a box
 */
function rankBoxes({ sources, consumers, order }) {
  /** @type {number[]} */
  const ranks = new Array(sources.length).fill(0);
  for (const box of order) {
    for (const source of sources[box]) ranks[box] = Math.max(ranks[box], ranks[source] + 1);
  }
  for (let pass = 0; pass < 3; pass++) {
    for (let i = order.length - 1; i >= 0; i--) {
      const box = order[i];
      if (consumers[box].length === 0) continue;
      const rank =
        consumers[box].reduce((least, consumer) => Math.min(least, ranks[consumer]), Infinity) - 1;
      if (rank > ranks[box] && lengthened(box, rank) <= 1) ranks[box] = rank;
    }
  }
  return ranks;

  /**
   * How many nets grow when `box` moves to `rank`: not those of its private leaves, which travel along,
   * nor those that reach as far already.
   * @param {number} box
   * @param {number} rank
   */
  function lengthened(box, rank) {
    return [...new Set(sources[box])].filter((source) => {
      const travels = sources[source].length === 0 && consumers[source].length === 1;
      return !travels && consumers[source].every((consumer) => ranks[consumer] < rank);
    }).length;
  }
}

/**
 * Columns of boxes and lanes. A value has one trunk: one lane a rank, shared by all its consumers,
 * so that its net looks like a net on a circuit board and splits late (Sander 1994 on merged dummies).
 * @param {LayoutGraph} graph
 * @returns {Layers}
 */
export function buildLayers(graph) {
  const ranks = rankBoxes(readWiring(graph));
  const items = new Map(graph.boxes.map((box, i) => [box.id, boxItem(box, ranks[i])]));
  /** @type {Map<string, Net>} */
  const nets = new Map();
  for (const [id, item] of items) {
    const { axis, exits = { [id]: axis } } = /** @type {LayoutBox} */ (item.box);
    for (const net in exits) nets.set(net, { source: item, start: exits[net] - axis });
  }
  /** @type {Item[][]} */
  const columns = Array.from(
    { length: ranks.reduce((most, rank) => Math.max(most, rank + 1), 0) },
    () => [],
  );
  /** @param {Item} item */
  const add = (item) => {
    item.column = columns[item.rank];
    item.place = item.column.push(item) - 1;
    return item;
  };
  for (const item of items.values()) add(item);

  /** @type {Map<string, Item[]>} each net's source and lanes, by distance */
  const trunks = new Map();
  /** @type {Map<string, Link>} */
  const ends = new Map();
  for (const edge of graph.edges) {
    const net = edge.source;
    const { source, start } = /** @type {Net} */ (nets.get(net));
    const target = /** @type {Item} */ (items.get(edge.target));
    const trunk = trunks.get(net) ?? [source];
    trunks.set(net, trunk);
    const startOf = (/** @type {Item} */ from) => (from === source ? start : 0);
    const weight = source.box?.ports.length === 0 ? 1 : GATE_WEIGHT;
    while (source.rank + trunk.length < target.rank) {
      const lane = add(laneItem(net, source.rank, trunk.length));
      const from = trunk[trunk.length - 1];
      join({ from, to: lane, net, start: startOf(from), port: 0, slot: 0.5, weight });
      trunk.push(lane);
    }
    const box = /** @type {LayoutBox} */ (target.box);
    const slot = (edge.port + 1) / (box.ports.length + 1);
    const tail = trunk[target.rank - source.rank - 1];
    const link = join({
      from: tail,
      to: target,
      net,
      start: startOf(tail),
      port: box.ports[edge.port] - box.axis,
      slot,
      weight: (edge.weight ?? 1) * weight,
    });
    ends.set(edge.id, link);
  }
  for (const item of items.values()) {
    item.incoming.sort((a, b) => a.slot - b.slot);
    if (item.box?.exits) item.outgoing.sort((a, b) => a.start - b.start);
  }
  return { columns, items, nets, ends };
}

/**
 * @param {LayoutBox} box
 * @param {number} rank
 * @returns {Item}
 */
function boxItem(box, rank) {
  return { key: box.id, box, rank, before: box.axis, after: box.across - box.axis, ...unplaced() };
}

/**
 * @param {string} net
 * @param {number} rank of its source
 * @param {number} distance
 * @returns {Item}
 */
function laneItem(net, rank, distance) {
  return {
    key: `${net} +${distance}`,
    box: undefined,
    rank: rank + distance,
    before: LANE,
    after: LANE,
    ...unplaced(),
  };
}

/** @returns {Omit<Item, "key" | "box" | "rank" | "before" | "after">} */
function unplaced() {
  return {
    incoming: [],
    outgoing: [],
    column: [],
    place: 0,
    starts: [],
    goals: [],
    axis: 0,
    anchor: undefined,
  };
}

/**
 * @param {Omit<Link, "end">} made its weight counts more between lanes
 * @returns {Link}
 */
function join(made) {
  const { from, to, weight } = made;
  const lanes = Number(from.box === undefined) + Number(to.box === undefined);
  const link = { ...made, weight: weight * STRAIGHTNESS[lanes], end: 0 };
  from.outgoing.push(link);
  to.incoming.push(link);
  return link;
}

/**
 * The lane a net goes on in, one column on.
 * @param {Item} item
 * @param {string} [net] where the item has several
 */
export function nextLane(item, net) {
  return item.outgoing.find(
    (link) => link.to.box === undefined && (net === undefined || link.net === net),
  )?.to;
}
