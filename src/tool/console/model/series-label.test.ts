import assert from "node:assert/strict";
import { test } from "node:test";
import { seriesLabel } from "./series-label.ts";

test("a line is named by its label's value, and by all labels where there are several", () => {
  assert.equal(seriesLabel({}), "");
  assert.equal(seriesLabel({ replica: "app.1" }), "app.1");
  assert.equal(seriesLabel({ user: "" }), "no user");
  assert.equal(seriesLabel({ a: "1", b: "2" }), "a=1 b=2");
});
