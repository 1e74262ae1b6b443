/** The part of D3 that the views' charts are drawn with. Comes with them, as `../vendor/charts.js`. */
export {
  axisBottom,
  axisLeft,
  contours,
  curveLinear,
  curveLinearClosed,
  curveStepAfter,
  extent,
  line,
  scaleLinear,
  scaleLog,
  transpose,
} from "d3";
