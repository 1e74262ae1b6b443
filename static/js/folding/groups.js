/**
 * What of a trace can be folded to one box, and what is, unasked, where all of it would be too much to draw.
 */

/** @import { Group, Trace, TraceNode } from "../types.d.ts" */

/** At most so many gates and boxes are drawn unasked. */
export const MOST_GATES = 300;

/** Lines of the longest layer that is looked for. */
const MOST_LINES = 4;

/** Units of one run, where single groups would still be too many; the least that suffices is taken. */
const RUNS = [20, 50, 100, 200, 500, 1000];

/**
 * What a level consists of, in evaluation order: groups, and gates of their own.
 * @typedef {Group | TraceNode} Unit
 */

/**
 * @typedef {object} Folding
 * @property {Group[]} groups outer ones before inner ones
 * @property {Set<string>} automatic ids of those that are folded unasked
 */

/** @type {WeakMap<Trace, Map<number, Folding>>} */
const foldings = new WeakMap();

/**
 * The groups of a trace, and which of them are folded unasked.
 * @param {Trace} trace
 * @param {number} [most] gates and boxes to draw
 * @returns {Folding}
 */
export function foldingOf(trace, most = MOST_GATES) {
  const found = foldings.get(trace) ?? new Map();
  foldings.set(trace, found);
  if (!found.has(most)) found.set(most, makeFolding(trace, most));
  return found.get(most);
}

/**
 * @param {Trace} trace
 * @param {number} most
 * @returns {Folding}
 */
function makeFolding(trace, most) {
  const gates = trace.nodes.filter(({ kind }) => kind === "gate");
  const groups = modulesOf(gates);
  if (groups.size === 0 && gates.length <= most) addLayers(gates, groups);
  /** @type {Set<string>} */
  const automatic = new Set();
  if (gates.length > most) {
    const roots = divide(gates, groups, undefined, most, automatic);
    openLargest(roots, groups, automatic, most);
  }
  return { groups: [...groups.values()].sort((a, b) => a.depth - b.depth), automatic };
}

/**
 * Calls of functions and turns of loops, from the nodes' module paths. A group has two gates or more and
 * nothing foreign between its first and its last: folding it then makes no cycle.
 * @param {TraceNode[]} gates
 * @returns {Map<string, Group>}
 */
function modulesOf(gates) {
  /** @type {Map<string, { path: string[], first: number, count: number }>} */
  const found = new Map();
  for (const [index, { module }] of gates.entries()) {
    let id = "";
    for (const [depth, name] of module.entries()) {
      id += depth ? `/${name}` : name;
      const entry = found.get(id) ?? { path: module.slice(0, depth + 1), first: index, count: 0 };
      entry.count++;
      found.set(id, entry);
    }
  }
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const [id, { path, first, count }] of found) {
    const own = gates.slice(first, first + count);
    const whole = own.every(({ module }) => path.every((name, i) => module[i] === name));
    if (!whole || count < 2) continue;
    const outer = path.slice(0, -1).map((_, i) => path.slice(0, i + 1).join("/"));
    const parent = outer.findLast((one) => groups.has(one));
    addGroup(groups, { id, ...kindOf(path[path.length - 1]), gates: own }, parent);
  }
  return groups;
}

/**
 * Repeated layers, in a program without functions and loops: lines that do the same again with what came before.
 * @param {TraceNode[]} gates
 * @param {Map<string, Group>} groups gains layers
 */
function addLayers(gates, groups) {
  /** @type {TraceNode[][]} */
  const lines = [];
  for (const gate of gates) {
    const last = lines[lines.length - 1];
    if (last && last[0].span?.line === gate.span?.line) last.push(gate);
    else lines.push([gate]);
  }
  for (let i = 0; i < lines.length; ) {
    const { period, count } = repeatAt(lines, i);
    for (let k = 0; count > 1 && k < count; k++) {
      const own = lines.slice(i + k * period, i + (k + 1) * period);
      const [from, to] = [own[0], own[period - 1]].map(([gate]) => gate.span?.line);
      const [id, label] =
        period === 1
          ? [`line ${from}`, `line ${from}`]
          : [`lines ${from}-${to}`, `lines ${from}–${to}`];
      addGroup(groups, { id, kind: "layer", label, gates: own.flat() }, undefined);
    }
    i += period * count;
  }
}

/**
 * How many lines repeat from a line on, and how often; the longest stretch, in its shortest layers.
 * @param {TraceNode[][]} lines
 * @param {number} start
 */
function repeatAt(lines, start) {
  let best = { period: 1, count: 1 };
  for (let period = 1; period <= MOST_LINES; period++) {
    const layer = (/** @type {number} */ k) =>
      lines.slice(start + k * period, start + (k + 1) * period);
    const work = (/** @type {TraceNode[][]} */ own) =>
      own.map((line) => line.map(({ primitive }) => primitive).join()).join(";");
    let count = 1;
    while (work(layer(count)) === work(layer(0)) && feeds(layer(count - 1), layer(count))) count++;
    const long = period * count > best.period * best.count;
    if (count > 1 && long && layer(0).flat().length > 1) best = { period, count };
  }
  return best;
}

/**
 * @param {TraceNode[][]} before
 * @param {TraceNode[][]} after
 */
function feeds(before, after) {
  const made = new Set(before.flat().map(({ id }) => id));
  return after.flat().some(({ inputs }) => inputs.some(({ node }) => made.has(node)));
}

/**
 * @param {Map<string, Group>} groups
 * @param {Omit<Group, "parent" | "depth">} group
 * @param {string | undefined} parent
 * @returns {Group}
 */
function addGroup(groups, group, parent) {
  const depth = parent === undefined ? 0 : (groups.get(parent)?.depth ?? 0) + 1;
  const made = { ...group, parent, depth };
  groups.set(group.id, made);
  return made;
}

/**
 * The parts of "t=3#1", a turn of the first loop, or of "sigmoid#2", a call.
 * @param {string} name the last of a module path
 */
function partsOf(name) {
  const at = name.lastIndexOf("#");
  const [stem, turn] = name.slice(0, at).split("=");
  return { stem, turn, count: name.slice(at) };
}

/**
 * @param {string} name
 * @returns {{ kind: "call" | "turn", label: string }}
 */
function kindOf(name) {
  const { stem, turn } = partsOf(name);
  return turn === undefined
    ? { kind: "call", label: stem }
    : { kind: "turn", label: `${stem} = ${turn}` };
}

/**
 * Folds what one level holds: its groups, else its source lines; runs of both where that is still too much.
 * What is too large to be unfolded at once is divided in its turn.
 * @param {TraceNode[]} gates of this level and those below
 * @param {Map<string, Group>} groups gains lines and runs
 * @param {string | undefined} parent
 * @param {number} most
 * @param {Set<string>} automatic gains what is folded
 * @returns {Unit[]}
 */
function divide(gates, groups, parent, most, automatic) {
  const lines = joinLines(unitsOf(gates, groups, parent), groups, parent);
  const units = joinRuns(lines, groups, parent, most, automatic);
  for (const unit of units) {
    if (!("gates" in unit)) continue;
    automatic.add(unit.id);
    const isRun = unit.kind === "run";
    if (unit.gates.length > most && !isRun) divide(unit.gates, groups, unit.id, most, automatic);
  }
  return units;
}

/**
 * @param {TraceNode[]} gates
 * @param {Map<string, Group>} groups
 * @param {string | undefined} parent
 * @returns {Unit[]}
 */
function unitsOf(gates, groups, parent) {
  /** @type {Map<string, Group>} by first gate */
  const starts = new Map();
  for (const group of groups.values())
    if (group.parent === parent) starts.set(group.gates[0].id, group);
  /** @type {Unit[]} */
  const units = [];
  for (let i = 0; i < gates.length; ) {
    const unit = starts.get(gates[i].id) ?? gates[i];
    units.push(unit);
    i += "gates" in unit ? unit.gates.length : 1;
  }
  return units;
}

/** @param {Unit} unit */
const gatesOf = (unit) => ("gates" in unit ? unit.gates : [unit]);

/**
 * Makes one group of the gates of each source line, with the calls between them.
 * @param {Unit[]} units
 * @param {Map<string, Group>} groups
 * @param {string | undefined} parent
 * @returns {Unit[]}
 */
function joinLines(units, groups, parent) {
  const keys = units.map((unit) =>
    "gates" in unit ? undefined : `${unit.module} ${unit.span?.line}`,
  );
  /** @type {Unit[]} */
  const joined = [];
  for (let i = 0; i < units.length; ) {
    const [first, key] = [units[i], keys[i]];
    const last = key === undefined ? i : keys.lastIndexOf(key);
    if (last === i || "gates" in first || last - i + 1 === units.length) {
      joined.push(...units.slice(i, last + 1));
    } else {
      const label = `line ${first.span?.line}`;
      const id = parent === undefined ? label : `${parent}/${label}`;
      const own = units.slice(i, last + 1);
      joined.push(enclose(own, { id, kind: "line", label }, groups, parent));
    }
    i = last + 1;
  }
  return joined;
}

/**
 * Puts a new group around units of one level.
 * @param {Unit[]} units
 * @param {{ id: string, kind: Group["kind"], label: string }} as
 * @param {Map<string, Group>} groups
 * @param {string | undefined} parent
 */
function enclose(units, as, groups, parent) {
  const made = addGroup(groups, { ...as, gates: units.flatMap(gatesOf) }, parent);
  const inside = new Set(made.gates);
  for (const group of groups.values()) {
    if (group === made || !inside.has(group.gates[0]) || group.depth < made.depth) continue;
    if (group.parent === parent) group.parent = made.id;
    group.depth++;
  }
  return made;
}

/**
 * @param {Unit[]} units
 * @param {Map<string, Group>} groups
 * @param {string | undefined} parent
 * @param {number} most
 * @param {Set<string>} automatic
 * @returns {Unit[]}
 */
function joinRuns(units, groups, parent, most, automatic) {
  if (units.length <= most) return units;
  const length = RUNS.find((run) => units.length / run <= most) ?? units.length;
  /** @type {Unit[]} */
  const runs = [];
  for (let i = 0; i < units.length; i += length) {
    const own = units.slice(i, i + length);
    for (const unit of own) if ("gates" in unit) automatic.add(unit.id);
    if (own.length === 1) runs.push(own[0]);
    else runs.push(enclose(own, nameRun(own, groups, parent), groups, parent));
  }
  return runs;
}

/**
 * "t = 0…19", or "lines 4–23".
 * @param {Unit[]} units
 * @param {Map<string, Group>} groups
 * @param {string | undefined} parent
 * @returns {{ id: string, kind: "run", label: string }}
 */
function nameRun(units, groups, parent) {
  const outer = parent === undefined ? "" : `${parent}/`;
  const [first, last] = [units[0], units[units.length - 1]].map((unit) => gatesOf(unit)[0]);
  const depth = first.module.findIndex((name, i) => name !== last.module[i]);
  const [from, to] = [first, last].map(({ module }) => partsOf(module[depth] ?? "#"));
  if (from.turn !== undefined && from.stem === to.stem && from.count === to.count)
    return {
      id: `${outer}${from.stem}=${from.turn}..${to.turn}${from.count}`,
      kind: "run",
      label: `${from.stem} = ${from.turn}…${to.turn}`,
    };
  const lines = units.flatMap(gatesOf).map(({ span }) => span?.line ?? 0);
  const [low, high] = [Math.min(...lines), Math.max(...lines)];
  const id = `${outer}lines ${low}-${high}`;
  return {
    id: groups.has(id) ? `${id}, from ${first.code}` : id,
    kind: "run",
    label: low === high ? `line ${low}` : `lines ${low}–${high}`,
  };
}

/**
 * One box of everything would be no picture: what holds more than half is shown open, while that stays readable.
 * @param {Unit[]} units
 * @param {Map<string, Group>} groups
 * @param {Set<string>} automatic
 * @param {number} most
 */
function openLargest(units, groups, automatic, most) {
  const gates = units.flatMap(gatesOf);
  const largest = units.find((unit) => gatesOf(unit).length > gates.length / 2);
  if (!largest || !("gates" in largest)) return;
  const inside = unitsOf(largest.gates, groups, largest.id);
  if (inside.length === 1 && inside[0] === largest) return;
  if (units.length - 1 + inside.length > most) return;
  automatic.delete(largest.id);
  openLargest(inside, groups, automatic, most);
}
