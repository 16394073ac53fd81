import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { DEFAULT_LIMITS } from "../limits.ts";
import { type Trail, trailsOf, WHOLE_CONFIG } from "./testing/whole-config.ts";

const PAGE = join(import.meta.dirname, "../../../..", "docs", "edge-settings.md");
/** Their fields have names of the user's own. */
const NAMED = ["requestHeaders", "responseHeaders"];
/** What stands in these goes by names of the user's own. */
const NAMES = ["upstreams", "headers"];

/** A place as the page writes it: `listeners[].routes[].path`. */
function fieldOf(trail: Trail): string {
  const named = trail.findIndex((step) => typeof step === "string" && NAMED.includes(step));
  const steps = named < 0 ? trail : trail.slice(0, named + 1);
  return steps
    .map((step, at) => {
      if (typeof step === "number") return "[]";
      return at === 0 ? step : `.${NAMES.includes(String(steps[at - 1])) ? "*" : step}`;
    })
    .join("");
}

const rows = readFileSync(PAGE, "utf8")
  .split("\n")
  .flatMap((line) => {
    const cells = line.split(" | ").map((cell) => cell.replace(/^\|\s*|\s*\|$/g, ""));
    const field = /^`([\w.[\]*]+)`$/.exec(cells[0] ?? "")?.[1];
    return field === undefined ? [] : [{ field, default: cells.at(-1) ?? "" }];
  });

test("the page has a row for every setting there is, and none for what is not", () => {
  const leaves = trailsOf(WHOLE_CONFIG).filter((trail) => {
    const value = trail.reduce<unknown>(
      (at, step) => (at as Record<string | number, unknown>)[step],
      WHOLE_CONFIG,
    );
    return typeof value !== "object";
  });
  const limits = Object.keys(DEFAULT_LIMITS).map((name) => `limits.${name}`);
  const fields = new Set([...leaves.map(fieldOf), ...limits, "listeners[].routes"]);
  assert.deepEqual(rows.map(({ field }) => field).sort(), [...fields].sort());
});

test("the limits that the page names are those that hold", () => {
  for (const [name, value] of Object.entries(DEFAULT_LIMITS)) {
    const row = rows.find(({ field }) => field === `limits.${name}`);
    assert.equal(row?.default.replaceAll(",", ""), String(value), name);
  }
});
