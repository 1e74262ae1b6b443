/** The equation of a step, in parts, from the trace alone; no DOM. */

import { formatScalar, formatShape, WAY_BACK } from "../format.js";
import { timelineOf } from "../timeline.js";

/** @import { Tensor, Trace, TraceNode, TraceStep, WireIn } from "../types.d.ts" */

/**
 * @typedef {object} Part
 * @property {"forward" | "gradient" | "local" | "sign"} tone
 * @property {string} text a number, a sign, or LaTeX-free mathematics such as "∂L/∂h_1"
 * @property {string} [role] first line of the caption, e.g. "upstream"
 * @property {string} [caption] its second, e.g. "∂f/∂q" or a shape
 * @property {boolean} [raised] an exponent
 */

/**
 * @typedef {object} Equation
 * @property {string} place phase and gate: what all steps of one gate share
 * @property {string} where the same, and where to
 * @property {string} to the head of its line among others
 * @property {Part[]} parts
 * @property {[string, string]} [shapes] found, wanted
 * @property {string} [code]
 */

/** Letters of a label; the engine's are hardly longer. */
const LONGEST = 24;

/** Contributions or inputs written out; more of them are an ellipsis. */
const MOST = 4;

/**
 * @param {Trace} trace
 * @param {TraceStep} step
 * @returns {Equation}
 */
export function equationOf(trace, step) {
  const { nodes } = timelineOf(trace);
  /** @param {string} id */
  const find = (id) => /** @type {TraceNode} */ (nodes.get(id));
  const gate = find(step.node);
  /** @param {TraceNode} node */
  const gradientName = (node) => slopeName(find(trace.output), node);
  /** @param {string} what @param {string} [more] @param {string} [to] */
  const at = (what, more = "", to = more) => {
    const place = `${step.phase} · ${what}`;
    return { place, where: more ? `${place} · ${more}` : place, to };
  };

  if (step.kind === "evaluate" && gate.kind !== "gate") {
    const inputs = trace.nodes.filter((node) => node.kind === "input");
    return {
      ...at("inputs"),
      parts: listed(inputs.map((node) => operand(node.value, node, "forward"))),
    };
  }
  if (step.kind === "evaluate") {
    const args = gate.inputs.map((wire) =>
      operand(find(wire.node).value, find(wire.node), "forward"),
    );
    return {
      ...at(`gate ${gate.symbol}`, short(gate.label)),
      parts: [...applied(gate.symbol, args), sign("="), operand(gate.value, gate, "forward")],
      code: gate.span ? trace.source.split("\n")[gate.span.line - 1]?.trim() : undefined,
    };
  }
  if (step.kind === "local") {
    const carrying = gate.inputs.filter((wire) => wire.downstream);
    const wires = carrying.length ? carrying : gate.inputs;
    return {
      ...at(`gate ${gate.symbol}`, "", "local"),
      parts: listed(wires.map((wire) => local(wire, slopeName(gate, find(wire.node))))),
    };
  }
  const upstream = /** @type {Tensor} */ (gate.upstream);
  if (step.kind === "seed") {
    return {
      ...at("seed"),
      parts: [
        { tone: "gradient", text: gradientName(gate) },
        sign("="),
        { ...gradient(upstream, "seed", gate), role: "seed" },
      ],
    };
  }
  if (step.kind === "accumulate") {
    // In the order of their arrival: backwards along the tape.
    const wires = [...trace.nodes]
      .reverse()
      .flatMap((target) =>
        target.inputs.flatMap((wire, key) =>
          wire.node === gate.id && wire.downstream ? [{ target, wire, key }] : [],
        ),
      );
    const twice = new Set(wires.map(({ target }) => target.id)).size < wires.length;
    const parts = wires.map(({ target, wire, key }) => ({
      ...gradient(
        /** @type {Tensor} */ (wire.downstream),
        `from ${short(target.label)}`,
        gate,
        gradientName(gate),
      ),
      ...(gate.value.shape.length === 0 && { caption: twice ? `by port ${key + 1}` : "" }),
    }));
    return {
      ...at("fan-out", short(gate.label), "sum"),
      parts: [
        ...listed(parts, "+"),
        sign("="),
        gradient(upstream, "total", gate, gradientName(gate)),
      ],
      shapes: shapes(upstream, gate),
    };
  }
  const key = timelineOf(trace).wires.get(gate.id)?.indexOf(String(step.edge)) ?? 0;
  const wire = gate.inputs[key];
  const source = find(wire.node);
  const downstream = /** @type {Tensor} */ (wire.downstream);
  const up = gradient(upstream, "upstream", gate, gradientName(gate));
  const slope = local(wire, slopeName(gate, source));
  const way = WAY_BACK[wire.local.structure];
  if (way)
    return {
      ...at(`gate ${gate.symbol}`, `to ${short(source.label)}`),
      parts: [
        { tone: "local", text: "Jᵀ", role: way, caption: `J = ${slope.text}` },
        sign("·"),
        up,
        sign("="),
        gradient(downstream, "downstream", source, gradientName(source)),
      ],
      shapes: shapes(downstream, source),
      code: wire.code,
    };
  const factor = find(wire.local.other ?? "");
  if (factor)
    Object.assign(slope, { text: `${short(factor.label)}ᵀ`, caption: shapeOf(factor, true) });
  else slope.role = slope.text === wire.local.said ? undefined : "local";
  const product = sign(factor ? "·" : upstream.shape.length && wire.local.shape.length ? "⊙" : "×");
  const sum = wire.summed_axes.length
    ? [{ ...sign("Σ"), caption: `axis ${wire.summed_axes.join(", ")}` }]
    : [];
  return {
    ...at(`gate ${gate.symbol}`, `to ${short(source.label)}`),
    parts: [
      ...sum,
      ...(factor && key === 1 ? [slope, product, up] : [up, product, slope]),
      sign("="),
      gradient(downstream, "downstream", source, gradientName(source)),
    ],
    shapes: shapes(downstream, source),
    code: wire.code,
  };
}

/**
 * @param {Part[]} parts
 * @returns {string} as it is read aloud
 */
export function spoken(parts) {
  return parts.map(({ role, text }) => (role ? `${role} ${text}` : text)).join(" ");
}

/**
 * @param {string} label
 * @returns {string} never so long that it hides the rest
 */
export function short(label) {
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
}

/**
 * @param {TraceNode} of
 * @param {TraceNode} by
 */
export function slopeName(of, by) {
  const [over, under] = [of, by].map(({ label }) =>
    /^[\p{L}_]\w*$/u.test(label) ? label : `(${short(label)})`,
  );
  return `∂${over}/∂${under}`;
}

/** @param {string} text @returns {Part} */
export function sign(text) {
  return { tone: "sign", text };
}

/**
 * A value by its number, a tensor by its name and shape.
 * @param {Tensor} tensor
 * @param {TraceNode} node
 * @param {Part["tone"]} tone
 * @returns {Part}
 */
function operand(tensor, node, tone) {
  return tensor.shape.length
    ? { tone, text: short(node.label), caption: shapeOf(node) }
    : {
        tone,
        text: formatScalar(tensor),
        caption: node.kind === "constant" ? "" : short(node.label),
      };
}

/**
 * @param {Tensor} tensor
 * @param {string} role
 * @param {TraceNode} node whose shape it has
 * @param {string} [name]
 * @returns {Part}
 */
function gradient(tensor, role, node, name = "") {
  if (!tensor.shape.length)
    return { tone: "gradient", text: formatScalar(tensor), role, caption: name };
  const from = role.startsWith("from") ? { role } : {};
  return { tone: "gradient", text: name || role, ...from, caption: shapeOf(node) };
}

/**
 * @param {WireIn} wire
 * @param {string} name of the local gradient
 * @returns {Part}
 */
function local({ local: { structure, value, said } }, name) {
  const way = WAY_BACK[structure];
  if (way) return { tone: "local", text: name, caption: way };
  if (structure === "reduction" && !value) return { tone: "local", text: "1", caption: name };
  if (value && !value.shape.length) {
    const number = formatScalar(value);
    const constant = Number(said) === Number(value.data);
    return { tone: "local", text: number, caption: constant ? name : `${name} = ${short(said)}` };
  }
  return said.length > 14
    ? { tone: "local", text: name, caption: short(said) }
    : { tone: "local", text: said, caption: name };
}

/**
 * A gate's symbol around its arguments: x + y, −x, x², relu(x).
 * @param {string} symbol
 * @param {Part[]} args
 * @returns {Part[]}
 */
export function applied(symbol, args) {
  const [first, second] = args;
  if (symbol === "xʸ" && second) return [...bracketed(first), { ...second, raised: true }];
  if (args.length === 2 && !/[\p{L}[|]/u.test(symbol))
    return [first, sign(symbol), ...bracketed(second)];
  const around = /^([^\p{L}]*)x([^\p{L}]*|ᵀ)$/u.exec(symbol);
  if (around && args.length === 1)
    return [
      ...(around[1] ? [sign(around[1])] : []),
      ...bracketed(first),
      ...(around[2] ? [sign(around[2])] : []),
    ];
  if (args.length === 1 && !/[a-z[]/.test(symbol)) return [sign(symbol), ...bracketed(first)];
  return [sign(`${symbol}(`), ...listed(args, ","), sign(")")];
}

/** @param {Part} part @returns {Part[]} */
export function bracketed(part) {
  return part.text.startsWith("−") ? [{ ...part, text: `(${part.text})` }] : [part];
}

/**
 * @param {Part[]} parts
 * @param {string} [between]
 * @returns {Part[]}
 */
function listed(parts, between = "") {
  const shown =
    parts.length > MOST ? [...parts.slice(0, MOST - 1), sign("…"), parts[parts.length - 1]] : parts;
  return shown.flatMap((part, i) =>
    i ? [sign(between), ...(between === "+" ? bracketed(part) : [part])] : [part],
  );
}

/**
 * "N × C · 3 × 2", or the numbers alone where the program names no axes.
 * @param {TraceNode} node
 * @param {boolean} [transposed]
 */
function shapeOf({ value, dims = [] }, transposed) {
  const order = /** @param {(string | number)[]} axes */ (axes) =>
    (transposed ? [...axes].reverse() : axes).join(" × ");
  return dims.length ? `${order(dims)} · ${order(value.shape)}` : order(value.shape);
}

/**
 * @param {Tensor} tensor
 * @param {TraceNode} node
 * @returns {[string, string]}
 */
function shapes(tensor, { value, dims = [] }) {
  if (!value.shape.length) return [`(${formatShape(tensor.shape)})`, "()"];
  const same = String(tensor.shape) === String(value.shape);
  const named = dims.length ? dims.join(" × ") : formatShape(value.shape);
  return [same ? named : formatShape(tensor.shape), named];
}
