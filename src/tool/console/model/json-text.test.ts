import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { laidOutJson } from "./json-text.ts";

test("JSON is laid out as it is: digits, order, doubles and escapes stay", () => {
  assert.equal(
    laidOutJson('{"id":12345678901234567890,"a":[1.0,{}, [ ]],"a":"{\\"x\\": [1]}"}'),
    '{\n  "id": 12345678901234567890,\n  "a": [\n    1.0,\n    {},\n    []\n  ],\n  "a": "{\\"x\\": [1]}"\n}',
  );
});

test("what is no JSON object or array is left alone", () => {
  for (const text of ["", "12", '"x"', "{", "{a:1}", "hello", "[1] [2]"])
    assert.equal(laidOutJson(text), undefined);
});

test("laying out changes no value", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const laid = laidOutJson(text);
      if (laid !== undefined) assert.deepEqual(JSON.parse(laid), JSON.parse(text));
    }),
  );
});

test("nesting however deep does not outgrow the page", () => {
  const deep = "[".repeat(3_000) + "]".repeat(3_000);
  assert.ok((laidOutJson(deep)?.length ?? 0) < 600_000);
});
