import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Simulation } from "../simulation.ts";
import { QueueingStation, type QueueingStationOptions } from "./queueing-station.ts";
import { SharingStation } from "./sharing-station.ts";
import type { Station, StationOwner } from "./station.ts";

function noting(simulation: Simulation): StationOwner & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    served: (job) => void log.push(`${job} served at ${+simulation.nowMs.toFixed(9)}`),
    dropped: (job, reason) => void log.push(`${job} ${reason} at ${+simulation.nowMs.toFixed(9)}`),
  };
}

function queueOf(options: Partial<QueueingStationOptions> = {}) {
  const simulation = new Simulation();
  const owner = noting(simulation);
  const station = new QueueingStation(simulation, { servers: 1, ...options }, owner);
  return { simulation, station, log: owner.log };
}

test("who waits is served in the order of arrival, the other way round, or by urgency", () => {
  const served = (order: QueueingStationOptions["order"]) => {
    const { simulation, station, log } = queueOf(order ? { order } : {});
    for (const [job, urgency] of [3, 5, 0, 5, 99, -1].entries()) station.arrive(job, 1, urgency);
    simulation.run();
    return log.map((line) => Number(line.split(" ")[0]));
  };
  assert.deepEqual(served(undefined), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(served("last-come"), [0, 5, 4, 3, 2, 1]);
  assert.deepEqual(served("by-urgency"), [0, 2, 5, 1, 3, 4]);
});

test("as many are served at once as there are servers, and those beyond the bound are refused", () => {
  const { simulation, station, log } = queueOf({ servers: 2, waitingMax: 1 });
  const tickets = [5, 3, 4, 1].map((serviceMs, job) => station.arrive(job, serviceMs));
  assert.equal(tickets[3], -1);
  assert.deepEqual([station.jobs, station.busy, station.waiting], [3, 2, 1]);
  simulation.run();
  assert.deepEqual(log, ["1 served at 3", "0 served at 5", "2 served at 7"]);
  const { arrived, served, refused, busy, waiting, waitMs } = station.statistics.summary(10);
  assert.deepEqual([arrived, served, refused], [4, 3, 1]);
  assert.ok(Math.abs(busy - 12 / 10) < 1e-12);
  assert.ok(Math.abs(waiting - 3 / 10) < 1e-12);
  assert.equal(waitMs.mean, 1);
});

test("a job that is withdrawn frees its place, waiting or in service, and its ticket is good once", () => {
  const { simulation, station, log } = queueOf();
  const tickets = [10, 10, 10, 10].map((serviceMs, job) => station.arrive(job, serviceMs));
  simulation.run(2);
  assert.equal(station.withdraw(tickets[2] ?? -1), true);
  assert.equal(station.withdraw(tickets[2] ?? -1), false);
  assert.equal(station.withdraw(tickets[0] ?? -1), true);
  const next = station.arrive(4, 1);
  assert.notEqual(next, tickets[0]);
  simulation.run();
  assert.deepEqual(log, ["1 served at 12", "3 served at 22", "4 served at 23"]);
  assert.equal(station.withdraw(next), false);
  assert.equal(station.statistics.withdrawn, 2);
  assert.equal(simulation.pending, 0);
});

test("a station that fails drops all it has and goes on with what comes", () => {
  const { simulation, station, log } = queueOf();
  for (let job = 0; job < 3; job++) station.arrive(job, 10);
  simulation.run(4);
  station.fail();
  assert.equal(station.jobs, 0);
  station.arrive(3, 1);
  simulation.run();
  assert.deepEqual(log, ["0 failed at 4", "1 failed at 4", "2 failed at 4", "3 served at 5"]);
});

test("a job whose turn comes too late is turned away, and what its owner sends in its place waits behind the others", () => {
  const asked: string[] = [];
  const simulation = new Simulation();
  const log: string[] = [];
  const station: QueueingStation = new QueueingStation(
    simulation,
    {
      servers: 1,
      mayBegin: (job, waitedMs, oldestMs) => {
        asked.push(`${job} ${waitedMs} ${oldestMs}`);
        return job !== 1;
      },
    },
    {
      served: (job) => void log.push(`${job} served at ${simulation.nowMs}`),
      dropped: (job, reason) => {
        log.push(`${job} ${reason} at ${simulation.nowMs}`);
        station.arrive(10 + job, 1);
      },
    },
  );
  for (let job = 0; job < 3; job++) station.arrive(job, 5);
  simulation.run();
  assert.deepEqual(log, ["1 turned-away at 5", "0 served at 5", "2 served at 10", "11 served at 11"]);
  assert.deepEqual(asked, ["1 5 5", "2 5 5", "11 5 5"]);
});

test("more servers take up who waits; fewer let those in service end", () => {
  const { simulation, station, log } = queueOf({ servers: 0 });
  for (let job = 0; job < 4; job++) station.arrive(job, 10);
  simulation.run(1);
  station.setServers(3);
  simulation.run(5);
  station.setServers(1);
  station.setSlowness(2);
  simulation.run();
  assert.deepEqual(log, ["0 served at 11", "1 served at 11", "2 served at 11", "3 served at 31"]);
  assert.ok(Math.abs(station.statistics.summary(31).servers - (4 * 3 + 26 * 1) / 31) < 1e-9);
});

test("servers without end keep nobody waiting, and their figures are numbers", () => {
  const { simulation, station, log } = queueOf({ servers: Number.POSITIVE_INFINITY, waitingMax: 0 });
  for (let job = 0; job < 100; job++) station.arrive(job, 7);
  simulation.run();
  assert.equal(log.length, 100);
  const summary = station.statistics.summary(14);
  assert.deepEqual([summary.busy, summary.servers, summary.utilisation], [50, 0, 0]);
});

test("shared processors: each job gets as much as any other, and never more than one", () => {
  const simulation = new Simulation();
  const owner = noting(simulation);
  const station = new SharingStation(simulation, { servers: 1 }, owner);
  station.arrive(0, 10);
  simulation.run(4);
  station.arrive(1, 2);
  // Both at half pace from 4 on: the second is over at 8, when the first has 4 left.
  simulation.run(9);
  const ticket = station.arrive(2, 100);
  simulation.run(11);
  station.setServers(2);
  station.setSlowness(2);
  // The first had 3 at 9, 2 at 11, and takes 4 more.
  simulation.run(15);
  assert.equal(station.withdraw(ticket), true);
  assert.equal(station.withdraw(ticket), false);
  assert.deepEqual(owner.log, ["1 served at 8", "0 served at 15"]);
  assert.equal(simulation.pending, 0);
  station.arrive(3, 5);
  station.arrive(4, 5);
  simulation.run(16);
  station.fail();
  simulation.run();
  assert.deepEqual(owner.log.slice(2).sort(), ["3 failed at 16", "4 failed at 16"]);
  assert.equal(station.jobs, 0);
});

test("a fraction of a processor is a share of it, none stands still, and a full station refuses", () => {
  const simulation = new Simulation();
  const owner = noting(simulation);
  const station = new SharingStation(simulation, { servers: 0.5, jobsMax: 1 }, owner);
  station.arrive(0, 5);
  assert.equal(station.arrive(1, 5), -1);
  simulation.run(2);
  station.setServers(0);
  simulation.run(100);
  station.setServers(4);
  simulation.run();
  assert.deepEqual(owner.log, ["0 served at 104"]);
  assert.equal(station.statistics.refused, 1);
});

const step = fc.oneof(
  fc.record({
    do: fc.constant("arrive" as const),
    serviceMs: fc.integer({ min: 0, max: 30 }),
    urgency: fc.nat(3),
  }),
  fc.record({ do: fc.constant("withdraw" as const), which: fc.nat(50) }),
  fc.record({ do: fc.constant("pass" as const), ms: fc.nat(20) }),
  fc.record({ do: fc.constant("servers" as const), servers: fc.nat(4) }),
  fc.record({ do: fc.constant("fail" as const) }),
);

for (const kind of ["first-come", "last-come", "by-urgency", "sharing"] as const) {
  test(`${kind}: whatever happens, each job leaves once, and nothing is left behind`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const simulation = new Simulation();
        const left = new Map<number, number>();
        const leave = (job: number) => left.set(job, (left.get(job) ?? 0) + 1);
        const owner = { served: leave, dropped: leave };
        const station: Station =
          kind === "sharing"
            ? new SharingStation(simulation, { servers: 2, jobsMax: 8 }, owner)
            : new QueueingStation(simulation, { servers: 2, waitingMax: 6, order: kind }, owner);
        const tickets: { job: number; ticket: number }[] = [];
        for (const [job, one] of steps.entries()) {
          if (one.do === "arrive") {
            const ticket = station.arrive(job, one.serviceMs, one.urgency);
            if (ticket >= 0) tickets.push({ job, ticket });
          } else if (one.do === "pass") simulation.run(simulation.nowMs + one.ms);
          else if (one.do === "servers") station.setServers(one.servers);
          else if (one.do === "fail") station.fail();
          else {
            const entry = tickets[one.which % Math.max(1, tickets.length)];
            if (!entry) continue;
            const wasThere = !left.has(entry.job);
            assert.equal(station.withdraw(entry.ticket), wasThere);
            if (wasThere) leave(entry.job);
          }
          assert.equal(station.jobs, tickets.length - left.size);
        }
        station.setServers(1);
        simulation.run();
        assert.deepEqual(
          [...left.values()],
          tickets.map(() => 1),
        );
        assert.equal(station.jobs, 0);
        assert.equal(simulation.pending, 0);
        const { busy, waiting, arrived, served, refused, withdrawn, dropped } = station.statistics;
        assert.deepEqual([busy.level, waiting.level], [0, 0]);
        assert.equal(arrived, served + refused + withdrawn + dropped);
      }),
      { numRuns: 200 },
    );
  });
}

test("stations refuse what is no number of servers, no bound and no slowness", () => {
  const simulation = new Simulation();
  const owner = noting(simulation);
  assert.throws(() => new QueueingStation(simulation, { servers: -1 }, owner), RangeError);
  assert.throws(() => new QueueingStation(simulation, { servers: 1, waitingMax: -1 }, owner), RangeError);
  assert.throws(() => new SharingStation(simulation, { servers: Number.NaN }, owner), RangeError);
  assert.throws(() => new SharingStation(simulation, { servers: 1, jobsMax: -1 }, owner), RangeError);
  assert.throws(() => new SharingStation(simulation, { servers: 1 }, owner).setSlowness(0), RangeError);
});
