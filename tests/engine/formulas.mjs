/**
 * Reads a JSON list of formulas on standard input and prints, as JSON, those that KaTeX refuses, each with its reason.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../static/package.json", import.meta.url));
const katex = require("katex");
const refused = [];
for (const formula of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    katex.renderToString(formula, { displayMode: true, strict: "error", throwOnError: true });
  } catch (error) {
    refused.push([formula, String(error.message)]);
  }
}
process.stdout.write(JSON.stringify(refused));
