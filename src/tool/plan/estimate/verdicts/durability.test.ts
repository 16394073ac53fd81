import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cache, database, edge, type PlanFacts, system } from "../../../design/index.ts";
import { modelOf, program } from "../testing/typical-designs.ts";
import { DISK_FAILURES_PER_YEAR, durabilityOf, REBUILD_MS, silentStores } from "./durability.ts";

const YEAR_MS = 31_536_000_000;

function modelWith(...plans: readonly PlanFacts[]) {
  const uses = Object.fromEntries(plans.map((plan, at) => [`base${at}`, database(`base${at}`, { plan })]));
  const api = program("api", { uses: { ...uses, hot: cache("hot") } });
  return modelOf(system("kept", { parts: [edge("front", { routes: [{ path: "/*", to: api }] })] }));
}

describe("durability", () => {
  test("of one copy is that of its disk, and with a backup what was written since the last is at risk", () => {
    const one = durabilityOf(modelWith({ copies: 1 }))?.durability ?? 0;
    assert.ok(Math.abs(one - Math.exp(-0.0157)) < 1e-12, String(one));
    const daily = durabilityOf(modelWith({ backupEvery: "1 day" }))?.durability ?? 0;
    // Half a day of 365, on average, in 157 of 10,000 cases.
    assert.ok(Math.abs(1 - daily - (0.0157 * 0.5) / 365) < 1e-9, String(daily));
  });

  test("of two and three copies is that of mirrors: one fails, and the others before it is rebuilt", () => {
    // Patterson, Gibson and Katz (1988), section 7: for pairs, the mean time to a loss is MTTF² / (2 MTTR).
    const rate = DISK_FAILURES_PER_YEAR;
    const repair = REBUILD_MS / YEAR_MS;
    const pair = durabilityOf(modelWith({ copies: 2 }))?.durability ?? 0;
    assert.ok(Math.abs((1 - pair) / (2 * rate ** 2 * repair) - 1) < 1e-3, String(pair));
    const three = durabilityOf(modelWith({ copies: 3 }))?.durability ?? 0;
    assert.ok(Math.abs((1 - three) / (6 * rate ** 3 * repair ** 2) - 1) < 1e-3, String(three));
  });

  test("is that of the store that keeps its data worst, and is not known while one says nothing", () => {
    const known = durabilityOf(modelWith({ copies: 3 }, { copies: 2 }, { backupEvery: "1 h", copies: 2 }));
    assert.deepEqual([known?.store, known?.copies], ["base1", 2]);
    const silent = modelWith({ copies: 3 }, {}, { zones: 2 });
    assert.equal(durabilityOf(silent), undefined);
    assert.deepEqual(silentStores(silent), ["base1", "base2"]);
    assert.equal(durabilityOf(modelWith()), undefined);
  });

  test("gets no worse by more copies or backups made more often", () => {
    const of = (copies: number, backupEvery: number) =>
      durabilityOf(modelWith({ copies, backupEvery }))?.durability ?? Number.NaN;
    const copies = fc.integer({ min: 1, max: 20 });
    const every = fc.integer({ min: 1_000, max: 86_400_000 });
    fc.assert(
      fc.property(copies, every, fc.integer({ min: 1, max: 100 }), (some, everyMs, less) => {
        assert.ok(of(some + 1, everyMs) >= of(some, everyMs));
        assert.ok(of(some, Math.ceil(everyMs / less)) >= of(some, everyMs));
        assert.ok(of(some, everyMs) > 0 && of(some, everyMs) <= 1);
      }),
      { numRuns: 50 },
    );
  });
});
