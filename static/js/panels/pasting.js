/** Numbers as spreadsheets, NumPy and people write them. */

/** @typedef {number | Numbers[]} Numbers */

const NUMBER = "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:e[-+]?\\d+)?";

/**
 * The array that a text holds: rows of numbers between spaces, commas, tabs or semicolons, or nested brackets as
 * Python, NumPy and PyTorch print them.
 * @param {string} text
 * @returns {Numbers[] | undefined} nothing, unless it is all numbers and every row is as long as the others
 */
export function parseNumbers(text) {
  const plain = text.replaceAll("\u2212", "-").trim();
  const opening = plain.indexOf("[");
  const found = opening < 0 ? rowsOf(plain) : nested(plain.slice(opening));
  return found && shapeOf(found) ? found : undefined;
}

/** @param {string} text */
function rowsOf(text) {
  const rows = text.split(/[\n;]+/).flatMap((line) => {
    const words = line.split(/[\s,|]+/).filter(Boolean);
    return words.length > 0 ? [words.map(numberOf)] : [];
  });
  if (rows.flat().some(Number.isNaN)) return undefined;
  return rows.length === 1 ? rows[0] : rows;
}

/** @param {string} word */
const numberOf = (word) => (new RegExp(`^${NUMBER}$`, "i").test(word) ? Number(word) : NaN);

/**
 * @param {string} text begins with a bracket; what follows its closing one, such as a dtype, is not read
 * @returns {Numbers[] | undefined}
 */
function nested(text) {
  /** @type {Numbers[][]} */
  const open = [];
  for (const [word] of text.matchAll(new RegExp(`\\[|\\]|;|${NUMBER}|[^\\s,]`, "gi"))) {
    const inner = open.at(-1);
    if (word === "[") open.push([]);
    else if (word === "]") {
      const closed = open.pop();
      const done = closed && joined(closed);
      if (!done || open.length === 0) return done;
      open.at(-1)?.push(done);
    } else if (word === ";") inner?.push([]);
    else if (Number.isFinite(numberOf(word))) inner?.push(Number(word));
    else return undefined;
  }
  return undefined;
}

/**
 * Rows that were parted by semicolons: each began with an empty list.
 * @param {Numbers[]} entries
 * @returns {Numbers[]}
 */
function joined(entries) {
  if (!entries.some((entry) => Array.isArray(entry) && entry.length === 0)) return entries;
  /** @type {Numbers[][]} */
  const rows = [[]];
  for (const entry of entries) {
    if (Array.isArray(entry) && entry.length === 0) rows.push([]);
    else rows.at(-1)?.push(entry);
  }
  return rows.filter((row) => row.length > 0);
}

/**
 * @param {Numbers} numbers
 * @returns {number[] | undefined} nothing where rows are of different lengths, or there is none
 */
export function shapeOf(numbers) {
  if (!Array.isArray(numbers)) return [];
  const shapes = numbers.map(shapeOf);
  const [first] = shapes;
  const alike = first && shapes.every((shape) => shape?.join() === first.join());
  return alike ? [numbers.length, ...first] : undefined;
}

/**
 * The same matrix with other numbers of rows and columns: entries that were there stay, new ones are 0.
 * @param {number[][]} rows
 * @param {number} height
 * @param {number} width
 */
export const resized = (rows, height, width) =>
  Array.from({ length: height }, (_, i) =>
    Array.from({ length: width }, (_, j) => rows[i]?.[j] ?? 0),
  );
