import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SIGNED_TAG_LENGTH, SignedTags } from "./signed-tag.ts";

const SECRET = Buffer.from("a secret that tests may know");
const NOW_MS = Date.UTC(2026, 0, 1);

test("a value is read back with its tag and time by whoever has the secret, and by nobody else", () => {
  const signed = new SignedTags(SECRET, "shop");
  const value = signed.issue(signed.tagOf("shop.1"), NOW_MS + 999);
  assert.match(value, /^[A-Za-z0-9_-]{44}$/);
  assert.equal(value.length, SIGNED_TAG_LENGTH);
  assert.equal(signed.issuedMs(value), NOW_MS);
  assert.equal(signed.tagIn(value), signed.tagOf("shop.1"));
  assert.equal(new SignedTags(SECRET, "shop").issuedMs(value), NOW_MS);
  assert.equal(new SignedTags(SECRET, "blog").issuedMs(value), undefined);
  assert.equal(new SignedTags(Buffer.from("another secret altogether"), "shop").issuedMs(value), undefined);
});

test("tags differ from endpoint to endpoint, upstream to upstream and secret to secret, and show nothing of the id", () => {
  const tags = [
    new SignedTags(SECRET, "shop").tagOf("1"),
    new SignedTags(SECRET, "shop").tagOf("2"),
    new SignedTags(SECRET, "blog").tagOf("1"),
    new SignedTags(Buffer.from("another secret altogether"), "shop").tagOf("1"),
  ];
  assert.equal(new Set(tags).size, tags.length);
  const signed = new SignedTags(SECRET, "shop");
  const value = signed.issue(signed.tagOf("payments-db-primary"), NOW_MS);
  assert.ok(!Buffer.from(value, "base64url").includes("payments"));
});

test("a value that was changed in any place, cut off or made longer is not believed", () => {
  const signed = new SignedTags(SECRET, "shop");
  const value = signed.issue(signed.tagOf("shop.1"), NOW_MS);
  const charArb = fc.constantFrom("A", "B", "_", "-", "=", "z", "é", "ł", "\0");
  fc.assert(
    fc.property(fc.nat(SIGNED_TAG_LENGTH - 1), charArb, (at, char) => {
      fc.pre(value[at] !== char);
      assert.equal(signed.issuedMs(value.slice(0, at) + char + value.slice(at + 1)), undefined);
      assert.equal(signed.issuedMs(value.slice(0, at)), undefined);
      assert.equal(signed.issuedMs(value + char), undefined);
    }),
  );
});
