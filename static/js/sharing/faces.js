/** The page's web fonts as data, for drawings that stand alone. */

/** @import { Host } from "../state.js" */

/** The range of a face that is told none. */
const ANY = "U+0-10FFFF";

/**
 * What the style sheets know of one face.
 * @typedef {object} Face
 * @property {string} family
 * @property {string} style
 * @property {string} weight
 * @property {string} range
 * @property {string} address
 */

/** @returns {Face[]} */
function facesOfPage() {
  return [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules].map((rule) => ({ rule, base: sheet.href ?? "" })))
    .flatMap(({ rule, base }) => {
      if (!(rule instanceof CSSFontFaceRule)) return [];
      const { style } = rule;
      const [, file] = style.getPropertyValue("src").match(/url\("?([^")]+)"?\)/) ?? [];
      return file
        ? [
            {
              family: style.getPropertyValue("font-family").replace(/^["']|["']$/g, ""),
              style: style.getPropertyValue("font-style") || "normal",
              weight: style.getPropertyValue("font-weight") || "400",
              range: style.getPropertyValue("unicode-range") || ANY,
              address: new URL(file, base).href,
            },
          ]
        : [];
    });
}

/**
 * Whether a range, such as U+0000-00FF, U+2212, has a character.
 * @param {string} range
 * @param {number} code
 */
export const covers = (range, code) =>
  range.split(",").some((part) => {
    const [, low, high = low] = part.trim().match(/^U\+([\dA-F]+)(?:-([\dA-F]+))?$/i) ?? [];
    return Number.parseInt(low, 16) <= code && code <= Number.parseInt(high, 16);
  });

/**
 * Style rules that bring along every face a drawing is set in, as far as the browser still has it.
 * @param {SVGSVGElement} drawing
 * @param {Host["bytes"]} bytes
 * @returns {Promise<string>}
 */
export async function facesOf(drawing, bytes) {
  const known = facesOfPage();
  /** @type {Set<Face>} */
  const used = new Set();
  for (const text of drawing.querySelectorAll("text, tspan")) {
    /** @param {string} name @param {string} plain */
    const set = (name, plain) => text.closest(`[${name}]`)?.getAttribute(name) ?? plain;
    const families = set("font-family", "").replace(/["']/g, "").split(/,\s*/);
    const [style, weight] = [set("font-style", "normal"), set("font-weight", "400")];
    for (const letter of text.textContent ?? "") {
      const code = letter.codePointAt(0) ?? 0;
      const face = families
        .flatMap((family) => known.filter((face) => face.family === family))
        .find((face) => covers(face.range, code) && fits(face, style, weight));
      if (face) used.add(face);
    }
  }
  const rules = await Promise.all([...used].map((face) => ruleOf(face, bytes)));
  return rules.join("");
}

/**
 * A face that has one style stands in for the others.
 * @param {Face} face
 * @param {string} style
 * @param {string} weight
 */
const fits = (face, style, weight) =>
  face.range === ANY || (face.style === style && face.weight === weight);

/**
 * @param {Face} face
 * @param {Host["bytes"]} bytes
 */
async function ruleOf({ family, style, weight, range, address }, bytes) {
  const data = await bytes(address);
  if (!data) return "";
  return `@font-face{font-family:"${family}";font-style:${style};font-weight:${weight};unicode-range:${range};src:url(data:font/woff2;base64,${base64(data)}) format("woff2")}`;
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
