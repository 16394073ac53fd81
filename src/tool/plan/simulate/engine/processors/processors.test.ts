import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { seededRandom } from "../../../../../blocks/time/index.ts";
import { Simulation } from "../simulation.ts";
import { ProcessStation, type ProcessStationOptions } from "./process-station.ts";
import { Processors, type ThreadWork } from "./processors.ts";

describe("processors that the processes of a machine share", () => {
  it("gives a lone event loop the delays of M/M/1", () => {
    const { responseMs, utilisation } = loop({ perSecond: 700, serviceMs: 1, seconds: 2_000 });
    // Kleinrock, Queueing Systems I (1975), 3.2: T = 1 / (mu - lambda).
    assertNear(responseMs, 1 / (1 - 0.7), 0.03);
    assertNear(utilisation, 0.7, 0.02);
  });

  it("shares a processor evenly between two threads that never rest", () => {
    const simulation = new Simulation();
    const processors = new Processors(simulation, { cores: 1 });
    const ran = [0, 0];
    for (const which of [0, 1])
      processors.wake(processors.add(endless(() => (ran[which] = (ran[which] ?? 0) + 1))));
    simulation.run(1_000);
    assertNear(ran[0] ?? 0, ran[1] ?? 0, 0.02);
    assertNear(processors.busyMs, 1_000, 0.01);
  });

  it("lets a request wait for the rest of another's slice, and no longer", () => {
    const simulation = new Simulation();
    const processors = new Processors(simulation, { cores: 1, sliceMs: 3 });
    processors.wake(processors.add(endless(() => {}, 50)));
    const ends: number[] = [];
    const station = new ProcessStation(
      simulation,
      processors,
      { threads: 1 },
      {
        served: () => ends.push(simulation.nowMs),
      },
    );
    simulation.at(1, { happen: () => void station.arrive(0, 0.1) });
    simulation.run(20);
    assert.equal(ends.length, 1);
    assertNear(ends[0] ?? 0, 3.1, 1e-6);
  });

  it("sends who wakes up to a processor that is idle", () => {
    const simulation = new Simulation();
    const processors = new Processors(simulation, { cores: 2 });
    processors.wake(processors.add(endless(() => {}, 50)));
    const ends: number[] = [];
    const owner = { served: () => ends.push(simulation.nowMs) };
    // Its own processor would be the first one, as that of every second thread.
    processors.add(endless(() => {}));
    const station = new ProcessStation(simulation, processors, { threads: 1 }, owner);
    simulation.at(1, { happen: () => void station.arrive(0, 0.1) });
    simulation.run(20);
    assertNear(ends[0] ?? 0, 1.1, 1e-6);
  });

  it("does not leave two that never rest on one processor while another is idle", () => {
    const simulation = new Simulation();
    const processors = new Processors(simulation, { cores: 2, sliceMs: 3 });
    // Both are at home on the first processor, and a short job keeps the second one busy when they wake up.
    const first = processors.add(endless(() => {}));
    processors.add(endless(() => {}));
    const third = processors.add(endless(() => {}));
    const station = new ProcessStation(simulation, processors, { threads: 1 }, { served: () => {} });
    station.arrive(0, 1);
    processors.wake(first);
    processors.wake(third);
    simulation.run(1_000);
    // One slice of waiting, and from then on a processor each.
    assertNear(processors.busyMs, 2_000, 0.01);
  });

  it("makes an event loop cheaper by the request the busier it is, since it wakes up less often", () => {
    const [slow, busy] = [500, 9_000].map((perSecond) =>
      loop({ perSecond, serviceMs: 0.08, seconds: 60, options: { turnMs: 0.05 } }),
    );
    assert.ok(slow && busy);
    assertNear(slow.cpuMs, 0.13, 0.03);
    assert.ok(busy.cpuMs < 0.11, `${busy.cpuMs} ms`);
    assert.ok(busy.responseMs > slow.responseMs);
  });

  it("serves one job per worker, as many at once as there are processors", () => {
    const simulation = new Simulation();
    const processors = new Processors(simulation, { cores: 2 });
    const ends: number[] = [];
    const owner = { served: () => ends.push(simulation.nowMs) };
    const station = new ProcessStation(simulation, processors, { threads: 8 }, owner);
    for (let job = 0; job < 4; job++) station.arrive(job, 1);
    simulation.run();
    assert.deepEqual(
      ends.map((at) => Math.round(at)),
      [1, 1, 2, 2],
    );
  });

  it("accounts for every job whatever is withdrawn or refused", () => {
    const act = fc.record({
      afterMs: fc.double({ min: 0, max: 3, noNaN: true }),
      what: fc.constantFrom("arrive", "arrive", "arrive", "withdraw"),
      needMs: fc.double({ min: 0, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 80 }), fc.integer({ min: 1, max: 3 }), (acts, threads) => {
        const simulation = new Simulation();
        const processors = new Processors(simulation, { cores: 2 });
        let served = 0;
        const station = new ProcessStation(
          simulation,
          processors,
          { threads, turnMs: 0.1, waitingMax: 5 },
          { served: () => served++ },
        );
        const tickets: number[] = [];
        let withdrawn = 0;
        for (const { afterMs, what, needMs } of acts) {
          simulation.run(simulation.nowMs + afterMs);
          if (what === "arrive") tickets.push(station.arrive(tickets.length, needMs));
          else if (station.withdraw(tickets.at(-1) ?? -1)) withdrawn++;
        }
        simulation.run(10_000);
        const { arrived, refused } = station.statistics;
        assert.equal(arrived, served + withdrawn + refused);
        assert.equal(station.jobs, 0);
      }),
    );
  });

  it("refuses options that make no sense", () => {
    const simulation = new Simulation();
    assert.throws(() => new Processors(simulation, { cores: 1.5 }), RangeError);
    assert.throws(() => new Processors(simulation, { cores: 1, sliceMs: 0 }), RangeError);
    const processors = new Processors(simulation, { cores: 1 });
    assert.throws(
      () => new ProcessStation(simulation, processors, { threads: 0 }, { served() {} }),
      RangeError,
    );
  });
});

interface Loop {
  readonly perSecond: number;
  readonly serviceMs: number;
  readonly seconds: number;
  readonly options?: Partial<ProcessStationOptions>;
}

/** An event loop alone on one processor, with Poisson arrivals of exponential jobs. */
function loop({ perSecond, serviceMs, seconds, options }: Loop) {
  const simulation = new Simulation();
  const processors = new Processors(simulation, { cores: 1 });
  const random = seededRandom(7);
  const exponential = (mean: number) => -Math.log(1 - random()) * mean;
  const station = new ProcessStation(simulation, processors, { threads: 1, ...options }, { served() {} });
  const arrivals = {
    happen(): void {
      station.arrive(0, exponential(serviceMs));
      simulation.after(exponential(1_000 / perSecond), arrivals);
    },
  };
  arrivals.happen();
  simulation.run(seconds * 1_000);
  const { served, responseMs } = station.statistics.summary(simulation.nowMs);
  return {
    responseMs: responseMs.mean,
    utilisation: processors.busyMs / simulation.nowMs,
    cpuMs: processors.busyMs / served,
  };
}

function endless(step: () => void, stepMs = 1): ThreadWork {
  const work: ThreadWork = {
    needMs: stepMs,
    stepOver() {
      step();
      work.needMs = stepMs;
      return true;
    },
  };
  return work;
}

function assertNear(actual: number, expected: number, share: number): void {
  const off = Math.abs(actual - expected) / expected;
  assert.ok(off <= share, `${actual} is ${(off * 100).toFixed(1)} % from ${expected}`);
}
