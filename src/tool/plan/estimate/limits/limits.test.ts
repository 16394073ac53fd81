import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { database, edge, type ServiceOptions, system } from "../../../design/index.ts";
import { resolveSystem } from "../../resolve/index.ts";
import { modelOf, program } from "../testing/typical-designs.ts";
import { breakLoad } from "./break-load.ts";
import { LoadCurve } from "./load-curve.ts";
import { scalingsOf } from "./scaling.ts";
import { replicasNeeded } from "./sizing.ts";

/** A service alone: one replica that works off a request in 10 ms on average, exponentially. */
function curveOf(options: Partial<ServiceOptions> = {}, here?: { readonly cores: number }): LoadCurve {
  const api = program("api", {
    plan: { work: { default: { time: "10 ms" } } },
    ...(options as Parameters<typeof program>[1]),
  });
  const model = modelOf(
    system("alone", {
      requires: { traffic: { rate: "50/s", peak: 1 } },
      requests: { ask: { to: api, request: "/" } },
      parts: [edge("front", { routes: [{ path: "/*", to: api }] })],
    }),
  );
  return new LoadCurve(resolveSystem(model, { here }), scalingsOf(model));
}

describe("the load at which a latency breaks", () => {
  test("is that of an M/M/1 queue, to a thousandth", () => {
    // Kleinrock, Queueing Systems I, 3.2: times are exponential of rate mu - lambda, so that p99 is ln 100 / (mu - lambda).
    const breaks = breakLoad(curveOf(), "p99", 200);
    const exact = 100 - Math.log(100) / 0.2;
    assert.ok(breaks !== undefined && Math.abs(breaks / exact - 1) < 4e-3, `${breaks} for ${exact}`);
  });

  test("is itself still good enough", () => {
    for (const [percentile, ms] of [
      ["p50", 9],
      ["p50", 30],
      ["p95", 100],
      ["p999", 500],
    ] as const) {
      const curve = curveOf();
      const breaks = breakLoad(curve, percentile, ms) ?? 0;
      assert.ok(breaks > 0 && curve.at(breaks / 50).all[percentile] <= ms, `${percentile} ${ms} ${breaks}`);
      assert.ok(curve.at((breaks / 50) * 1.01).all[percentile] > ms, `${percentile} ${ms} ${breaks}`);
    }
  });

  test("is 0 where the work alone takes longer", () => {
    assert.equal(breakLoad(curveOf(), "p99", 20), 0);
  });

  test("is absent where nothing comes in", () => {
    const model = modelOf(
      system("idle", {
        requires: { traffic: { rate: 0 } },
        parts: [edge("front", { routes: [{ path: "/*", to: program("api") }] })],
      }),
    );
    assert.equal(breakLoad(new LoadCurve(resolveSystem(model)), "p99", 20), undefined);
  });
});

describe("replicas needed", () => {
  const within = (ms: number) => ({ inTime: ({ peak }: LoadCurve) => peak.all.p99 <= ms });

  test("are as many as hold the times, whatever there are now", () => {
    for (const replicas of [1, 2, 40]) {
      // 50 requests a second for 10 ms are half a replica; of one, p99 is 92 ms.
      const curve = curveOf({ replicas, plan: { work: { default: { time: "10 ms" } } } });
      assert.equal(replicasNeeded(curve, within(95)).get("api"), 1);
      const more = replicasNeeded(curve, within(60)).get("api") ?? 0;
      assert.ok(more >= 2 && more <= 5, String(more));
    }
  });

  test("are none where no number holds them", () => {
    assert.equal(replicasNeeded(curveOf(), within(30)).size, 0);
  });

  test("on one machine are those that there are, or none will do", () => {
    const here = curveOf({}, { cores: 4 });
    assert.deepEqual(
      [...replicasNeeded(here, within(1_000))],
      [
        ["api", 1],
        ["front", 1],
      ],
    );
    assert.equal(replicasNeeded(here, within(1)).size, 0);
  });

  test("are more where the availability takes more than the load does, as far as replicas can give it", () => {
    const needed = (availability: number) =>
      replicasNeeded(curveOf(), { ...within(95), availability }).get("api") ?? 0;
    assert.equal(needed(0.99), 1);
    assert.ok(needed(0.9994) > 1, String(needed(0.9994)));
    assert.equal(needed(0.999_999), 1);
  });
});

describe("what is scaled", () => {
  const scaled = (target: object) =>
    curveOf({
      replicas: { min: 2, max: 10, target },
      plan: { work: { default: { time: "10 ms" } } },
    } as Partial<ServiceOptions>);
  const replicas = (curve: LoadCurve) => curve.resolved.parts.find(({ name }) => name === "api")?.replicas;

  test("has the replicas that its targets ask for at the peak", () => {
    // 50 requests a second for 10 ms keep half a processor busy.
    assert.equal(replicas(scaled({ cpu: "10%" })), 5);
    assert.equal(replicas(scaled({ cpu: "80%" })), 2);
    assert.equal(replicas(scaled({ cpu: "1%" })), 10);
    assert.equal(replicas(scaled({ requestsPerSecond: 12 })), 5);
    assert.equal(replicas(scaled({ requestsPerSecond: 12, concurrency: 0.07 })), 8);
  });

  test("is full where the most replicas are", () => {
    const curve = scaled({ cpu: "80%" });
    assert.equal(curve.bottleneck?.part, "api");
    assert.equal(Math.round(curve.bottleneck.perSecond), 1_000);
    assert.ok(Number.isFinite(curve.at(19).all.p99));
    assert.equal(curve.at(21).all.p99, Number.POSITIVE_INFINITY);
  });
});

test("databases are not scaled, and stay as they are while a service is", () => {
  const model = modelOf(
    system("kept", {
      parts: [
        edge("front", { routes: [{ path: "/*", to: program("api", { uses: { base: database("base") } }) }] }),
      ],
    }),
  );
  assert.equal(scalingsOf(model).size, 0);
});
