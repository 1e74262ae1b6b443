/**
 * The numerical gradient as it is found: one entry is nudged, the whole circuit runs again, a slope is written down,
 * the entry goes back, and the next one has its turn. Beside it what one backward pass costs.
 */

import { formatNumber, formatTrimmed } from "../../format.js";
import { h, nameOf } from "../../panels/dom.js";
import { createSequence, Player } from "../../player.js";
import { createChoices } from "../choices.js";
import { changed, descending, movable, numberAt, offered } from "../descend/axes.js";
import { createQuestion } from "../question.js";
import { createFigure } from "./figure.js";
import { movedIn, passesOf, runsOf } from "./runs.js";

/** @import { Host, Page } from "../../state.js" */
/** @import { Nested, Numeric, Tensor, Trace } from "../../types.d.ts" */
/** @import { Entry } from "../descend/axes.js" */
/** @import { Method, Run } from "./runs.js" */

/** An answer of /api/check. @typedef {{ evaluations: number, inputs: Record<string, { analytic: Tensor, numerical: Tensor }> }} Checked */

const SIZES = [0.1, 0.01, 0.001];
/** ms for all that one nudge lights up */
const WAVE = 700;
/** So many runs are played at the page's own pace; more go faster. */
const UNHURRIED = 14;

/** @param {Tensor | undefined} tensor @param {readonly number[]} index */
const at = (tensor, index) =>
  /** @type {Numeric | undefined} */ (
    index.reduce(
      (level, i) => (Array.isArray(level) ? level[i] : undefined),
      /** @type {Nested | undefined} */ (tensor?.data ?? undefined),
    )
  );

/** @param {Numeric | undefined} x to so many digits that a small change is seen */
const long = (x) => (x === undefined ? "–" : formatTrimmed(Number(x), 6));
/** @param {Numeric | undefined} x */
const short = (x) => (x === undefined ? "–" : formatNumber(x));
/** @param {Entry} entry */
const spelled = ({ input, key }) => [nameOf(input), key.slice(input.length)];

/**
 * What is nudged: every input, as on the slide; of a network what it learns.
 * @param {Trace} trace
 */
function namesOf(trace) {
  const all = movable(trace);
  const single = all.every(({ value }) => value.shape.length === 0);
  return single ? all.map(({ name }) => name) : descending(trace);
}

/** @param {Host} host */
export function createEach(host) {
  /** @type {Method} */
  let method = "central";
  let size = SIZES[1];
  /** What the runs are about. */
  let key = "";
  /** @type {Page} at the inputs as they are */
  let base = host.store.get();
  /** @type {Entry[]} */
  let entries = [];
  /** @type {Run[]} */
  let runs = [];
  /** how many have been done */
  let done = 0;
  /** What came of a run, by its place. @type {Map<number, Trace>} */
  const found = new Map();
  /** @type {Checked | undefined} */
  let checked;
  /** @type {ReturnType<typeof createFigure>} */
  let figure;
  let playing = false;
  const tell = createSequence();

  /** @type {ReturnType<typeof createQuestion<Checked>>} */
  const slopes = createQuestion(host, "/api/check", (answer) => {
    checked = answer;
    fill();
    say();
    return [table];
  });
  const table = h("table", { "aria-label": "Slopes" });
  const picture = h("div", { class: "circuit-frame" });
  const said = h("p", { class: "reading run-words", role: "status" });
  const forward = h("b", {});
  const backward = h("b", {});
  const forwardWords = h("span", {});
  const backwardWords = h("span", {});
  const slider = h("input", { type: "range", min: 0, "aria-label": "Runs" });
  slider.addEventListener("input", () => {
    pause();
    goTo(slider.valueAsNumber);
  });
  const button = (/** @type {string} */ label, /** @type {() => void} */ act) =>
    h("button", { type: "button", click: act }, label);
  const back = button("Run back", () => {
    pause();
    goTo(done - 1);
  });
  const next = button("Next run", () => {
    pause();
    goTo(done + 1);
  });
  next.className = "go";
  const all = button("Run all", () => {
    if (playing) return pause();
    if (done === runs.length) goTo(0);
    playing = true;
    player.play();
    draw();
  });
  const player = new Player(
    () => {
      // What is no longer there plays no more.
      if (!element.isConnected || done >= runs.length) {
        playing = false;
        if (element.isConnected) draw();
        return false;
      }
      goTo(done + 1);
      return true;
    },
    () => host.store.get().speed * Math.max(1, runs.length / UNHURRIED),
  );
  const methods = createChoices(
    "Difference",
    { central: "central", forward: "forward" },
    (name) => {
      method = /** @type {Method} */ (name);
      show(host.store.get());
    },
  );
  methods.mark(method);
  const sizes = h(
    "select",
    { "aria-label": "Size of a nudge, h" },
    ...SIZES.map((each) => h("option", { value: each, selected: each === size }, `${each}`)),
  );
  sizes.addEventListener("change", () => {
    size = Number(sizes.value);
    show(host.store.get());
  });

  function pause() {
    player.pause();
    if (!playing) return;
    playing = false;
    draw();
  }

  /** Makes the runs of other inputs, or of another way to nudge. @param {Page} page */
  function restart(page) {
    base = page;
    const names = namesOf(page.trace);
    entries = offered(page.trace).filter(
      (entry) => names.includes(entry.input) && changed(page, [{ entry, to: 0 }]),
    );
    runs = runsOf(entries, method);
    done = 0;
    found.clear();
    checked = undefined;
    figure = createFigure(page.trace);
    picture.replaceChildren(...(figure ? [figure.element] : []));
    // What scrolls is reached by the keyboard.
    picture.tabIndex = figure?.wide ? 0 : -1;
    slider.max = String(runs.length);
    playing = false;
    player.pause();
  }

  /** @param {Page} page */
  function show(page) {
    const request = host.request();
    const now = JSON.stringify([request, method, size]);
    if (page.status === "fresh" && (now !== key || page.trace !== base.trace)) {
      key = now;
      restart(page);
      draw();
    }
    if (entries.length) slopes.ask(page, { h: size, method, wrt: namesOf(base.trace) });
  }

  /** @param {number} to */
  function goTo(to) {
    done = Math.max(0, Math.min(runs.length, to));
    draw();
    void run();
  }

  /** Asks for what the last run brought, and for the other side of its difference. */
  async function run() {
    const asked = key;
    const last = done - 1;
    const wanted = runs[last]?.writes && method === "central" ? [last - 1, last] : [last];
    for (const place of wanted) {
      const { entry, way = 1 } = runs[place] ?? {};
      const from = entry && numberAt(base, entry);
      if (!entry || from === undefined || found.has(place)) continue;
      const moved = changed(base, [{ entry, to: from + way * size }]);
      const request = host.request();
      const inputs = { ...request.inputs, ...Object.fromEntries(moved ?? []) };
      const { answer } = await host.call("/api/graph", { ...request, inputs });
      if (asked !== key) return;
      if (answer) found.set(place, /** @type {Trace} */ (answer));
    }
    if (done === last + 1) draw();
  }

  /** The run that was done last, and what it brought. */
  function last() {
    const run = runs[done - 1];
    const trace = run?.entry ? found.get(done - 1) : base.trace;
    return { run, trace };
  }

  let drawn = "";
  function draw() {
    const { run, trace } = last();
    const returned = run?.backward === true;
    slider.value = String(done);
    slider.setAttribute("aria-valuetext", `${done} of ${runs.length}`);
    back.disabled = done === 0;
    next.disabled = done === runs.length;
    all.textContent = playing ? "Pause" : "Run all";
    said.setAttribute("aria-live", playing ? "off" : "polite");
    say();
    count(returned);
    fill();
    const moment = JSON.stringify([key, done, trace !== undefined]);
    if (moment === drawn) return;
    drawn = moment;
    if (returned)
      light(
        undefined,
        base.trace.nodes.flatMap(({ id, upstream }) => (upstream ? id : [])).reverse(),
      );
    else light(trace ?? base.trace, run?.entry && trace ? movedIn(base.trace, trace) : []);
  }

  /**
   * Lights up one node after the other, here and on the board.
   * @param {Trace | undefined} trace with their values; without, gradients are shown
   * @param {readonly string[]} ids
   */
  function light(trace, ids) {
    const before = new Map(base.trace.nodes.map(({ id, value }) => [id, value]));
    const after = trace && new Map(trace.nodes.map(({ id, value }) => [id, value]));
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const counts = still ? [ids.length] : [0, ...ids.map((_, i) => i + 1)];
    tell(
      counts.map((count) => () => {
        const lit = ids.slice(0, count);
        const values = after && new Map([...before, ...lit.map((id) => pair(id, after))]);
        figure?.show(values, lit);
        if (element.isConnected) host.light(lit);
      }),
      WAVE / counts.length / host.store.get().speed,
    );
  }

  /** @param {boolean} all whether the backward pass has been */
  function count(all) {
    const passes = passesOf(runs, done);
    const written = runs.slice(0, done).filter(({ writes }) => writes).length;
    const plural = passes === 1 ? "pass" : "passes";
    forward.textContent = String(passes);
    forwardWords.textContent = ` forward ${plural} for ${written} of ${entries.length} slopes`;
    backward.textContent = all ? "2" : "–";
    backwardWords.textContent = all
      ? ` passes, one forward and one backward, for all ${entries.length}`
      : " passes for all of them, by going back";
  }

  /** The table of slopes: what is not yet found is a dash. */
  function fill() {
    const written = new Set(
      runs.slice(0, done).flatMap(({ entry, writes }) => (writes && entry ? entry.key : [])),
    );
    const { run } = last();
    const heads = ["slope for", "by nudging", "by going back"];
    table.replaceChildren(
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h(
        "tbody",
        {},
        ...entries.map((entry) => {
          const { numerical, analytic } = checked?.inputs[entry.input] ?? {};
          const own = run?.entry?.key === entry.key;
          return h(
            "tr",
            own ? { "aria-current": "step" } : {},
            h("th", { scope: "row" }, ...spelled(entry)),
            h("td", {}, written.has(entry.key) ? short(at(numerical, entry.index)) : "–"),
            h("td", { class: "gradient" }, run?.backward ? short(at(analytic, entry.index)) : "–"),
          );
        }),
      ),
    );
  }

  function say() {
    const { run, trace } = last();
    said.replaceChildren(...wordsOf(run, trace));
  }

  /**
   * @param {Run | undefined} run
   * @param {Trace | undefined} trace
   * @returns {(Node | string)[]}
   */
  function wordsOf(run, trace) {
    const output = long(/** @type {Numeric} */ (base.trace.value.data));
    if (!run) return [`The output is ${output}. Nudge each input in turn, by h = ${size}.`];
    if (run.backward)
      return [
        `One pass backward finds ${entries.length > 1 ? `all ${entries.length} slopes` : "the slope"}, exactly.`,
      ];
    if (!run.entry) return [`One pass at the inputs as they are: ${output}.`];
    if (!trace) return ["…"];
    const { entry, way = 1, writes } = run;
    const now = long(/** @type {Numeric} */ (trace.value.data));
    const sign = way > 0 ? "+" : "−";
    const nudged = [...spelled(entry), ` ${sign} ${size}: the output is ${now}.`];
    if (!writes) return nudged;
    const other = method === "forward" ? base.trace : found.get(done - 2);
    const [plus, minus] = method === "forward" ? [trace, other] : [other, trace];
    const slope = short(at(checked?.inputs[entry.input]?.numerical, entry.index));
    const [a, b] = [plus, minus].map((each) => long(/** @type {Numeric} */ (each?.value.data)));
    const width = method === "forward" ? `${size}` : `(2 × ${size})`;
    return [
      ...nudged,
      h("br"),
      `(${a} − ${b.startsWith("−") ? `(${b})` : b}) / ${width} = `,
      h("b", {}, slope),
    ];
  }

  const element = h(
    "div",
    { class: "each" },
    h("div", { class: "view-tools runs" }, back, next, all, slider),
    said,
    h(
      "div",
      { class: "passes" },
      h("p", {}, forward, forwardWords),
      h("p", {}, backward, backwardWords),
    ),
    picture,
    slopes.element,
    h("div", { class: "view-tools" }, methods.element, h("label", {}, "h ", sizes)),
  );
  return { element, show };
}

/** @param {string} id @param {Map<string, Tensor>} values @returns {[string, Tensor]} */
const pair = (id, values) => [id, /** @type {Tensor} */ (values.get(id))];
