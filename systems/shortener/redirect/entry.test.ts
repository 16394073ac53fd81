import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeEntry, encodeEntry } from "./entry.ts";

const anyTarget = fc.record(
  {
    id: fc.maxSafeNat(),
    url: fc.webUrl({ withQueryParameters: true, withFragments: true }),
    permanent: fc.boolean(),
    expiresAtMs: fc.oneof(fc.constant(0), fc.maxSafeNat()),
  },
  { noNullPrototype: true },
);

test("every target is read back as it was written", () => {
  fc.assert(fc.property(anyTarget, (target) => assert.deepEqual(decodeEntry(encodeEntry(target)), target)));
});

test("that a code is unknown or being changed is read back too", () => {
  assert.equal(decodeEntry(encodeEntry("unknown")), "unknown");
  assert.equal(decodeEntry(encodeEntry("changing")), "changing");
});

test("an entry cut off before its URL, or not ours at all, is not read", () => {
  fc.assert(
    fc.property(anyTarget, fc.nat(), (target, cut) => {
      const text = encodeEntry(target);
      const urlAt = text.indexOf("http");
      assert.equal(decodeEntry(text.slice(0, cut % urlAt)), undefined);
    }),
  );
  for (const text of ["", "x", "1 0", "1 0 0 ", "a 0 0 http://x/", "1 0 b http://x/"]) {
    assert.equal(decodeEntry(text), undefined, JSON.stringify(text));
  }
});
