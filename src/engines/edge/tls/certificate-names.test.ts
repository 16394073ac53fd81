import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  alternativeNames,
  certificateNames,
  chooserByName,
  isHostName,
  isHostPattern,
} from "./certificate-names.ts";

test("the alternative names count, and the common name only where there is no DNS name among them", () => {
  const subject = "O=Example\nCN=cn.example";
  const of = (subjectAltName?: string) => certificateNames({ subject, subjectAltName });
  assert.deepEqual(of("DNS:a.example, DNS:*.B.example, IP Address:192.0.2.1"), ["a.example", "*.b.example"]);
  assert.deepEqual(of(undefined), ["cn.example"]);
  assert.deepEqual(of("IP Address:192.0.2.1"), ["cn.example"]);
  assert.deepEqual(of("DNS:not a name"), []);
  assert.deepEqual(certificateNames({ subject: "CN=not a name" }), []);
  assert.deepEqual(certificateNames({ subject: "O=CN=x.example" }), []);
});

test("a quoted name is one name, whatever separators are in it", () => {
  const text = 'DNS:a.example, DNS:"b.example, DNS:evil.example", URI:"x:\\"y\\", z", DNS:c.example';
  assert.deepEqual(alternativeNames(text), [
    { kind: "DNS", value: "a.example" },
    { kind: "DNS", value: "b.example, DNS:evil.example" },
    { kind: "URI", value: 'x:"y", z' },
    { kind: "DNS", value: "c.example" },
  ]);
  assert.deepEqual(certificateNames({ subject: "", subjectAltName: text }), ["a.example", "c.example"]);
});

test("lists of names are read back as they were written, and nothing makes the reading fail", () => {
  const kind = fc.constantFrom("DNS", "URI");
  const entry = fc.tuple(kind, fc.string({ maxLength: 20 })).map(([kind, value]) => ({ kind, value }));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
      const text = entries.map(({ kind, value }) => `${kind}:${JSON.stringify(value)}`).join(", ");
      assert.deepEqual(alternativeNames(text), entries);
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'DNS:, "\\ab'), maxLength: 60 }),
      (text) => void alternativeNames(text),
    ),
  );
});

test("host names have labels of 1 to 63 letters, digits, hyphens and underscores, and 253 characters at most", () => {
  for (const name of ["a", "a.b", "a-b.c", "_x.example", "1.2", "xn--bcher-kva.example", "a".repeat(63)]) {
    assert.ok(isHostName(name), name);
    assert.ok(isHostPattern(`*.${name}`), name);
  }
  const long = `${"a".repeat(63)}.`.repeat(4);
  for (const name of [
    "",
    ".",
    "a.",
    ".a",
    "a..b",
    "-a",
    "a-",
    "A",
    "ä",
    "a b",
    "*",
    "*.a",
    "a".repeat(64),
    long,
  ]) {
    assert.ok(!isHostName(name), name);
  }
});

test("an exact name wins over a wildcard, a wildcard stands for one label, and the first of equals counts", () => {
  const label = fc.constantFrom("a", "b", "c");
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
  const pattern = fc.oneof(
    name,
    name.map((one) => `*.${one}`),
  );
  const entries = fc.array(fc.record({ names: fc.array(pattern, { maxLength: 3 }), value: fc.nat() }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(entries, name, (some, asked) => {
      const parent = asked.includes(".") ? `*.${asked.slice(asked.indexOf(".") + 1)}` : undefined;
      const expected =
        some.find(({ names }) => names.includes(asked)) ??
        some.find(({ names }) => parent !== undefined && names.includes(parent));
      assert.equal(chooserByName(some)(asked.toUpperCase()), expected?.value);
    }),
  );
});
