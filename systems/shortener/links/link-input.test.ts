import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ApiError } from "../http/errors.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { readIdempotencyKey } from "./idempotency-key.ts";
import { fingerprintOf, readLinkChange, readLinkInput } from "./link-input.ts";

const ORIGIN = "https://sho.rt";
const NOW = Date.UTC(2026, 0, 1);

/** The fields that a body is refused for. */
function wrongFields(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (thrown) {
    assert.ok(thrown instanceof ApiError && thrown.code === "VALIDATION_ERROR", String(thrown));
    return thrown.details.map(({ field }) => field);
  }
}
const wrongOf = (body: unknown) => wrongFields(() => readLinkInput(body, ORIGIN));

test("addresses that lead nowhere on the web, or harm, are refused", () => {
  for (const url of [
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,hi",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://example.com/",
    "//example.com",
    "example.com",
    "/path",
    "",
    "http://",
    "https://user:password@example.com/",
    "https://trusted.example@evil.example/",
    "https://sho.rt/abcdefg",
    `https://example.com/${"a".repeat(2_048)}`,
    `https://example.com/${"ä".repeat(1_000)}`,
    42,
    null,
    undefined,
    { href: "https://example.com/" },
    ["https://example.com/"],
  ]) {
    assert.deepEqual(wrongOf({ url }), ["url"], JSON.stringify(url));
  }
});

test("what is accepted can stand in a Location header as it is, and leads to where it led", () => {
  for (const [given, kept] of [
    ["https://example.com", "https://example.com"],
    ["https://Example.com/A?b=c#d", "https://Example.com/A?b=c#d"],
    ["https://example.com/ä b", "https://example.com/%C3%A4%20b"],
    ["https://bücher.example/", "https://xn--bcher-kva.example/"],
    ["https://example.com/a\r\nSet-Cookie: x=1", "https://example.com/aSet-Cookie:%20x=1"],
    ["https:\\\\example.com\\a", "https://example.com/a"],
    ["https://sho.rt/docs", "https://sho.rt/docs"],
  ] as const) {
    assert.equal(readLinkInput({ url: given }, ORIGIN).url, kept);
  }
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (tail) => {
      const url = `https://example.com/${tail}`;
      if (wrongOf({ url }).length > 0) return;
      const kept = readLinkInput({ url }, ORIGIN).url;
      assert.match(kept, /^[\x21-\x7e]+$/);
      assert.equal(new URL(kept).href, new URL(url).href);
    }),
  );
});

test("codes are 3 to 32 letters, digits, hyphens and underscores, and none of the service's own paths", () => {
  const wrong = [
    "",
    "ab",
    "a".repeat(33),
    "a b",
    "a/b",
    "ä-ä-ä",
    "a.b",
    "..",
    "api",
    "API",
    "docs",
    "healthz",
    123,
  ];
  for (const code of wrong)
    assert.deepEqual(wrongOf({ url: "https://a.example/", code }), ["code"], String(code));
  for (const code of ["abc", "A-Z_0-9", "a".repeat(32), null, undefined]) {
    assert.deepEqual(wrongOf({ url: "https://a.example/", code }), []);
  }
});

test("times are whole and have an offset, and dates exist", () => {
  const wrong = [
    "tomorrow",
    "2030-01-01",
    "2030-01-01T00:00:00",
    "2030-02-30T00:00:00Z",
    "2030-13-01T00:00:00Z",
  ];
  for (const expiresAt of [...wrong, "2030-01-01T25:00:00Z", 1_900_000_000, "", {}]) {
    assert.deepEqual(wrongOf({ url: "https://a.example/", expiresAt }), ["expiresAt"], String(expiresAt));
  }
  const { expiresAt } = readLinkInput(
    { url: "https://a.example/", expiresAt: "2030-02-28t12:00:00.5+02:00" },
    ORIGIN,
  );
  assert.equal(expiresAt?.toISOString(), "2030-02-28T10:00:00.500Z");
});

test("titles are one line, bounded, and without the space around them", () => {
  for (const title of ["a\nb", "a\u0000b", "\ud800", "a".repeat(201), 1]) {
    assert.deepEqual(wrongOf({ url: "https://a.example/", title }), ["title"]);
  }
  assert.equal(readLinkInput({ url: "https://a.example/", title: " ä ✓ " }, ORIGIN).title, "ä ✓");
  assert.equal(readLinkInput({ url: "https://a.example/", title: "  " }, ORIGIN).title, null);
});

test("every wrong field is told at once, unknown ones too", () => {
  assert.deepEqual(wrongOf({ url: "x", code: "!", admin: true }).sort(), ["admin", "code", "url"]);
  assert.ok(wrongOf(JSON.parse('{"url":"https://a.example/","__proto__":{}}')).includes("__proto__"));
  for (const body of [null, [], "x", 1, true]) assert.deepEqual(wrongOf(body), ["", "url"]);
});

test("a change names at least one field, none that cannot change, and no expiry in the past", () => {
  const wrongChange = (body: unknown) => wrongFields(() => readLinkChange(body, ORIGIN, NOW));
  assert.deepEqual(wrongChange({}), [""]);
  assert.deepEqual(wrongChange({ code: "other" }), ["code"]);
  assert.deepEqual(wrongChange({ url: null }), ["url"]);
  assert.deepEqual(wrongChange({ expiresAt: "2025-12-31T23:59:59Z" }), ["expiresAt"]);
  assert.deepEqual(readLinkChange({ title: "", expiresAt: null }, ORIGIN, NOW), {
    title: null,
    expiresAt: null,
  });
});

test("whatever JSON is sent, the answer is a link or a list of what is wrong", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      wrongOf(body);
      wrongFields(() => readLinkChange(body, ORIGIN, NOW));
    }),
  );
});

test("the fingerprint is that of what is asked, not of how it is written", () => {
  const of = (body: unknown) => fingerprintOf(readLinkInput(body, ORIGIN)).toString("hex");
  const base = { url: "https://a.example/", expiresAt: "2030-01-01T00:00:00Z" };
  assert.equal(of(base), of({ expiresAt: "2030-01-01T01:00:00+01:00", title: null, ...{ url: base.url } }));
  for (const other of [{ title: "x" }, { code: "abc" }, { permanent: true }, { expiresAt: null }]) {
    assert.notEqual(of({ ...base, ...other }), of(base));
  }
});

test("a cursor brings back its place, and any other text is no cursor", () => {
  fc.assert(
    fc.property(fc.nat(4_000_000_000_000), fc.maxSafeNat(), (createdAtMs, id) => {
      assert.deepEqual(decodeCursor(encodeCursor({ createdAtMs, id })), { createdAtMs, id });
    }),
  );
  for (const text of ["", "x", "MS4x", encodeCursor({ createdAtMs: 1, id: -1 }), "'; drop table links; --"]) {
    assert.equal(decodeCursor(text), undefined, text);
  }
});

test("an idempotency key is visible ASCII of up to 255 characters", () => {
  assert.equal(readIdempotencyKey(undefined), undefined);
  assert.equal(readIdempotencyKey('"a-b"'), '"a-b"');
  for (const key of ["", "a b", "ä", "a".repeat(256)]) assert.throws(() => readIdempotencyKey(key), ApiError);
});
