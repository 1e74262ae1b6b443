/**
 * The part of D3 that the page uses, and nothing else: every name here is weight before the first
 * step. Modules import it as `../vendor/d3.js`; to use more of D3, name it here and `make vendor`.
 */
export { select } from "d3";
