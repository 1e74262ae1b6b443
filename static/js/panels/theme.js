/** The choice of colours: light, dark or the system's, and high separation; theme.js sets it before the first paint. Loaded on first use. */

import { remember } from "../state.js";

const root = document.documentElement;

/** @param {string} theme words of `data-theme` */
export function choose(theme) {
  root.dataset.theme = theme;
  /** A document without a header has none. @type {HTMLSelectElement | null} */
  const choice = document.querySelector("#theme");
  if (choice) choice.value = theme;
  remember("theme", theme);
}

/** Changes light for dark, or back. */
export function switchTheme() {
  const words = (root.dataset.theme ?? "").split(" ");
  const dark = words.includes("light")
    ? false
    : words.includes("dark") || matchMedia("(prefers-color-scheme: dark)").matches;
  choose([dark ? "light" : "dark", ...words.filter((word) => word === "separate")].join(" "));
}
