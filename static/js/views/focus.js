/** Draws a part of a view anew and leaves the keyboard where it was: in what is the same there, or in its place. */

const STOPS = "button, select, input, summary, a[href], [tabindex]";

/** @param {Element} stop */
const nameOf = (stop) =>
  [
    stop.tagName,
    ...["data-about", "data-input", "aria-label"].map((name) => stop.getAttribute(name)),
  ].join();

/** @param {Element} area */
const stopsIn = (area) => /** @type {HTMLElement[]} */ ([...area.querySelectorAll(STOPS)]);

/**
 * What was unfolded stays so, too.
 * @param {Element} area
 * @param {() => void} draw
 */
export function keepFocus(area, draw) {
  const held = document.activeElement;
  const inside = held && held !== area && area.contains(held);
  const at = inside ? stopsIn(area).indexOf(/** @type {HTMLElement} */ (held)) : -1;
  const unfolded = [...area.querySelectorAll("details")].map(({ open }) => open);
  draw();
  for (const [i, details] of area.querySelectorAll("details").entries())
    if (unfolded[i]) details.open = true;
  if (!inside || area.contains(document.activeElement)) return;
  const stops = stopsIn(area);
  const same = stops.filter((stop) => nameOf(stop) === nameOf(held));
  const next = same.includes(stops[at])
    ? stops[at]
    : (same[0] ?? stops[Math.min(at, stops.length - 1)]);
  next?.focus({ preventScroll: true });
}
