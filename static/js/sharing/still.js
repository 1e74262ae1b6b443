/**
 * The board as one drawing that stands alone: a copy of what is drawn, with every colour and face written where it
 * is used, so that it looks the same wherever it is opened.
 */

import { svg } from "../circuit/text.js";

/** Air around the circuit, px. */
const MARGIN = 20;

/** Properties of shapes and texts, with what they are where nobody says. */
const PAINT = {
  fill: "#000000",
  "fill-opacity": "1",
  stroke: "none",
  "stroke-width": "1",
  "stroke-opacity": "1",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "paint-order": "normal",
  "image-rendering": "auto",
};
const LETTERS = {
  "font-family": "",
  "font-size": "",
  "font-style": "normal",
  "font-weight": "400",
};
/** Properties of anything, groups too. */
const OVERALL = { opacity: "1", "clip-path": "none", mask: "none", filter: "none" };

/** What the page needs to be worked, and a drawing does not. */
const FOR_THE_PAGE = /^(class|style|tabindex|id|data-.*|aria-.*|role|xmlns)$/;

/**
 * A computed value as every viewer reads it.
 * @param {string} value
 */
const attribute = (value) =>
  value
    .replace(/(?<=\d)px\b/g, "")
    .replace(
      /rgb\((\d+), (\d+), (\d+)\)/g,
      (_, ...parts) => `#${parts.slice(0, 3).map(byte).join("")}`,
    );

/** @param {string} number */
const byte = (number) => Number(number).toString(16).padStart(2, "0");

/** @param {string} text XML has no way to write some of its characters */
const xmlSafe = (text) =>
  text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");

/**
 * Ends all motion of an element at once.
 * @param {Element} element
 */
async function settle(element) {
  const running = element.getAnimations({ subtree: true });
  for (const animation of running) {
    if (animation.effect?.getComputedTiming().endTime === Infinity) animation.cancel();
    else animation.finish();
  }
  await Promise.allSettled(running.map(({ finished }) => finished));
}

/**
 * Every layer of a board in one drawing, as it is drawn now but at rest; the whole circuit, however it is zoomed.
 * @param {HTMLElement} board
 * @returns {Promise<SVGSVGElement>} not in the document
 */
export async function stillOf(board) {
  await settle(board);
  const camera = /** @type {HTMLElement} */ (board.querySelector(".board-camera"));
  // What lies far outside the window is not displayed, but belongs to the drawing.
  camera.dispatchEvent(new Event("whole"));
  camera.classList.add("whole");
  const layers = [
    .../** @type {NodeListOf<SVGSVGElement>} */ (board.querySelectorAll(".board-camera > svg")),
  ];
  const { width, height } = layers[0].viewBox.baseVal;
  const [wide, high] = [width + 2 * MARGIN, height + 2 * MARGIN].map(Math.ceil);
  const still = element("svg", {
    width: wide,
    height: high,
    viewBox: `${-MARGIN} ${-MARGIN} ${wide} ${high}`,
  });
  const style = getComputedStyle(board);
  still.append(
    element("rect", {
      x: -MARGIN,
      y: -MARGIN,
      width: wide,
      height: high,
      fill: paperOf(camera),
    }),
    ...layers
      .flatMap((layer) => [...layer.children].map((part) => copied(part, style)))
      .filter(Boolean),
  );
  camera.classList.remove("whole");
  return still;
}

/**
 * The ground's colour, as it is in this theme.
 * @param {HTMLElement} camera
 */
function paperOf(camera) {
  camera.style.color = "var(--paper)";
  const paper = attribute(getComputedStyle(camera).color);
  camera.style.color = "";
  return paper;
}

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function element(name, attributes, text = "") {
  const made = svg(name, attributes);
  made.append(text);
  return made;
}

/**
 * A part of the board without what only the page needs; nothing, if it is not seen.
 * @param {Element} part
 * @param {CSSStyleDeclaration} inherited
 * @returns {Node | ""}
 */
function copied(part, inherited) {
  const style = getComputedStyle(part);
  const group = part instanceof SVGGElement || part instanceof SVGDefsElement;
  if (style.display === "none" || part instanceof SVGTitleElement) return "";
  if (!group && (style.visibility !== "visible" || invisible(part, style))) return "";
  const copy = /** @type {Element} */ (part.cloneNode(false));
  for (const name of copy.getAttributeNames())
    if (FOR_THE_PAGE.test(name)) copy.removeAttribute(name);
  if (part.id && referred(part)) copy.id = part.id;
  const label = part.getAttribute("aria-label");
  if (label) copy.append(element("title", {}, xmlSafe(label)));
  put(copy, style, OVERALL);
  if (!group) {
    put(copy, style, PAINT, part instanceof SVGTSpanElement ? inherited : undefined);
    if (part instanceof SVGTextContentElement)
      put(copy, style, LETTERS, part instanceof SVGTSpanElement ? inherited : undefined);
  }
  if (part instanceof SVGTextElement) {
    copy.setAttribute("textLength", part.getComputedTextLength().toFixed(2));
    copy.setAttribute("lengthAdjust", "spacingAndGlyphs");
  }
  for (const child of part.childNodes)
    copy.append(child instanceof Element ? copied(child, style) : xmlSafe(child.textContent ?? ""));
  return group && copy.childElementCount === 0 ? "" : copy;
}

/** Clips, gradients and the like are named by what uses them. @param {Element} part */
const referred = (part) =>
  part.parentElement instanceof SVGDefsElement || part.closest("defs") !== null;

/**
 * @param {Element} part
 * @param {CSSStyleDeclaration} style
 */
const invisible = (part, { fill, stroke }) =>
  part instanceof SVGGeometryElement && fill === "none" && stroke === "none";

/**
 * Writes properties down where they differ from what they would be anyway.
 * @param {Element} copy
 * @param {CSSStyleDeclaration} style
 * @param {Record<string, string>} properties
 * @param {CSSStyleDeclaration} [inherited]
 */
function put(copy, style, properties, inherited) {
  for (const [name, plain] of Object.entries(properties)) {
    const value = attribute(style.getPropertyValue(name));
    const usual = inherited ? attribute(inherited.getPropertyValue(name)) : plain;
    if (value !== usual) copy.setAttribute(name, value);
  }
}

/**
 * Says what a drawing shows, to screen readers too, and where it comes from.
 * @param {SVGSVGElement} still
 * @param {{ title: string, description: string, carried: string }} about `carried` makes it open again
 */
export function describe(still, { title, description, carried }) {
  still.setAttribute("role", "img");
  still.setAttribute("aria-labelledby", "title desc");
  still.prepend(
    element("title", { id: "title" }, xmlSafe(title)),
    element("desc", { id: "desc" }, xmlSafe(description)),
    element("metadata", {}, xmlSafe(carried)),
  );
}

/**
 * @param {SVGSVGElement} still
 * @param {string} faces rules of the faces that it is set in
 */
export const dress = (still, faces) => still.append(element("style", {}, faces));

/**
 * @param {SVGSVGElement} still
 * @returns {string} a file's content
 */
export const drawingOf = (still) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(still)}\n`;
