import assert from "node:assert/strict";
import { test } from "node:test";

import { cellText, gridOf, sheet, strength } from "../../static/js/circuit/grid.js";
import { pictureOf } from "../../static/js/circuit/picture.js";
import { leastScale, makeStyle, stylesFor } from "../../static/js/circuit/styles.js";
import { atOnce } from "../../static/js/player.js";
import { doubled, square, total, xyz } from "./picture-traces.mjs";

/** Every letter is half as wide as high. @type {any} */
const measure = (pieces, size) =>
  pieces.reduce((sum, { text }) => sum + 0.5 * size * text.length, 0);
const style = makeStyle("lr", 26, 24);
/** @param {any} trace @param {any} [of] */
const picture = (trace, of = style) => atOnce(pictureOf(trace, of, measure));

/** @param {any} label @param {any} of */
const rectOf = (label, of) => {
  const width = measure(label.pieces, label.size);
  const left =
    label.anchor === "middle"
      ? label.x - width / 2
      : label.anchor === "end"
        ? label.x - width
        : label.x;
  return {
    left,
    right: left + width,
    top: label.y - 1.07 * label.size,
    bottom: label.y + 0.3 * label.size,
    of,
  };
};
/** @param {any} figure */
const rects = (figure) => {
  const { name, badge, value, gradient, chips, partials } = figure;
  const found = [name, badge].filter(Boolean).map((label) => rectOf(label, label.pieces[0].text));
  for (const [of, slot] of [["value", value], ["gradient", gradient], ...partials]) {
    if (slot.grid)
      found.push({
        left: slot.x,
        right: slot.x + slot.grid.width,
        top: slot.y,
        bottom: slot.y + slot.grid.height,
        of,
      });
    else found.push(rectOf({ ...slot, pieces: [{ text: "−0.00", kind: "value" }] }, of));
  }
  for (const chip of chips.values()) {
    found.push({
      left: chip.x - chip.width / 2,
      right: chip.x + chip.width / 2,
      top: chip.y - chip.height / 2,
      bottom: chip.y + chip.height / 2,
      of: "chip",
    });
  }
  return found;
};

for (const direction of /** @type {const} */ (["lr", "tb"])) {
  for (const number of [16, 20, 28]) {
    for (const [name, trace] of Object.entries({
      xyz,
      square,
      doubled,
      matrix: total([3, 4]),
      vector: total([5]),
    })) {
      test(`${name}, ${direction}, ${number} px: nothing of a figure lies on another or outside its box`, () => {
        for (const figure of picture(trace, makeStyle(direction, number, 20)).figures.values()) {
          const all = rects(figure);
          for (const a of all) {
            const { left, right, top, bottom } = figure.bounds;
            assert.ok(
              a.left >= left - 1 &&
                a.right <= right + 1 &&
                a.top >= top - 1 &&
                a.bottom <= bottom + 1,
              `${a.of} leaves the box of ${figure.node.id}`,
            );
            for (const b of all) {
              if (a === b) continue;
              const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              assert.ok(
                wide <= 1 || high <= 0.12 * number,
                `${a.of} on ${b.of} of ${figure.node.id}`,
              );
            }
          }
        }
      });
    }
  }
}

test("a literal without a name is folded into its gate", () => {
  const { figures, graph } = picture(doubled);
  assert.deepEqual([...figures.keys()], ["x", "f"]);
  assert.deepEqual(
    figures.get("f")?.folded.map((node) => node.id),
    ["two"],
  );
  assert.deepEqual(
    graph.edges.map(({ id, port }) => [id, port]),
    [["e1", 0]],
  );
  assert.equal(graph.boxes[1].ports.length, 1);
});

test("both contributions of x·x have a place at their port, and their sum is written", () => {
  const { figures, fans } = picture(square);
  assert.deepEqual(
    fans.get("x")?.map((edge) => edge.id),
    ["e0", "e1"],
  );
  assert.deepEqual([...(figures.get("y")?.partials.keys() ?? [])], ["e0", "e1"]);
  assert.equal(
    figures
      .get("x")
      ?.sum?.pieces.map((piece) => piece.text)
      .join(""),
    "3 + 3 = 6",
  );
});

test("other numbers of usual length move nothing", () => {
  const other = structuredClone(xyz);
  other.nodes[0].value.data = -7.31;
  assert.deepEqual(picture(other).graph, picture(xyz).graph);
});

test("a chip says what the upstream will be multiplied by", () => {
  const chips = picture(xyz).figures.get("f")?.chips;
  assert.equal(
    chips
      ?.get("e2")
      ?.pieces.map((piece) => piece.text)
      .join(""),
    "∂f/∂q = z = −4",
  );
  const short = picture(xyz, makeStyle("tb", 16, 16)).figures.get("f")?.chips;
  assert.equal(
    short
      ?.get("e2")
      ?.pieces.map((piece) => piece.text)
      .join(""),
    "× −4",
  );
});

test("numbers of a small circuit are never styled or shrunk under 20 px on a usual board", () => {
  for (const each of stylesFor(xyz, { width: 1140 }))
    assert.ok(each.number * leastScale({ style: each }) >= 20);
});

test("no style lets text shrink under 11 px", () => {
  for (const width of [320, 700, 1140]) {
    for (const each of stylesFor(xyz, { width })) {
      assert.ok(Math.min(each.small, each.partial, 12) * leastScale({ style: each }) >= 11);
    }
  }
});

test("a narrow board flows downwards", () => {
  assert.equal(stylesFor(xyz, { width: 360 })[0].direction, "tb");
});

test("a heat map keeps the tensor's shape within 28 and 140 px", () => {
  for (const shape of [
    [3, 4],
    [1, 1],
    [5, 2],
    [16, 16],
    [40, 30],
  ]) {
    const { rows, columns, width, height, image } = gridOf(total(shape).nodes[0], style, measure);
    assert.deepEqual([rows, columns], shape);
    assert.ok(Math.max(width, height) <= 140.001 && Math.max(width, height) >= 28);
    assert.ok(Math.abs(width / height - columns / rows) < 1e-9);
    assert.equal(image, Math.max(...shape) > 16);
  }
});

test("a vector is one row, more axes show their first slices", () => {
  assert.equal(sheet(total([5]).nodes[0].value).length, 1);
  const { rows, columns, stack } = gridOf(total([2, 3, 4]).nodes[0], style, measure);
  assert.deepEqual([rows, columns, stack > 0], [3, 4, true]);
});

test("a summarised tensor shows its corner and its summary", () => {
  const node = structuredClone(total([8, 8]).nodes[0]);
  node.value = {
    shape: [400, 500],
    data: null,
    preview: node.value.data,
    summary: { mean: 0.5, norm: 9 },
  };
  const grid = gridOf(node, style, measure);
  assert.deepEqual([grid.rows, grid.columns], [8, 8]);
  const says = (/** @type {typeof grid} */ { caption }) =>
    caption.map((line) => line.map(({ text }) => text).join(""));
  assert.deepEqual(says(grid), ["corner; mean 0.500, norm 9.00"]);
  const upright = gridOf(node, makeStyle("tb", 16, 14), measure);
  assert.deepEqual(says(upright), ["corner", "mean 0.500", "norm 9.00"]);
});

test("zero is the ground, the largest number the full colour", () => {
  assert.equal(strength(0, 5), 0);
  assert.equal(strength(-5, 5), 1);
  assert.ok(strength(0.001, 5) > 0.05);
});

test("cells hold two digits", () => {
  assert.deepEqual([0, 1, -1.26, 0.314, -0.5, 0.0004, 12.3].map(cellText), [
    "0",
    "1",
    "−1.3",
    ".31",
    "−.50",
    "4e−4",
    "12",
  ]);
});
