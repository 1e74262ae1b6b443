/** What moves in a step, planned and played. Loaded on first use. */

export { planOf } from "./plan.js";
export { play } from "./stage.js";
