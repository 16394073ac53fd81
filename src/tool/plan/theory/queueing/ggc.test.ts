import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Random, seededRandom } from "../../../../blocks/time/random.ts";
import { lowerGamma } from "../numerics/gamma.ts";
import { type GeneralQueue, ggc, kingmanBoundSeconds } from "./ggc.ts";
import { mg1 } from "./mg1.ts";
import { mmc } from "./mmc.ts";
import { serviceTimeOfMoments } from "./service-time.ts";

function near(got: number, wanted: number, relative: number, what = ""): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${got}, not ${wanted} ${what}`);
}

/** A time of mean 1 whose squared coefficient of variation is 0, 1, 1 / k or above 1. */
function drawn(scv: number, random: Random): number {
  const exponential = () => -Math.log(1 - random());
  if (scv === 0) return 1;
  if (scv > 1) {
    const share = 0.5 * (1 + Math.sqrt((scv - 1) / (scv + 1)));
    return random() < share ? exponential() / (2 * share) : exponential() / (2 * (1 - share));
  }
  const stages = Math.round(1 / scv);
  let sum = 0;
  for (let stage = 0; stage < stages; stage++) sum += exponential();
  return sum / stages;
}

/** The mean and the p99 of the time in system of a line before servers, by the recursion of Kiefer and Wolfowitz. */
function simulated(queue: { servers: number; load: number; arrivalScv: number; serviceScv: number }) {
  const random = seededRandom(11);
  const customers = 200_000;
  const free = new Float64Array(queue.servers);
  const times = new Float64Array(customers);
  let now = 0;
  let sum = 0;
  for (let n = 0; n < customers; n++) {
    now += drawn(queue.arrivalScv, random) / (queue.load * queue.servers);
    let first = 0;
    for (let one = 1; one < queue.servers; one++) {
      if ((free[one] ?? 0) < (free[first] ?? 0)) first = one;
    }
    const end = Math.max(now, free[first] ?? 0) + drawn(queue.serviceScv, random);
    free[first] = end;
    times[n] = end - now;
    sum += end - now;
  }
  times.sort();
  return { mean: sum / customers, p99: times[customers * 0.99] ?? 0 };
}

test("times in system are as near to a simulation's as is promised", () => {
  for (const servers of [1, 4]) {
    for (const arrivalScv of [0.25, 1, 4]) {
      for (const serviceScv of [0, 4]) {
        const load = 0.8;
        const run = simulated({ servers, load, arrivalScv, serviceScv });
        const service = serviceTimeOfMoments(1, serviceScv);
        const answer = ggc({ arrivalsPerSecond: load * servers, arrivalScv, service, servers });
        const what = JSON.stringify({ servers, arrivalScv, serviceScv });
        // The simulations themselves are good to a few percent.
        near(answer.meanSojournSeconds, run.mean, arrivalScv === 1 ? 0.07 : 0.2, what);
        near(answer.sojournPercentile(0.99), run.p99, arrivalScv === 1 ? 0.1 : 0.3, what);
      }
    }
  }
});

test("the exact models are special cases of it", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (servers, load) => {
        const arrivalsPerSecond = load * servers;
        const exponential = { kind: "exponential", meanSeconds: 1 } as const;
        const general = ggc({ arrivalsPerSecond, arrivalScv: 1, service: exponential, servers });
        const exact = mmc({ arrivalsPerSecond, serviceSeconds: 1, servers });
        near(general.meanWaitSeconds, exact.meanWaitSeconds, 1e-9);
        near(general.sojournPercentile(0.99), exact.sojournPercentile(0.99), 1e-6);
        const service = serviceTimeOfMoments(1, 0.5);
        near(
          ggc({ arrivalsPerSecond: load, arrivalScv: 1, service, servers: 1 }).sojournPercentile(0.95),
          mg1({ arrivalsPerSecond: load, service }).sojournPercentile(0.95),
          1e-12,
        );
      },
    ),
    { numRuns: 40 },
  );
});

/** The mean wait of M/D/c in services, exactly (Crommelin, "Delay Probability Formulae", 1932 and 1934). */
function crommelinWait(servers: number, load: number): number {
  let sum = 0;
  for (let i = 1; i < 2_000; i++) {
    const mean = i * load * servers;
    sum += lowerGamma(i * servers, mean) - lowerGamma(i * servers + 1, mean) / load;
  }
  return sum;
}

test("constant service waits as Crommelin's formula says, within three percent", () => {
  near(crommelinWait(1, 0.8), 2, 1e-9);
  for (const servers of [2, 5, 20]) {
    for (const load of [0.6, 0.8, 0.95]) {
      const service = { kind: "deterministic", meanSeconds: 1 } as const;
      const answer = ggc({ arrivalsPerSecond: load * servers, arrivalScv: 1, service, servers });
      near(answer.meanWaitSeconds, crommelinWait(servers, load), 0.03, `${servers} ${load}`);
    }
  }
});

const anyQueue: fc.Arbitrary<GeneralQueue> = fc
  .record({
    servers: fc.integer({ min: 1, max: 64 }),
    load: fc.double({ min: 0.01, max: 0.999, noNaN: true }),
    arrivalScv: fc.double({ min: 0, max: 9, noNaN: true }),
    serviceScv: fc.double({ min: 0, max: 9, noNaN: true }),
  })
  .map(({ servers, load, arrivalScv, serviceScv }) => ({
    arrivalsPerSecond: load * servers,
    arrivalScv,
    service: serviceTimeOfMoments(1, serviceScv),
    servers,
  }));

test("Little's law holds, and more variation and more load wait longer", () => {
  fc.assert(
    fc.property(anyQueue, (queue) => {
      const answer = ggc(queue);
      near(answer.meanInSystem, queue.arrivalsPerSecond * answer.meanSojournSeconds, 1e-12);
      const lighter = ggc({ ...queue, arrivalsPerSecond: queue.arrivalsPerSecond * 0.9 });
      assert.ok(lighter.meanWaitSeconds <= answer.meanWaitSeconds);
      assert.ok(answer.sojournPercentile(0.99) >= answer.waitPercentile(0.99));
    }),
    { numRuns: 60 },
  );
});

test("one server's mean wait stays below Kingman's bound and reaches it as the load nears 1", () => {
  fc.assert(
    fc.property(anyQueue, (queue) => {
      const load = queue.arrivalsPerSecond / queue.servers;
      const one = { ...queue, arrivalsPerSecond: load, servers: 1 };
      assert.ok(ggc(one).meanWaitSeconds <= kingmanBoundSeconds(one) * (1 + 1e-12));
    }),
  );
  const heavy = {
    arrivalsPerSecond: 0.9999,
    arrivalScv: 0.5,
    service: serviceTimeOfMoments(1, 2),
    servers: 1,
  };
  near(ggc(heavy).meanWaitSeconds, kingmanBoundSeconds(heavy), 1e-3);
});

test("constant service of evenly spaced arrivals never waits, and too much of it is an answer", () => {
  const even = { arrivalScv: 0, service: serviceTimeOfMoments(1, 0), servers: 3 };
  const answer = ggc({ ...even, arrivalsPerSecond: 2.9 });
  assert.equal(answer.meanWaitSeconds, 0);
  assert.equal(answer.waitPercentile(0.999), 0);
  near(answer.sojournPercentile(0.999), 1, 1e-9);
  assert.equal(ggc({ ...even, arrivalsPerSecond: 3 }).stable, false);
  assert.equal(kingmanBoundSeconds({ ...even, arrivalsPerSecond: 1 }), Infinity);
});
