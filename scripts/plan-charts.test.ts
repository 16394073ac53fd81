import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CHARTS } from "./docs/plan-charts/charts.ts";

const docs = join(import.meta.dirname, "..", "docs");

for (const [name, draw] of Object.entries(CHARTS)) {
  test(`plan-${name}.svg is what its scenario comes to, byte for byte`, () => {
    const drawn = readFileSync(join(docs, "images", `plan-${name}.svg`), "utf8");
    assert.ok(
      draw() === drawn,
      "it is not: node scripts/docs/plan-charts.ts draws it anew; look at it, and at what the page says of it",
    );
  });
}

test("the page shows every chart, and says how it is drawn anew", () => {
  const page = readFileSync(join(docs, "plan-simulations.md"), "utf8");
  for (const name of Object.keys(CHARTS)) assert.ok(page.includes(`(images/plan-${name}.svg)`), name);
  assert.ok(page.includes("node scripts/docs/plan-charts.ts"));
});
