/** The choice of colours: light, dark or the system's, and high separation. theme.js sets it before the first paint. */

import { recall, remember } from "../state.js";

/** @returns {() => void} changes light for dark, or back */
export function createTheme() {
  const root = document.documentElement;
  /** A document without a header has none. @type {HTMLSelectElement | null} */
  const choice = document.querySelector("#theme");

  /** @param {string} theme words of `data-theme` */
  function choose(theme) {
    root.dataset.theme = theme;
    if (choice) choice.value = theme;
    remember("theme", theme);
  }
  if (choice) {
    choice.value = recall("theme") ?? "";
    choice.addEventListener("change", () => choose(choice.value));
  }
  return () => {
    const words = (root.dataset.theme ?? "").split(" ");
    const dark = words.includes("light")
      ? false
      : words.includes("dark") || matchMedia("(prefers-color-scheme: dark)").matches;
    choose([dark ? "light" : "dark", ...words.filter((word) => word === "separate")].join(" "));
  };
}
