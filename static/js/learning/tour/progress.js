/** On the page that lists the tours: how far each has been walked on this device. */

import { recall } from "../../state.js";

for (const place of document.querySelectorAll("[data-tour]")) {
  const { tour, stops = "" } = /** @type {HTMLElement} */ (place).dataset;
  /** @type {{ stop?: number, done?: string[] }} */
  let progress = {};
  try {
    progress = JSON.parse(recall(`tour-${tour}`) ?? "{}");
  } catch {
    // What was kept badly is as nothing.
  }
  const all = stops.split(" ");
  const done = all.filter((stop) => progress.done?.includes(stop)).length;
  if (done > 0) place.textContent = ` · ${done} of ${all.length} answered`;
  if (!progress.stop || progress.stop < 2) continue;
  const link = document.createElement("a");
  link.href = `/lecture/${tour}#stop=${progress.stop}`;
  link.textContent = `Go on at stop ${progress.stop}`;
  place.append(" · ", link);
}
