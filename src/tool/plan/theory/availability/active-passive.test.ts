import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { activePassive } from "./active-passive.ts";
import { kOfN } from "./composition.ts";
import { lossShares } from "./importance.ts";
import { availabilityFrom, failuresPerYear } from "./repair.ts";
import { stationaryShares } from "./stationary.ts";
import { replicasUp } from "./zones.ts";

const HOUR = 3_600_000;
const REPAIR = { upMs: 999 * HOUR, downMs: HOUR };

const near = (got: number, wanted: number, relative = 1e-9): void =>
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${got}, not ${wanted}`);

test("a chain of two states is up for its rate of repair, and one of three as its balance says", () => {
  near(
    stationaryShares([
      [0, 1],
      [4, 0],
    ])[0] ?? 0,
    0.8,
  );
  // Birth and death: shares in proportion to the products of the rates (Kleinrock, vol. I, 3.11).
  const shares = stationaryShares([
    [0, 2, 0],
    [3, 0, 2],
    [0, 6, 0],
  ]);
  near(shares[1] ?? 0, (2 / 3) * (shares[0] ?? 0));
  near(shares[2] ?? 0, (2 / 3) * (2 / 6) * (shares[0] ?? 0));
  assert.throws(
    () =>
      stationaryShares([
        [0, 1],
        [0, 0],
      ]),
    RangeError,
  );
});

test("two copies and one repairer have the closed form of a duplex that the books give", () => {
  // Trivedi, example 8.19: both may fail, one is repaired at a time: unavailability ρ² / (1/2 + ρ + ρ²) with ρ = λ/μ.
  const rho = 1 / 999;
  const down = activePassive({ copies: 2, repair: REPAIR, failoverMs: 0, repairers: 1 }).allDown;
  near(down, rho ** 2 / (0.5 + rho + rho ** 2));
});

test("without failover time, and with a repairer for each, copies are simply in parallel", () => {
  for (const copies of [1, 2, 3, 5]) {
    const shares = activePassive({ copies, repair: REPAIR, failoverMs: 0 });
    near(shares.allDown, 0.001 ** copies, 1e-6);
    near(shares.serving + shares.failingOver + shares.allDown, 1);
  }
});

test("a failover of two minutes costs two minutes for every failure of the one that serves", () => {
  const { failingOver, serving } = activePassive({ copies: 2, repair: REPAIR, failoverMs: 120_000 });
  const minutes = failingOver * 525_600;
  // Of 62 times one, the repair is there first: exponential times vary. Of 1,000, the other copy was down already.
  near(minutes, (failuresPerYear(REPAIR) * 2 * 60) / 62, 0.002);
  assert.equal((serving * 100).toFixed(3), "99.997");
});

test("more copies never serve less, longer failover never more, and shares add up", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.double({ min: 1, max: 1e5, noNaN: true }),
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      (copies, upMs, failoverMs) => {
        const repair = { upMs, downMs: 1_000 };
        const at = activePassive({ copies, repair, failoverMs });
        near(at.serving + at.failingOver + at.allDown, 1);
        assert.ok(
          activePassive({ copies, repair, failoverMs: failoverMs * 2 + 1 }).serving <= at.serving + 1e-12,
        );
        // How many are up does not depend on which of them serves.
        near(at.allDown, (1 - availabilityFrom(repair)) ** copies, 1e-6);
      },
    ),
    { numRuns: 60 },
  );
  const never = activePassive({ copies: 2, repair: { upMs: Infinity, downMs: 1 }, failoverMs: 1 });
  assert.equal(never.serving, 1);
  assert.throws(() => activePassive({ copies: 0, repair: REPAIR, failoverMs: 0 }), RangeError);
});

test("replicas in one zone are no better than the zone, and in two they are", () => {
  const up = (replicas: number, zones: number): number =>
    1 - (replicasUp({ replicas, zones, availability: 0.999, zoneAvailability: 0.9995 })[0] ?? 0);
  near(up(1, 1), 0.999);
  assert.ok(up(2, 1) < 0.9995 && up(2, 1) > 0.99949);
  assert.ok(up(50, 1) <= 0.9995 + 1e-12);
  // In two zones they are in parallel: nothing is shared.
  near(up(2, 2), 0.999999);
  near(up(2, 9), up(2, 2));
  // A replica said to be better than a zone is taken at its word.
  near(
    1 - (replicasUp({ replicas: 1, zones: 1, availability: 0.9999, zoneAvailability: 0.9995 })[0] ?? 0),
    0.9999,
  );
});

test("however they are spread, replicas are up as often on average, and with one zone each as k of n", () => {
  const anyShare = fc.double({ min: 0.5, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 5 }),
      anyShare,
      anyShare,
      (replicas, zones, availability, zoneAvailability) => {
        const law = replicasUp({ replicas, zones, availability, zoneAvailability });
        assert.equal(law.length, replicas + 1);
        near(
          law.reduce((sum, chance, up) => sum + chance * up, 0),
          replicas * availability,
        );
        const apart = replicasUp({ replicas, zones: replicas, availability, zoneAvailability });
        const atLeastTwo = apart.slice(2).reduce((sum, chance) => sum + chance, 0);
        assert.ok(Math.abs(atLeastTwo - (replicas > 1 ? kOfN(2, replicas, availability) : 0)) < 1e-9);
        const more = replicasUp({ replicas, zones: zones + 1, availability, zoneAvailability });
        if (replicas % zones === 0 && replicas % (zones + 1) === 0) {
          assert.ok((more[0] ?? 0) <= (law[0] ?? 0) + 1e-12);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("in series the loss is shared nearly as the parts are down, and perfect parts have no share", () => {
  const parts = [0.999, 0.9999, 1];
  const whole = (better?: number): number =>
    parts.reduce((all, one, at) => (at === better ? all : all * one), 1);
  const [first = 0, second = 0, third = 1] = lossShares(
    whole(),
    parts.map((_, at) => whole(at)),
  );
  near(first, 0.909, 1e-3);
  near(first + second, 1);
  assert.equal(third, 0);
  assert.deepEqual(lossShares(1, [1, 1]), [0, 0]);
});
