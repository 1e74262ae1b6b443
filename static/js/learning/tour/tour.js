/** A tour beside the live board: its stops, one at a time, and how far the student has come. Loaded on /lecture alone. */

import { byId, h } from "../../panels/dom.js";
import { recall, remember, same } from "../../state.js";
import { paragraphs } from "./prose.js";
import { createQuestion } from "./questions.js";

/** @import { Example, Host, Page } from "../../state.js" */
/** @import { Asked } from "./questions.js" */
/** @import { Place } from "../../url.js" */
/** @import { Stop, Tour } from "./types.d.ts" */

/**
 * How far a tour has been walked on this device.
 * @typedef {{ stop: number, done: string[] }} Progress
 */

const SIGNS = { right: "✓ Right. ", wrong: "✗ ", told: "" };

/**
 * @param {Host} host
 * @param {object} page
 * @param {Example} page.example what the page opens on by itself: from now on the stop's program
 * @param {(place: Place) => Promise<boolean>} page.open
 * @param {(requests: object[]) => void} page.keep fetches traces that will be wanted
 * @returns {(place: Place) => Promise<boolean>} opens a place of the tour
 */
export function createTour(host, { example, open, keep }) {
  /** @type {Tour} */
  const tour = JSON.parse(byId("tour-stops").textContent ?? "");
  const panel = byId("tour");
  const { stops, slug } = tour;
  /** @type {number | undefined} from 0 */
  let at;
  /** @type {Asked | undefined} */
  let asked;
  /** @type {HTMLElement | undefined} */
  let back;

  /** @returns {Progress} */
  function progress() {
    try {
      return { stop: 1, done: [], ...JSON.parse(recall(`tour-${slug}`) ?? "{}") };
    } catch {
      return { stop: 1, done: [] };
    }
  }

  /** @param {Partial<Progress>} change */
  const note = (change) => remember(`tour-${slug}`, JSON.stringify({ ...progress(), ...change }));

  /** @param {Stop} stop */
  const programOf = ({ source, inputs, output, wrt }) => ({ source, inputs, output, wrt });

  /** @param {Place} place */
  async function enter(place) {
    const wanted = place.look?.stop || 1;
    const number = Math.min(wanted, stops.length);
    const stop = stops[number - 1];
    const [isNew, walked] = [at !== number - 1, at !== undefined];
    at = number - 1;
    Object.assign(example, { output: undefined, wrt: undefined }, programOf(stop));
    if (isNew) {
      panel.scrollTop = 0;
      note({ stop: number });
    }
    const { detail, view } = stop;
    const fresh = place.address === undefined && place.source === undefined && !place.inputs;
    const look = {
      ...place.look,
      ...(fresh ? { detail, view: place.look?.view || view } : {}),
      stop: number,
    };
    const seen = document.documentElement.dataset.folded === undefined;
    if (fresh ? stop.open_source !== seen : place.source !== undefined && !seen) fold();
    const there = await open({ ...place, address: place.address ?? stop.at, look });
    if (isNew) {
      draw(stop, number, lostWords(place, wanted));
      if (walked) panel.querySelector("h2")?.focus();
    }
    return there;
  }

  /** @param {Place} place @param {number} wanted */
  function lostWords({ ignored = [] }, wanted) {
    if (ignored.includes("stop")) return "The link’s stop could not be read: this is the first.";
    return wanted > stops.length ? `This tour has ${stops.length} stops: this is the last.` : "";
  }

  /** The button in the head does it, as a student would. */
  const fold = () =>
    /** @type {HTMLElement | null} */ (document.querySelector("[data-action=fold]"))?.click();

  /**
   * @param {Stop} stop
   * @param {number} number from 1
   * @param {string} lost what the link asked for in vain
   */
  function draw(stop, number, lost) {
    const verdict = h("p", { id: "tour-verdict", class: "verdict", role: "status" });
    const after = h("div", { class: "after" }, ...paragraphs(stop.after), ...sources(stop));
    after.hidden = !progress().done.includes(stop.slug);
    asked = createQuestion({ host, stop, say, give });
    const show = h("button", { type: "button", class: "tell", click: tell }, "Show me");
    back = h("button", { type: "button", class: "back", click: again }, "Back to the tour's board");
    back.hidden = true;
    const next =
      number < stops.length
        ? h("a", { class: "next-stop", href: `#stop=${number + 1}` }, "Next stop")
        : end();
    panel.replaceChildren(
      list(number),
      h(
        "div",
        { class: "tour-body", id: "tour-body" },
        ...(lost ? [h("p", { class: "lost", role: "alert" }, lost)] : []),
        h("h2", { tabindex: -1 }, stop.title),
        ...paragraphs(stop.text),
        h("div", { class: "question" }, asked.element, verdict, show),
        after,
      ),
      h(
        "nav",
        { class: "tour-ways", "aria-label": "Stops" },
        h(
          "a",
          number > 1
            ? { class: "previous-stop", href: `#stop=${number - 1}` }
            : { class: "previous-stop", href: "/lecture" },
          number > 1 ? "Previous stop" : "All tours",
        ),
        back,
        next,
      ),
    );

    /** @param {keyof typeof SIGNS} kind @param {string} words */
    function say(kind, words) {
      verdict.className = `verdict ${kind}`;
      verdict.textContent = `${SIGNS[kind]}${words}`;
      if (kind === "wrong") return verdict.scrollIntoView({ block: "nearest" });
      show.hidden = true;
      finish(stop, after);
    }
    function tell() {
      void asked?.tell();
    }
    asked.watch?.(host.store.get());
  }

  /** @param {Stop} stop @param {HTMLElement} after */
  function finish(stop, after) {
    after.hidden = false;
    note({ done: [...new Set([...progress().done, stop.slug])] });
    panel.querySelector(`[data-stop="${stop.slug}"]`)?.classList.add("done");
    const { trace } = host.store.get();
    const step = trace.steps.findIndex(({ address }) => address === stop.reveal);
    if (step >= 0 && trace.source === stop.source) host.goTo(step);
    after.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} number */
  function list(number) {
    const { done } = progress();
    const items = stops.map(({ title, slug }, i) =>
      h(
        "li",
        { "data-stop": slug, class: done.includes(slug) ? "done" : "" },
        h("a", { href: `#stop=${i + 1}`, "aria-current": i + 1 === number && "step" }, title),
      ),
    );
    const sheet = h(
      "button",
      {
        type: "button",
        class: "sheet-toggle",
        "aria-expanded": "true",
        "aria-controls": "tour-body",
      },
      "Text",
    );
    sheet.addEventListener("click", () => {
      const low = panel.classList.toggle("low");
      sheet.setAttribute("aria-expanded", String(!low));
    });
    return h(
      "div",
      { class: "tour-head" },
      h(
        "details",
        {},
        h(
          "summary",
          {},
          h("b", {}, tour.title),
          h("span", {}, `stop ${number} of ${stops.length}`),
        ),
        h("ol", {}, ...items),
      ),
      sheet,
    );
  }

  /** @param {Stop} stop */
  function sources({ links, citation }) {
    const ways = Object.entries(links).map(([words, href]) => h("a", { href }, words));
    return [
      ...(ways.length ? [h("p", { class: "more" }, ...ways)] : []),
      ...(citation
        ? [
            h(
              "p",
              { class: "cited" },
              "From ",
              h("a", { href: citation.url, rel: "noreferrer" }, citation.text),
            ),
          ]
        : []),
    ];
  }

  const end = () =>
    h(
      "a",
      { class: "next-stop", href: tour.next ? `/lecture/${tour.next.slug}` : "/lecture" },
      tour.next ? `Next tour: ${tour.next.title}` : "All tours",
    );

  /** @param {Stop["inputs"]} inputs */
  function give(inputs) {
    if (at === undefined) return;
    const stop = stops[at];
    const { look } = host.store.get();
    void open({ inputs: { ...stop.inputs, ...inputs }, address: stop.reveal ?? stop.at, look });
  }

  /** The board as the stop began. */
  function again() {
    if (at !== undefined) void enter({ look: { ...host.store.get().look, stop: at + 1 } });
  }

  /** @param {Page} page */
  function show(page) {
    if (at === undefined || !back) return;
    const { source, inputs, at: start, reveal } = stops[at];
    const { address } = page.trace.steps[page.index];
    back.hidden =
      page.source === source && same(page.given, inputs) && [start, reveal].includes(address);
    asked?.watch?.(page);
  }
  host.store.subscribe(show);

  for (const sign of ["pointerdown", "keydown"])
    addEventListener(sign, () => keep(stops.map(programOf)), { once: true });
  return enter;
}
