/** Why random directions fail: one tried at a time on the student's own function, and a dial of dimensions. */

import { svg } from "../../circuit/text.js";
import { formatNumber, formatShort, formatTrimmed } from "../../format.js";
import { h } from "../../panels/dom.js";
import { descending } from "./axes.js";

/** @import { Host } from "../../state.js" */
/** @import { Descent } from "./race.js" */

const DIMENSIONS = [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000];
/** Directions that are measured, and of them those that are drawn. */
const MEASURED = 400;
const DRAWN = 80;
/** Shorter than the function can bend: what goes down or up is the slope alone. */
const TINY = 1e-6;

/** @param {Host} host */
export function createDirections(host) {
  let tries = 0;
  let seed = 0;
  let key = "";
  let busy = false;
  const told = h("div", { class: "told", role: "status" });
  const tally = h("p", { class: "view-note tally" });
  const fan = h("div", { class: "fan" });
  const go = h("button", { type: "button", class: "go" }, "Try a random direction");
  go.addEventListener("click", () => void attempt(1));
  const many = h("button", { type: "button" }, "Try 20 more");
  many.addEventListener("click", () => void attempt(20));
  const reset = h("button", { type: "button" }, "Start over");
  reset.addEventListener("click", () => {
    seed += 1;
    restart();
  });

  function keyOf() {
    const { source, inputs } = host.request();
    return JSON.stringify([source, inputs]);
  }

  function restart() {
    tries = 0;
    key = keyOf();
    told.replaceChildren();
    fan.replaceChildren();
    tally.textContent =
      "From where the inputs stand, one random direction: will the output go down? The point moves on only if it does.";
  }

  /** @param {number} more */
  async function attempt(more) {
    if (busy) return;
    if (key !== keyOf()) restart();
    busy = true;
    const wrt = descending(host.store.get().trace);
    const body = {
      ...host.request(),
      wrt,
      method: "random-local-search",
      seed,
      steps: tries + more,
    };
    const { answer, problem, offline } = await host.call("/api/descend", body);
    busy = false;
    if (offline) tally.textContent = "offline: the engine cannot be asked.";
    else if (problem) tally.textContent = `${problem.detail} ${problem.hint ?? ""}`;
    if (!answer) return;
    tries += more;
    draw(/** @type {Descent} */ (answer));
  }

  /** @param {Descent} run */
  function draw(run) {
    const last = tries - 1;
    const [before, after] = [run.losses[last], run.tried[last]];
    const down = run.kept[last];
    const cosine = run.cosines[last];
    told.replaceChildren(
      h(
        "p",
        { class: `attempt ${down ? "down" : "up"}` },
        h("b", {}, `try ${tries}: `),
        `${formatTrimmed(before, 5)} → ${formatTrimmed(after, 5)} `,
        h("b", {}, down ? "▾ down, kept" : "▴ not down, not kept"),
      ),
      ...(cosine === undefined
        ? []
        : [
            h(
              "p",
              {},
              `Its step of length ${formatShort(run.rate)} catches ${formatShort(percent(cosine))} % of the slope: |cos| of its angle with the gradient.`,
            ),
          ]),
    );
    tally.textContent = `${tries} ${tries > 1 ? "tries" : "try"} in ${run.dimensions} ${run.dimensions > 1 ? "dimensions" : "dimension"}: ${run.downhill} down, ${tries - run.downhill} not; ${run.evaluations.at(-1)} passes through the circuit. The gradient would have cost 2, and catches 100 %.`;
    fan.replaceChildren(drawFan(run.cosines.map(Number).slice(-DRAWN), "this function"));
  }

  const dial = createDial(host);
  restart();
  return {
    element: h(
      "div",
      { class: "directions" },
      h("div", { class: "view-tools" }, go, many, reset),
      told,
      fan,
      tally,
      dial.element,
    ),
    show() {
      if (key !== keyOf()) restart();
      dial.show();
    },
  };
}

/** @param {import("../../types.d.ts").Numeric} cosine */
const percent = (cosine) => 100 * Math.abs(Number(cosine));

/** @param {Host} host */
function createDial(host) {
  let at = 1;
  /** @type {number | undefined} what is asked or shown */
  let asked;
  const said = h("p", { class: "dial-words", role: "status" });
  const fan = h("div", { class: "fan" });
  const slider = h("input", {
    type: "range",
    min: 0,
    max: DIMENSIONS.length - 1,
    step: 1,
    value: at,
    "aria-label": "Dimensions",
  });
  const number = h("output", {});
  slider.addEventListener("input", () => {
    at = slider.valueAsNumber;
    void ask();
  });

  async function ask() {
    const n = DIMENSIONS[at];
    number.textContent = `n = ${n}`;
    slider.setAttribute("aria-valuetext", `${n}`);
    if (asked === n) return;
    asked = n;
    const { answer, problem, offline } = await host.call("/api/descend", {
      source: "np.sum(x**2)",
      inputs: { x: { shape: [n], fill: "normal", seed: 1 } },
      method: "random-local-search",
      rate: TINY,
      steps: MEASURED,
    });
    if (DIMENSIONS[at] !== n) return;
    if (!answer) {
      asked = undefined;
      said.textContent = offline ? "offline: the engine cannot be asked." : (problem?.detail ?? "");
      return;
    }
    const run = /** @type {Descent} */ (answer);
    const share = (100 * run.downhill) / MEASURED;
    said.replaceChildren(
      "mean |cos| ",
      h("b", {}, formatNumber(run.mean_cosine ?? "NaN", 3)),
      ` measured · √(2/πn) = ${formatNumber(run.expected_cosine, 3)}. ${Math.round(share)} % of ${MEASURED} tiny steps went down.`,
    );
    fan.replaceChildren(drawFan(run.cosines.map(Number).slice(0, DRAWN), `n = ${n}`));
  }

  return {
    element: h(
      "section",
      { class: "dimensions", "aria-label": "Dimension dial" },
      h("h2", {}, "The dimension dial"),
      h(
        "p",
        { class: "view-note" },
        "Random directions around the gradient of x₁² + … + xₙ². The more dimensions, the more of them lie across it.",
      ),
      h("div", { class: "dial-row" }, slider, number),
      fan,
      said,
    ),
    show: () => void ask(),
  };
}

const WIDTH = 320;
const HEIGHT = 150;

/**
 * Directions by their angle with the gradient, which points up; right and left in turn, as no side means anything.
 * @param {number[]} cosines
 * @param {string} about
 */
function drawFan(cosines, about) {
  const picture = svg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    class: "chart",
    role: "img",
    "aria-label": `${cosines.length} random directions by their angle with the gradient, ${about}`,
  });
  const [cx, cy, r] = [WIDTH / 2, HEIGHT / 2, HEIGHT / 2 - 8];
  svg("circle", { class: "rim", cx, cy, r }, picture);
  svg("path", { class: "rim", d: `M${cx - r},${cy}H${cx + r}` }, picture);
  for (const [i, cosine] of cosines.entries()) {
    const side = (i % 2 ? -1 : 1) * Math.sqrt(Math.max(0, 1 - cosine * cosine));
    const latest = i === cosines.length - 1 && about === "this function";
    const [x, y] = [cx + r * side, cy - r * cosine];
    const kind = `ray ${cosine < 0 ? "down" : "up"} ${latest ? "latest" : ""}`;
    svg("path", { class: kind, d: `M${cx},${cy}L${x.toFixed(1)},${y.toFixed(1)}` }, picture);
  }
  svg("path", { class: "axis-arrow", d: `M${cx},${cy}V${cy - r}m-5,9l5,-9l5,9` }, picture);
  const text = svg("text", { x: cx + 10, y: 18 }, picture);
  text.textContent = "gradient: up";
  const down = svg("text", { x: cx + 10, y: HEIGHT - 12 }, picture);
  down.textContent = "down";
  return picture;
}
