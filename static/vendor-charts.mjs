/** The part of D3 that the views' charts are drawn with. Comes with them, as `../vendor/charts.js`. */
export { contours, ticks, transpose } from "d3";
