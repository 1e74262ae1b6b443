/** A circuit drawn small: every value, and which of them a nudge has changed. */

import { foldedLiterals } from "../../circuit/picture.js";
import { namePieces, numberPieces } from "../../circuit/pieces.js";
import { setAll, svg, typeset, write } from "../../circuit/text.js";
import { DASH, formatNumber, formatShape, formatTrimmed } from "../../format.js";
import { layout } from "../../layout.js";

/** @import { Tensor, Trace, TraceNode } from "../../types.d.ts" */

/** More are seen on the board alone. */
const MOST = 60;

/** px; a gate's sign is in the middle of `axis`, name and number stand to its right */
const SIZE = { across: 78, along: 28, axis: 14, sign: 13, text: 13, gap: 18, port: 7 };
const NAME = /^[\p{L}_]\w*$/u;
/** px; what is wider is scrolled */
const WIDTH = 332;

/** @param {Tensor} tensor to so many digits that a small change is seen */
const textOf = ({ shape, data }) =>
  shape.length ? formatShape(shape) : data === null ? DASH : formatTrimmed(Number(data), 6);

/** @param {TraceNode} node */
const gradientOf = ({ upstream }) =>
  !upstream
    ? DASH
    : upstream.shape.length
      ? formatShape(upstream.shape)
      : formatNumber(Number(upstream.data));

/**
 * @param {Trace} trace
 * @returns {{ element: SVGElement, show: (values: Map<string, Tensor> | undefined, lit: readonly string[]) => void, wide: boolean } | undefined}
 *   nothing where it would be too large; without values it shows gradients
 */
export function createFigure(trace) {
  const folded = foldedLiterals(trace);
  const nodes = trace.nodes.filter(({ id }) => !folded.has(id));
  if (nodes.length > MOST) return undefined;
  const edges = trace.edges.filter(({ source }) => !folded.has(source));
  const wiresOf = (/** @type {string} */ id) => edges.filter(({ target }) => target === id);
  const places = layout(
    {
      boxes: nodes.map(({ id }) => ({
        ...{ id, along: SIZE.along, across: SIZE.across, axis: SIZE.axis, portInset: 4 },
        ports: wiresOf(id).map(
          (_, i, { length }) => SIZE.axis + (i - (length - 1) / 2) * SIZE.port,
        ),
      })),
      edges: nodes.flatMap(({ id }) =>
        wiresOf(id).map(({ id: edge, source }, port) => ({ id: edge, source, target: id, port })),
      ),
    },
    { direction: "tb", gapAcross: 4, gapAlong: SIZE.gap },
  );
  const width = Math.max(places.width, WIDTH);
  const element = svg("svg", {
    class: "circuit",
    role: "img",
    viewBox: `${(places.width - width) / 2} 0 ${width} ${places.height}`,
    width,
    height: places.height,
  });
  const wires = new Map(
    edges.map(({ id, source }) => [
      svg("path", { class: "wire", d: places.routes[id].d }, element),
      source,
    ]),
  );
  const drawn = nodes.map((node) => {
    const { x, y } = places.places[node.id];
    const group = svg("g", { transform: `translate(${x + SIZE.axis},${y + SIZE.axis})` }, element);
    if (node.kind === "gate") {
      svg("circle", { r: SIZE.sign }, group);
      const size = node.face.length > 2 ? 11 : SIZE.text + 1;
      write(group, { x: 0, y: size * 0.36, anchor: "middle", size }, "sign", node.face);
    } else svg("circle", { r: 4 }, group);
    const left = node.kind === "gate" ? SIZE.sign + 5 : 9;
    const at = { x: left, anchor: /** @type {const} */ ("start"), size: SIZE.text };
    const name = node.name ?? (NAME.test(node.label) ? node.label : "");
    if (name) write(group, { ...at, y: -3 }, "name", namePieces(name, "name"));
    const number = write(group, { ...at, y: name ? 12 : 5 }, "value", "");
    return { node, group, number };
  });

  return {
    element,
    wide: places.width > WIDTH,
    show(values, lit) {
      for (const { node, group, number } of drawn) {
        const on = lit.includes(node.id);
        const value = values?.get(node.id) ?? node.value;
        const kind = values ? "value" : "gradient";
        setAll(group, { class: `node ${node.kind} ${on ? "lit" : ""}` });
        setAll(number, { class: `number ${kind}` });
        typeset(number, numberPieces(values ? textOf(value) : gradientOf(node), kind), SIZE.text);
      }
      for (const [wire, source] of wires)
        setAll(wire, {
          class: `wire ${values ? "" : "back"} ${lit.includes(source) ? "lit" : ""}`,
        });
      const names = drawn.filter(({ node }) => lit.includes(node.id)).map(({ node }) => node.label);
      const what = values ? "changed" : "with a gradient";
      element.setAttribute(
        "aria-label",
        `The circuit; ${what}: ${names.length ? names.join(", ") : "nothing"}`,
      );
    },
  };
}
