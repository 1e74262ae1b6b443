/** A picture with its places as it is drawn: on sheets of its own, so that the one before stays until all is there. */

/** @import { Frame, Layout, Point, Trace, View } from "../types.d.ts" */
/** @import { Boxes, Change, Drawing, Measure, Picture, Rect, Sheets, Taps } from "./types.d.ts" */

import { drawNodes } from "./gates.js";
import { overlap, rectOf, shifted } from "./measure.js";
import { createNear, everything } from "./near.js";
import { svg } from "./text.js";
import { drawWires } from "./wires.js";

/** Beyond this many nodes nothing inside the large drawing is animated. */
const CALM = 300;

/** Beyond this many, which no window shows at once, only what is near the window is displayed. */
const NEAR = 80;

/** @returns {Sheets} not in the document yet */
function createSheets() {
  const [frames, wires, nodes, tabs] = [0, 1, 2, 3].map(() => svg("g", {}));
  return { frames, wires, nodes, tabs };
}

/**
 * Draws a picture; it pauses wherever it may.
 * @param {Picture} picture
 * @param {Layout} layout
 * @param {Measure} measure
 * @param {{ boxes?: Boxes, taps?: Taps }} parts
 * @returns {Generator<void, Drawing>}
 */
export function* drawPicture(picture, layout, measure, { boxes, taps }) {
  const sheets = createSheets();
  const near = picture.figures.size > NEAR ? createNear() : everything;
  const { wires, nets } = yield* drawWires(sheets.wires, picture, layout, near);
  const marks = yield* drawNodes(sheets.nodes, picture, layout, measure, near);
  taps?.drawTaps(sheets.wires, picture, layout, nets, near);
  if (boxes) yield* boxes.drawFrames(sheets.frames, sheets.tabs, picture, marks, measure, near);
  const { width, height } = layout;
  const plan = { width, height, parts: [...marks.values()].map(rectOf) };
  return { picture, layout, sheets, near, plan, marks, wires, nets };
}

/**
 * Tells every part of a drawing what is known at a frame.
 * @param {Drawing} drawing
 * @param {Frame} frame
 * @param {Frame} [last] the one it was told before
 * @returns {Generator<void, Change>} what changes between the two
 */
export function* tell({ picture, marks, wires, nets }, frame, last) {
  /** @type {Change} */
  const change = { forward: [], backward: [], landing: [] };
  for (const [id, mark] of marks) {
    const state = frame.nodes[id];
    const old = last?.nodes[id];
    if (old === state) continue;
    mark.show(state);
    nets.get(id)?.show(state);
    if (state.valueKnown && !old?.valueKnown) change.landing.push({ id, role: "value" });
    if (state.gradientKnown && !old?.gradientKnown) change.landing.push({ id, role: "gradient" });
    yield;
  }
  for (const edge of picture.edges) {
    const state = frame.edges[edge.id];
    const old = last?.edges[edge.id];
    if (old === state) continue;
    wires.get(edge.id)?.show(state);
    marks.get(edge.target)?.showPartial(edge.id, state);
    if (state.valueKnown && !old?.valueKnown) change.forward.push(edge);
    if (state.downstreamKnown && !old?.downstreamKnown) change.backward.push(edge);
    yield;
  }
  return change;
}

/**
 * Where nodes are seen, by code.
 * @param {Drawing} drawing
 * @param {(point: Point) => Point} toScreen
 */
export const screenPlaces = ({ marks }, toScreen) =>
  new Map([...marks.values()].map(({ figure, origin }) => [figure.node.code, toScreen(origin)]));

/**
 * Old nodes move from where they were seen, those of an unfolded box from there; what nobody sees does not, since
 * each that moves is a layer of its own.
 * @param {Drawing} drawing
 * @param {object} from
 * @param {Map<string, Point>} from.before by code
 * @param {Trace | View} [from.was] what was drawn before
 * @param {Rect} window
 * @param {number} duration ms
 */
export function glide({ marks, sheets }, { before, was }, window, duration) {
  if (duration === 0 || marks.size > CALM) return;
  for (const mark of marks.values()) {
    const { element: node, figure, origin } = mark;
    const rect = rectOf(mark);
    const box = was && "hidden" in was && was.hidden.get(figure.node.id);
    const old = before.get(figure.node.code) ?? (box ? before.get(box.id) : undefined);
    const to = `translate(${origin.x}px, ${origin.y}px)`;
    const isSeen = overlap(rect, window);
    if (!old && isSeen) node.animate({ opacity: [0, 1] }, { duration, easing: "ease-in" });
    if (old) {
      const { x, y } = old;
      const wasSeen = overlap(shifted(rect, x - origin.x, y - origin.y), window);
      if ((isSeen || wasSeen) && Math.hypot(x - origin.x, y - origin.y) > 0.5)
        node.animate(
          { transform: [`translate(${x}px, ${y}px)`, to] },
          { duration, easing: "ease-in-out" },
        );
    }
  }
  sheets.wires.animate({ opacity: [0, 0, 1] }, { duration: 1.4 * duration });
}
