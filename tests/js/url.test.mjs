import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.location ??= { pathname: "/", hash: "" };
const { decode, encode, pack, unpack } = await import("../../static/js/url.js");

for (const text of ["q = x + y\nf = q * z", "", "θ = σ(ŷ) × 2 🙂", "x".repeat(9000)]) {
  test(`what is packed unpacks: ${text.slice(0, 20)}`, async () => {
    const packed = await pack(text);
    assert.match(packed, /^[\w-]*$/);
    assert.equal(await unpack(packed), text);
  });
}

test("a place survives the address bar", async () => {
  const hash = await encode("f = x * W", { x: -2, W: [[1, 2]] }, "b:f.mul.0");
  assert.match(hash, /^#v=1&s=[\w-]+&i=[\w-]+&t=b:f\.mul\.0$/);
  assert.deepEqual(await decode(hash), {
    source: "f = x * W",
    inputs: { x: -2, W: [[1, 2]] },
    address: "b:f.mul.0",
    ignored: [],
  });
});

test("an example as it stands needs only its step", async () => {
  assert.equal(await encode(undefined, undefined, "f:q"), "#t=f:q");
});

test("an example with values of one's own needs no source", async () => {
  const hash = await encode(undefined, { x: 3 }, "f:q");
  assert.match(hash, /^#v=1&i=[\w-]+&t=f:q$/);
  assert.deepEqual(await decode(hash), { inputs: { x: 3 }, address: "f:q", ignored: [] });
});

test("an address with signs of its own comes back whole", async () => {
  const { address } = await decode(await encode(undefined, undefined, "f:y_hat**2&x=#%"));
  assert.equal(address, "f:y_hat**2&x=#%");
});

for (const [hash, ignored] of [
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
