import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerNames } from "./server-names.ts";

test("an exact name comes before a pattern, and a pattern is one label longer", () => {
  const names = new ServerNames([
    ["*.example.com", "any"],
    ["Shop.Example.com", "shop"],
    ["shop.example.com", "second"],
    ["localhost", "local"],
  ]);
  assert.equal(names.find("shop.example.com"), "shop");
  assert.equal(names.find("blog.example.com"), "any");
  assert.equal(names.find("localhost"), "local");
  for (const name of ["example.com", "a.b.example.com", ".example.com", "", "com", "shop.example.org"])
    assert.equal(names.find(name), undefined, name);
});
