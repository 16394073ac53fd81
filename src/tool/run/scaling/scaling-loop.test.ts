import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { SimulatedClock, seededRandom } from "../../../blocks/time/index.ts";
import { temporaryFolder } from "../testdata/stage.ts";
import { forecastPath, readForecast } from "./forecast-file.ts";
import { SimulatedService } from "./testing/simulated-service.ts";

const BY_REQUESTS = { metrics: [{ name: "requestsPerSecond", target: { averageValue: 20 } }] } as const;
const BY_CPU = { metrics: [{ name: "cpu", target: { utilization: 0.7 } }] } as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;

describe("a service whose replicas follow its load", () => {
  test("gets more of them under load, and gives them back five minutes after it", async (t) => {
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    await api.run(MINUTE, 10);
    assert.equal(api.service.wanted, 1);
    await api.run(MINUTE, 70);
    assert.equal(api.service.wanted, 4);
    await api.run(4 * MINUTE, 10);
    assert.equal(api.service.wanted, 4, "what was needed five minutes ago may be needed again");
    await api.run(2 * MINUTE);
    assert.equal(api.service.wanted, 1);
    assert.match(
      api.changes[0]?.reason ?? "",
      /^requestsPerSecond is at [\d.]+ a replica, its target is 20: 1 → \d replicas/,
    );
    assert.match(api.loop.reasonOf("api") ?? "", /stays at 1 replica$/);
    assert.deepEqual(api.notices, []);
  });

  test("is looked at every fifteen seconds, and never has more or fewer of them than its bounds", async (t) => {
    const api = new SimulatedService({
      scaling: { ...BY_REQUESTS, min: 2, max: 5 },
      stateFolder: temporaryFolder(t),
    });
    await api.run(2 * MINUTE, 500);
    assert.equal(api.service.wanted, 5);
    await api.run(10 * MINUTE, 0);
    assert.equal(api.service.wanted, 2);
    assert.deepEqual(
      api.changes.filter(({ atS }) => atS % 15 !== 0),
      [],
    );
  });

  test("is scaled by the processor time of its replicas, and what starting costs adds none", async (t) => {
    const api = new SimulatedService({ scaling: BY_CPU, stateFolder: temporaryFolder(t), startMs: 12_000 });
    // Two processors' worth of work: three replicas at 67 %. While a replica starts it uses a whole one.
    await api.run(5 * MINUTE, 100);
    assert.equal(api.service.wanted, 3);
    assert.deepEqual(
      api.changes.map(({ replicas }) => replicas),
      [2, 3],
    );
  });

  test("is scaled by requests under way, and by memory", async (t) => {
    const metrics = [{ name: "concurrency", target: { averageValue: 0.5 } }] as const;
    const waiting = new SimulatedService({ scaling: { metrics }, stateFolder: temporaryFolder(t) });
    await waiting.run(2 * MINUTE, 100);
    assert.equal(waiting.service.wanted, 4);
    const memory = [{ name: "memory", target: { averageValue: 100e6 }, unit: "bytes" }] as const;
    const full = new SimulatedService({ scaling: { metrics: memory }, stateFolder: temporaryFolder(t) });
    await full.run(2 * MINUTE, 50);
    assert.equal(full.service.wanted, 2);
    assert.match(
      full.changes[0]?.reason ?? "",
      /^memory is at 143\.1 MiB a replica, its target is 95\.37 MiB: 1 → 2/,
    );
  });

  test("of several metrics follows the one that asks for most", async (t) => {
    const metrics = [...BY_REQUESTS.metrics, { name: "concurrency", target: { averageValue: 10 } }] as const;
    const api = new SimulatedService({ scaling: { metrics }, stateFolder: temporaryFolder(t) });
    await api.run(2 * MINUTE, 60);
    assert.equal(api.service.wanted, 3);
  });

  test("comes to a number and keeps it, however its load jitters around the same level", async (t) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        fc.integer({ min: 5, max: 110 }),
        fc.constantFrom(BY_REQUESTS, BY_CPU),
        async (seed, perSecond, scaling) => {
          const stateFolder = temporaryFolder(t);
          const random = seededRandom(seed);
          const api = new SimulatedService({ scaling, stateFolder, noise: 0.5, random });
          await api.run(3 * MINUTE, perSecond);
          const settled = api.service.wanted;
          const before = api.changes.length;
          await api.run(20 * MINUTE);
          const later = api.changes.slice(before).map(({ replicas }) => replicas);
          assert.ok(later.length <= 1, `${settled}, then ${later.join(", ")}`);
          assert.ok(
            later.every((replicas) => Math.abs(replicas - settled) === 1),
            `${settled}, then ${later}`,
          );
        },
      ),
      { numRuns: 20, seed: 6 },
    );
  });

  test("that was scaled by hand goes on from there, and keeps it for as long as it would what its load asked for", async (t) => {
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    await api.run(MINUTE, 10);
    await api.service.scale(5);
    assert.equal(api.loop.reasonOf("api"), undefined);
    await api.run(5 * MINUTE);
    assert.equal(
      api.service.wanted,
      5,
      "whoever asked for it knows of something that the load does not show yet",
    );
    await api.run(MINUTE);
    assert.equal(api.service.wanted, 1);
    await api.run(MINUTE, 70);
    await api.service.scale(2);
    await api.run(MINUTE);
    assert.equal(api.service.wanted, 4);
  });
});

describe("what goes wrong", () => {
  test("no replica is taken away while nothing is known of its load, and that is said once", async (t) => {
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    await api.run(2 * MINUTE, 70);
    assert.equal(api.service.wanted, 4);
    api.silent.add("edge");
    await api.run(20 * MINUTE, 0);
    assert.equal(api.service.wanted, 4);
    assert.deepEqual(api.notices, ["stays at 4 replicas, as nothing tells requestsPerSecond"]);
    api.silent.delete("edge");
    await api.run(6 * MINUTE);
    assert.equal(api.service.wanted, 1);
    assert.match(api.notices[1] ?? "", /^what it is scaled by can be read again: /);
    assert.equal(api.notices.length, 2);
  });

  test("what cannot be read in a single look, as while an edge begins anew, is not worth a word", async (t) => {
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    await api.run(2 * MINUTE + 2, 30);
    api.silent.add("edge");
    await api.run(14);
    assert.equal(api.loop.reasonOf("api"), "stays at 2 replicas, as nothing tells requestsPerSecond");
    api.silent.delete("edge");
    await api.run(MINUTE);
    assert.deepEqual(api.notices, []);
  });

  test("a service that has not been started, since it waits for others, is not looked at", async (t) => {
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    for (const replica of api.replicas) replica.state = { is: "waiting", for: "links" };
    api.silent.add("edge");
    await api.run(5 * MINUTE);
    assert.deepEqual([api.notices, api.changes, api.loop.reasonOf("api")], [[], [], undefined]);
  });

  test("one metric that cannot be read keeps another from taking replicas away, not from adding any", async (t) => {
    const metrics = [...BY_REQUESTS.metrics, ...BY_CPU.metrics];
    const api = new SimulatedService({ scaling: { metrics }, stateFolder: temporaryFolder(t) });
    api.silent.add("usage");
    await api.run(2 * MINUTE, 70);
    assert.equal(api.service.wanted, 4);
    await api.run(10 * MINUTE, 5);
    assert.equal(api.service.wanted, 4);
  });

  test("a replica that dies again and again neither adds others nor takes them away", async (t) => {
    const api = new SimulatedService({ scaling: BY_CPU, stateFolder: temporaryFolder(t) });
    await api.run(3 * MINUTE, 100);
    assert.equal(api.service.wanted, 3);
    for (let minute = 0; minute < 10; minute++) {
      api.crash("api.3", 3_000);
      await api.run(MINUTE);
    }
    assert.ok(
      api.changes.every(({ replicas }) => replicas <= 4),
      JSON.stringify(api.changes),
    );
    assert.ok(api.service.wanted >= 3);
  });

  test("a change that is refused is told, and asked for again", async (t) => {
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    let refusals = 0;
    const scale = api.service.scale;
    api.service.scale = async (replicas) => {
      if (refusals++ < 2) throw new Error("no processes are left");
      await scale(replicas);
    };
    await api.run(2 * MINUTE, 70);
    assert.deepEqual(api.notices, ["no processes are left", "no processes are left"]);
    assert.equal(api.service.wanted, 4);
  });

  test("nothing is done once the loop is closed", async (t) => {
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    await api.run(MINUTE, 10);
    api.loop.close();
    api.loop.close();
    await api.run(5 * MINUTE, 100);
    assert.deepEqual(api.changes, []);
    const cut = new SimulatedService({ scaling: BY_REQUESTS, stateFolder: temporaryFolder(t) });
    cut.service.scale = async () => {
      cut.loop.close();
      throw new Error("api is being stopped");
    };
    await cut.run(MINUTE, 100);
    assert.deepEqual([cut.changes.length, cut.notices], [1, []]);
  });
});

describe("a forecast", () => {
  const predictive = { metric: "requestsPerSecond", perReplica: 20 } as const;
  const scaling = { ...BY_REQUESTS, predictive };
  const daily = (hour: number) => (hour >= 9 && hour < 17 ? 70 : 10);
  const options = { scaling, syncPeriodMs: 60_000, windowMs: 60_000 };

  test("has the replicas there before the load of each day comes, in the next run too", async (t) => {
    const stateFolder = temporaryFolder(t);
    const clock = new SimulatedClock();
    const first = new SimulatedService({ ...options, stateFolder, clock });
    for (let hour = 0; hour < 3 * 24; hour++) await first.run(HOUR, daily(hour % 24));
    first.loop.close();
    const next = new SimulatedService({ ...options, stateFolder, clock });
    await next.run(8 * HOUR + 58 * MINUTE, 10);
    assert.ok(next.service.wanted >= 4, `${next.service.wanted} two minutes before the load comes`);
    assert.match(next.changes.at(-1)?.reason ?? "", /forecast/);
  });

  test("is made anew where what was kept cannot be read, or is of another metric", async (t) => {
    const stateFolder = temporaryFolder(t);
    mkdirSync(join(stateFolder, "scaling"));
    const good = '{"version":1,"metric":"requestsPerSecond","newest":5,"means":[1,null]}';
    writeFileSync(forecastPath(stateFolder, "api"), good);
    assert.deepEqual(readForecast(stateFolder, "api", "requestsPerSecond")?.history, {
      newest: 5,
      means: [1, null],
    });
    for (const text of [
      "",
      "{",
      "[]",
      "null",
      '{"version":2,"metric":"requestsPerSecond","newest":5,"means":[1]}',
      '{"version":1,"metric":"cpu","newest":5,"means":[1]}',
      '{"version":1,"metric":"requestsPerSecond","newest":"x","means":[1]}',
    ]) {
      writeFileSync(forecastPath(stateFolder, "api"), text);
      assert.equal(readForecast(stateFolder, "api", "requestsPerSecond"), undefined, text);
      const api = new SimulatedService({ ...options, stateFolder });
      await api.run(10 * MINUTE, 30);
      assert.equal(api.service.wanted, 2);
      api.loop.close();
    }
  });

  test("is written down every five minutes, whatever it is made by, and loads that are none are passed over", async (t) => {
    const stateFolder = temporaryFolder(t);
    const scaling = { ...BY_CPU, predictive: { metric: "cpu", perReplica: 0.7 } } as const;
    const api = new SimulatedService({ scaling, stateFolder });
    await api.run(11 * MINUTE, 80);
    assert.equal(api.service.wanted, 3);
    const { newest = 0, means = [] } = readForecast(stateFolder, "api", "cpu")?.history ?? {};
    assert.ok(newest > 0);
    assert.ok(Math.abs((means.at(-1) ?? 0) - 1.6) < 0.1, `${means}: processors, of all replicas together`);
    writeFileSync(
      forecastPath(stateFolder, "api"),
      JSON.stringify({ version: 1, metric: "cpu", newest, means: [{}, -1, "3", 2] }),
    );
    assert.deepEqual(readForecast(stateFolder, "api", "cpu")?.history.means, [null, null, null, 2]);
  });

  test("is kept nowhere by a service that has none", async (t) => {
    const stateFolder = temporaryFolder(t);
    const api = new SimulatedService({ scaling: BY_REQUESTS, stateFolder });
    await api.run(10 * MINUTE, 30);
    api.loop.close();
    assert.ok(!existsSync(join(stateFolder, "scaling")));
  });
});
