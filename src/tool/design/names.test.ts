import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { NAME_PATTERN, nameMeant, outsideVariable, urlVariable } from "./names.ts";

test("what a part is called becomes a variable that any shell can hold", () => {
  assert.equal(urlVariable("links"), "LINKS_URL");
  assert.equal(urlVariable("userLinks"), "USER_LINKS_URL");
  assert.equal(urlVariable("user-links"), "USER_LINKS_URL");
  assert.equal(outsideVariable("user-links"), "TRESTLE_USER_LINKS_URL");
});

test("two parts never share the variable that puts them outside", () => {
  const name = fc.stringMatching(NAME_PATTERN);
  fc.assert(
    fc.property(name, name, (one, other) => {
      assert.equal(outsideVariable(one) === outsideVariable(other), one === other);
    }),
  );
});

test("a name that is suggested is always a good one", () => {
  assert.equal(nameMeant("My Shop"), "my-shop");
  assert.equal(nameMeant("userSessions"), "user-sessions");
  assert.equal(nameMeant("2nd"), undefined);
  assert.equal(nameMeant("runs"), undefined);
  fc.assert(fc.property(fc.string(), (typed) => NAME_PATTERN.test(nameMeant(typed) ?? "a")));
});
