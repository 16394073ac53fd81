import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_FIGURES, type DefaultFigure, defaultOf, defaultsTable } from "./index.ts";

const page = readFileSync(join(import.meta.dirname, "../../../..", "docs/plan-defaults.md"), "utf8");

test("the page on defaults prints exactly the table that plans use", () => {
  assert.ok(page.includes(defaultsTable()), `docs/plan-defaults.md has to hold:\n\n${defaultsTable()}`);
});

test("every default names a publication, and shares are shares", () => {
  for (const [name, figure] of Object.entries<DefaultFigure>(DEFAULT_FIGURES)) {
    assert.ok(figure.publication.length > 5 && figure.value > 0, name);
    if (figure.unit === "share") assert.ok(figure.value <= 1, name);
    assert.ok(!/\|/.test(figure.title + figure.publication), name);
  }
});

test("a default comes with its name and its publication as the source", () => {
  const { value, source } = defaultOf("network.zone");
  assert.equal(value, 0.5);
  assert.ok(
    source.kind === "default" && source.of.startsWith("network.zone: ") && /Dean/.test(source.publication),
  );
});
