/** What is marked in the text: the line of the step, what is wrong, what is pointed at, and the numbers of the lines. */

import {
  Decoration,
  EditorView,
  StateEffect,
  StateField,
  ViewPlugin,
} from "../../vendor/codemirror.js";
import { markedLine } from "../panels/source.js";
import { same } from "../state.js";
import { placesOf } from "./pointing.js";
import { slipsIn } from "./slips.js";

/** @import { Page } from "../state.js" */

/** @type {import("@codemirror/state").StateEffectType<import("@codemirror/view").DecorationSet>} */
const setMarks = StateEffect.define();

const shown = StateField.define({
  create: () => Decoration.none,
  update(old, { changes, effects }) {
    const set = effects.find((effect) => effect.is(setMarks));
    return set ? set.value : old.map(changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Each line shows its number before it. */
const numbers = ViewPlugin.define(
  (view) => ({
    decorations: numbered(view),
    update(update) {
      if (update.docChanged || update.viewportChanged) this.decorations = numbered(update.view);
    },
  }),
  { decorations: (plugin) => plugin.decorations },
);

/** @param {EditorView} view */
function numbered({ state, viewport }) {
  const [first, last] = [viewport.from, viewport.to].map((place) => state.doc.lineAt(place).number);
  return Decoration.set(
    Array.from({ length: last - first + 1 }, (_, i) =>
      Decoration.line({ attributes: { "data-line": String(first + i) } }).range(
        state.doc.line(first + i).from,
      ),
    ),
  );
}

export const marks = [shown, numbers];

const LINES = {
  forward: Decoration.line({ class: "forward" }),
  local: Decoration.line({ class: "local" }),
  backward: Decoration.line({ class: "backward" }),
};
/** Lines of backward code that have been judged. */
const JUDGED = {
  right: Decoration.line({ class: "judged right", attributes: { "data-judged": "✓" } }),
  wrong: Decoration.line({ class: "judged wrong", attributes: { "data-judged": "✗" } }),
};
const POINTED = Decoration.mark({ class: "pointed" });
const WRONG = Decoration.mark({ tagName: "mark" });

/** What of the page the marks depend on. */
const SEEN = /** @type {const} */ ([
  "trace",
  "index",
  "source",
  "status",
  "problem",
  "notices",
  "lit",
  "selected",
  "judged",
]);

/**
 * @param {EditorView} view
 * @param {Page} page
 * @param {Page} [previous]
 */
export function showMarks(view, page, previous) {
  if (previous && SEEN.every((part) => page[part] === previous[part])) return;
  const { doc } = view.state;
  const drawn = page.source === page.trace.source;
  const at = markedLine(page);
  const step = page.trace.steps[page.index];
  const line = at > 0 && at <= doc.lines ? doc.line(at) : undefined;
  const wanted = drawn
    ? new Set([...page.lit, ...(page.selected ? [page.selected] : [])])
    : new Set();
  const places = wanted.size > 0 ? placesOf(page.trace).filter(({ id }) => wanted.has(id)) : [];
  const set = Decoration.set(
    [
      ...(line ? [LINES[step.phase].range(line.from)] : []),
      ...places.filter(({ from, to }) => from < to).map(({ from, to }) => POINTED.range(from, to)),
      ...judgedIn(page).flatMap(([line, right]) =>
        line <= doc.lines ? [JUDGED[right ? "right" : "wrong"].range(doc.line(line).from)] : [],
      ),
      ...slipsIn(page).map(({ from, to }) => WRONG.range(from, to)),
    ],
    true,
  );
  if (!same(rangesOf(set), rangesOf(view.state.field(shown))))
    view.dispatch({ effects: setMarks.of(set) });
  if (line && page.index !== previous?.index)
    view.dispatch({ effects: EditorView.scrollIntoView(line.from) });
}

/**
 * @param {Page} page
 * @returns {[number, boolean][]} by line, whether it is right
 */
const judgedIn = ({ judged, trace, source }) =>
  judged?.trace === trace && source === trace.source
    ? Object.entries(judged.lines).map(([line, right]) => [Number(line), right])
    : [];

/** @param {import("@codemirror/view").DecorationSet} set */
function rangesOf(set) {
  const ranges = [];
  for (const at = set.iter(); at.value; at.next()) ranges.push([at.from, at.to, at.value.spec]);
  return ranges;
}
