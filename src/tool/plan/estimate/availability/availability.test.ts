import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { plainCall as call, plainPart, plainRequests } from "../../plain-system.ts";
import type { Call, ResolvedClass, ResolvedPart, ResolvedSystem, Stay } from "../../resolved-model.ts";
import { activePassive } from "../../theory/availability/active-passive.ts";
import { repairFrom } from "../../theory/availability/repair.ts";
import { availabilityOf } from "./availability.ts";

const near = (got: number, wanted: number, by = 1e-12): void =>
  assert.ok(Math.abs(got - wanted) <= by, `${got}, not ${wanted}`);

const SOURCE = { kind: "given", place: "a test" } as const;

function part(name: string, rest: Partial<ResolvedPart> = {}): ResolvedPart {
  return { ...plainPart(name, "service", { availability: 0.999 }), ...rest };
}

function stay(name: string, calls: readonly Call[] = [], meanMs = 0.001): Stay {
  return { part: name, time: { meanMs, spread: 1, cpuShare: 1, source: SOURCE }, calls };
}

function requests(name: string, way: Stay, perSecond = 10): ResolvedClass {
  return plainRequests(way, perSecond, { name, peakPerSecond: perSecond * 3 });
}

function system(classes: readonly ResolvedClass[], parts: readonly ResolvedPart[]): ResolvedSystem {
  return { name: "a", classes, parts, assumptions: [] };
}

test("parts that a request needs are in series", () => {
  const way = stay("front", [call(stay("app", [call(stay("links"))]))]);
  const { availability, downMinutesPerYear, classes, parts } = availabilityOf(
    system(
      [requests("follow", way)],
      [
        part("front", { kind: "edge", availability: 0.9995 }),
        part("app"),
        part("links", { kind: "database", availability: 0.9999 }),
      ],
    ),
  );
  near(availability, 0.9995 * 0.999 * 0.9999);
  near(downMinutesPerYear, (1 - availability) * 525_600, 1e-6);
  assert.deepEqual(classes[0]?.needs, ["front", "app", "links"]);
  near(
    parts.reduce((sum, { lossShare }) => sum + lossShare, 0),
    1,
  );
  assert.ok((parts[1]?.lossShare ?? 0) > 0.6);
});

test("what is come to by two ways is needed once", () => {
  const links = stay("links");
  const way = stay("front", [
    call(stay("one", [call(links)])),
    call(stay("two", [call(links), call(stay("links"))])),
  ]);
  const names = ["front", "one", "two", "links"];
  const { availability } = availabilityOf(
    system(
      [requests("all", way)],
      names.map((name) => part(name)),
    ),
  );
  near(availability, 0.999 ** 4);
});

test("a part that some requests need takes along as many", () => {
  const way = stay("front", [call(stay("links"), { share: 0.1 })]);
  const { availability, classes } = availabilityOf(
    system([requests("all", way)], [part("front"), part("links")]),
  );
  near(availability, 0.999 * (0.9 + 0.1 * 0.999));
  assert.deepEqual(classes[0]?.needs, ["front"]);
});

test("without a cache everything is asked of the database, and served", () => {
  const links = stay("links");
  const way = stay("app", [
    call(stay("hot"), { optional: true }),
    call(links, { share: 0.2, onMissOf: "hot" }),
  ]);
  const parts = [
    part("app", { availability: 1 }),
    part("hot", { kind: "cache", availability: 0.9 }),
    part("links", { kind: "database", availability: 0.99 }),
  ];
  const {
    availability,
    classes,
    parts: told,
    figures,
  } = availabilityOf(system([requests("all", way)], parts));
  // Up and a hit; or links.
  near(availability, 0.9 * (0.8 + 0.2 * 0.99) + 0.1 * 0.99);
  near(classes[0]?.inFull ?? 0, 0.9 * (0.8 + 0.2 * 0.99));
  assert.ok((told[1]?.lossShare ?? 0) > 0 && (told[2]?.lossShare ?? 0) > (told[1]?.lossShare ?? 0));
  const own = figures.find(({ id }) => id === "requests.all.availability");
  assert.ok(own?.source.kind === "derived");
  assert.equal(
    own.source.filled,
    "80% × (app 100% × hot 90%) + 20% × (app 100% × links 99% × hot 90%) + (app 100% × links 99% × hot down 10%) = 99.72%",
  );
});

test("calls that are optional or detached fail nobody, and the first is missed", () => {
  const way = stay("app", [
    call(stay("adverts"), { optional: true }),
    call(stay("mirror"), { detached: true }),
  ]);
  const parts = [part("app"), part("adverts", { availability: 0.5 }), part("mirror", { availability: 0.5 })];
  const { availability, classes } = availabilityOf(system([requests("all", way)], parts));
  near(availability, 0.999);
  near(classes[0]?.inFull ?? 0, 0.999 * 0.5);
});

test("replicas in two zones stand in parallel, and in one they are no better than the zone", () => {
  const at = (replicas: number, zones: number): number =>
    availabilityOf(system([requests("all", stay("app"))], [part("app", { replicas, zones })])).availability;
  near(at(1, 1), 0.999);
  near(at(2, 2), 1 - 1e-6);
  assert.ok(at(2, 1) < 0.9995 && at(2, 1) > 0.9994);
  assert.ok(at(9, 1) <= 0.9995);
});

test("of replicas that are all needed at the peak, one that is down takes its share of the requests along", () => {
  // 30/s at the peak for 90 ms: 2.7 places are busy, of three replicas with one each.
  const way = stay("app", [], 90);
  const at = (replicas: number) =>
    availabilityOf(system([requests("all", way)], [part("app", { replicas, zones: replicas })]));
  near(at(3).availability, 0.999);
  assert.equal(at(3).parts[0]?.needed, 3);
  near(at(4).availability, 1 - (6 * 1e-6 * 0.999 ** 2) / 3, 1e-8);
  assert.equal(at(4).parts[0]?.needed, 3);
});

test("the failover of a store costs that time for every failure, nearly as the Markov chain has it", () => {
  const store = part("links", { kind: "database", copies: 2, zones: 2, failoverMs: 120_000 });
  const { availability } = availabilityOf(system([requests("all", stay("links"))], [store]));
  const exact = activePassive({ copies: 2, repair: repairFrom(0.999, 3_600_000), failoverMs: 120_000 });
  near(availability, exact.serving, 2e-6);
  assert.ok(availability > 0.99996 && availability < 0.99997);
});

test("trying again finds another replica while one that failed is not yet out", () => {
  const at = (retries: number): number => {
    const way = stay("front", [call(stay("app"), { retries })]);
    return availabilityOf(
      system(
        [requests("all", way)],
        [part("front", { availability: 1 }), part("app", { replicas: 2, zones: 2, failoverMs: 6_000 })],
      ),
    ).availability;
  };
  // 6 s for each of 8.76 failures a year, of half the requests, of two replicas.
  near(1 - at(0), 1e-6 + (8.76 * 6) / 31_536_000, 1e-9);
  near(1 - at(1), 1e-6 + (8.76 * 6) / 2 / 31_536_000, 1e-9);
});

test("the workers of an edge share a machine, and its copies do not", () => {
  const at = (replicas: number, copies: number) =>
    availabilityOf(
      system([requests("all", stay("front"))], [part("front", { kind: "edge", replicas, copies, zones: 2 })]),
    ).availability;
  near(at(4, 1), 0.999);
  near(at(4, 2), 1 - 1e-6);
});

test("an edge's copies have their workers each, and replicas that are scaled are as many as the load asks for", () => {
  // 30/s at the peak for 90 ms keep 2.7 places busy: an edge with 4 workers in each of 2 copies needs one of them.
  const [front] = availabilityOf(
    system(
      [requests("all", stay("front", [], 90))],
      [part("front", { kind: "edge", replicas: 8, copies: 2 })],
    ),
  ).parts;
  assert.deepEqual([front?.replicas, front?.needed], [2, 1]);
  // 70 % busy: 2.7 / 0.7 is 3.9.
  const scaled = (scaling: { min: number; max: number }) =>
    availabilityOf(
      system([requests("all", stay("app", [], 90))], [part("app", { scaling: { ...scaling, metrics: [] } })]),
    ).parts[0];
  assert.deepEqual([scaled({ min: 1, max: 9 })?.replicas, scaled({ min: 1, max: 9 })?.needed], [4, 3]);
  assert.equal(scaled({ min: 6, max: 9 })?.replicas, 6);
  assert.equal(scaled({ min: 1, max: 2 })?.needed, 2);
});

test("no failover takes longer than the repair, and trying again finds no store that is not there yet", () => {
  const at = (failoverMs: number, retries = 0): number => {
    const store = part("links", { kind: "database", copies: 2, zones: 2, failoverMs });
    const way = stay("app", [call(stay("links"), { retries })]);
    return availabilityOf(system([requests("all", way)], [part("app", { availability: 1 }), store]))
      .availability;
  };
  near(at(1e9), 0.999 * (1 - 1e-6));
  near(at(60_000, 3), at(60_000));
});

test("fewer than one call of a request is a call of some requests", () => {
  const way = stay("front", [call(stay("links"), { times: 0.5, share: 0.2 })]);
  const { availability } = availabilityOf(system([requests("all", way)], [part("front"), part("links")]));
  near(availability, 0.999 * (0.9 + 0.1 * 0.999));
});

test("with more ways than are told apart, the rarest are taken to fail rather than to be served", () => {
  // 16 caches with something behind each: 3^16 ways.
  const names = Array.from({ length: 16 }, (_, at) => at);
  const way = stay(
    "app",
    names.flatMap((at) => [
      call(stay(`hot${at}`), { optional: true }),
      call(stay(`links${at}`), { share: 0.3, onMissOf: `hot${at}` }),
    ]),
  );
  const parts = names.flatMap((at) => [
    part(`hot${at}`, { kind: "cache", availability: 0.9 }),
    part(`links${at}`, { kind: "database", availability: 0.999 }),
  ]);
  const { availability } = availabilityOf(
    system([requests("all", way)], [part("app", { availability: 1 }), ...parts]),
  );
  // Each of the 16 in turn: a hit, or a miss, or a cache that is down.
  const exact = (0.9 * (0.7 + 0.3 * 0.999) + 0.1 * 0.999) ** 16;
  assert.ok(availability <= exact && availability >= 0, `${availability}, at most ${exact}`);
});

test("classes weigh by their requests, and what stands outside counts as it promises", () => {
  const bank = part("bank", { external: true, availability: 0.9, replicas: 3 });
  const { availability } = availabilityOf(
    system([requests("pay", stay("bank"), 10), requests("look", stay("app"), 90)], [bank, part("app")]),
  );
  near(availability, 0.1 * 0.9 + 0.9 * 0.999);
  const idle = availabilityOf(
    system([requests("pay", stay("bank"), 0), requests("b", stay("app"), 0)], [bank, part("app")]),
  );
  near(idle.availability, (0.9 + 0.999) / 2);
  assert.equal(availabilityOf(system([], [])).availability, 1);
});

const anyShare = fc.double({ min: 0.5, max: 1, noNaN: true });
const NAMES = ["a", "b", "c", "d", "e"];

/** Calls go from earlier names to later ones. */
const anySystem = fc
  .record({
    calls: fc.array(
      fc.record({
        from: fc.nat(4),
        to: fc.nat(4),
        share: fc.constantFrom(0, 0.3, 1),
        optional: fc.boolean(),
        retries: fc.nat(2),
      }),
      { maxLength: 8 },
    ),
    availabilities: fc.array(anyShare, { minLength: 5, maxLength: 5 }),
    replicas: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 5, maxLength: 5 }),
    zones: fc.integer({ min: 1, max: 3 }),
    failoverMs: fc.constantFrom(0, 60_000),
  })
  .map(({ calls, availabilities, replicas, zones, failoverMs }) => {
    const stays: Stay[] = [];
    for (let at = 4; at >= 0; at--) {
      const own = calls
        .filter(({ from, to }) => from === at && to > at)
        .map(({ to, share, optional, retries }) =>
          call(stays[to] ?? stay("e"), { share, retries, ...(optional ? { optional } : {}) }),
        );
      stays[at] = stay(NAMES[at] ?? "", own);
    }
    const parts = NAMES.map((name, at) =>
      part(name, {
        availability: availabilities[at] ?? 1,
        replicas: replicas[at] ?? 1,
        zones,
        failoverMs,
      }),
    );
    return system([requests("all", stays[0] ?? stay("a"))], parts);
  });

test("more replicas, retries or better parts never lower the availability, and all stays a share", () => {
  fc.assert(
    fc.property(anySystem, fc.nat(4), (given, at) => {
      const { availability, classes, parts, figures } = availabilityOf(given);
      assert.ok(availability >= 0 && availability <= 1);
      assert.ok((classes[0]?.inFull ?? 2) <= availability);
      const shares = parts.reduce((sum, { lossShare }) => sum + lossShare, 0);
      assert.ok(Math.abs(shares - 1) < 1e-9 || shares === 0);
      assert.equal(new Set(figures.map(({ id }) => id)).size, figures.length);
      assert.ok(figures.every(({ value }) => Number.isFinite(value)));
      const changed = (change: (one: ResolvedPart) => ResolvedPart): number =>
        availabilityOf({ ...given, parts: given.parts.map((one, i) => (i === at ? change(one) : one)) })
          .availability;
      assert.ok(
        changed((one) => ({ ...one, availability: (1 + one.availability) / 2 })) >= availability - 1e-9,
      );
      assert.ok(changed((one) => ({ ...one, failoverMs: 0 })) >= availability - 1e-12);
      const { zones } = given.parts[at] ?? { zones: 1 };
      const apart = changed((one) => ({ ...one, zones: 100, failoverMs: 0 }));
      assert.ok(zones > 1 || apart >= availability - 1e-9);
    }),
    { numRuns: 150 },
  );
});

test("the ways add up to what counting every state of the parts gives", () => {
  fc.assert(
    fc.property(anySystem, (given) => {
      const plain = { ...given, parts: given.parts.map((one) => ({ ...one, replicas: 1, failoverMs: 0 })) };
      const served = (one: Stay, isUp: (name: string) => boolean, draw: (call: Call) => boolean): boolean =>
        isUp(one.part) &&
        one.calls.every((each) => each.optional || !draw(each) || served(each.to, isUp, draw));
      // Shares of 0 and 1 alone: the draws are sure.
      const sure = plain.classes.map(({ way }) => way)[0] ?? stay("a");
      const all = (one: Stay): readonly Call[] => one.calls.flatMap((each) => [each, ...all(each.to)]);
      if (all(sure).some(({ share }) => share === 0.3)) return;
      let exact = 0;
      for (let state = 0; state < 32; state++) {
        const isUp = (name: string): boolean => ((state >> NAMES.indexOf(name)) & 1) === 1;
        const chance = plain.parts.reduce(
          (product, { name, availability }) => product * (isUp(name) ? availability : 1 - availability),
          1,
        );
        if (served(sure, isUp, ({ share }) => share === 1)) exact += chance;
      }
      near(availabilityOf(plain).availability, exact, 1e-9);
    }),
    { numRuns: 150 },
  );
});

test("fifty parts with many ways are told within bounds", () => {
  let way = stay("p49");
  for (let at = 48; at >= 0; at--)
    way = stay(`p${at}`, [call(way, { share: 0.5 }), call(stay(`q${at}`), { share: 0.5 })]);
  const parts = Array.from({ length: 50 }, (_, at) => [part(`p${at}`), part(`q${at}`)]).flat();
  const started = process.hrtime.bigint();
  const { availability } = availabilityOf(system([requests("all", way)], parts));
  const elapsedMs = Number(process.hrtime.bigint() - started) / 1e6;
  assert.ok(availability > 0.99 && availability < 0.999, `${availability}`);
  assert.ok(elapsedMs < 5_000, `${elapsedMs}`);
});
