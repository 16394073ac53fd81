import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { erlangB } from "./erlang.ts";
import { mmc } from "./mmc.ts";
import { mmck } from "./mmck.ts";

function near(got: number, wanted: number, relative: number): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${got}, not ${wanted}`);
}

const anyQueue = fc
  .record({
    servers: fc.integer({ min: 1, max: 64 }),
    load: fc.double({ min: 0.01, max: 0.9999, noNaN: true }),
    serviceSeconds: fc.double({ min: 1e-4, max: 10, noNaN: true }),
  })
  .map(({ servers, load, serviceSeconds }) => ({
    servers,
    serviceSeconds,
    arrivalsPerSecond: (load * servers) / serviceSeconds,
  }));

test("the eye clinic of Gross & Harris has 8/9 waiting, 26/9 present, and waits of 8.9 minutes", () => {
  // "Fundamentals of Queueing Theory", section 2.3 (M/M/c): λ = 6/h, μ = 3/h, c = 3; L = 26/9, Wq = 0.148 h, W = 28.9 min.
  const clinic = mmc({ arrivalsPerSecond: 6 / 3_600, serviceSeconds: 1_200, servers: 3 });
  near(clinic.meanQueue, 8 / 9, 1e-12);
  near(clinic.meanInSystem, 26 / 9, 1e-12);
  assert.equal((clinic.meanWaitSeconds / 60).toFixed(1), "8.9");
  assert.equal((clinic.meanSojournSeconds / 60).toFixed(1), "28.9");
});

test("the inspection station of Gross & Harris turns 30.3 cars an hour away", () => {
  // Section 2.5 (M/M/c/K): 3 bays, room for 7 cars, 1 car a minute, 6 minutes each: p0 = 1/1141, Lq = 3.09, L = 6.06.
  const station = mmck({ arrivalsPerSecond: 1 / 60, serviceSeconds: 360, servers: 3, capacity: 7 });
  near(station.lossProbability, (36 * 16) / 1_141, 1e-12);
  assert.equal((station.lossProbability * 60).toFixed(1), "30.3");
  assert.equal(station.meanQueue.toFixed(2), "3.09");
  assert.equal(station.meanInSystem.toFixed(2), "6.06");
});

test("one server is M/M/1: the time in system is exponential, p90 is 2.3 means and p95 is 3", () => {
  // Allen, "Probability, Statistics and Queueing Theory", table 5.1: π(90) ≈ 2.3 E[w], π(95) ≈ 3 E[w].
  const one = mmc({ arrivalsPerSecond: 8, serviceSeconds: 0.1, servers: 1 });
  near(one.meanSojournSeconds, 0.5, 1e-12);
  near(one.sojournPercentile(0.9), 0.5 * Math.log(10), 1e-9);
  assert.equal((one.sojournPercentile(0.9) / one.meanSojournSeconds).toFixed(1), "2.3");
  assert.equal((one.sojournPercentile(0.95) / one.meanSojournSeconds).toFixed(1), "3.0");
  near(one.waitPercentile(0.9), 0.5 * Math.log(0.8 / 0.1), 1e-9);
  assert.equal(one.waitPercentile(0.2), 0);
  near(one.meanQueue, 0.64 / 0.2, 1e-12);
});

test("Little's law holds, tails fall from where they begin, and their integrals are the means", () => {
  fc.assert(
    fc.property(anyQueue, (queue) => {
      const answer = mmc(queue);
      near(answer.meanInSystem, queue.arrivalsPerSecond * answer.meanSojournSeconds, 1e-9);
      near(answer.waitTail(0), answer.waitProbability, 1e-12);
      near(answer.sojournTail(0), 1, 1e-12);
      const step = answer.meanSojournSeconds / 100;
      let integral = step / 2;
      let last = 1;
      for (let n = 1; last > 1e-9; n++) {
        const tail = answer.sojournTail(n * step);
        assert.ok(tail <= last);
        integral += step * tail;
        last = tail;
      }
      near(integral, answer.meanSojournSeconds, 1e-3);
    }),
    { numRuns: 40 },
  );
});

test("a percentile is where the tail says, for the wait and for the time in system", () => {
  fc.assert(
    fc.property(anyQueue, fc.double({ min: 0, max: 0.99999, noNaN: true }), (queue, fraction) => {
      const answer = mmc(queue);
      if (fraction > 0) near(answer.sojournTail(answer.sojournPercentile(fraction)), 1 - fraction, 1e-6);
      const wait = answer.waitPercentile(fraction);
      if (wait > 0) near(answer.waitTail(wait), 1 - fraction, 1e-6);
      else assert.ok(answer.waitProbability <= (1 - fraction) * (1 + 1e-9));
    }),
  );
});

test("more load waits longer, and more servers of the same load wait less", () => {
  fc.assert(
    fc.property(anyQueue, (queue) => {
      const answer = mmc(queue);
      assert.ok(mmc({ ...queue, servers: queue.servers + 1 }).meanWaitSeconds <= answer.meanWaitSeconds);
      const lighter = mmc({ ...queue, arrivalsPerSecond: queue.arrivalsPerSecond * 0.9 });
      assert.ok(lighter.meanWaitSeconds <= answer.meanWaitSeconds);
      assert.ok(lighter.sojournPercentile(0.99) <= answer.sojournPercentile(0.99) * (1 + 1e-9));
    }),
  );
});

test("when the drain rate is the service rate, the time in system is still a number", () => {
  // c = 3, a = 2: cμ - λ = μ.
  const clinic = mmc({ arrivalsPerSecond: 2, serviceSeconds: 1, servers: 3 });
  near(clinic.sojournTail(1), (5 / 9) * Math.exp(-1) + (4 / 9) * 2 * Math.exp(-1), 1e-12);
  const beside = mmc({ arrivalsPerSecond: 2 + 1e-10, serviceSeconds: 1, servers: 3 });
  near(beside.sojournTail(3), clinic.sojournTail(3), 1e-8);
});

test("too much load is an answer, not an error", () => {
  const over = mmc({ arrivalsPerSecond: 30, serviceSeconds: 0.1, servers: 2 });
  assert.equal(over.stable, false);
  assert.equal(over.utilisation, 1.5);
  assert.equal(over.throughputPerSecond, 20);
  assert.equal(over.sojournPercentile(0.99), Infinity);
  assert.equal(mmc({ arrivalsPerSecond: 20, serviceSeconds: 0.1, servers: 2 }).stable, false);
});

test("nothing arriving waits for nothing", () => {
  const idle = mmc({ arrivalsPerSecond: 0, serviceSeconds: 0.1, servers: 2 });
  assert.equal(idle.meanWaitSeconds, 0);
  assert.equal(idle.waitPercentile(0.99), 0);
  near(idle.sojournPercentile(0.99), 0.1 * Math.log(100), 1e-9);
  assert.equal(mmck({ arrivalsPerSecond: 0, serviceSeconds: 1, servers: 2, capacity: 5 }).meanWaitSeconds, 0);
});

test("without places to wait the loss is Erlang B, and nobody taken in waits", () => {
  fc.assert(
    fc.property(anyQueue, fc.double({ min: 0.1, max: 5, noNaN: true }), (queue, more) => {
      const arrivalsPerSecond = queue.arrivalsPerSecond * more;
      const answer = mmck({ ...queue, arrivalsPerSecond, capacity: queue.servers });
      near(answer.lossProbability, erlangB(arrivalsPerSecond * queue.serviceSeconds, queue.servers), 1e-9);
      assert.equal(answer.waitPercentile(0.999), 0);
      near(answer.sojournTail(queue.serviceSeconds), Math.exp(-1), 1e-9);
    }),
  );
});

test("with many places it is M/M/c, percentiles and all", () => {
  for (const [servers, load] of [
    [1, 0.3],
    [1, 0.9],
    [8, 0.95],
    [200, 0.98],
  ] as const) {
    const queue = { servers, serviceSeconds: 0.02, arrivalsPerSecond: (load * servers) / 0.02 };
    const free = mmc(queue);
    const bounded = mmck({ ...queue, capacity: servers + 3_000 });
    near(bounded.meanWaitSeconds, free.meanWaitSeconds, 1e-9);
    near(bounded.sojournPercentile(0.99), free.sojournPercentile(0.99), 1e-8);
    near(bounded.waitTail(0.05) + 1e-30, free.waitTail(0.05) + 1e-30, 1e-8);
  }
});

test("an overloaded server with a bounded line is busy, and its waits are those of a full line", () => {
  // M/M/1/K at ρ = 2: p_K = (1 - ρ) ρ^K / (1 - ρ^(K+1)).
  const answer = mmck({ arrivalsPerSecond: 2, serviceSeconds: 1, servers: 1, capacity: 10 });
  near(answer.lossProbability, 2 ** 10 / (2 ** 11 - 1), 1e-12);
  near(answer.throughputPerSecond, answer.utilisation, 1e-12);
  assert.ok(answer.meanWaitSeconds < 9 && answer.meanWaitSeconds > 7);
  const flood = mmck({ arrivalsPerSecond: 1e6, serviceSeconds: 1, servers: 2, capacity: 100_002 });
  near(flood.meanWaitSeconds, 50_000, 1e-3);
  near(flood.waitPercentile(0.5), 50_000, 1e-2);
});

test("10,000 servers at 0.9999 are a number like any other", () => {
  const queue = { arrivalsPerSecond: 9_999, serviceSeconds: 1, servers: 10_000 };
  const free = mmc(queue);
  near(free.meanWaitSeconds, free.waitProbability, 1e-9);
  near(mmck({ ...queue, capacity: 1_010_000 }).sojournPercentile(0.99), free.sojournPercentile(0.99), 1e-8);
});

test("numbers outside their ranges are refused", () => {
  assert.throws(() => mmc({ arrivalsPerSecond: -1, serviceSeconds: 1, servers: 1 }), RangeError);
  assert.throws(() => mmc({ arrivalsPerSecond: 1, serviceSeconds: 0, servers: 1 }), RangeError);
  assert.throws(() => mmck({ arrivalsPerSecond: 1, serviceSeconds: 1, servers: 4, capacity: 3 }), RangeError);
  assert.throws(
    () => mmc({ arrivalsPerSecond: 1, serviceSeconds: 0.1, servers: 1 }).waitPercentile(1),
    RangeError,
  );
});
