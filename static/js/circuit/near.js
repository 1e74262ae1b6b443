/**
 * What is drawn lies in blocks. Of a large picture only those near the window are displayed: the browser works out no
 * style, no place and no paint of the others. What a part consists of is drawn when its block first comes near.
 */

/** @import { Home, Near, Rect } from "./types.d.ts" */

import { drawn } from "../player.js";
import { cover, overlap } from "./measure.js";
import { svg } from "./text.js";

/**
 * How far beyond the window things are displayed: at once, and soon after; how near the end of those it comes before they
 * are looked through again; and how many times as wide the last window may be. In windows.
 */
const AT_ONCE = 0.02;
const BEYOND = 0.3;
const END = 0.1;
const WIDER = 3;

/** What lies in such a part of the picture is one block, px of it: a window shows several. */
const CELL = { width: 400, height: 250 };

/** So many cells each way are a district: of one without a block near, the browser works out a single style. */
const DISTRICT = 4;

/** How many blocks a frame has time for besides what it shows. */
const BLOCKS = 4;

/** @type {WeakMap<Element, Home>} */
const homes = new WeakMap();

/** @type {Near} for pictures of which everything is displayed */
export const everything = {
  place(layer) {
    const home = homes.get(layer) ?? { element: layer, whenNear: (draw) => draw() };
    homes.set(layer, home);
    return home;
  },
  look() {},
  growAll() {},
};

/** @returns {Near} */
export function createNear() {
  /** @typedef {{ element: Element, displayed: number }} District its element, and how many of its blocks are displayed */
  /** @typedef {Home & { rect: Rect, waiting: (() => void)[], away: boolean, district: District }} Block */
  /** @type {Block[]} */
  const all = [];
  /** @type {Map<Element, { districts: Map<string, District>, blocks: Map<string, Block> }>} by layer, then by cell */
  const layers = new Map();
  /** @type {Rect | undefined} what is displayed, or will be soon; undefined: nothing yet */
  let area;
  /** @type {Rect | undefined} */
  let seen;
  /** @type {Set<Block>} those that will be displayed soon */
  let soon = new Set();

  /** @param {Block} block @param {boolean} away */
  function put(block, away) {
    soon.delete(block);
    if (block.away !== away) {
      const { element, district } = block;
      element.classList.toggle("away", away);
      district.displayed += away ? -1 : 1;
      district.element.classList.toggle("away", district.displayed === 0);
    }
    block.away = away;
    if (!away) for (const draw of block.waiting.splice(0)) draw();
  }

  /** @param {Rect} rect */
  const isNear = (rect) => area !== undefined && overlap(rect, area);

  /**
   * Displays a few in every frame, until others are wanted.
   * @param {Set<Block>} those
   */
  async function putSoon(those) {
    while (those.size > 0 && those === soon) {
      await drawn();
      if (those === soon) for (const block of [...those].slice(0, BLOCKS)) put(block, false);
    }
  }

  // Of a g that is not displayed the browser would lay out all the same what is in it.
  const hidden = (/** @type {Element} */ parent) =>
    svg("svg", { class: "block away", role: "none", overflow: "visible" }, parent);

  /** @param {District} district @param {Rect} rect */
  function begin(district, rect) {
    /** @type {Block} */
    const block = {
      element: hidden(district.element),
      rect: { ...rect },
      waiting: [],
      away: true,
      district,
      whenNear(draw) {
        if (block.away) block.waiting.push(draw);
        else draw();
      },
    };
    all.push(block);
    return block;
  }

  return {
    place(layer, rect) {
      const { districts, blocks } = layers.get(layer) ?? {
        districts: new Map(),
        blocks: new Map(),
      };
      layers.set(layer, { districts, blocks });
      const [cell, wide] = [1, DISTRICT].map((times) => cellOf(rect, times));
      const district = districts.get(wide) ?? { element: hidden(layer), displayed: 0 };
      districts.set(wide, district);
      const block = blocks.get(cell) ?? begin(district, rect);
      blocks.set(cell, block);
      cover(block.rect, rect);
      if (block.away && !soon.has(block)) put(block, !isNear(block.rect));
      return block;
    },
    growAll() {
      for (const { waiting } of all) for (const draw of waiting.splice(0)) draw();
    },
    look(window) {
      for (const block of soon) if (overlap(block.rect, window)) put(block, false);
      const width = window.right - window.left;
      if (
        seen &&
        area &&
        holds(area, around(window, END)) &&
        seen.right - seen.left < WIDER * width
      )
        return;
      seen = window;
      area = around(window, BEYOND);
      const now = around(window, AT_ONCE);
      const later = new Set(all.filter(({ away, rect }) => away && isNear(rect)));
      soon = later;
      for (const block of all) if (!later.has(block)) put(block, !isNear(block.rect));
      for (const block of later) if (overlap(block.rect, now)) put(block, false);
      void putSoon(later);
    },
  };
}

/**
 * The cell, or the square of so many, that holds the middle of a part; what is larger than that lies in larger ones.
 * @param {Rect} rect
 * @param {number} times
 */
function cellOf({ left, right, top, bottom }, times) {
  const large = Math.max(times, (right - left) / CELL.width, (bottom - top) / CELL.height);
  const size = 2 ** Math.ceil(Math.log2(large));
  const column = Math.floor((left + right) / 2 / (size * CELL.width));
  const row = Math.floor((top + bottom) / 2 / (size * CELL.height));
  return `${size} ${column} ${row}`;
}

/**
 * @param {Rect} rect
 * @param {number} share of its width and height
 * @returns {Rect} so much larger on each side
 */
function around({ left, right, top, bottom }, share) {
  const x = share * (right - left);
  const y = share * (bottom - top);
  return { left: left - x, right: right + x, top: top - y, bottom: bottom + y };
}

/** @param {Rect} a @param {Rect} b */
function holds(a, b) {
  return a.left <= b.left && a.right >= b.right && a.top <= b.top && a.bottom >= b.bottom;
}
