import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clientNetwork } from "./client-network.ts";

test("an IPv4 address stands for itself, without its port", () => {
  assert.equal(clientNetwork("192.0.2.1"), "192.0.2.1");
  assert.equal(clientNetwork("192.0.2.1:50123"), "192.0.2.1");
});

test("an IPv4 address within IPv6 is the same client", () => {
  for (const written of [
    "::ffff:192.0.2.1",
    "::FFFF:192.0.2.1",
    "0:0:0:0:0:ffff:192.0.2.1",
    "[::ffff:192.0.2.1]:80",
  ]) {
    assert.equal(clientNetwork(written), "192.0.2.1");
  }
  assert.equal(clientNetwork("64:ff9b::192.0.2.1"), "64:ff9b:0:0");
});

test("an IPv6 address is known by its first 64 bits, however it is written", () => {
  for (const written of [
    "2001:db8::1",
    "2001:0DB8:0:0:ffff::",
    "[2001:db8::9]:443",
    "2001:db8:0:0:1:2:3:4",
    "2001:db8::1%eth0",
  ]) {
    assert.equal(clientNetwork(written), "2001:db8:0:0");
  }
  assert.equal(clientNetwork("::1"), "0:0:0:0");
  assert.equal(clientNetwork("1::2:3:4:5:6"), "1:0:0:2");
  assert.equal(clientNetwork("1:2:3:4:5:6:7::"), "1:2:3:4");
});

test("every way to write an address with a gap stands for the network of the address in full", () => {
  const groupsArb = fc.array(fc.constantFrom(0, 0, 1, 0xab, 0xffff), { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groupsArb, fc.nat(7), fc.integer({ min: 1, max: 8 }), (groups, from, length) => {
      const hex = groups.map((group) => group.toString(16));
      const gap = groups.slice(from, from + length);
      const full = clientNetwork(hex.join(":"));
      assert.equal(full, hex.slice(0, 4).join(":"));
      if (gap.some((group) => group !== 0)) return;
      const short = `${hex.slice(0, from).join(":")}::${hex.slice(from + length).join(":")}`;
      assert.equal(clientNetwork(short), full);
    }),
  );
});

test("what is no address stands for itself, and no text is refused", () => {
  for (const text of [
    "",
    "unknown",
    "_hidden",
    "1:2:3",
    "a:b:c",
    ":::",
    "1::2::3:g",
    "12345::1",
    "1:2:3:4:5:6:7:8:9",
  ]) {
    assert.equal(clientNetwork(text), text);
  }
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(":", ".", "[", "]", "%", "0", "f", "g") }), (text) => {
      assert.equal(typeof clientNetwork(text), "string");
    }),
  );
});
