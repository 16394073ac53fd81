import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { forwardedElement, lastElements, originOf } from "./forwarded.ts";

test("with no proxy trusted, the peer is the client, whatever was said", () => {
  const peer = { clientAddress: "192.0.2.7", forwardedFor: "192.0.2.7" };
  assert.deepEqual(originOf("192.0.2.7", ["6.6.6.6", "7.7.7.7"], 0), peer);
  assert.deepEqual(originOf("192.0.2.7", [], 3), peer);
  assert.deepEqual(originOf("192.0.2.7", [" , "], 3), peer);
});

test("as many of the last entries are believed as proxies are trusted, over all fields", () => {
  const said = ["6.6.6.6, 1.1.1.1", "2.2.2.2"];
  assert.deepEqual(originOf("p", said, 1), { clientAddress: "2.2.2.2", forwardedFor: "2.2.2.2, p" });
  assert.deepEqual(originOf("p", said, 2), { clientAddress: "1.1.1.1", forwardedFor: "1.1.1.1, 2.2.2.2, p" });
  assert.equal(originOf("p", said, Number.POSITIVE_INFINITY).clientAddress, "6.6.6.6");
});

test("a port behind an address is no part of it", () => {
  for (const [entry, address] of [
    ["192.0.2.1:4711", "192.0.2.1"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["unknown", "unknown"],
  ] as const)
    assert.equal(originOf("p", [entry], 1).clientAddress, address);
});

test("whatever a client makes up, it moves nothing that trusted proxies wrote", () => {
  const entry = fc.stringMatching(/^[0-9a-f.:]{1,12}$/);
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry, { minLength: 1, maxLength: 4 }), (made, written) => {
      const honest = originOf("p", [written.join(", ")], written.length);
      const forged = originOf("p", [...made, written.join(", ")], written.length);
      assert.deepEqual(forged, honest);
    }),
  );
});

test("a chain longer than any real one is cut", () => {
  const said = [Array.from({ length: 5_000 }, () => "6.6.6.6").join(",")];
  assert.equal(originOf("p", said, Number.POSITIVE_INFINITY).forwardedFor.split(",").length, 65);
});

test("an element of Forwarded quotes what its grammar would trip over", () => {
  assert.equal(
    forwardedElement("192.0.2.7", "https", "x.org:8443"),
    'for=192.0.2.7;proto=https;host="x.org:8443"',
  );
  assert.equal(forwardedElement("2001:db8::1", "http", undefined), 'for="[2001:db8::1]";proto=http');
});

test("of Forwarded too, no more of the last elements are believed than proxies are trusted", () => {
  const said = ["for=6.6.6.6, for=1.1.1.1;proto=https", 'for="[2001:db8::1]:4711";by="a,\\",b", ,'];
  assert.deepEqual(lastElements(said, 1), ['for="[2001:db8::1]:4711";by="a,\\",b"']);
  assert.deepEqual(lastElements(said, 2), [
    "for=1.1.1.1;proto=https",
    'for="[2001:db8::1]:4711";by="a,\\",b"',
  ]);
  assert.equal(lastElements(said, Number.POSITIVE_INFINITY).length, 3);
});

test("an element whose quotes do not end takes no other with it", () => {
  assert.deepEqual(lastElements(['for="6.6.6.6', "for=1.1.1.1"], 1), []);
  assert.deepEqual(lastElements(['for="6.6.6.6\\', "for=1.1.1.1"], 1), []);
});
