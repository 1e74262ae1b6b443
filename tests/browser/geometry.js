/**
 * What is wrong with the picture on the board as a reader sees it, measured from the DOM: one sentence a fault.
 * Runs in the page; knows nothing of how the picture was made.
 */
() => {
  const board = document.getElementById("picture");
  const graph = document.getElementById("graph");
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) &&
    element.getBoundingClientRect().width + element.getBoundingClientRect().height > 0;
  const all = (selector) => [...board.querySelectorAll(selector)].filter(seen);
  const faults = [];

  /** What the eye takes for the text: from the tops of its digits to the ends of its tails. */
  const inkOf = (text) => {
    const box = text.getBoundingClientRect();
    const matrix = text.getScreenCTM();
    const size = Number.parseFloat(getComputedStyle(text).fontSize) * Math.hypot(matrix.a, matrix.b);
    const baseline = matrix.d * Number(text.getAttribute("y")) + matrix.f;
    return {
      left: box.left,
      right: box.right,
      top: baseline - 0.74 * size,
      bottom: baseline + (/[gjpqy,()_]/.test(text.textContent) ? 0.2 : 0.02) * size,
      size,
    };
  };
  const boxOf = (element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { left, right, top, bottom };
  };
  const meet = (a, b, slack = 1) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
  const nameOf = (element) =>
    element.closest("[data-node]")?.getAttribute("aria-label")?.split(", value")[0] ?? "the step";

  const texts = all("svg text")
    .filter((text) => text.textContent.trim())
    .map((element) => ({
      element,
      rect: inkOf(element),
      // a text may lie on what it is the text of
      home: element.closest(".map, .chip") ?? element.parentElement,
      says: `“${element.textContent.trim()}” of ${nameOf(element)}`,
    }));
  const boxes = all(".sign, .map > .ground, .chip > rect").map((element) => ({
    element,
    rect: boxOf(element),
    home: element.parentElement,
    says: `the ${element.classList[0] ?? "chip"} of ${nameOf(element)}`,
  }));

  for (const [i, a] of texts.entries()) {
    if (a.rect.size < 11) faults.push(`${a.says} is ${a.rect.size.toFixed(1)} px`);
    for (const b of texts.slice(i + 1))
      if (meet(a.rect, b.rect)) faults.push(`${a.says} lies on ${b.says}`);
    for (const b of boxes) {
      const own = a.home === b.home && (b.element.matches(".sign") ? a.element.matches(".face") : true);
      if (!own && meet(a.rect, b.rect)) faults.push(`${a.says} lies on ${b.says}`);
    }
  }
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1))
      if (meet(a.rect, b.rect)) faults.push(`${a.says} lies on ${b.says}`);

  // Wires, at every third px. They end inside the sign that they enter, and the sign is drawn over them.
  const inside = ({ x, y }, { left, right, top, bottom }, by) =>
    x > left + by && x < right - by && y > top + by && y < bottom - by;
  for (const path of all(".wire, .lane, .run")) {
    const matrix = path.getScreenCTM();
    const length = path.getTotalLength();
    const count = Math.ceil((length * matrix.a) / 3);
    const points = Array.from({ length: count + 1 }, (_, i) => {
      const point = path.getPointAtLength((i / count) * length);
      return { x: matrix.a * point.x + matrix.e, y: matrix.d * point.y + matrix.f };
    });
    const ends = [points[0], points[count]];
    const near = (a, b) => Math.hypot(a.x - b.x, a.y - b.y) < 2;
    const what = path.classList[0];
    for (const { element, rect, says } of boxes) {
      const enters = element.matches(".sign") && ends.some((end) => inside(end, rect, -3));
      if (!enters && points.some((point) => inside(point, rect, 1)))
        faults.push(`a ${what} passes through ${says}`);
    }
    for (const { element, rect, says } of texts)
      if (!element.matches(".face, .chip text") && points.some((point) => inside(point, rect, 1)))
        faults.push(`a ${what} passes through ${says}`);
    if (points.some((a, i) => i > 0 && !Number.isFinite(a.x)) || (count > 0 && near(...ends)))
      faults.push(`a ${what} leads nowhere`);
  }

  // Slanted letters lean out of their boxes by a little; the window leaves more air than that around the picture.
  const edge = boxOf(graph);
  const air = 8;
  for (const { rect, says } of [...texts, ...boxes])
    if (
      rect.left < edge.left - air ||
      rect.right > edge.right + air ||
      rect.top < edge.top - air ||
      rect.bottom > edge.bottom + air
    )
      faults.push(`${says} is cut off at the picture's edge`);

  // The strip below: its equation is whole, and each part has a place of its own.
  const now = boxOf(document.getElementById("now"));
  const middle = boxOf(document.getElementById("middle"));
  const parts = [...document.querySelectorAll(".part-text, .part-notes > span")].filter(seen);
  for (const [i, part] of parts.entries()) {
    const rect = boxOf(part);
    if (rect.left < middle.left - 1 || rect.right > middle.right + 1 || rect.bottom > now.bottom + 1)
      faults.push(`“${part.textContent}” of the equation is cut off`);
    for (const other of parts.slice(i + 1))
      if (meet(rect, boxOf(other), 2))
        faults.push(`“${part.textContent}” lies on “${other.textContent}” of the equation`);
  }

  const view = boxOf(board);
  const marked = all(".ring, .pill, .landing, .plus, .known.landed").map(boxOf);
  return {
    faults,
    marks: marked.length,
    inView: marked.filter((rect) => meet(rect, view, 2)).length,
    rings: all(".ring").length,
    numbers: all(".number.value, .number.gradient").map((text) => inkOf(text).size),
    sideways: document.documentElement.scrollWidth - innerWidth,
    whole: edge.left >= view.left && edge.right <= view.right,
  };
};
