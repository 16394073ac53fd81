import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { systemClock } from "../../../blocks/time/index.ts";
import { loadDesign } from "../../design/load/load.ts";
import { readEdgeFile } from "./edge-file.ts";

const folder = mkdtempSync(join(tmpdir(), "trestle-edge-page-"));
after(() => rmSync(folder, { recursive: true }));
const page = readFileSync(join(import.meta.dirname, "../../../..", "docs", "edge.md"), "utf8");
const recipes = Array.from(page.matchAll(/```ts\n(.*?)```/gs), (match) => match[1] ?? "");

test("every recipe of the edge's page passes the check that it would pass through", async () => {
  assert.ok(recipes.length >= 6);
  let designs = 0;
  for (const [at, recipe] of recipes.entries()) {
    const file = `recipe-${at}.ts`;
    writeFileSync(join(folder, file), recipe);
    if (recipe.includes("defineEdge")) {
      const config = await readEdgeFile(file, { folder, clock: systemClock });
      assert.ok(config.listeners.length > 0);
    } else {
      const { model } = await loadDesign(join(folder, file), { environment: {} });
      assert.ok(model.parts.some((part) => part.kind === "edge"));
      designs += 1;
    }
  }
  assert.equal(designs, recipes.length - 1);
});
