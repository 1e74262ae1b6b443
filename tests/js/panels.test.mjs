import assert from "node:assert/strict";
import { test } from "node:test";
import { pretty } from "../../static/js/panels/help.js";
import { mended, textIn } from "../../static/js/panels/spans.js";

const span = (line, column, end_line, end_column) => ({ line, column, end_line, end_column });

test("a fix replaces exactly its place", () => {
  const source = "z_1 = x\nh = z1 + z1";
  assert.equal(textIn(source, span(2, 4, 2, 6)), "z1");
  const edits = [
    { span: span(2, 4, 2, 6), text: "z_1" },
    { span: span(2, 9, 2, 11), text: "z_1" },
  ];
  assert.equal(mended(source, edits.slice(0, 1)), "z_1 = x\nh = z_1 + z1");
  assert.equal(mended(source, edits), "z_1 = x\nh = z_1 + z_1");
});

test("columns count letters, not UTF-16 units", () => {
  assert.equal(textIn('s = "🙂"; y = x', span(1, 13, 1, 14)), "x");
});

test("keys are written as people know them", () => {
  assert.equal(pretty("Shift+ArrowRight"), "Shift+→");
  assert.equal(pretty("Ctrl+z"), "Ctrl+Z");
  assert.equal(pretty("+"), "+");
  assert.equal(pretty("n"), "n");
});
