/**
 * What is wrong in the text, said in a bubble under it with the one click that mends it: where the mouse is, where the
 * caret goes, and from the keyboard one place after the other.
 */

import { describe, messagesOf, saying } from "../panels/messages.js";
import { locator, mended } from "../panels/spans.js";
import { createBubble } from "./bubble.js";

/** @import { Message } from "../panels/messages.js" */
/** @import { Page } from "../state.js" */
/** @import { BoxOf } from "./bubble.js" */
/** @import { Writing } from "./editor.js" */

/** @typedef {ReturnType<typeof createSlips>} Slips */
/** @typedef {{ from: number, to: number, message: Message }} Slip */

/**
 * Where something is wrong, as ranges that can be seen: a place between letters takes the letter beside it.
 * @param {Page} page
 * @returns {Slip[]}
 */
export function slipsIn(page) {
  const { source } = page;
  const locate = locator(source);
  return messagesOf(page).flatMap((message) => {
    if (!message.span) return [];
    const [from, to] = locate(message.span);
    if (from < to) return [{ from, to, message }];
    const letter = source[from] && source[from] !== "\n" ? from : from - 1;
    const seen = letter >= 0 && source[letter] !== "\n";
    return seen ? [{ from: letter, to: letter + 1, message }] : [];
  });
}

/**
 * @param {HTMLTextAreaElement} area
 * @param {Writing} writing
 * @param {(place: number) => ReturnType<BoxOf>} boxAt
 * @param {(text: string) => void} say to those who do not see the bubble
 */
export function createSlips(area, { store, type }, boxAt, say) {
  const bubble = createBubble(area, "slip");
  /** @type {Slip | undefined} the one that is open */
  let open;
  let hovered = false;

  /** @param {number} place */
  const at = (place) => slipsIn(store.get()).find(({ from, to }) => from <= place && place <= to);

  /** @param {Slip | undefined} slip */
  function show(slip) {
    if (slip?.from === open?.from && slip?.to === open?.to) return;
    bubble.hide();
    if (!slip) return;
    const label = `Wrong here: ${store.get().source.slice(slip.from, slip.to)}`;
    const words = describe(slip.message, store.get(), type);
    bubble.show(
      () => boxAt(slip.from),
      label,
      [words],
      () => {
        open = undefined;
        say("");
      },
    );
    open = slip;
  }

  bubble.element.addEventListener("mouseleave", ({ relatedTarget }) => {
    if (hovered && relatedTarget !== area) bubble.hide();
  });

  return {
    at,
    /** @param {EventTarget | null} target */
    holds: (target) => target instanceof Node && bubble.element.contains(target),
    /** @param {number | null} place that the mouse is over */
    hover(place) {
      const slip = place === null ? undefined : at(place);
      if (!slip && !hovered) return;
      hovered = slip !== undefined;
      show(slip);
    },
    /** @param {number} place that the caret came to, but not by typing */
    caret(place) {
      const slip = at(place);
      hovered = false;
      show(slip);
      if (!slip) return;
      const { text, fix = [] } = slip.message;
      const offer = fix.length > 0 ? ` Alt+Enter: ${spoken(store.get().source, fix)}.` : "";
      say(`${text}${offer}`);
    },
    /** Makes the fix that is open; else leads to the next place where something is wrong. */
    act() {
      const { fix = [] } = open?.message ?? {};
      if (fix.length > 0) {
        type(mended(store.get().source, fix));
        return true;
      }
      const all = slipsIn(store.get()).sort((a, b) => a.from - b.from);
      const next = all.find(({ from }) => from > area.selectionStart) ?? all[0];
      if (!next) return false;
      area.setSelectionRange(next.from, next.from);
      return true;
    },
    /** @param {Page} page @param {Page} [previous] */
    follow(page, previous) {
      if (page.source !== previous?.source || page.problem !== previous?.problem) bubble.hide();
    },
  };
}

/** @param {string} source @param {import("../types.d.ts").Edit[]} fix */
const spoken = (source, fix) =>
  saying(source, fix)
    .map((part) => (typeof part === "string" ? part : part.textContent))
    .join("");
