/**
 * What the board's texts say, in pieces: names, numbers, shapes, chips, sums.
 */

/** @import { Local, Tensor, TraceNode } from "../types.d.ts" */
/** @import { Face, Piece, Style } from "./types.d.ts" */

import { displayName, formatScalar, formatShort, isAxis, WAY_BACK } from "../format.js";

/**
 * A program's name, typeset.
 * @param {string} name
 * @param {Face} kind
 * @returns {Piece[]}
 */
export function namePieces(name, kind) {
  const { base, subscript } = displayName(name);
  /** @type {Piece[]} */
  const pieces = [{ text: base, kind }];
  if (subscript) pieces.push({ text: subscript, kind, shift: "sub" });
  return pieces;
}

/**
 * A number. Its minus signs stand upright: in the italic face they are as short as hyphens.
 * @param {string} text
 * @param {Face} kind
 * @returns {Piece[]}
 */
export function numberPieces(text, kind) {
  return text
    .split(/(−)/)
    .filter(Boolean)
    .map((part) => plain(part, part === "−" ? "plain" : kind));
}

/**
 * A shape by its letters, each in its colour, else by its sizes: N × D, (H,), 3 × 4; [] for a scalar.
 * @param {TraceNode} node
 * @returns {Piece[]}
 */
export function shapePieces({ value: { shape }, dims }) {
  const letters = dims?.length === shape.length ? dims : shape.map(String);
  const axes = letters.flatMap((text, i) => [
    ...(i ? [plain(" × ")] : []),
    isAxis(text) ? { ...plain(text), axis: text } : plain(text),
  ]);
  return axes.length === 1 ? [plain("("), ...axes, plain(",)")] : axes;
}

/**
 * @param {string} text
 * @param {Face} [kind]
 * @returns {Piece}
 */
export function plain(text, kind = "plain") {
  return { text, kind };
}

/**
 * @param {Tensor} tensor
 * @returns {string} "" for anything but a scalar
 */
export function scalarText(tensor) {
  const { shape, data } = tensor;
  return shape.length > 0 || data === null || Array.isArray(data) ? "" : formatScalar(tensor);
}

/**
 * The first invariant that students see: a gradient has its value's shape.
 * @param {TraceNode} node
 */
export function equalPieces(node) {
  return [plain("= "), ...shapePieces(node)];
}

/**
 * How contributions add up, in one line.
 * @param {TraceNode} node
 * @param {(Tensor | null)[]} contributions
 * @returns {string}
 */
export function sumText(node, contributions) {
  const terms = contributions.map((tensor) =>
    tensor === null || tensor.data === null || Array.isArray(tensor.data)
      ? ""
      : formatShort(tensor.data),
  );
  if (node.value.shape.length > 0 || !node.upstream) return `sum of ${contributions.length}`;
  if (terms.includes("")) return `sum of ${contributions.length}`;
  const shown = terms.length > 3 ? [terms[0], terms[1], "…"] : terms;
  const total =
    Array.isArray(node.upstream.data) || node.upstream.data === null
      ? ""
      : formatShort(node.upstream.data);
  return `${shown.map((term, i) => (i > 0 && term.startsWith("−") ? `(${term})` : term)).join(" + ")} = ${total}`;
}

/**
 * A local gradient as its chip shows it: what the upstream will be multiplied by.
 * @param {TraceNode} gate
 * @param {TraceNode} source
 * @param {number} key
 * @param {Style} style
 * @param {Map<string, TraceNode>} nodes
 * @returns {Piece[]}
 */
export function chipPieces(gate, source, key, style, nodes) {
  const { local, downstream } = gate.inputs[key];
  if (!downstream) return [];
  const data = local.value?.data;
  const scalar =
    local.structure === "scalar" && data !== undefined && data !== null && !Array.isArray(data);
  if (scalar && (style.terse || gate.name === null || source.name === null))
    return [plain(`× ${formatShort(data)}`)];
  if (scalar) {
    const value = formatShort(data);
    const code = codePieces(local.said);
    const middle =
      code.length > 0 && local.said !== String(Number(local.said)) ? [...code, plain(" = ")] : [];
    return [
      plain("∂"),
      ...namePieces(String(gate.name), "plain"),
      plain("/∂"),
      ...namePieces(String(source.name), "plain"),
      plain(" = "),
      ...middle,
      plain(value),
    ];
  }
  return structurePieces(local, nodes);
}

/**
 * @param {Local} local
 * @param {Map<string, TraceNode>} nodes
 * @returns {Piece[]}
 */
function structurePieces(local, nodes) {
  if (local.structure === "matmul") {
    const other = local.other ? nodes.get(local.other) : undefined;
    /** @type {Piece[]} */
    const factor = other ? namePieces(other.name ?? other.label, "plain") : [plain("other")];
    factor.push({ text: "T", kind: "plain", shift: "sup" });
    return local.side === "left" ? [plain("· "), ...factor] : [...factor, plain(" ·")];
  }
  if (local.structure === "diagonal") {
    const code = codePieces(local.said);
    return [plain("× "), ...(code.length > 0 ? code : [plain("local")])];
  }
  if (local.structure === "reduction") return [plain(local.value ? "spread, × local" : "spread")];
  return [plain(WAY_BACK[local.structure] ?? "local")];
}

/** Longer expressions are left to the panel below the board. */
const LONGEST_CODE = 14;

/**
 * A short NumPy expression as mathematics; [] if it is not short.
 * @param {string} code
 * @returns {Piece[]}
 */
function codePieces(code) {
  const text = code.replaceAll("np.", "").trim();
  if (text.length > LONGEST_CODE) return [];
  return text
    .split(/([\p{L}_][\p{L}\p{N}_]*)/u)
    .filter(Boolean)
    .flatMap((part) =>
      /^[\p{L}_]/u.test(part)
        ? namePieces(part, "plain")
        : [
            plain(
              part
                .replaceAll("**2", "²")
                .replaceAll(" * ", "·")
                .replaceAll("*", "·")
                .replaceAll("-", "−"),
            ),
          ],
    );
}
