/**
 * Makes static/vendor/: the third-party code, fonts and licences that the page is served with, and the whole
 * page as one script and one style sheet for documents without a server.
 *
 * `make vendor` runs it once the packages of package-lock.json are installed. Nothing it writes is
 * committed. What a bundle holds is named in vendor-*.mjs and notebook.*.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { rollup } from "rollup";
import subsetFont from "subset-font";

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGES = join(HERE, "node_modules");
const FINAL = join(HERE, "vendor");
// Built beside the old folder and swapped in whole, so that a running server never finds half of it.
const OUT = join(HERE, "vendor.new");

/** Bundle name: most bytes it may weigh gzipped. The first one stands between a student and a picture. */
const BUNDLES = { d3: 30_000, charts: 20_000, katex: 85_000, codemirror: 150_000 };

/** Faces of the page's text: family, package, style, weights. Digits are tabular in all of them. */
const FACES = [
  { family: "Noto Sans", from: "noto-sans", style: "normal", weights: [400, 600] },
  { family: "Noto Sans", from: "noto-sans", style: "italic", weights: [400] },
  { family: "Noto Serif", from: "noto-serif", style: "italic", weights: [400, 700] },
];

/** Ranges a browser picks a file by; a page without Greek never asks for the Greek file. */
const RANGES = {
  latin:
    "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329," +
    "U+2000-206F,U+20AC,U+2122,U+2212,U+2215",
  greek: "U+0370-0377,U+037A-037F,U+0384-038A,U+038C,U+038E-03A1,U+03A3-03FF",
};

/** The signs neither text face has. */
const SIGNS = "∂∇∆∘⊙⊗⊤⋅∗∏∑∫√∝∞∈∉≈≠≡≤≥≪≫±∓→←↑↓↔↦⟵⟶⇒⇐ᵀℝ‖′″✓✗▶◀▷◁▸▾▴◂●○◐△▽";
/** What notes are written with. */
const LETTERS = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");

/** Faces of which a few letters are wanted: whole they are ten times as heavy. */
const CUT = [
  {
    family: "Noto Sans Math",
    from: "noto-sans-math",
    file: "noto-sans-math-latin-400-normal.woff2",
    letters: SIGNS,
  },
  { family: "Caveat", from: "caveat", file: "caveat-latin-400-normal.woff2", letters: LETTERS },
];

/** Faces that a document without a server does without: no formula of the engine's and no part of it is set in them. */
const LEFT_OUT =
  /KaTeX_(Caligraphic|Fraktur|SansSerif|Script|Main-Italic|\w+-BoldItalic)|noto-serif-\w+-700|caveat/;

/**
 * What the browser has until a face arrives, stretched to the same line: the swap moves nothing.
 * Figures are the ratio of average widths over English text, then ascent and descent over it.
 */
const FALLBACKS = [
  {
    family: "Noto Sans Fallback",
    local: ["Arial", "Liberation Sans", "Helvetica"],
    size: 107.1,
    ascent: 99.8,
    descent: 27.3,
  },
  {
    family: "Noto Serif Fallback",
    local: ["Times New Roman Italic", "Liberation Serif Italic", "Times Italic"],
    size: 116.1,
    ascent: 92.0,
    descent: 25.2,
  },
];

/** Returns the names of the packages whose code esbuild put into the bundle. */
async function bundle(name, limit) {
  const result = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: [`vendor-${name}.mjs`],
    outfile: join(OUT, `${name}.js`),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    // CodeMirror makes one as it is loaded, which takes longer than all the rest of it, for a command that we leave out.
    define: { "Intl.Segmenter": "undefined" },
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  // TypeScript looks for this file before the bundle, and finds the packages' own types through it.
  writeFileSync(join(OUT, `${name}.d.ts`), `export * from "../vendor-${name}.mjs";\n`);
  const weight = gzipSync(readFileSync(join(OUT, `${name}.js`)), { level: 9 }).length;
  console.log(`${name}.js: ${weight} bytes gzipped`);
  if (weight > limit) {
    throw new Error(`${name}.js is ${weight} bytes gzipped; ${limit} allowed: export less`);
  }
  const outputs = Object.values(result.metafile.outputs);
  const inputs = outputs.flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  return inputs.map(packageOf).filter((found) => found !== undefined);
}

/** Returns "@scope/name" or "name" for a path below node_modules. */
function packageOf(path) {
  return path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1];
}

async function minifiedCss(text) {
  return (await esbuild.transform(text, { loader: "css", minify: true })).code;
}

/** Copies KaTeX's style sheet with its woff2 fonts, the one format every current browser reads. */
async function katexStyle() {
  const dist = join(PACKAGES, "katex", "dist");
  const css = readFileSync(join(dist, "katex.css"), "utf8");
  const woff2Only = css.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, "");
  if (/\.(woff|ttf)\b/.test(woff2Only)) {
    throw new Error("katex.css still names a woff or ttf file: its src lines changed form");
  }
  writeFileSync(join(OUT, "katex.css"), await minifiedCss(woff2Only));
  const names = readdirSync(join(dist, "fonts")).filter((name) => name.endsWith(".woff2"));
  for (const name of names) {
    cpSync(join(dist, "fonts", name), join(OUT, "fonts", name));
  }
  return ["katex"];
}

function face({ family, style, weight, file, range }) {
  return `@font-face {
  font-family: "${family}"; font-style: ${style}; font-weight: ${weight}; font-display: swap;
  src: url("/static/vendor/fonts/${file}") format("woff2");${range ? ` unicode-range: ${range};` : ""}
}`;
}

function fallback({ family, local, size, ascent, descent }) {
  return `@font-face {
  font-family: "${family}"; src: ${local.map((name) => `local("${name}")`).join(", ")};
  size-adjust: ${size}%; ascent-override: ${ascent}%; descent-override: ${descent}%; line-gap-override: 0%;
}`;
}

/** Writes fonts.css and the files it names. */
async function fonts() {
  const rules = FALLBACKS.map(fallback);
  for (const { family, from, style, weights } of FACES) {
    for (const weight of weights) {
      for (const [subset, range] of Object.entries(RANGES)) {
        const file = `${from}-${subset}-${weight}-${style}.woff2`;
        cpSync(join(PACKAGES, "@fontsource", from, "files", file), join(OUT, "fonts", file));
        rules.push(face({ family, style, weight, file, range }));
      }
    }
  }
  for (const { family, from, file, letters } of CUT) {
    const whole = readFileSync(join(PACKAGES, "@fontsource", from, "files", file));
    const cut = await subsetFont(whole, letters, {
      targetFormat: "woff2",
      noLayoutClosure: true,
    });
    writeFileSync(join(OUT, "fonts", `${from}-cut.woff2`), cut);
    rules.push(face({ family, style: "normal", weight: 400, file: `${from}-cut.woff2` }));
  }
  writeFileSync(join(OUT, "fonts.css"), await minifiedCss(rules.join("\n")));
  return [...FACES, ...CUT].map(({ from }) => `@fontsource/${from}`);
}

/** Reads one package's licence; a package without one must not be served. */
function licence(name) {
  const folder = join(PACKAGES, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  if (!license || !file) {
    throw new Error(`${name} ${version} has no ${license ? "licence text" : "licence name"}`);
  }
  return { name, version, license, text: readFileSync(join(folder, file), "utf8").trim() };
}

/** Writes the licences twice: for programs, and for people. */
function licences(names) {
  const all = [...new Set(names)].sort().map(licence);
  writeFileSync(join(OUT, "licenses.json"), `${JSON.stringify(all, null, 1)}\n`);
  const pages = all.map(({ name, version, license, text }) => {
    const title = `${name} ${version} (${license})`;
    return `${title}\n${"=".repeat(title.length)}\n\n${text}\n`;
  });
  writeFileSync(join(OUT, "licenses.txt"), pages.join("\n\n"));
  console.log(`licenses: ${all.length} packages`);
}

/** What is loaded by its own name: by templates, and as workers. The rest follows from what they import. */
const ENTRIES = [
  ...["main", "sharing/sheet", "learning/worksheet", "learning/tour/progress"],
  ...["layout-worker", "api"],
];

/**
 * Bundles the page's own modules: in one piece what the first picture needs, each part that is loaded later in its
 * own, what they share once. pieces.json lists what the browser may fetch at once, and what main asks for after
 * it. Source maps show the modules as they are written; so they stand at /static/js, too.
 */
async function scripts() {
  await esbuild.build({
    ...{ absWorkingDir: HERE, entryPoints: ["js/theme.js"], outdir: join(OUT, "js") },
    ...{ outbase: "js", minify: true, target: "es2022", sourcemap: true, sourcesContent: false },
  });
  const bundle = await rollup({
    input: Object.fromEntries(ENTRIES.map((name) => [name, join(HERE, `js/${name}.js`)])),
    preserveEntrySignatures: "allow-extension",
    plugins: [
      { name: "served", resolveId: served },
      { name: "minified", renderChunk: minified },
    ],
  });
  const { output } = await bundle.write({
    ...{ dir: join(OUT, "js"), format: "es", sourcemap: true, sourcemapExcludeSources: true },
    ...{ chunkFileNames: "[name]-[hash].js", manualChunks: first, onlyExplicitManualChunks: true },
  });
  await bundle.close();
  const pieces = new Map(output.map((piece) => [piece.fileName, piece]));
  const needs = (kinds) => (name) =>
    kinds.flatMap((kind) => pieces.get(name)[kind]).filter((needed) => pieces.has(needed));
  const start = reached(["main.js"], needs(["imports"]));
  const all = reached(["main.js"], needs(["imports", "dynamicImports"]));
  const later = all.filter((name) => !start.includes(name));
  const lists = { start: start.map(address), later: later.map(address) };
  writeFileSync(join(OUT, "js", "pieces.json"), JSON.stringify(lists));
  console.log(`js/: ${weigh(start)} bytes gzipped at the start, ${weigh(later)} later`);

  function weigh(names) {
    const weights = names.map((name) => gzipSync(pieces.get(name).code, { level: 9 }).length);
    return weights.reduce((sum, weight) => sum + weight, 0);
  }
}

function address(name) {
  return `/static/vendor/js/${name}`;
}

/** Leaves what stands in vendor/ as it is: it is fetched from there, once for all pieces. */
function served(path) {
  return path.includes("/vendor/")
    ? { id: path.replace(/.*\/vendor\//, "/static/vendor/"), external: true }
    : null;
}

async function minified(code) {
  return esbuild.transform(code, {
    ...{ minify: true, format: "esm", target: "es2022", sourcemap: "external" },
  });
}

/**
 * Puts all that main cannot start without into main's own piece, except what another entry needs as well: that
 * one would start main.
 */
function first(module, { getModuleInfo, getModuleIds }) {
  const imports = (id) => getModuleInfo(id)?.importedIds ?? [];
  const entries = [...getModuleIds()].filter((id) => getModuleInfo(id).isEntry);
  const main = join(HERE, "js/main.js");
  const others = entries.filter((id) => id !== main);
  const alone =
    reached([main], imports).includes(module) && !reached(others, imports).includes(module);
  return alone ? "main" : undefined;
}

/** Returns what some things lead to, themselves among it. */
function reached(from, next) {
  const found = new Set(from);
  for (const one of found) {
    for (const other of next(one)) found.add(other);
  }
  return [...found];
}

/** Bundles the style sheets: those that are lists of others are fetched as one. Needs fonts.css in OUT. */
async function styles() {
  const inside = ({ onResolve }) =>
    onResolve({ filter: /^\/static\/vendor\/.*\.css$/ }, ({ path }) => ({
      path: join(OUT, path.replace("/static/vendor/", "")),
    }));
  const names = readdirSync(join(HERE, "css")).filter((name) => name.endsWith(".css"));
  await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: names.map((name) => `css/${name}`),
    outdir: join(OUT, "css"),
    bundle: true,
    minify: true,
    external: ["/static/vendor/fonts/*"],
    plugins: [{ name: "inside", setup: inside }],
    logLevel: "warning",
  });
}

/**
 * Bundles the whole page as one script and one style sheet with everything inside, fonts too: what
 * app/notebook.py puts into documents that have no server. Needs all that stands in OUT by then.
 */
async function notebook() {
  const inside = {
    name: "inside",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\/vendor\// }, ({ path }) => ({
        path: join(OUT, path.replace(/.*\/vendor\//, "")),
      }));
      onResolve({ filter: /\/assets\.js$/ }, () => ({ path: join(HERE, "notebook-assets.mjs") }));
      onLoad({ filter: /\.css$/ }, ({ path }) => ({
        contents: readFileSync(path, "utf8").replace(/@font-face\s*\{[^}]*\}/g, (rule) =>
          LEFT_OUT.test(rule) ? "" : rule,
        ),
        loader: "css",
        resolveDir: dirname(path),
      }));
    },
  };
  await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: ["notebook.mjs", "notebook.css"],
    outdir: OUT,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    // Modules are strict, and so is the script made of them, whether tsconfig.json is here or not.
    tsconfigRaw: { compilerOptions: { alwaysStrict: true } },
    legalComments: "none",
    loader: { ".woff2": "dataurl" },
    plugins: [inside],
    logLevel: "warning",
  });
  const size = (name) => readFileSync(join(OUT, name)).length;
  console.log(`notebook: ${size("notebook.js") + size("notebook.css")} bytes`);
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(join(OUT, "fonts"), { recursive: true });
const used = [];
for (const [name, limit] of Object.entries(BUNDLES)) {
  used.push(...(await bundle(name, limit)));
}
used.push(...(await katexStyle()), ...(await fonts()));
await styles();
await scripts();
await notebook();
licences(used);
const old = join(HERE, "vendor.old");
if (existsSync(FINAL)) {
  renameSync(FINAL, old);
}
renameSync(OUT, FINAL);
rmSync(old, { recursive: true, force: true });
