import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { RULES } from "./index.ts";
import { linkOf } from "./rule.ts";

const page = readFileSync(join(import.meta.dirname, "../../../..", "docs/plan-review.md"), "utf8");
const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) => heading);

test("the page explains every rule, in the order of the rules, and no other", () => {
  assert.deepEqual(
    headings,
    RULES.map(({ id }) => id),
  );
});

test("each section begins with what its rule checks", () => {
  for (const { id, checks } of RULES) {
    const [, section = ""] = page.split(`### ${id}\n`);
    assert.equal(section.trim().split("\n")[0], `Checks ${checks}.`);
  }
});

test("a finding's link leads to its section", () => {
  // As GitHub makes them: lower case, signs left out, blanks as hyphens.
  const anchors = new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, "")
        .replaceAll(" ", "-"),
    ),
  );
  for (const { id } of RULES) {
    const [file, anchor = ""] = linkOf(id).split("#");
    assert.equal(file, "docs/plan-review.md");
    assert.ok(anchors.has(anchor), anchor);
  }
});
