import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location ??= { pathname: "/", hash: "" };
globalThis.history ??= { state: null };
const { PLAIN } = await import("../../static/js/look.js");
const { decode, encode, pack, unpack } = await import("../../static/js/url.js");

for (const text of ["q = x + y\nf = q * z", "", "θ = σ(ŷ) × 2 🙂", "x".repeat(9000)]) {
  test(`what is packed unpacks: ${text.slice(0, 20)}`, async () => {
    const packed = await pack(text);
    assert.match(packed, /^[\w-]*$/);
    assert.equal(await unpack(packed), text);
  });
}

test("a place survives the address bar", async () => {
  const hash = await encode({
    source: "f = x * W",
    inputs: { x: -2, W: [[1, 2]] },
    address: "b:f.mul.0",
  });
  assert.match(hash, /^#v=1&s=[\w-]+&i=[\w-]+&t=b:f\.mul\.0$/);
  assert.deepEqual(await decode(hash), {
    source: "f = x * W",
    inputs: { x: -2, W: [[1, 2]] },
    address: "b:f.mul.0",
    ignored: [],
  });
});

test("an example as it stands needs only its step", async () => {
  assert.equal(await encode({ address: "f:q" }), "#t=f:q");
});

test("an example with values of one's own needs no source", async () => {
  const hash = await encode({ inputs: { x: 3 }, address: "f:q" });
  assert.match(hash, /^#v=1&i=[\w-]+&t=f:q$/);
  assert.deepEqual(await decode(hash), { inputs: { x: 3 }, address: "f:q", ignored: [] });
});

test("an address with signs of its own comes back whole", async () => {
  const { address } = await decode(await encode({ address: "f:y_hat**2&x=#%" }));
  assert.equal(address, "f:y_hat**2&x=#%");
});

test("the boards of a sheet survive the address bar", async () => {
  const hash = await encode({ address: "f:q", boards: [3, 10] });
  assert.equal(hash, "#t=f:q&n=3-10");
  assert.deepEqual(await decode(hash), { address: "f:q", boards: [3, 10], ignored: [] });
  assert.deepEqual((await decode("#n=0-x")).ignored, ["n"]);
});

test("a look survives the address bar, and a plain one is left out of it", async () => {
  const look = { detail: 1, folds: ["t=3", "a, b&c"], view: "code", mode: "lecture" };
  const hash = await encode({ address: "f:q", look });
  assert.equal(hash, "#t=f:q&d=1&f=t%3D3,a%2C%20b%26c&w=code&m=lecture");
  assert.deepEqual(await decode(hash), { address: "f:q", look, ignored: [] });
  assert.equal(await encode({ address: "f:q", look: PLAIN }), "#t=f:q");
});

for (const [hash, ignored] of [
  ["#d=4", ["d"]],
  ["#d=2&m=x&f=%E0", ["m", "f"]],
  ["#v=2&t=f:q", ["v"]],
  ["#v=1&s=%%%&t=f:q", ["s"]],
  ["#v=1&s=AAAA_not_deflate", ["s"]],
  ["#v=1&i=AAAA", ["i"]],
  ["#t=%E0%A4%A", ["t"]],
]) {
  test(`what cannot be read is named and the rest is kept: ${hash}`, async () => {
    assert.deepEqual((await decode(hash)).ignored, ignored);
  });
}

test("inputs that are not named values are left out", async () => {
  const hash = `#v=1&s=${await pack("x")}&i=${await pack("[1, 2]")}`;
  assert.deepEqual(await decode(hash), { source: "x", ignored: ["i"] });
});

test("an unknown field and an empty hash are nothing", async () => {
  assert.deepEqual(await decode("#board"), { ignored: [] });
  assert.deepEqual(await decode(""), { ignored: [] });
});
