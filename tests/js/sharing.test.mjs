import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

globalThis.location ??= { pathname: "/", hash: "", origin: "http://here" };
globalThis.history ??= { state: null };
const { dotOf } = await import("../../static/js/sharing/dot.js");
const { covers } = await import("../../static/js/sharing/faces.js");
const { linkInText } = await import("../../static/js/sharing/files.js");
const { spelled } = await import("../../static/js/sharing/latex.js");
const { checksum, readPng, writePng } = await import("../../static/js/sharing/png.js");
const { decode } = await import("../../static/js/url.js");
const { xyz } = await import("./picture-traces.mjs");

/** @param {string} type @param {Uint8Array} data */
function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(checksum(named));
  return Buffer.concat([length, named, sum]);
}

/** One black pixel. */
const pixel = Buffer.concat([
  Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
  chunk("IHDR", Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
  chunk("IDAT", deflateSync(Buffer.from([0, 0]))),
  chunk("IEND", Buffer.alloc(0)),
]);

test("the checksum is that of PNG's own last chunk", () => {
  assert.equal(checksum(Buffer.from("IEND")), 0xae426082);
});

test("a picture carries a text and is the same picture otherwise", () => {
  const text = '{"link":"http://x/#t=f:ŷ","source":"θ = 1\\n"}';
  const carrying = writePng(pixel, text);
  assert.deepEqual(readPng(carrying), { isPng: true, text });
  const end = pixel.length - 12;
  assert.deepEqual(Buffer.from(carrying.subarray(0, end)), pixel.subarray(0, end));
  assert.deepEqual(Buffer.from(carrying.subarray(-12)), pixel.subarray(-12));
});

test("other pictures and other files carry none", () => {
  assert.deepEqual(readPng(pixel), { isPng: true });
  assert.deepEqual(readPng(Buffer.from("<svg/>")), { isPng: false });
  assert.deepEqual(readPng(pixel.subarray(0, 30)), { isPng: true });
});

for (const [what, text, link] of [
  [
    "a shortcut of Windows",
    "[InternetShortcut]\r\nURL=http://h/e/mazur#t=f:net\r\n",
    "http://h/e/mazur#t=f:net",
  ],
  [
    "a shortcut of macOS",
    "<plist><string>https://h:8/#v=1&amp;s=AA&amp;t=b:f</string></plist>",
    "https://h:8/#v=1&s=AA&t=b:f",
  ],
  ["a file of a link", '{"link":"http://h/#v=1&s=AA","source":"x"}', "http://h/#v=1&s=AA"],
  [
    "an embed's code",
    '<iframe src="https://h/embed/xyz#t=f:q"></iframe>',
    "https://h/embed/xyz#t=f:q",
  ],
  ["a page of something else", '<a href="https://h/about#top">', undefined],
  ["no text", "\u0000\u0001", undefined],
  ["JSON of something else", '{"a": [1, 2]}', undefined],
]) {
  test(`the link in ${what}`, async () => assert.equal(await linkInText(text), link));
}

test("an answer of the API opens with the inputs that were given to it", async () => {
  const answer = {
    source: "x * w * c",
    inputs: {
      x: { node: "n0", assumed: false, assigned: false },
      w: { node: "n1", assumed: true, assigned: false },
      c: { node: null, assumed: false, assigned: false },
    },
    nodes: [
      { id: "n0", value: { shape: [2], data: [1, 2] } },
      { id: "n1", value: { shape: [], data: 3 } },
    ],
  };
  const link = await linkInText(JSON.stringify(answer));
  assert.deepEqual(await decode(new URL(link ?? "").hash), {
    source: "x * w * c",
    inputs: { x: [1, 2] },
    ignored: [],
  });
});

test("every node and wire is in the DOT", () => {
  const dot = dotOf({ ...xyz, source: 'say "hi" \\ #\nf' });
  assert.match(dot, /^digraph "say \\"hi\\" \\\\ #\nf" \{\n/);
  for (const { id } of xyz.nodes) assert.match(dot, new RegExp(`^  "${id}" \\[label=".*"`, "m"));
  for (const { source, target } of xyz.edges)
    assert.ok(dot.includes(`"${source}" -> "${target}" [label="`));
});

test("Greek letters are spelled for LaTeX", () => {
  assert.equal(spelled("θ_{1} + Σ ŷ"), "{\\theta}_{1} + {\\Sigma} ŷ");
});

test("a range of characters is read as style sheets write it", () => {
  assert.ok(covers("U+0-FF, U+2212", 0x2212));
  assert.ok(covers("U+0370-03FF", 0x3b8));
  assert.ok(!covers("U+0-FF, U+2212", 0x2211));
});
