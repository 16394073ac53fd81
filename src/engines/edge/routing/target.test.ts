import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { originForm, plainPathEnd, readTarget } from "./target.ts";

function readings(target: string): [string, string] | "refused" {
  const read = readTarget(target);
  return read.kind === "path" ? [read.strict, read.loose] : "refused";
}

test("a plain path is read as it stands, without its query", () => {
  assert.deepEqual(readings("/a/b.c?x=/../y%zz"), ["/a/b.c", "/a/b.c"]);
  assert.deepEqual(readings("/"), ["/", "/"]);
  assert.deepEqual(readings("/?"), ["/", "/"]);
});

test("unreserved characters mean the same whether encoded or not (RFC 3986, section 6.2.2.2)", () => {
  assert.deepEqual(readings("/%61dmin/%7e"), ["/admin/~", "/admin/~"]);
});

test("an encoded slash, a backslash and a doubled slash are data in the strict reading and slashes in the loose one", () => {
  assert.deepEqual(readings("/a%2fb"), ["/a%2Fb", "/a/b"]);
  assert.deepEqual(readings("/a\\b"), ["/a\\b", "/a/b"]);
  assert.deepEqual(readings("/a%5cb"), ["/a%5Cb", "/a/b"]);
  assert.deepEqual(readings("//a///b"), ["//a///b", "/a/b"]);
});

test("names that merely begin with a dot are no dot segments", () => {
  assert.deepEqual(readings("/.well-known/..x/...")[0], "/.well-known/..x/...");
});

for (const target of [
  "",
  "a",
  "*",
  "/a/../b",
  "/a/./b",
  "/..",
  "/.",
  "/%2e%2e/b",
  "/a/.%2E",
  "/a%2f..%2fb",
  "/a\\..\\b",
  "/a/..;x=1/b",
  "/a//../b",
  "/a#b",
  "/a?b#c",
  "/a%00",
  "/a%0d%0ab",
  "/a%7f",
  "/a%",
  "/a%4",
  "/a%zz",
  "/\u00e9",
  "/a?\u00ff",
  "/a b",
]) {
  test(`the target ${JSON.stringify(target)} is refused`, () => {
    assert.equal(readings(target), "refused");
  });
}

test("whatever arrives, no reading holds a dot segment, a doubled slash or a control character", () => {
  const piece = fc.constantFrom(
    "/",
    ".",
    "..",
    "%2e",
    "%2F",
    "\\",
    "%5c",
    "a",
    ";",
    "%61",
    "%25",
    "?",
    "%0a",
    "//",
  );
  const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);
  fc.assert(
    fc.property(fc.oneof(target, fc.string()), (input) => {
      const read = readTarget(input);
      if (read.kind === "refused") return;
      assert.doesNotMatch(read.strict, /(^|\/)\.\.?(\/|$)/);
      assert.doesNotMatch(read.loose, /(^|\/)\.\.?(;[^/]*)?(\/|$)/);
      assert.doesNotMatch(read.loose, /\/\//);
      assert.ok([...read.loose].every((character) => character >= " "));
    }),
  );
});

test("an absolute target is taken when its host is the request's, and becomes a path (RFC 9112, section 3.2.2)", () => {
  assert.equal(originForm("/a", "x"), "/a");
  assert.equal(originForm("http://X.org:80/a?b", "x.org:80"), "/a?b");
  assert.equal(originForm("https://x.org", "x.org"), "/");
  assert.equal(originForm("http://x.org?b", "x.org"), "/?b");
  assert.equal(originForm("http://evil.org/a", "x.org"), undefined);
  assert.equal(originForm("http://x.org@evil.org/", "x.org"), undefined);
  assert.equal(originForm("http://x.org/", undefined), undefined);
});

test("OPTIONS of a host without a path asks about the server as a whole (RFC 9112, section 3.2.4)", () => {
  assert.equal(originForm("http://x.org", "x.org", "OPTIONS"), "*");
  assert.equal(originForm("http://x.org/", "x.org", "OPTIONS"), "/");
  assert.equal(originForm("http://x.org?", "x.org", "OPTIONS"), "/?");
  assert.equal(originForm("*", "x.org", "OPTIONS"), "*");
});

test("the end of a path is told at once exactly when both readings of it are as it stands", () => {
  const piece = fc.constantFrom(
    "/",
    ".",
    "a",
    "%61",
    "\\",
    "?",
    "#",
    "//",
    "..",
    " ",
    "\u00e9",
    "%2f",
    "a.b",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const target = `/${pieces.join("")}`;
      const end = plainPathEnd(target);
      if (end < 0) return;
      const path = target.slice(0, end);
      assert.deepEqual(readTarget(target), { kind: "path", strict: path, loose: path });
      assert.ok(end === target.length || target[end] === "?");
    }),
    { numRuns: 1_000 },
  );
  for (const [target, end] of [
    ["/", 1],
    ["/a/b.c?d=%20//..", 6],
    ["/a?", 2],
    ["/a/", 3],
  ] as const)
    assert.equal(plainPathEnd(target), end);
});
