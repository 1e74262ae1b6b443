/** From a trace to a picture with its places: the largest style in which it fits the window, laid out. */

/** @import { Layout, Trace, TraceNode } from "../types.d.ts" */
/** @import { LayoutClient } from "../layout-client.js" */
/** @import { Boxes, Drawing, Measure, Picture, Taps } from "./types.d.ts" */

import { inSlices } from "../player.js";
import { same } from "../state.js";
import { pictureOf } from "./picture.js";
import { leastScale, SHRINK, spread, stylesFor } from "./styles.js";

/** How much of the spare room the gaps take; the next is tried where the picture grows too large. */
const EASES = [1, 0.4, 0];

/** @typedef {{ width: number, height: number }} Room */

/**
 * @param {object} tools
 * @param {LayoutClient} tools.layoutClient
 * @param {Measure} tools.measure
 * @param {{ room: () => Room, inner: () => Room, wholeScale: (width: number, height: number) => number }} tools.viewport
 * @param {() => boolean} [tools.hall] whether the back row of a lecture hall is to read the numbers
 */
export function createArranging({ layoutClient, measure, viewport, hall }) {
  /** The window's size that the picture was made for. */
  let room = { width: 0, height: 0 };
  /** The program whose values have outgrown their places. */
  let varied = "";
  /** @type {{ number: number, ease: number, room: Room } | undefined} the try that was taken last */
  let taken;
  /** @type {{ boxes?: Boxes, taps?: Taps }} what draws what few circuits have */
  const parts = {};

  /**
   * Fetches what draws what few circuits have, for one that has it.
   * @param {Trace} trace
   */
  async function fetchParts(trace) {
    if ("open" in trace) parts.boxes ??= await import("./boxes.js");
    if (hasShared(trace)) parts.taps ??= await import("./taps.js");
  }

  const isFitted = () => sameRoom(room, viewport.room());

  /**
   * The trace as it would be drawn now, if it had not to be laid out.
   * @param {Trace} trace
   * @param {Drawing | undefined} drawn
   * @param {() => boolean} isWanted
   * @returns {Promise<Picture | undefined>}
   */
  async function sketch(trace, drawn, isWanted) {
    if (!drawn || !isFitted()) return undefined;
    const { style, trace: before } = drawn.picture;
    return before.nodes.length === trace.nodes.length
      ? inSlices(pictureOf(trace, style, measure, parts), isWanted)
      : undefined;
  }

  /**
   * A trace in its places: those that are drawn, if it needs no others.
   * @param {Trace} trace
   * @param {Drawing | undefined} drawn
   * @param {() => boolean} isWanted
   * @param {Picture} [fresh] as it would be in the style that is drawn
   * @returns {Promise<{ picture: Picture, layout: Layout } | undefined>} undefined if it was given up
   */
  async function arrange(trace, drawn, isWanted, fresh) {
    return drawn && fresh && same(fresh.graph, drawn.picture.graph)
      ? { picture: fresh, layout: drawn.layout }
      : layOut(trace, drawn, isWanted);
  }

  /**
   * Tries the styles from the largest on until one fits; of a program that grew, from the one it had.
   * @param {Trace} trace
   * @param {Drawing | undefined} drawn
   * @param {() => boolean} isWanted
   */
  async function layOut(trace, drawn, isWanted) {
    room = viewport.room();
    const previous = memoryFor(trace, drawn);
    const roomy = trace.source === varied;
    const tries = stylesFor(trace, room, hall?.()).flatMap((given) => {
      const style = { ...given, roomy };
      return EASES.map((ease) => ({ style, ease }));
    });
    const lastTry = tries[tries.length - 1];
    const grew =
      previous &&
      drawn &&
      taken &&
      sameRoom(room, taken.room) &&
      trace.nodes.length >= drawn.picture.trace.nodes.length;
    const had = tries.findIndex(
      ({ style, ease }) => style.number === taken?.number && ease === taken.ease,
    );
    /** @type {Picture | undefined} */
    let picture;
    for (const attempt of tries.slice(grew ? Math.max(0, had) : 0)) {
      const last = attempt === lastTry;
      if (picture?.style !== attempt.style)
        picture = await inSlices(pictureOf(trace, attempt.style, measure, parts), isWanted);
      if (!picture) return undefined;
      if (!spread(picture, viewport.inner(), attempt.ease) && !last) continue;
      const options = { ...picture.options, previous };
      const layout = await layoutClient.request(picture.graph, options);
      const scale = viewport.wholeScale(layout.width, layout.height);
      if (last || scale >= Math.max(SHRINK, leastScale(picture))) {
        taken = { number: attempt.style.number, ease: attempt.ease, room };
        return { picture, layout };
      }
    }
    throw new Error("unreachable: the last style is always taken");
  }

  return {
    parts,
    fetchParts,
    isFitted,
    sketch,
    arrange,
    /** @param {Trace} trace whose values have outgrown their places: it gets room for those to come */
    vary({ source }) {
      varied = source;
    },
  };
}

/**
 * Where nodes lay, if this is the same program edited and not another one.
 * @param {Trace} trace
 * @param {Drawing | undefined} drawn
 */
function memoryFor({ nodes, source }, drawn) {
  if (!drawn) return undefined;
  if (drawn.picture.trace.source === source) return drawn.layout.memory;
  const known = new Set([...drawn.picture.figures.values()].map(({ node }) => identity(node)));
  const kept = nodes.filter((node) => known.has(identity(node))).length;
  return 2 * kept > Math.max(nodes.length, known.size) ? drawn.layout.memory : undefined;
}

/** @param {TraceNode} node */
function identity({ code, face, kind }) {
  return `${code} ${kind} ${face}`;
}

/** Uses of a value from which it may have taps. */
const SHARED = 4;

/** @param {Trace} trace */
function hasShared({ nodes, edges }) {
  /** @type {Map<string, number>} */
  const uses = new Map();
  for (const { source } of edges) uses.set(source, (uses.get(source) ?? 0) + 1);
  return nodes.some(({ id, kind }) => kind === "input" && (uses.get(id) ?? 0) >= SHARED);
}

/** @param {Room} a @param {Room} b */
function sameRoom(a, b) {
  return a.width === b.width && a.height === b.height;
}
