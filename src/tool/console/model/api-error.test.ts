import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefusal } from "./api-error.ts";

test("only what has the API's shape of a refusal is one", () => {
  assert.equal(isRefusal({ error: { code: "NO_PART", message: "No such part" } }), true);
  for (const body of [
    null,
    undefined,
    "error",
    7,
    {},
    { error: null },
    { error: { code: 7, message: "" } },
    { error: { code: "A" } },
  ]) {
    assert.equal(isRefusal(body), false);
  }
});
