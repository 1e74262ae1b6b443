/**
 * Numbers, shapes and names as people read them.
 */

/** @import { Numeric, Tensor } from "./types.d.ts" */

/** A name in parts: `base` in the name face, `subscript` small and low. */
/** @typedef {{ base: string, subscript: string }} DisplayName */

const MINUS = "\u2212";

/** What stands where a value or gradient is not yet computed. */
export const DASH = "\u2013";

/** What stands where the reader is asked for it. */
export const ASKED = "?";

/**
 * A number to three significant digits, or to two decimals if it is a small whole one: 3.00, −12.00, 31.7, 0.731.
 * Whole parts are never rounded to zeros: 1234.5 is 1235, and what is long is 1.23e7.
 * @param {Numeric} x
 * @param {number} [digits] significant digits
 */
export function formatNumber(x, digits = 3) {
  const value = Number(x);
  if (!Number.isFinite(value)) return formatSpecial(value);
  const size = Math.abs(value);
  if (size === 0) return (0).toFixed(digits - 1);
  // Rounded first, so that 99.96 is judged as 100.
  const rounded = Number(size.toPrecision(digits));
  if (rounded < 1e-3 || Math.round(size) >= 1e5) return signed(value, exponential(size, digits));
  if (Number.isInteger(size) && size < 100) return signed(value, size.toFixed(digits - 1));
  if (rounded >= 10 ** (digits - 1)) return signed(value, size.toFixed(0));
  return signed(value, size.toPrecision(digits));
}

/**
 * A scalar's number; a slide's with its own decimals.
 * @param {Tensor} tensor
 */
export function formatScalar({ data, decimals }) {
  const value = Number(data);
  return decimals === undefined || !Number.isFinite(value)
    ? formatNumber(/** @type {Numeric} */ (data))
    : signed(value, Math.abs(value).toFixed(decimals));
}

/**
 * The same without zeros that say nothing: 3, −12, 31.7, 0.5.
 * @param {Numeric} x
 */
export const formatShort = (x) => formatTrimmed(x, 3);

/**
 * The same to so many significant digits.
 * @param {Numeric} x
 * @param {number} digits
 */
export function formatTrimmed(x, digits) {
  return formatNumber(x, digits)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}

/**
 * Every digit.
 * @param {Numeric} x
 */
export function formatFull(x) {
  const value = Number(x);
  return Number.isFinite(value)
    ? signed(value, String(Math.abs(value)).replace("-", MINUS).replace("+", ""))
    : formatSpecial(value);
}

/** @param {number} value NaN, Infinity or −Infinity */
function formatSpecial(value) {
  return Number.isNaN(value) ? "NaN" : signed(value, "\u221e");
}

/**
 * @param {number} value
 * @param {string} magnitude
 */
function signed(value, magnitude) {
  return value < 0 ? MINUS + magnitude : magnitude;
}

/**
 * @param {number} size
 * @param {number} digits
 */
function exponential(size, digits) {
  const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  return `${short}e${exponent.replace("+", "").replace("-", MINUS)}`;
}

/**
 * @param {readonly number[]} shape
 * @returns {string} "2 × 3"; "" for a scalar
 */
export function formatShape(shape) {
  return shape.join(" \u00d7 ");
}

/**
 * Whether this stands for an axis, as N in N × D, rather than for its size.
 * @param {string} text
 */
export const isAxis = (text) => /^[A-Z]$/.test(text);

/**
 * A tensor in words: its number, or its shape.
 * @param {Tensor} tensor
 */
export function formatTensor({ shape, data }) {
  if (shape.length > 0) return `shape ${shape.join(" by ")}`;
  return Array.isArray(data) || data === null ? "unknown" : formatNumber(data);
}

const GREEK = new Map(
  Object.entries({
    alpha: "α",
    beta: "β",
    gamma: "γ",
    delta: "δ",
    epsilon: "ε",
    eps: "ε",
    zeta: "ζ",
    eta: "η",
    theta: "θ",
    kappa: "κ",
    lambda: "λ",
    lam: "λ",
    mu: "μ",
    nu: "ν",
    xi: "ξ",
    pi: "π",
    rho: "ρ",
    sigma: "σ",
    tau: "τ",
    phi: "φ",
    chi: "χ",
    psi: "ψ",
    omega: "ω",
    Gamma: "Γ",
    Delta: "Δ",
    Theta: "Θ",
    Lambda: "Λ",
    Xi: "Ξ",
    Pi: "Π",
    Sigma: "Σ",
    Phi: "Φ",
    Psi: "Ψ",
    Omega: "Ω",
  }),
);

/** Combining marks by the word that asks for them. */
const ACCENTS = new Map([
  ["hat", "\u0302"],
  ["bar", "\u0304"],
  ["tilde", "\u0303"],
]);

/**
 * A program's name as mathematics writes it: "W_1" is W with subscript 1, "y_hat" is ŷ, "theta" is θ.
 * @param {string} name
 * @returns {DisplayName}
 */
export function displayName(name) {
  // A gradient's name in code: dW_1, dy_hat.
  const of = /^d(?=\p{L})/u.test(name) && !GREEK.has(name) ? displayName(name.slice(1)) : undefined;
  if (of && [...of.base].length === 1) return { ...of, base: `d${of.base}` };
  const [head, ...rest] = name.split("_");
  if (head === "") return { base: name, subscript: "" };
  const digits = /^(\p{L}+)(\d+)$/u.exec(head);
  const letters = digits && (digits[1].length === 1 || GREEK.has(digits[1])) ? digits[1] : head;
  const words = (letters === head ? [] : [digits?.[2] ?? ""]).concat(
    rest.filter((word) => word !== ""),
  );
  const known = GREEK.get(letters);
  // learning_rate is one name; h_prev and loss_1 are names with a subscript.
  if (!known && [...letters].length > 1 && rest.some((word) => !/^\d+$/.test(word)))
    return { base: name, subscript: "" };
  let base = known ?? letters;
  if ([...base].length === 1 && ACCENTS.has(words[0]))
    base = (base + ACCENTS.get(String(words.shift()))).normalize("NFC");
  return { base, subscript: words.map((word) => GREEK.get(word) ?? word).join(",") };
}

/** What a sign is called; other faces are words already. */
const SPOKEN = new Map(
  Object.entries({
    "+": "plus",
    "\u2212": "minus",
    "-": "minus",
    "×": "times",
    "\u00f7": "divided by",
    "/": "divided by",
    "@": "matrix product",
    Σ: "sum",
    "x²": "squared",
    xʸ: "power",
    "√": "square root",
    "1/x": "one over",
    Π: "product",
    "∛": "cube root",
    "2ˣ": "two to the power",
    "log₂": "log to base 2",
    "log₁₀": "log to base 10",
    logΣeˣ: "log of the sum of exponentials",
    logΣ2ˣ: "log to base 2 of the sum of powers",
    "sin⁻¹": "inverse sine",
    "cos⁻¹": "inverse cosine",
    "tan⁻¹": "inverse tangent",
    "sinh⁻¹": "inverse hyperbolic sine",
    "cosh⁻¹": "inverse hyperbolic cosine",
    "tanh⁻¹": "inverse hyperbolic tangent",
    "⌊x⌋": "floor",
    "⌈x⌉": "ceiling",
    "%": "remainder",
    "//": "whole quotient",
    "max−min": "largest less smallest",
    "#≠0": "count of what is not 0",
    "NaN→0": "0 for NaN",
    "NaN?": "is NaN",
    "∞?": "is infinite",
    "finite?": "is finite",
    Δ: "differences",
    "A⁻¹": "inverse",
    "A⁺": "pseudo-inverse",
    "A⁻¹b": "solution of a system",
    "A⁻¹B": "solutions of systems",
    det: "determinant",
    "log|det|": "log of the determinant's size",
    "sign det": "sign of the determinant",
    tr: "trace",
    chol: "Cholesky factor",
    λ: "eigenvalues",
    V: "eigenvectors",
    σᵢ: "singular values",
    U: "left singular vectors",
    Vᵀ: "right singular vectors",
    "‖x‖": "norm",
    "‖x‖ₚ": "norm of another order",
    "x yᵀ": "outer product",
    "x × y": "cross product",
    "⊗": "Kronecker product",
    "∗": "convolution",
    tensdot: "product over chosen axes",
  }),
);

/**
 * A gate's face for a screen reader.
 * @param {string} face
 */
export function spokenFace(face) {
  return SPOKEN.get(face) ?? face;
}

/**
 * What happens to a gradient on its way back where the Jacobian is no factor to multiply by, by structure.
 * @type {Partial<Record<import("./types.d.ts").Local["structure"], string>>}
 */
export const WAY_BACK = {
  broadcast: "sum back",
  permutation: "turn back",
  selection: "put back",
  dense: "mix back",
};
