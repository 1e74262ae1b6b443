/** Ways of what moves: along runs and wires, to the places of numbers and heat maps. */

/** @import { Point } from "../../types.d.ts" */
/** @import { Mark, Picture, Segment, Slot, WireMark } from "../types.d.ts" */

/** Points at which a curve is sampled. */
const SAMPLES = 8;

/**
 * From the middle of a source's run, or from a tap, to the port.
 * @param {Mark} from
 * @param {WireMark} wire
 * @param {Picture} picture
 * @returns {Point[]}
 */
export function wirePoints(from, wire, picture) {
  return sample(wire.tapped ? wire.path : [runSegment(from, picture), ...wire.path]);
}

/**
 * The middle of a run to its end.
 * @param {Mark} mark
 * @param {Picture} picture
 * @returns {Segment}
 */
function runSegment({ origin, figure }, { style }) {
  const middle = (figure.runStart + figure.runEnd) / 2;
  const place = (/** @type {number} */ along) =>
    style.direction === "tb"
      ? { x: origin.x, y: origin.y + along }
      : { x: origin.x + along, y: origin.y };
  return [place(middle), place(figure.runEnd)];
}

/**
 * @param {Mark} mark
 * @param {Slot} slot
 * @returns {Point}
 */
export function slotCentre({ origin }, slot) {
  if (slot.grid)
    return {
      x: origin.x + slot.x + slot.grid.width / 2,
      y: origin.y + slot.y + slot.grid.height / 2,
    };
  const aside = slot.anchor === "middle" ? 0 : slot.anchor === "end" ? -1.1 : 1.1;
  return { x: origin.x + slot.x + aside * slot.size, y: origin.y + slot.y - 0.36 * slot.size };
}

/**
 * @param {Segment[]} segments
 * @returns {Point[]}
 */
export function sample(segments) {
  const points = [segments[0][0]];
  for (const [a, b, c, d] of segments) {
    if (!d) points.push(b);
    else for (let i = 1; i <= SAMPLES; i++) points.push(cubic([a, b, c, d], i / SAMPLES));
  }
  return points;
}

/**
 * @param {Point[]} handles
 * @param {number} t
 * @returns {Point}
 */
function cubic([a, b, c, d], t) {
  const u = 1 - t;
  const mix = (/** @type {"x" | "y"} */ key) =>
    u ** 3 * a[key] + 3 * u * u * t * b[key] + 3 * u * t * t * c[key] + t ** 3 * d[key];
  return { x: mix("x"), y: mix("y") };
}

/**
 * @param {Point[]} points
 * @returns {(share: number) => Point} the place after this share of the way
 */
export function alongPath(points) {
  const gone = [0];
  for (let i = 1; i < points.length; i++)
    gone.push(
      gone[i - 1] + Math.hypot(points[i].x - points[i - 1].x, points[i].y - points[i - 1].y),
    );
  const length = gone[gone.length - 1];
  return (share) => {
    const at = share * length;
    const next = Math.max(
      1,
      gone.findIndex((way) => way >= at),
    );
    if (points.length === 1 || length === 0) return points[0];
    const t = (at - gone[next - 1]) / (gone[next] - gone[next - 1] || 1);
    const [from, to] = [points[next - 1], points[next]];
    return { x: from.x + t * (to.x - from.x), y: from.y + t * (to.y - from.y) };
  };
}
