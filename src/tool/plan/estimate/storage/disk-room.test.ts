import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { database, edge, type PlanFacts, type Requirements, system } from "../../../design/index.ts";
import type { SystemModel } from "../../../design/model.ts";
import { resolveSystem } from "../../resolve/index.ts";
import { applySets } from "../../sets/index.ts";
import { storedBytes } from "../../theory/envelope/volumes.ts";
import { estimate } from "../index.ts";
import { modelOf, program } from "../testing/typical-designs.ts";
import { diskRooms, tightestRoom } from "./index.ts";

const DAY_MS = 86_400_000;

/** Gets a million records of 1 kB a day, 1 GB, unless it requires otherwise. */
function archive(plans: readonly PlanFacts[], more: Requirements = {}): SystemModel {
  const uses = Object.fromEntries(plans.map((plan, at) => [`base${at}`, database(`base${at}`, { plan })]));
  const front = edge("front", { routes: [{ path: "/*", to: program("api", { uses }) }] });
  const requires: Requirements = {
    traffic: { rate: "1/s", peak: 1, reads: 0.5 },
    retention: "5 years",
    data: { recordSize: "1 kB", recordsPerDay: "1M" },
    ...more,
  };
  return modelOf(system("archive", { requires, parts: [front] }));
}

function retentionOf(model: SystemModel) {
  const found = estimate(model, { file: "system.ts" }).requirements.find(({ id }) => id === "retention");
  assert.ok(found);
  return found;
}

const roomOf = (model: SystemModel) => tightestRoom(model, resolveSystem(model));

describe("a retention that is required", () => {
  test("holds when the disk of each copy has room for what comes in by then, however many copies there are", () => {
    for (const copies of [1, 3]) {
      const { state, predicted, sentence } = retentionOf(archive([{ copies, disk: "2 TB" }]));
      assert.deepEqual([state, predicted], ["holds", 2_000 * DAY_MS]);
      assert.match(sentence, / base0: its disk of 2 TB is full after 5\.48 years, and 5 years/);
      assert.equal(sentence.startsWith("1 GB a day is written to each copy of base0:"), copies > 1);
    }
    assert.equal(retentionOf(archive([{ disk: 1_825e9 }])).state, "holds");
    assert.equal(retentionOf(archive([{ disk: 1_824e9 }])).state, "fails");
  });

  test("fails when it has not, and the mend is a disk that holds it, of a size that people write", () => {
    const model = archive([{ copies: 3, disk: "1 TB" }], { growthPerYear: "20%" });
    const { state, sentence, mend } = retentionOf(model);
    assert.equal(state, "fails");
    assert.match(
      sentence,
      /^1 GB a day is written to .*, and 20% more each year: .* is full after only .* take 2\.98 TB\.$/,
    );
    assert.equal(mend?.set, "base0.plan.disk=3TB");
    assert.equal(retentionOf(applySets(model, [mend.set])).predicted, mend.predicted);
    assert.equal(retentionOf(applySets(model, [mend.set])).state, "holds");
  });

  test("takes larger disks of all stores that have too small ones", () => {
    const { mend } = retentionOf(archive([{ disk: "1 TB" }, { disk: "8 TB" }, { disk: "1.5 TB" }]));
    assert.equal(mend?.set, "base0.plan.disk=2TB --set base2.plan.disk=2TB");
  });

  test("is open while a disk or the size of a record is not stated, and the sentence says what to state", () => {
    const silent = retentionOf(archive([{ copies: 2 }, { disk: "9 TB" }]));
    assert.deepEqual([silent.state, silent.predicted, silent.mend], ["unknown", undefined, undefined]);
    assert.match(
      silent.sentence,
      /take 1\.82 TB of disk in each copy of base0\. .*: state base0\.plan\.disk\.$/,
    );
    const unsized = retentionOf(archive([{ disk: "9 TB" }], { data: { recordsPerDay: "1M" } }));
    assert.equal(unsized.state, "unknown");
    assert.match(unsized.sentence, /if a record takes 1 kB: state requires\.data\.recordSize\.$/);
  });

  test("asks of a store that nothing is written to for no disk", () => {
    const front = edge("front", {
      routes: [
        {
          path: "/*",
          to: program("api", {
            uses: { words: database("words"), clicks: database("clicks", { plan: { disk: "1 TB" } }) },
            plan: {
              work: {
                look: { time: 1, calls: { words: 1 } },
                click: { time: 1, calls: { clicks: 1 } },
              },
            },
          }),
        },
      ],
    });
    const model = modelOf(
      system("counted", {
        requires: { traffic: { rate: "100/s" }, retention: "1 year", data: { recordSize: "100 B" } },
        requests: {
          look: { to: front, request: "GET /:word", share: "90%" },
          click: { to: front, request: "POST /clicks" },
        },
        parts: [front],
      }),
    );
    assert.deepEqual(
      diskRooms(model, resolveSystem(model)).map(({ store, bytesPerDay }) => [
        store,
        Math.round(bytesPerDay),
      ]),
      [["clicks", 10 * 86_400 * 100]],
    );
    assert.equal(retentionOf(model).state, "holds");
  });
});

describe("a disk", () => {
  test("is full when as much is stored as it has room for, growth counted; and never, if ever less comes in", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1e9, max: 2 ** 50 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (disk, growthPerYear) => {
          const { fullAfterMs = Number.NaN } = roomOf(archive([{ disk }], { growthPerYear })) ?? {};
          const stored = storedBytes({ bytesPerDay: 1e9, days: fullAfterMs / DAY_MS, growthPerYear });
          assert.ok(Math.abs(stored / disk - 1) < 1e-6, `${stored} of ${disk}`);
        },
      ),
      { numRuns: 50 },
    );
    const idle = archive([{ disk: "1 TB" }], { data: { recordSize: "1 kB", recordsPerDay: 0 } });
    assert.match(retentionOf(idle).sentence, /is never full/);
    assert.equal(retentionOf(idle).state, "holds");
  });

  test("says in its figure what it was reckoned from, by names that are figures too", () => {
    for (const growthPerYear of [0, 0.4]) {
      const { figures } = estimate(archive([{ disk: "2 TB" }], { growthPerYear }), { file: "system.ts" });
      const { source, value } = figures.find(({ id }) => id === "retention") ?? {};
      assert.ok(source?.kind === "derived");
      const ids = new Set(figures.map(({ id }) => id));
      for (const input of source.inputs) assert.ok(ids.has(input), input);
      const filled =
        growthPerYear === 0
          ? "2 TB / 1 GB/day = 5.48 years"
          : "ln(1 + 2 TB × 0.336 / (1 GB/day × 365)) / 0.336 (40% a year) = 3.11 years";
      assert.equal(source.filled, filled);
      assert.ok((value ?? 0) > 0);
    }
  });
});
