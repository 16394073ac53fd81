import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FieldFacts } from "./request-facts.ts";

function factsOf(rawHeaders: readonly string[], target = "/"): FieldFacts {
  return new FieldFacts({ clientAddress: "192.0.2.1", overTls: false, target, rawHeaders });
}

test("fields are found whatever their case, the first of several, and only by their whole name", () => {
  const facts = factsOf(["X-User-Id", "1", "x-USER", "2", "X-User", "3", "X@User", "4"]);
  assert.equal(facts.header("x-user"), "2");
  assert.equal(facts.header("X-User-ID"), "1");
  assert.equal(facts.header("X-Use"), undefined);
  // `@` and a backquote differ in the bit that tells letters' case, and are no letters.
  assert.equal(facts.header("X`User"), undefined);
});

test("cookies are found by their exact name in all Cookie fields, one after the other", () => {
  const facts = factsOf([
    "Cookie",
    "sid=1; SID=2;xsid=3;  sid = 4; sid=5 ",
    "Accept",
    "sid=6",
    "cookie",
    "other; sid=a=b",
  ]);
  assert.equal(facts.cookie("sid"), "1");
  assert.equal(facts.cookie("sid", 1), "5");
  assert.equal(facts.cookie("sid", 2), "a=b");
  assert.equal(facts.cookie("sid", 3), undefined);
  assert.equal(facts.cookie("SID"), "2");
  assert.equal(facts.cookie("id"), undefined);
});

test("query parameters are found by their exact name, as they came", () => {
  const facts = factsOf([], "/a/b?user=%41&use=2&user=3&flag&empty=");
  assert.equal(facts.path, "/a/b");
  assert.equal(facts.query("user"), "%41");
  assert.equal(facts.query("use"), "2");
  assert.equal(facts.query("empty"), "");
  assert.equal(facts.query("flag"), undefined);
  assert.equal(facts.query("ser"), undefined);
  assert.equal(factsOf([], "/a").query("user"), undefined);
  assert.equal(factsOf([], "/a").path, "/a");
});

test("whatever a client writes into its cookies, each pair is found as a plain reading finds it", () => {
  const textArb = fc.string({ unit: fc.constantFrom("a", "b", "=", ";", " ", "\t") });
  fc.assert(
    fc.property(textArb, fc.constantFrom("a", "ab"), fc.nat(3), (field, name, skipped) => {
      const values = field
        .split(";")
        .map((pair) => pair.replace(/^[ \t]+/, ""))
        .filter((pair) => pair.startsWith(`${name}=`))
        .map((pair) => pair.slice(name.length + 1).trimEnd());
      assert.equal(factsOf(["Cookie", field]).cookie(name, skipped), values[skipped]);
    }),
    { numRuns: 500 },
  );
});
