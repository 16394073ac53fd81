import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { LogBudget } from "./log-budget.ts";

const SMALL = { linesPerSecond: 10, burstLines: 100, bytesPerSecond: 1_000 };

describe("a log budget", () => {
  test("keeps a burst whole, and of a flood what fits", () => {
    const budget = new LogBudget(0, SMALL);
    assert.deepEqual(budget.takeLines(100, 0), { kept: 100, leftOutBefore: 0 });
    assert.deepEqual(budget.takeLines(50, 0), { kept: 0, leftOutBefore: 0 });
  });

  test("says how many lines were left out with the first that is kept after them, and once", () => {
    const budget = new LogBudget(0, SMALL);
    budget.takeLines(150, 0);
    assert.deepEqual(budget.takeLines(1, 1_000), { kept: 1, leftOutBefore: 50 });
    assert.deepEqual(budget.takeLines(1, 1_000), { kept: 1, leftOutBefore: 0 });
  });

  test("says on demand how many lines were left out, and then no more", () => {
    const budget = new LogBudget(0, SMALL);
    budget.takeLines(130, 0);
    assert.equal(budget.takeLeftOut(), 30);
    assert.equal(budget.takeLeftOut(), 0);
    assert.equal(budget.takeLines(1, 1_000).leftOutBefore, 0);
  });

  test("keeps no more than the burst and the rate allow, and accounts for every line", () => {
    const steps = fc.array(fc.record({ lines: fc.nat(300), pauseMs: fc.nat(3_000) }), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (flood) => {
        const budget = new LogBudget(0, SMALL);
        let nowMs = 0;
        let written = 0;
        let kept = 0;
        let told = 0;
        for (const { lines, pauseMs } of flood) {
          nowMs += pauseMs;
          written += lines;
          const taken = budget.takeLines(lines, nowMs);
          kept += taken.kept;
          told += taken.leftOutBefore;
        }
        assert.ok(kept <= SMALL.burstLines + (nowMs / 1000) * SMALL.linesPerSecond);
        assert.equal(kept + told + budget.takeLeftOut(), written);
      }),
    );
  });

  test("tells the reader to wait for as long as the bytes read too many take", () => {
    const budget = new LogBudget(0, SMALL);
    assert.equal(budget.takeBytes(1_000, 0), 0);
    assert.equal(budget.takeBytes(500, 0), 500);
    assert.equal(budget.takeBytes(0, 500), 0);
  });

  test("is not confused by a clock that goes back", () => {
    const budget = new LogBudget(1_000, SMALL);
    budget.takeLines(100, 1_000);
    assert.equal(budget.takeLines(1, 0).kept, 0);
    assert.equal(budget.takeLines(1, 100).kept, 1);
  });
});
