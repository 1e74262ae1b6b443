/**
 * dagre and ELK, our layout's measure: development packages of static/package.json, never served.
 * Each lays a graph out and returns how to draw what it made, so that only the first part is timed.
 */

import { createRequire } from "node:module";

/** @import { LayoutGraph, Point } from "../../static/js/types.d.ts" */
/** @import { Drawing } from "./layout-metrics.mjs" */

/** @typedef {{ gapAcross: number, gapAlong: number }} Gaps */

/** @typedef {Point & { width: number, height: number }} Rectangle */

/**
 * @typedef {object} LaidByDagre
 * @property {(id: string) => Rectangle} node by its centre
 * @property {(end: { v: string, w: string, name: string }) => { points: Point[] }} edge
 */

/**
 * @typedef {object} LaidByElk
 * @property {(Rectangle & { id: string })[]} children
 * @property {{ id: string, sections: { startPoint: Point, bendPoints?: Point[], endPoint: Point }[] }[]} edges
 */

const require = createRequire(new URL("../../static/package.json", import.meta.url));

/** Whether both are there; `make setup` installs them. */
export function rivalsInstalled() {
  try {
    require.resolve("@dagrejs/dagre");
    require.resolve("elkjs/lib/elk.bundled.js");
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {LayoutGraph} graph
 * @param {Gaps} gaps
 * @returns {() => Drawing}
 */
export function dagre(graph, { gapAcross, gapAlong }) {
  const { graphlib, layout: run } = require("@dagrejs/dagre");
  const g = new graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: "LR", nodesep: gapAcross, ranksep: gapAlong });
  for (const { id, along, across } of graph.boxes) g.setNode(id, { width: along, height: across });
  for (const { id, source, target } of graph.edges) g.setEdge(source, target, {}, id);
  run(g);
  return () => dagreDrawing(graph, g);
}

/**
 * dagre knows no ports: its wires end at ours all the same.
 * @param {LayoutGraph} graph
 * @param {LaidByDagre} g
 */
function dagreDrawing(graph, g) {
  /** @type {Drawing["boxes"]} */
  const boxes = {};
  const ports = new Map(graph.boxes.map((b) => [b.id, b.ports]));
  for (const { id } of graph.boxes) {
    const { x, y, width, height } = g.node(id);
    boxes[id] = { x: x - width / 2, y: y - height / 2, width, height };
  }
  const wires = graph.edges.map(({ id, source, target, port }) => {
    const bends = g.edge({ v: source, w: target, name: id }).points.slice(1, -1);
    const [from, to] = [boxes[source], boxes[target]];
    const start = { x: from.x + from.width, y: from.y + from.height / 2 };
    const end = { x: to.x, y: to.y + (ports.get(target)?.[port] ?? 0) };
    return { source, target, points: [start, ...bends, end] };
  });
  return { boxes, wires };
}

/**
 * @param {LayoutGraph} graph
 * @param {Gaps} gaps
 * @returns {Promise<() => Drawing>}
 */
export async function elk(graph, { gapAcross, gapAlong }) {
  const ELK = require("elkjs/lib/elk.bundled.js");
  const laid = await new ELK().layout({
    id: "root",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.spacing.nodeNode": `${gapAcross}`,
      "elk.layered.spacing.nodeNodeBetweenLayers": `${gapAlong}`,
    },
    children: graph.boxes.map(({ id, along, across, ports }) => ({
      id,
      width: along,
      height: across,
      layoutOptions: { "elk.portConstraints": "FIXED_POS" },
      ports: [
        ...ports.map((y, i) => ({
          id: `${id}.${i}`,
          x: 0,
          y,
          width: 0,
          height: 0,
          layoutOptions: { "elk.port.side": "WEST" },
        })),
        {
          id: `${id}.out`,
          x: along,
          y: across / 2,
          width: 0,
          height: 0,
          layoutOptions: { "elk.port.side": "EAST" },
        },
      ],
    })),
    edges: graph.edges.map(({ id, source, target, port }) => ({
      id,
      sources: [`${source}.out`],
      targets: [`${target}.${port}`],
    })),
  });
  return () => elkDrawing(graph, laid);
}

/**
 * @param {LayoutGraph} graph
 * @param {LaidByElk} laid
 */
function elkDrawing(graph, laid) {
  const boxes = Object.fromEntries(laid.children.map((child) => [child.id, child]));
  const sections = new Map(laid.edges.map((edge) => [edge.id, edge.sections[0]]));
  const wires = graph.edges.map(({ id, source, target }) => {
    const section = sections.get(id);
    const points = section
      ? [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]
      : [];
    return { source, target, points };
  });
  return { boxes, wires };
}
