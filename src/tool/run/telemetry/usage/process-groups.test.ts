import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ProcessUse } from "./proc-reader.ts";
import { groupsOf } from "./process-groups.ts";

function use(parent: number, session: number, cpuSeconds = 1): ProcessUse {
  return {
    parent,
    session,
    startTicks: 7,
    cpuSeconds,
    ownCpuSeconds: cpuSeconds,
    memoryBytes: 10,
    threads: 1,
  };
}

test("a leader has its session and all descendants, those in sessions of their own too", () => {
  const table = new Map([
    [10, use(1, 10)],
    [11, use(10, 10)],
    // Its parent is gone, its session is not.
    [12, use(1, 10)],
    // As a backend of PostgreSQL: a session of its own, and a child in that.
    [13, use(10, 13)],
    [14, use(13, 13)],
    [20, use(1, 20)],
    [30, use(1, 30)],
  ]);
  const groups = groupsOf(table, new Set([10, 20]));
  assert.deepEqual(groups.get(10)?.processes, [10, 11, 12, 13, 14]);
  assert.deepEqual(
    [
      groups.get(10)?.cpuSeconds,
      groups.get(10)?.memoryBytes,
      groups.get(10)?.threads,
      groups.get(10)?.startTicks,
    ],
    [5, 50, 5, 7],
  );
  assert.deepEqual(groups.get(20)?.processes, [20]);
  assert.equal(groups.size, 2);
});

test("every process counts once at most, whatever the table looks like", () => {
  const pid = fc.integer({ min: 1, max: 30 });
  const tables = fc.array(fc.tuple(pid, fc.record({ parent: pid, session: pid })), { maxLength: 40 });
  fc.assert(
    fc.property(tables, fc.array(pid), (rows, leaders) => {
      const table = new Map(rows.map(([number, row]) => [number, use(row.parent, row.session)]));
      const groups = groupsOf(table, new Set(leaders));
      const counted = [...groups.values()].flatMap(({ processes }) => processes);
      assert.equal(new Set(counted).size, counted.length);
      for (const [leader, group] of groups) {
        assert.ok(leaders.includes(leader));
        assert.equal(group.cpuSeconds, group.processes.length);
      }
    }),
  );
});
