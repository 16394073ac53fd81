import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { backendsIn, totalsIn, UsersCommits } from "./statistics.ts";

describe("connections", () => {
  test("are counted by application and state, and those that may not be looked into count all the same", () => {
    const found = backendsIn([
      { application: "api", state: "active", backends: "3", waiting: "2" },
      { application: null, state: null, backends: "4", waiting: "0" },
    ]);
    assert.deepEqual(found, [
      { application: "api", state: "active", count: 3, waiting: 2 },
      { application: "", state: "unknown", count: 4, waiting: 0 },
    ]);
  });

  test("of however many applications are few groups, and none of them is lost", () => {
    const rows = fc.array(
      fc.record({
        application: fc.option(fc.string({ maxLength: 200 })),
        state: fc.option(fc.constantFrom("active", "idle")),
        backends: fc.nat({ max: 100 }).map(String),
        waiting: fc.constant("1"),
      }),
      { maxLength: 200, size: "max" },
    );
    fc.assert(
      fc.property(rows, (list) => {
        const groups = backendsIn(list);
        assert.ok(groups.length <= 21);
        assert.equal(
          new Set(groups.map(({ application, state }) => `${state} ${application}`)).size,
          groups.length,
        );
        const total = list.reduce((sum, { backends }) => sum + Number(backends), 0);
        assert.equal(
          groups.reduce((sum, { count }) => sum + count, 0),
          total,
        );
      }),
      { numRuns: 50 },
    );
  });
});

test("a server that says nothing, or no numbers, has figures of 0", () => {
  assert.equal(totalsIn([]), undefined);
  const totals = totalsIn([{ xact_commit: "7", xact_rollback: null, blks_hit: "many" }]);
  assert.deepEqual(
    [totals?.commits, totals?.rollbacks, totals?.others.get("postgresql.blks_hit")],
    [7, 0, 0],
  );
});

describe("the commits of a database's users", () => {
  test("never fall while the server's do not, and are without those of the poller", () => {
    const steps = fc.array(
      fc.record({ own: fc.nat({ max: 5 }), users: fc.nat({ max: 5 }), lag: fc.nat({ max: 5 }) }),
    );
    fc.assert(
      fc.property(steps, (list) => {
        const commits = new UsersCommits();
        let own = 0;
        let users = 0;
        let told = 0;
        let before = 0;
        for (const step of list) {
          for (let at = 0; at < step.own; at++) commits.addOwn();
          own += step.own;
          users += step.users;
          told = Math.max(told, own + users - step.lag);
          const now = commits.of(told);
          assert.ok(now >= before && now <= users);
          before = now;
        }
        assert.equal(commits.of(own + users), users);
      }),
    );
  });

  test("begin anew with the server's statistics", () => {
    const commits = new UsersCommits();
    commits.addOwn();
    assert.equal(commits.of(100), 99);
    assert.equal(commits.of(3), 3);
  });
});
