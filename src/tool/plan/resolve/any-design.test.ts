import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Stay } from "../resolved-model.ts";
import { anyDesign } from "../review/testing/any-design.ts";
import { modelOf } from "../review/testing/rule-case.ts";
import { stayVisits } from "../visits.ts";
import { resolveSystem } from "./index.ts";

test("every design that is in order is resolved: numbers are finite and not negative, shares are shares, rates add up", () => {
  fc.assert(
    fc.property(anyDesign, fc.option(fc.constantFrom(0, 1, 1e9), { nil: undefined }), (design, load) => {
      const model = modelOf(design);
      const resolved = resolveSystem(model, { loadPerSecond: load });
      const total = resolved.classes.reduce((sum, one) => sum + one.peakPerSecond, 0);
      const { requestsPerSecond = 1, peak = 3 } = model.requires.traffic ?? {};
      const stated = load ?? requestsPerSecond * peak;
      assert.ok(Math.abs(total - stated) <= stated * 1e-9);
      assert.ok(resolved.classes.length > 0);
      const names = new Set(resolved.parts.map(({ name }) => name));
      assert.equal(new Set(resolved.classes.map(({ name }) => name)).size, resolved.classes.length);
      for (const { way } of resolved.classes)
        for (const stay of stayVisits(way).keys()) checkStay(stay, names);
      for (const { queueMax, ...part } of resolved.parts) {
        assert.ok(queueMax >= 0);
        checkNumbers(part);
      }
    }),
    { numRuns: 200 },
  );
});

function checkStay({ part, time, calls }: Stay, names: ReadonlySet<string>): void {
  assert.ok(names.has(part), part);
  checkNumbers(time);
  assert.ok(time.cpuShare <= 1);
  for (const { to, ...call } of calls) {
    checkNumbers(call);
    assert.ok(call.share <= 1 && names.has(to.part));
  }
}

function checkNumbers(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value) && value >= 0, String(value));
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(checkNumbers);
}
