/** How a program is looked at: what a link keeps besides the program and the step. */

/**
 * @typedef {object} Look
 * @property {1 | 2 | 3} detail which steps a walk stops at: 1 glance, 2 lecture, 3 every one
 * @property {readonly string[]} folds groups that are folded, or not, against the page's own choice
 * @property {string} view the one open beside the board, and what it is turned to: "code", "code.torch"; "" for none
 * @property {"" | "lecture"} mode
 * @property {boolean} predict whether each result is asked for before it is told
 * @property {boolean} round whether numbers are rounded, and chained, as on a slide
 * @property {number} stop of a tour, from 1; 0 for none
 * @property {readonly Lock[]} locks what the reader of an embed may not do
 */

/** @typedef {(typeof LOCKS)[number]} Lock */

/** What an embed's link may lock; docs/embed.md says what each does. */
export const LOCKS = /** @type {const} */ (["source", "edit", "inputs", "step", "play", "open"]);

/**
 * What a page shows that nobody has touched.
 * @type {Readonly<Look>}
 */
export const PLAIN = Object.freeze({
  detail: 3,
  folds: [],
  view: "",
  mode: "",
  predict: false,
  round: false,
  stop: 0,
  locks: [],
});

/** A detail as it was kept; what was kept badly is as nothing. @param {string | undefined} kept @returns {Look["detail"]} */
export const detailFrom = (kept) =>
  /** @type {const} */ ([1, 2, 3]).find((each) => String(each) === kept) ?? PLAIN.detail;

/** The views beside the board, in the order of their tabs. */
export const VIEWS = /** @type {const} */ ([
  "code",
  "formula",
  "derive",
  "check",
  "nudge",
  "descend",
  "jacobian",
  "balance",
  "warnings",
  "backward",
  "menu",
]);

/**
 * @param {string} view
 * @returns {string[]} its name, then what it is turned to
 */
export const partsOf = (view) => view.split(".");
