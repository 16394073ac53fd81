import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  erlangB,
  erlangC,
  extendedErlangB,
  loadForBlocking,
  serversForBlocking,
  serversForWait,
  serversForWaiting,
} from "./erlang.ts";

const anyLoad = fc.double({ min: 0.01, max: 500, noNaN: true });
const anyServers = fc.integer({ min: 1, max: 600 });

test("the loads of the Erlang B table come out of it", () => {
  // The standard table of Erlang B as printed in textbooks of traffic engineering (Rappaport, "Wireless Communications",
  // table 3.4; Cooper, "Introduction to Queueing Theory", appendix): Erlangs by trunks and blocking.
  const table: readonly (readonly [servers: number, blocking: number, erlangs: number, digits: number])[] = [
    [1, 0.01, 0.0101, 4],
    [2, 0.01, 0.153, 3],
    [5, 0.01, 1.36, 2],
    [5, 0.005, 1.13, 2],
    [10, 0.001, 3.09, 2],
    [10, 0.005, 3.96, 2],
    [10, 0.01, 4.46, 2],
    [10, 0.02, 5.08, 2],
    [10, 0.05, 6.22, 2],
    [20, 0.005, 11.1, 1],
    [20, 0.01, 12.0, 1],
    [50, 0.01, 37.9, 1],
    [100, 0.01, 84.1, 1],
    [100, 0.001, 75.2, 1],
  ];
  for (const [servers, blocking, erlangs, digits] of table) {
    assert.equal(loadForBlocking(servers, blocking).toFixed(digits), erlangs.toFixed(digits), `${servers}`);
  }
});

test("the defining sum of factorials is met where it does not overflow", () => {
  for (const servers of [1, 2, 7, 30]) {
    for (const load of [0.1, 3, 29]) {
      let term = 1;
      let sum = 1;
      for (let n = 1; n <= servers; n++) {
        term *= load / n;
        sum += term;
      }
      assert.ok(Math.abs(erlangB(load, servers) / (term / sum) - 1) < 1e-12);
    }
  }
});

test("with 10,000 servers nothing overflows, and the heavy-traffic limit is near", () => {
  // Halfin & Whitt 1981: with c = a + β √a servers the share that waits tends to 1 / (1 + β Φ(β) / φ(β)); β = 1 gives
  // 0.2234 (Harchol-Balter, "Performance Modeling and Design of Computer Systems", chapter 15: square-root staffing).
  const wait = erlangC(9_900.499, 10_000);
  assert.ok(Math.abs(wait - 0.2234) < 0.003, `${wait}`);
  assert.ok(erlangC(9_999, 10_000) > 0.98);
  assert.equal(erlangB(1, 10_000), 0);
  assert.ok(Math.abs(erlangB(1e7, 10_000) - (1 - 1e-3)) < 1e-5);
});

test("Erlang C of textbook cases", () => {
  // Gross & Harris, section 2.3, the eye clinic: λ = 6/h, μ = 3/h, c = 3: p0 = 1/9, so C = (2³ / 3!) (1 / (1 - 2/3)) / 9.
  assert.ok(Math.abs(erlangC(2, 3) - 4 / 9) < 1e-14);
  // One server waits for as long as it is busy.
  assert.equal(erlangC(0.7, 1), 0.7);
  // M/M/2: C = 2 ρ² / (1 + ρ) (Kleinrock, vol. I, problem 3.11).
  assert.ok(Math.abs(erlangC(1.6, 2) - (2 * 0.64) / 1.8) < 1e-14);
  assert.equal(erlangC(3, 3), 1);
});

test("a call centre of 100 calls in half an hour of 3 minutes each needs 14 agents for 80 % within 20 seconds", () => {
  // The standing example of Erlang C calculators: 10 Erlangs, 14 agents, service level 88.8 %.
  const goal = { arrivalsPerSecond: 100 / 1_800, serviceSeconds: 180, waitSeconds: 20, share: 0.2 };
  assert.equal(serversForWait(goal), 14);
  const served = (agents: number) => 1 - erlangC(10, agents) * Math.exp((-(agents - 10) * 20) / 180);
  assert.equal((served(14) * 100).toFixed(1), "88.8");
  assert.ok(served(13) < 0.8);
});

test("blocking falls with servers and rises with load, and waiting is the more frequent", () => {
  fc.assert(
    fc.property(anyLoad, anyServers, (load, servers) => {
      const b = erlangB(load, servers);
      assert.ok(b >= 0 && b <= 1);
      assert.ok(erlangB(load, servers + 1) <= b);
      assert.ok(erlangB(load * 1.1, servers) >= b);
      assert.ok(erlangC(load, servers) >= b);
    }),
  );
});

test("the number of servers found suffices, and one fewer does not", () => {
  fc.assert(
    fc.property(anyLoad, fc.double({ min: 1e-6, max: 0.5, noNaN: true }), (load, share) => {
      const blocked = serversForBlocking(load, share);
      assert.ok(erlangB(load, blocked) <= share && erlangB(load, blocked - 1) > share);
      const waiting = serversForWaiting(load, share);
      assert.ok(erlangC(load, waiting) <= share);
      assert.ok(waiting === 1 || erlangC(load, waiting - 1) > share);
    }),
    { numRuns: 50 },
  );
});

test("the load for a blocking blocks as much", () => {
  fc.assert(
    fc.property(anyServers, fc.double({ min: 1e-6, max: 0.9, noNaN: true }), (servers, blocking) => {
      assert.ok(Math.abs(erlangB(loadForBlocking(servers, blocking), servers) / blocking - 1) < 1e-6);
    }),
    { numRuns: 50 },
  );
});

test("retries of the blocked add to the load, and there is a load from which they never end", () => {
  const none = extendedErlangB({ firstErlangs: 8, servers: 10, recall: 0 });
  assert.ok(none.stable && Math.abs(none.blocking - erlangB(8, 10)) < 1e-12);
  const some = extendedErlangB({ firstErlangs: 8, servers: 10, recall: 0.7 });
  assert.ok(some.stable && some.blocking > none.blocking);
  assert.ok(Math.abs(some.offeredErlangs - (8 + 0.7 * some.offeredErlangs * some.blocking)) < 1e-9);
  assert.deepEqual(extendedErlangB({ firstErlangs: 10, servers: 10, recall: 1 }), { stable: false });
  const heavy = extendedErlangB({ firstErlangs: 100, servers: 10, recall: 0.5 });
  assert.ok(heavy.stable && heavy.blocking > 0.9);
});

test("numbers outside their ranges are refused", () => {
  assert.throws(() => erlangB(-1, 3), RangeError);
  assert.throws(() => erlangB(Number.NaN, 3), RangeError);
  assert.throws(() => erlangB(1, 2.5), RangeError);
  assert.throws(() => erlangC(1, 0), RangeError);
  assert.throws(() => serversForBlocking(1, 0), RangeError);
  assert.throws(() => loadForBlocking(3, 1), RangeError);
});
