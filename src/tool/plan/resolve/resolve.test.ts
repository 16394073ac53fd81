import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cache, database, edge, type Part, service, system, type Work } from "../../design/index.ts";
import { parseProfile } from "../profile/index.ts";
import type { Call, ResolvedPart, ResolvedSystem, Stay } from "../resolved-model.ts";
import { behindFront, cachedShop, modelOf, program } from "../review/testing/rule-case.ts";
import { stayVisits, visitsOf } from "../visits.ts";
import { resolveSystem } from "./index.ts";

const traffic = { rate: "1000/s", peak: 2, reads: 0.8 } as const;

function partNamed({ parts }: ResolvedSystem, name: string): ResolvedPart {
  const part = parts.find((one) => one.name === name);
  assert.ok(part, name);
  return part;
}

function classNamed({ classes }: ResolvedSystem, name: string) {
  const found = classes.find((one) => one.name === name);
  assert.ok(found, `${name} is none of ${classes.map((one) => one.name).join(", ")}`);
  return found;
}

/** The calls of the service behind the edge. */
function callsBehind(resolved: ResolvedSystem, className: string): readonly Call[] {
  return classNamed(resolved, className).way.calls[0]?.to.calls ?? [];
}

const shown = (calls: readonly Call[]) =>
  calls.map(({ to, share, onMissOf, optional }) => [
    to.part,
    Number(share.toFixed(3)),
    onMissOf ?? (optional ? "optional" : ""),
  ]);

describe("the requests of a design", () => {
  test("are those of its classes, by their shares of the traffic, average and peak", () => {
    const front = edge("front", { routes: [{ path: "/*", to: program("api") }] });
    const resolved = resolveSystem(
      modelOf(
        system("shop", {
          parts: [front],
          requires: { traffic, data: { requestSize: "2 kB", responseSize: "5 kB" } },
          requests: {
            look: { to: front, request: "GET /:id", share: "75%", responseSize: "1 MB" },
            buy: { to: front, request: "POST /orders" },
          },
        }),
      ),
    );
    const look = classNamed(resolved, "look");
    assert.deepEqual([look.kind, look.perSecond, look.peakPerSecond], ["read", 750, 1_500]);
    assert.deepEqual([look.requestBytes, look.responseBytes], [2_000, 1_000_000]);
    assert.deepEqual(look.source, { kind: "given", place: "requests.look" });
    const buy = classNamed(resolved, "buy");
    assert.deepEqual([buy.kind, buy.perSecond, buy.responseBytes], ["write", 250, 5_000]);
  });

  test("are taken to have usual keys, which is said, where one that reads a cache states none, and only there", () => {
    const told = (keys?: { readonly count: number }) => {
      const { links, hot } = { links: database("links"), hot: cache("hot") };
      const front = edge("front", {
        routes: [{ path: "/*", to: program("api", { uses: { links, hot } }) }],
      });
      const requests = {
        look: { to: front, request: "GET /:id", share: "90%", keys },
        add: { to: front, request: "POST /" },
      } as const;
      const resolved = resolveSystem(
        modelOf(system("shop", { parts: [front], requires: { traffic }, requests })),
      );
      return resolved.assumptions.some((one) => /Where no keys are stated/.test(one));
    };
    assert.deepEqual([told({ count: 1_000 }), told()], [false, true]);
  });

  test("follow from users a day, and without classes are reads and writes", () => {
    const requires = { traffic: { dailyUsers: "10M", requestsPerUserPerDay: 20, peak: 3 } } as const;
    const resolved = resolveSystem(modelOf(behindFront(program("api"), {}, { requires })));
    assert.deepEqual(
      resolved.classes.map(({ name, perSecond, peakPerSecond }) => [
        name,
        Math.round(perSecond),
        Math.round(peakPerSecond),
      ]),
      [
        ["read", 2_083, 6_250],
        ["write", 231, 694],
      ],
    );
    assert.ok(resolved.assumptions.some((one) => /90 % are taken to/.test(one)));
  });

  test("without traffic are one a second, which is said", () => {
    const { classes, assumptions } = resolveSystem(modelOf(behindFront(program("api"))));
    assert.equal(
      classes.reduce((sum, { perSecond }) => sum + perSecond, 0),
      1,
    );
    assert.ok(assumptions.some((one) => /Nothing says how many requests come/.test(one)));
  });

  test("come at the rate that is asked for in place of the design's", () => {
    const model = modelOf(behindFront(program("api"), {}, { requires: { traffic } }));
    const { classes } = resolveSystem(model, { loadPerSecond: 5_000 });
    const sum = (field: "perSecond" | "peakPerSecond") => classes.reduce((all, one) => all + one[field], 0);
    assert.deepEqual([sum("peakPerSecond"), sum("perSecond")], [5_000, 2_500]);
    assert.deepEqual(resolveSystem(model, { loadPerSecond: 0 }).classes[0]?.peakPerSecond, 0);
  });

  test("are for every service that an edge leads to alike", () => {
    const [shop, pay] = [program("shop"), program("pay")];
    const front = edge("front", {
      routes: [
        { path: "/shop/*", to: shop },
        { path: "/more/*", to: shop },
        {
          path: "/pay",
          to: [
            { to: pay, weight: 3 },
            { to: program("pay-next"), weight: 1 },
          ],
        },
        { path: "/ok", answer: { status: 200 } },
      ],
    });
    const resolved = resolveSystem(modelOf(system("all", { parts: [front], requires: { traffic } })));
    assert.deepEqual(
      resolved.classes.map(({ name, perSecond }) => [name, Math.round(perSecond)]),
      [
        ["read-shop", 400],
        ["write-shop", 100],
        ["read-pay", 400],
        ["write-pay", 100],
      ],
    );
    assert.deepEqual(Object.fromEntries(visitsOf(classNamed(resolved, "read-pay").way)), {
      front: 1,
      pay: 0.75,
      "pay-next": 0.25,
    });
  });

  test("come in at services nobody uses where there is no edge, and at a store where there is nothing else", () => {
    const inner = program("inner");
    const outer = program("outer", { uses: { inner } });
    const entries = (...parts: Part[]) =>
      new Set(resolveSystem(modelOf(system("all", { parts }))).classes.map(({ way }) => way.part));
    assert.deepEqual(entries(outer), new Set(["outer"]));
    assert.deepEqual(entries(database("links"), cache("hot")), new Set(["links", "hot"]));
  });

  test("that come by TCP take the part that they lead to", () => {
    const links = database("links");
    const front = edge("front", { port: 5_000, tcp: links });
    const { classes } = resolveSystem(modelOf(system("all", { parts: [front] })));
    assert.deepEqual([...visitsOf(classes[0]?.way as Stay).keys()], ["front", "links"]);
  });
});

describe("the way of requests", () => {
  test("is cache-aside where a service uses a cache and a database", () => {
    const resolved = resolveSystem(
      modelOf(cachedShop({ requires: { traffic }, keys: { count: 1_000_000, skew: 1 } })),
    );
    const { hitRatio } = partNamed(resolved, "hot").cache ?? { hitRatio: Number.NaN };
    assert.ok(hitRatio > 0.5 && hitRatio < 1);
    const missed = Number((1 - hitRatio).toFixed(3));
    assert.deepEqual(shown(callsBehind(resolved, "ask")), [
      ["hot", 1, "optional"],
      ["links", missed, "hot"],
      ["hot", missed, "hot"],
    ]);
    const writes = resolveSystem(modelOf(cachedShop({ requires: { traffic } })));
    assert.deepEqual(shown(callsBehind(writes, "write")), [
      ["links", 1, ""],
      ["hot", 1, "optional"],
    ]);
  });

  test("is as the design states it, in its order, where it does", () => {
    const work: Work = {
      time: "3 ms",
      spread: 0.5,
      calls: { links: { times: 2, timeout: "1 s", retries: 1 }, hot: 4 },
    };
    const resolved = resolveSystem(
      modelOf(
        behindFront(
          program("api", {
            uses: { hot: cache("hot"), links: database("links"), unused: program("unused") },
            plan: { work: { default: work } },
          }),
        ),
      ),
    );
    const way = classNamed(resolved, "read").way.calls[0]?.to;
    assert.deepEqual([way?.time.meanMs, way?.time.spread], [3, 0.5]);
    assert.deepEqual(way?.time.source, { kind: "given", place: "api.plan.work.default.time" });
    const [first, second] = way?.calls ?? [];
    assert.deepEqual(
      [first?.to.part, first?.times, first?.timeoutMs, first?.retries],
      ["links", 2, 1_000, 1],
    );
    assert.deepEqual([second?.to.part, second?.times, way?.calls.length], ["hot", 4, 2]);
  });

  test("by an edge has its retries within a budget and the shortest of its timeouts", () => {
    const design = (settings: object) =>
      resolveSystem(
        modelOf(behindFront(program("api"), { routes: [{ path: "/*", to: program("api"), ...settings }] })),
      );
    const call = (settings: object) => classNamed(design(settings), "read").way.calls[0];
    assert.deepEqual([call({})?.retries, call({})?.budget, call({})?.timeoutMs], [1, true, 30_000]);
    const tight = call({
      retries: { attempts: 3, perTry: "200 ms" },
      timeouts: { response: "1 s", total: "2 s" },
    });
    assert.deepEqual([tight?.retries, tight?.timeoutMs], [3, 200]);
  });

  test("goes to a mirror as well, and waits for nobody there", () => {
    const api = program("api");
    const shadow = program("shadow");
    const front = {
      routes: [{ path: "/*" as const, to: api, mirror: { to: shadow, share: "10%" as const } }],
    };
    const { way } = classNamed(resolveSystem(modelOf(behindFront(api, front))), "read");
    const [, mirrored] = way.calls;
    assert.deepEqual(
      [mirrored?.to.part, mirrored?.share, mirrored?.retries, mirrored?.detached],
      ["shadow", 0.1, 0, true],
    );
  });

  test("is as large as the design, however many ways lead to a part", () => {
    let last: Part = database("end");
    for (let at = 0; at < 40; at++) {
      const before = last;
      const [left, right] = [
        program(`left-${at}`, { uses: { before } }),
        program(`right-${at}`, { uses: { before } }),
      ];
      last = program(`join-${at}`, { uses: { left, right } });
    }
    const front = edge("front", { routes: [{ path: "/*", to: last as ReturnType<typeof service> }] });
    const { classes } = resolveSystem(modelOf(system("large", { parts: [front] })));
    assert.equal(stayVisits(classes[0]?.way as Stay).size, 122);
    assert.equal(visitsOf(classes[0]?.way as Stay).get("end"), 2 ** 40);
  });

  test("costs less network on one machine, more across zones", () => {
    const model = modelOf(behindFront(program("api", { replicas: 2, plan: { zones: 2 } })));
    const network = (here?: { cores: number }) =>
      classNamed(resolveSystem(model, { here }), "read").way.calls[0]?.networkMs;
    assert.equal(network(), 0.5 / 2 + 1 / 2);
    assert.equal(network({ cores: 4 }), 0.03);
  });
});

describe("the parts of a design", () => {
  test("have what the design states, and say where", () => {
    const facts = {
      concurrency: 16,
      availability: "99.95%",
      failover: "3 s",
      zones: 2,
      copies: 3,
      pricePerMonth: 40,
      disk: "2 TB",
    } as const;
    const resolved = resolveSystem(modelOf(cachedShop({ links: { plan: facts } })));
    const links = partNamed(resolved, "links");
    assert.deepEqual(
      [links.places, links.availability, links.failoverMs, links.zones, links.copies, links.pricePerMonth],
      [16, 0.9995, 3_000, 2, 3, 40],
    );
    for (const field of ["availability", "zones", "copies", "pricePerMonth"])
      assert.deepEqual(links.sources[field], { kind: "given", place: `links.plan.${field}` });
    assert.equal(links.diskBytes, 2e12);
    assert.deepEqual(links.sources.diskBytes, { kind: "given", place: "links.plan.disk" });
    assert.deepEqual(links.sources.places, { kind: "given", place: "links.plan.concurrency" });
  });

  test("have a source for each of their numbers", () => {
    const { parts } = resolveSystem(modelOf(cachedShop({ requires: { traffic } })));
    for (const { sources, cache: contents, upstream: _upstream, ...part } of parts) {
      const { name: _name, kind: _kind, external: _external, ...fields } = part;
      for (const field of [...Object.keys(fields), ...Object.keys(contents ?? {})])
        assert.ok(sources[field], `${part.name}.${field}`);
    }
  });

  test("that are edges have their workers, and as many of each copy", () => {
    const replicas = (front: object) =>
      partNamed(resolveSystem(modelOf(behindFront(program("api"), front))), "front").replicas;
    assert.equal(replicas({ workers: 3 }), 3);
    assert.equal(replicas({ workers: 3, plan: { copies: 2 } }), 6);
  });

  test("that are scaled begin with the least, and keep how they are scaled", () => {
    const api = partNamed(
      resolveSystem(modelOf(behindFront(program("api", { replicas: { min: 2, max: 6 } })))),
      "api",
    );
    assert.deepEqual([api.replicas, api.scaling?.min, api.scaling?.max], [2, 2, 6]);
    assert.deepEqual(api.sources.scaling, { kind: "given", place: "api.replicas" });
  });

  test("are guarded as the design says: balance, bounds, breaker, outliers, checks", () => {
    const api = program("api", {
      replicas: 4,
      health: { path: "/healthz", interval: "500 ms", unhealthyAfter: 2 },
      upstream: {
        balance: "least-connections",
        bounds: { requests: 40, pending: 5 },
        breaker: { open: "1 s" },
        outliers: false,
        slowStart: "10 s",
        panic: "20%",
      },
    });
    const part = partNamed(resolveSystem(modelOf(behindFront(api))), "api");
    assert.equal(part.balance, "least-connections");
    assert.equal(part.failoverMs, 1_000);
    // 40 under way over 4 replicas, of which one is being worked on.
    assert.equal(part.queueMax, 9);
    const { bounds, breaker, health, outliers, panicShare, slowStartMs } = part.upstream ?? {};
    assert.deepEqual(bounds, { requests: 40, pending: 5 });
    assert.deepEqual([breaker, outliers, panicShare, slowStartMs], [{ openMs: 1_000 }, false, 0.2, 10_000]);
    assert.equal(health?.intervalMs, 500);
    const plain = partNamed(resolveSystem(modelOf(behindFront(program("api")))), "api");
    assert.deepEqual([plain.balance, plain.upstream, plain.failoverMs], ["round-robin", undefined, 6_000]);
  });

  test("that stand outside are taken as they are", () => {
    const api = service("api", { url: "http://192.0.2.1:81" });
    const part = partNamed(resolveSystem(modelOf(behindFront(api))), "api");
    assert.deepEqual(
      [part.external, part.places, part.queueMax, part.startupMs],
      [true, 1_000, Number.POSITIVE_INFINITY, undefined],
    );
  });

  test("that are caches answer more the more they hold, and all when they hold all", () => {
    const hits = (memory: "1 MiB" | "16 MiB" | "1 GiB") => {
      const design = cachedShop({
        hot: { memory, plan: { itemSize: 860 } },
        keys: { count: 100_000, skew: 0.9 },
        requires: { traffic },
      });
      return partNamed(resolveSystem(modelOf(design)), "hot").cache;
    };
    assert.equal(hits("1 MiB")?.items, 1_048);
    assert.ok((hits("1 MiB")?.hitRatio ?? 1) < (hits("16 MiB")?.hitRatio ?? 0));
    assert.equal(hits("1 GiB")?.hitRatio, 1);
  });

  test("behind another cache get what that one misses", () => {
    const api = program("api", {
      uses: { near: cache("near"), far: cache("far"), links: database("links") },
    });
    const resolved = resolveSystem(modelOf(behindFront(api, {}, { requires: { traffic } })));
    const near = partNamed(resolved, "near").cache?.hitRatio ?? Number.NaN;
    const [, second, third] = callsBehind(resolved, "read");
    assert.deepEqual([second?.to.part, second?.onMissOf], ["far", "near"]);
    assert.ok(Math.abs((second?.share ?? 0) - (1 - near)) < 1e-12);
    assert.deepEqual([third?.to.part, third?.onMissOf], ["links", "far"]);
  });
});

describe("what was measured", () => {
  const profile = parseProfile(
    JSON.stringify({
      version: 1,
      system: "shop",
      run: "run-1",
      measuredAt: "2026-01-31T12:00:00Z",
      machine: { name: "a machine", cores: 8 },
      otherCpuMs: 0.02,
      turnMs: 0.01,
      parts: {
        api: { classes: { default: { count: 9, meanMs: 2, spread: 0.7, cpuMs: 0.5 } } },
        hot: { hitRatio: 0.93 },
      },
    }),
  );

  test("stands in the place of defaults, with its run, and what the design states goes before it", () => {
    const resolved = resolveSystem(modelOf(cachedShop({ requires: { traffic } })), {
      profile,
      here: { cores: 2 },
    });
    const time = classNamed(resolved, "read").way.calls[0]?.to.time;
    assert.deepEqual([time?.meanMs, time?.spread, time?.cpuShare], [2, 0.7, 0.25]);
    assert.deepEqual(time?.source, { kind: "measured", profile: "2026-01-31T12:00:00Z", run: "run-1" });
    assert.equal(partNamed(resolved, "hot").cache?.hitRatio, 0.93);
    assert.deepEqual(resolved.here, { cores: 2, otherCpuMs: 0.02, turnMs: 0.01 });
    assert.ok(resolved.assumptions.some((one) => /a machine \(8 cores\), run run-1/.test(one)));
    const stated = cachedShop({ api: { plan: { work: { default: { time: "7 ms" } } } } });
    assert.equal(
      classNamed(resolveSystem(modelOf(stated), { profile }), "read").way.calls[0]?.to.time.meanMs,
      7,
    );
  });
});
