/** What a view asks the engine about the program on the board, and what it says while the answer is not there. */

import { h } from "../panels/dom.js";
import { keepFocus } from "./focus.js";

/** @import { Host, Page } from "../state.js" */

/**
 * One question is on its way at a time; of those that come meanwhile only the newest is sent. The last answer stays
 * until the next is there, and is marked as stale while the text, the inputs or the question are others.
 * @template T
 * @param {Host} host
 * @param {string} path
 * @param {(answer: T, page: Page) => Node[]} draw
 * @param {() => void} [placed] what is drawn stands in the page now
 */
export function createQuestion(host, path, draw, placed = () => {}) {
  const area = h("div", { class: "answer" });
  const note = h("p", { class: "view-note", role: "status" });
  /** @type {string | undefined} what was asked last, as it was sent */
  let newest;
  /** @type {object | undefined} */
  let besides;
  /** @type {object | undefined} what is to be sent next */
  let next;
  let redraw = () => {};
  let busy = false;
  let offline = false;
  let stale = false;

  /** @param {string} text @param {string} [hint] */
  function say(text, hint = "") {
    note.replaceChildren(text, ...(hint ? [" ", h("span", { class: "hint" }, hint)] : []));
    note.hidden = !text;
  }

  function mark() {
    area.classList.toggle("stale", stale || busy);
    area.setAttribute("aria-busy", String(busy));
    if (offline) say("offline: the engine cannot be asked; this is its last answer.");
  }

  async function send() {
    const body = next;
    if (busy || !body) return;
    const page = host.store.get();
    next = undefined;
    busy = true;
    mark();
    const { answer, problem, offline: lost = false } = await host.call(path, body);
    busy = false;
    if (next) return send();
    offline = lost;
    if (lost) newest = undefined;
    else say(problem ? problem.detail || problem.title : "", problem?.hint);
    if (answer)
      redraw = () =>
        keepFocus(area, () => {
          const nodes = draw(/** @type {T} */ (answer), page);
          // What is drawn in place keeps the pointer that drags it.
          const stands = nodes.length === area.childNodes.length;
          if (!stands || nodes.some((node, i) => area.childNodes[i] !== node))
            area.replaceChildren(...nodes);
        });
    redraw();
    if (answer) placed();
    area.hidden = problem !== undefined;
    mark();
  }

  /**
   * Asks about the program shown, unless that is what was asked last.
   * @param {Page} page
   * @param {object} [about] what is asked besides
   */
  function ask(page, about = {}) {
    stale = page.status !== "fresh";
    besides = about;
    const body = { ...host.request(), ...about };
    const key = JSON.stringify(body);
    if (!stale && key !== newest) {
      newest = key;
      next = body;
      void send();
    } else mark();
  }

  say("");
  const element = h("div", { class: "question" }, note, area);
  addEventListener("online", () => {
    if (offline && element.isConnected) ask(host.store.get(), besides);
  });
  return {
    element,
    ask,
    /** Draws the last answer once more, as when something else of it is wanted. */
    redraw: () => redraw(),
  };
}
