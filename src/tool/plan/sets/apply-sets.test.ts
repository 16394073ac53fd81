import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { cache, database, edge, service, system, task } from "../../design/index.ts";
import type { PartModel, ServiceModel, SystemModel } from "../../design/model.ts";
import { PlanError } from "../errors.ts";
import { anyDesign } from "../review/testing/any-design.ts";
import { modelOf, program } from "../review/testing/rule-case.ts";
import { applySets } from "./index.ts";

const links = database("links");
const hot = cache("hot");
const seed = task("seed", { command: ["seed"] });
const spare = program("spare");
const shortener = service("shortener", {
  command: ["shortener"],
  uses: { links, hot, seed },
  replicas: 2,
  health: { path: "/healthz", statuses: [200, 204] },
  stopTimeout: "3 s",
  upstream: {
    balance: { algorithm: "consistent-hash", key: { header: "x-user" }, loadFactor: 1.5 },
    affinity: { cookie: "sid", maxAge: "1 h" },
    weights: [3, 1],
    breaker: { failureShare: "20%", fallback: spare },
    outliers: { ejection: "2 min" },
    bounds: { pending: 7 },
  },
  plan: {
    work: {
      default: { time: "2 ms", calls: { links: { times: 2, timeout: "1 s", group: "all" } } },
      follow: { time: 1, spread: 0.3 },
    },
    copies: 2,
    prefers: "availability",
    disk: "20 TB",
    backupEvery: "1 day",
  },
});
const scaled = program("scaled", {
  replicas: {
    min: 2,
    max: 9,
    target: { cpu: "130%", memory: "1 GiB", requestsPerSecond: 50 },
    scaleUp: {
      policies: [
        { replicas: 2, period: "30 s" },
        { percent: 50, period: "1 min" },
      ],
      select: "min",
    },
    scaleDown: false,
    predictive: { by: "requestsPerSecond", headroom: "30%", lead: "2 min" },
  },
  health: "tcp",
});
const front = edge("front", {
  port: 8080,
  routes: [
    { path: "/s/*", to: scaled, timeouts: { response: "5 s" }, retries: { attempts: 2, statuses: [502] } },
    { path: "/*", to: shortener, methods: ["GET"] },
  ],
  listeners: [
    { port: 8081, routes: [{ path: "/*", to: shortener }] },
    { port: 8082, tcp: links },
  ],
  limits: { connections: 100 },
});

const model = modelOf(
  system("shop", {
    parts: [front],
    requires: {
      traffic: { dailyUsers: "10M", requestsPerUserPerDay: 20, reads: 0.9 },
      latency: { p50: "10 ms", p99: "200 ms" },
      availability: "99.9%",
    },
    requests: {
      follow: { to: front, request: "GET /:code", share: "60%", keys: { count: "1M" } },
      list: { to: front, request: "GET /list", share: "30%" },
      create: { to: shortener, request: "POST /links" },
    },
  }),
);

function part<Kind extends PartModel["kind"]>(
  of: SystemModel,
  name: string,
  kind: Kind,
): Extract<PartModel, { kind: Kind }> {
  const found = of.parts.find((one): one is Extract<PartModel, { kind: Kind }> => one.name === name);
  assert.ok(found?.kind === kind, name);
  return found;
}

const api = (...sets: string[]): ServiceModel => part(applySets(model, sets), "shortener", "service");
const shares = (...sets: string[]) =>
  applySets(model, sets).requests?.map(({ share }) => Number(share.toFixed(9)));

describe("what is set", () => {
  test("is what a design would have been with it, and nothing else", () => {
    const set = applySets(model, ["hot.memory=1GiB", "front.workers=4", "links.plan.copies=2"]);
    assert.equal(part(set, "hot", "cache").memoryBytes, 2 ** 30);
    assert.equal(part(set, "front", "edge").workers, 4);
    assert.deepEqual(part(set, "links", "database").plan, { copies: 2 });
    const back = applySets(set, ["hot.memory=64 MiB", "front.workers=1"]);
    const { plan: _plan, ...bare } = part(back, "links", "database");
    assert.deepEqual(
      back.parts.map((one) => (one.name === "links" ? bare : one)),
      model.parts,
    );
  });

  test("leaves everything else of a part as it was, however it was written", () => {
    const services = [
      ["shortener", "stopTimeoutMs", "shortener.stopTimeout=3 s"],
      ["scaled", "startTimeoutMs", "scaled.startTimeout=30s"],
      ["front", "limits", "front.limits.connections=100"],
      ["front", "listeners", "front.routes[0].retries.attempts=2"],
    ] as const;
    for (const [name, field, set] of services) {
      const after = applySets(model, [set]);
      assert.deepEqual(after, model, `${name}.${field}`);
    }
    assert.equal(applySets(model, []), model);
  });

  test("may be deep inside: work, calls, bounds, breakers, checks, routes", () => {
    const set = api(
      "shortener.plan.work.follow.time=300us",
      "shortener.plan.work.default.calls.links=5",
      "shortener.plan.work.list.time=1ms",
      "shortener.upstream.bounds.requests=10",
      "shortener.upstream.breaker.open=1s",
      "shortener.health.interval=500ms",
      "shortener.upstream.balance=power-of-two",
      "shortener.upstream.outliers=false",
    );
    assert.equal(set.plan?.work?.follow?.meanMs, 0.3);
    assert.equal(set.plan?.work?.follow?.spread, 0.3);
    assert.equal(set.plan?.work?.list?.meanMs, 1);
    const calls = set.plan?.work?.default?.calls?.links;
    assert.deepEqual([calls?.times, calls?.timeoutMs, calls?.group], [5, 1_000, "all"]);
    assert.deepEqual(set.upstream?.bounds, { pending: 7, requests: 10 });
    assert.deepEqual(set.upstream?.breaker, { failureShare: 0.2, openMs: 1_000, fallback: { to: "spare" } });
    assert.deepEqual(set.upstream?.balance, { algorithm: "power-of-two" });
    assert.equal(set.upstream?.outliers, false);
    assert.deepEqual(set.health, {
      kind: "http",
      path: "/healthz",
      statuses: [200, 204],
      intervalMs: 500,
    });
    const { listeners } = part(
      applySets(model, [
        "front.routes[0].timeouts.total=1s",
        "front.routes[0].retries=4",
        "front.listeners[0].routes[0].timeouts.response=2s",
      ]),
      "front",
      "edge",
    );
    const [main, more] = listeners.map((one) => (one.kind === "http" ? one.routes[0] : undefined));
    assert.deepEqual(main?.timeouts, { responseMs: 5_000, totalMs: 1_000 });
    assert.deepEqual(main?.retries, { attempts: 4, statuses: [502] });
    assert.deepEqual(more?.timeouts, { responseMs: 2_000 });
  });

  test("may be how replicas follow the load, or that they do not", () => {
    assert.deepEqual(api("shortener.replicas=5").replicas, 5);
    const grown = api("shortener.replicas.max=8", "shortener.replicas.target.cpu=50%");
    assert.deepEqual([grown.replicas, grown.scaling?.min, grown.scaling?.max], [2, 2, 8]);
    assert.deepEqual(grown.scaling?.metrics, [{ name: "cpu", target: { utilization: 0.5 } }]);
    const before = part(model, "scaled", "service").scaling;
    const wider = part(applySets(model, ["scaled.replicas.max=20"]), "scaled", "service").scaling;
    assert.deepEqual(wider, { ...before, max: 20 });
    const fixed = part(applySets(model, ["scaled.replicas=3"]), "scaled", "service");
    assert.deepEqual([fixed.replicas, fixed.scaling], [3, undefined]);
  });

  test("of the requirements is read as in a design", () => {
    const { requires } = applySets(model, [
      "requires.traffic.dailyUsers=50M",
      "requires.traffic.reads=95%",
      "requires.latency.p99=50ms",
      "requires.availability=99.99%",
      "requires.retention=5years",
      "requires.data.recordSize=500B",
      "requires.growthPerYear=50%",
    ]);
    assert.deepEqual(requires, {
      traffic: { dailyUsers: 50_000_000, requestsPerUserPerDay: 20, peak: 3, reads: 0.95 },
      latency: { p50Ms: 10, p99Ms: 50 },
      availability: 0.9999,
      retentionMs: 5 * 365 * 86_400_000,
      data: { recordBytes: 500 },
      growthPerYear: 0.5,
    });
  });

  test("as a rate takes the place of users, and the other way round", () => {
    const rated = applySets(model, ["requires.traffic.rate=5k/s"]);
    assert.deepEqual(rated.requires.traffic, { requestsPerSecond: 5_000, peak: 3, reads: 0.9 });
    const { traffic } = applySets(rated, [
      "requires.traffic.dailyUsers=1M",
      "requires.traffic.requestsPerUserPerDay=3",
    ]).requires;
    assert.deepEqual(traffic, { dailyUsers: 1e6, requestsPerUserPerDay: 3, peak: 3, reads: 0.9 });
  });

  test("as a class's share leaves the rest to the others as they had it", () => {
    assert.deepEqual(shares("requests.follow.share=80%"), [0.8, 0.15, 0.05]);
    assert.deepEqual(shares("requests.follow.share=80%", "requests.list.share=5%"), [0.8, 0.05, 0.15]);
    assert.deepEqual(shares("requests.follow.keys.skew=0.7"), [0.6, 0.3, 0.1]);
    const [follow] = applySets(model, ["requests.follow.keys.skew=0.7"]).requests ?? [];
    assert.deepEqual(follow, { ...model.requests?.[0], keys: { count: 1e6, skew: 0.7 } });
  });

  test("is frozen, as designs are", () => {
    const set = applySets(model, ["hot.memory=1GiB"]);
    assert.ok(Object.isFrozen(set) && Object.isFrozen(set.parts) && set.parts.every(Object.isFrozen));
  });
});

const refusals: readonly [set: string | readonly string[], code: string, message: RegExp][] = [
  [
    "fornt.workers=4",
    "UNKNOWN_SETTING",
    /^fornt\.workers: the design has no "fornt"\. Did you mean "front"\?$/,
  ],
  ["seed.timeout=4", "UNKNOWN_SETTING", /the design has no "seed"/],
  ["front.wokers=4", "UNKNOWN_SETTING", /front has no "wokers"\. Did you mean "workers"\?/],
  ["front.port=80", "UNKNOWN_SETTING", /front has no "port"/],
  ["front.constructor=80", "UNKNOWN_SETTING", /front has no "constructor"/],
  ["requires.latency.p98=1s", "UNKNOWN_SETTING", /requires\.latency has no "p98"\. Did you mean "p\d+"\?/],
  ["requests.folow.share=1%", "UNKNOWN_SETTING", /requests has no "folow"\. Did you mean "follow"\?/],
  [
    "shortener.plan.work.folow.time=1ms",
    "UNKNOWN_SETTING",
    /shortener\.plan\.work has no "folow"\. Did you mean "follow"\?/,
  ],
  [
    "shortener.plan.work.default.calls.linsk=1",
    "UNKNOWN_SETTING",
    /calls has no "linsk"\. Did you mean "links"\?/,
  ],
  [
    "shortener.plan=1",
    "UNKNOWN_SETTING",
    /is set by what it has: work, concurrency, .* Write shortener\.plan\.work/,
  ],
  ["shortener.plan.work.default=1", "UNKNOWN_SETTING", /is set by what it has: time, spread, calls/],
  ["front.routes[2].retries=1", "UNKNOWN_SETTING", /front\.routes has no "2"\. It has \[0\], \[1\]\./],
  ["front.routes[0]=1", "UNKNOWN_SETTING", /is set by what it has: timeouts, retries/],
  ["front.listeners[1].routes[0].retries=1", "UNKNOWN_SETTING", /front\.listeners\[1\] has no "routes"/],
  ["front.listeners[7].routes[0].retries=1", "UNKNOWN_SETTING", /front\.listeners has no "7"/],
  ["hot.memory.size=1", "UNKNOWN_SETTING", /hot\.memory has no "size"/],
  ["hot[0]=1", "UNKNOWN_SETTING", /hot has no "0"/],
  ["hot=1", "UNKNOWN_SETTING", /hot is set by what it has: memory, plan/],
  ["requires=1", "UNKNOWN_SETTING", /requires is set by what it has: traffic, /],
  ["requests=1", "UNKNOWN_SETTING", /requests is set by what it has: follow, list, create/],
  ["requests.follow=1", "UNKNOWN_SETTING", /is set by what it has: share, kind/],
  ["front.routes=1", "UNKNOWN_SETTING", /has: \[0\], \[1\]\. Write front\.routes\[0\]\./],
  ["front.workers=many", "BAD_SETTING", /^front\.workers=many: "many" is not a number of processes\./],
  [
    "front.workers=65",
    "BAD_SETTING",
    /65 is not a number of processes\. Write a whole number from 1 to 64\./,
  ],
  ["hot.memory=64MIB", "BAD_SETTING", /unknown unit "MIB"\. Did you mean "64 MiB"\?/],
  ["hot.memory=1", "BAD_SETTING", /1 is too little\. The least is "1 MiB"\./],
  ["shortener.replicas=0", "BAD_SETTING", /0 replicas serves nothing/],
  ["requires.availability=100%", "BAD_SETTING", /no system can promise 100%/],
  ["requires.latency.p50=1s", "BAD_SETTING", /requires\.latency\.p99: p99 is 200 ms, less than p50/],
  [
    ["requests.follow.share=80%", "requests.list.share=30%"],
    "BAD_SETTING",
    /the shares of all requests are 110%/,
  ],
  ["hot.memory", "BAD_SETTING", /"hot\.memory" sets nothing/],
  ["hot.memory=", "BAD_SETTING", /sets nothing/],
  ["=1", "BAD_SETTING", /sets nothing/],
  ["hot..memory=1", "BAD_SETTING", /"hot\.\.memory" is no place in a design/],
  ["__proto__.memory=1", "BAD_SETTING", /is no place in a design/],
  [Array.from({ length: 101 }, () => "hot.memory=1GiB"), "BAD_SETTING", /101 settings are too many/],
];

for (const [set, code, message] of refusals) {
  const sets = typeof set === "string" ? [set] : set;
  test(`${sets.slice(0, 2).join(" ")} is refused in words that help`, () => {
    assert.throws(() => applySets(model, sets), { name: "PlanError", code, message });
  });
}

test("setting one fact of a part changes nothing else in any design", () => {
  fc.assert(
    fc.property(anyDesign, fc.nat(), (design, at) => {
      const before = modelOf(design);
      const chosen = before.parts[at % before.parts.length];
      assert.ok(chosen && chosen.kind !== "task");
      const after = applySets(before, [`${chosen.name}.plan.pricePerMonth=7`]);
      const expected = { ...chosen, plan: { ...chosen.plan, pricePerMonth: 7 } };
      assert.deepEqual(
        after.parts,
        before.parts.map((one) => (one === chosen ? expected : one)),
      );
    }),
    { numRuns: 200 },
  );
});

test("whatever is set, it is done or refused by a PlanError", () => {
  const word = fc.constantFrom(
    ...[
      "front",
      "hot",
      "shortener",
      "requires",
      "requests",
      "plan",
      "work",
      "traffic",
      "routes[0]",
      "follow",
    ],
    ...["replicas", "upstream", "breaker", "health", "keys", "calls", "links", "memory", "__proto__", "[1]"],
  );
  const value = fc.oneof(fc.constantFrom("1", "0", "true", "false", "5 ms", "10%", "1GiB", "x"), fc.string());
  const path = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join("."));
  fc.assert(
    fc.property(fc.oneof(path, fc.string()), value, (where, what) => {
      try {
        applySets(model, [`${where}=${what}`]);
      } catch (thrown) {
        assert.ok(thrown instanceof PlanError, String(thrown));
      }
    }),
    { numRuns: 500 },
  );
});
