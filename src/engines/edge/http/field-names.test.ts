import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lowerOf, usualName } from "./field-names.ts";

test("a name that a proxy looks at is found where it stands, in the usual spellings, and no other", () => {
  for (const name of [
    "Host",
    "host",
    "Content-Length",
    "content-length",
    "X-Forwarded-For",
    "X-Request-Id",
    "TE",
    "Te",
  ]) {
    const text = `a: b\r\n${name}: c\r\n`;
    assert.equal(usualName(text, 6, 6 + name.length), name === "TE" ? undefined : name);
  }
  for (const name of ["HOST", "cONTENT-lENGTH", "X-Own", "Hos", "Hosts", "", "é", "x".repeat(100)]) {
    assert.equal(usualName(`${name}: c\r\n`, 0, name.length), undefined);
  }
});

test("whatever stands in a text, what is found is what stands there", () => {
  const parts = fc.array(fc.constantFrom("Host", "te", "Via", "Upgrade", "x", ":", "Trailer", "-"), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(parts, fc.nat(20), fc.nat(20), (some, one, other) => {
      const text = some.join("");
      const [start, end] = [Math.min(one, other), Math.min(Math.max(one, other), text.length)];
      const found = usualName(text, start, end);
      assert.ok(found === undefined || found === text.slice(start, end));
    }),
  );
});

test("the lower case of a name is that of its letters, be it usual or not", () => {
  const names = fc.oneof(fc.stringMatching(/^[A-Za-z-]{1,20}$/), fc.constantFrom("Host", "TE", "Keep-Alive"));
  fc.assert(fc.property(names, (name) => assert.equal(lowerOf(name), name.toLowerCase())));
});
