/**
 * Time and quality of our layout beside dagre's and ELK's, on the same circuits.
 *
 *   node tests/bench/layout.mjs [--ours] [folder of graphs as JSON: nodes {id,width,height,inputs}, edges {source,target,port}]
 */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { layout } from "../../static/js/layout.js";
import { box, extended, FAMILIES } from "../js/graphs.mjs";
import { crossings, displacement, drawingOf, wiresThroughBoxes } from "../js/layout-metrics.mjs";
import { dagre, elk } from "../js/layout-rivals.mjs";

/** @import { LayoutGraph } from "../../static/js/types.d.ts" */
/** @import { Drawing } from "../js/layout-metrics.mjs" */

const GAPS = { gapAcross: 16, gapAlong: 56 };
/** Boxes; dagre and ELK take minutes for the next size. */
const LARGEST_FOR_RIVALS = 400;

/**
 * Lays the graph out and returns how to draw what it made: only the first part is timed.
 * @typedef {(graph: LayoutGraph, before?: Record<string, number>) => Promise<() => Drawing & { memory?: Record<string, number> }>} Engine
 */

/** @type {Engine} */
async function ours(graph, previous) {
  const made = layout(graph, { direction: "lr", ...GAPS, previous });
  return () => ({ ...drawingOf(graph, made), memory: made.memory });
}

/**
 * @typedef {object} StoredGraph
 * @property {{ id: string, width: number, height: number, inputs: number }[]} nodes
 * @property {{ source: string, target: string, port: number }[]} edges
 */

/** @returns {Record<string, LayoutGraph>} */
function circuits() {
  const folder = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
  if (!folder)
    return Object.fromEntries(Object.entries(FAMILIES).map(([name, make]) => [name, make()]));
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  files.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return Object.fromEntries(
    files.map((file) => {
      /** @type {StoredGraph} */
      const { nodes, edges } = JSON.parse(readFileSync(join(folder, file), "utf8"));
      const boxes = nodes.map((n) => box(n.id, n.width, n.height, n.inputs));
      return [
        file.replace(".json", ""),
        { boxes, edges: edges.map((e, i) => ({ ...e, id: `e${i}` })) },
      ];
    }),
  );
}

/**
 * @param {Engine} engine
 * @param {LayoutGraph} graph
 */
async function measure(engine, graph) {
  const times = [];
  let draw = await engine(graph);
  for (let run = 0, spent = 0; run < 25 && spent < 2_000; run++) {
    const start = performance.now();
    draw = await engine(graph);
    times.push(performance.now() - start);
    spent += times[run];
  }
  const drawing = draw();
  const after = (await engine(extended(graph), drawing.memory))();
  const { width, height } = extent(drawing);
  return {
    ms: times.sort((a, b) => a - b)[times.length >> 1],
    ...crossings(drawing),
    through: wiresThroughBoxes(drawing).length,
    moved: displacement(drawing, after),
    picture: `${width.toFixed(0)}x${height.toFixed(0)}`,
  };
}

/** @param {Drawing} drawing */
function extent({ boxes }) {
  const all = Object.values(boxes);
  /** @param {(b: { x: number, y: number, width: number, height: number }) => [number, number]} side */
  const span = (side) =>
    Math.max(...all.map((b) => side(b)[1])) - Math.min(...all.map((b) => side(b)[0]));
  return { width: span((b) => [b.x, b.x + b.width]), height: span((b) => [b.y, b.y + b.height]) };
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}

/** @type {Record<string, Engine>} */
const rivals = {
  dagre: async (graph) => dagre(graph, GAPS),
  elk: async (graph) => elk(graph, GAPS),
};
/** @type {Record<string, Engine>} */
const engines = process.argv.includes("--ours") ? { ours } : { ours, ...rivals };
print(
  "| circuit | boxes | by | ms | crossings | net pairs | wires through boxes | moved px | picture |",
);
print("|---|---:|---|---:|---:|---:|---:|---:|---|");
for (const [name, graph] of Object.entries(circuits())) {
  for (const [by, engine] of Object.entries(engines)) {
    if (engine !== ours && graph.boxes.length > LARGEST_FOR_RIVALS) continue;
    const { ms, crossings, pairs, through, moved, picture } = await measure(engine, graph);
    const cells = [
      name,
      graph.boxes.length,
      by,
      ms.toFixed(1),
      crossings,
      pairs,
      through,
      moved.toFixed(1),
      picture,
    ];
    print(`| ${cells.join(" | ")} |`);
  }
}
