import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  cache,
  database,
  edge,
  type PlanFacts,
  type Requirements,
  service,
  system,
} from "../../../design/index.ts";
import { resolveSystem } from "../../resolve/index.ts";
import { applySets } from "../../sets/index.ts";
import { estimate, setsOf } from "../index.ts";
import { modelOf, program } from "../testing/typical-designs.ts";
import { changesOf } from "./change.ts";

interface Shop {
  readonly requires: Requirements;
  readonly api?: Parameters<typeof program>[1];
  readonly base?: PlanFacts;
  readonly hot?: PlanFacts;
  readonly front?: PlanFacts;
}

function shop({ requires, api, base = {}, hot, front = {} }: Shop) {
  const uses = {
    base: database("base", { plan: base }),
    ...(hot ? { hot: cache("hot", { memory: "1 MiB", plan: hot }) } : {}),
  };
  const entry = edge("front", {
    routes: [{ path: "/*", to: program("api", { uses, ...api }) }],
    plan: front,
  });
  const keys = { count: "100k" } as const;
  return modelOf(
    system("shop", { requires, requests: { ask: { to: entry, request: "GET /:id", keys } }, parts: [entry] }),
  );
}

function mendOf(model: ReturnType<typeof shop>, id: string) {
  const found = estimate(model, { file: "system.ts" }).requirements.find((one) => one.id === id);
  assert.equal(found?.state, "fails", found?.sentence);
  return { mend: found.mend, sentence: found.sentence };
}

const BANK = service("bank", { url: "https://bank.example", plan: { availability: "99.5%" } });
const PEAK = { rate: "1500/s", peak: 1 } as const;
const work = (time: number, more: PlanFacts = {}): PlanFacts => ({ work: { default: { time } }, ...more });

describe("the smallest mend", () => {
  test("is a replica more where that will do", () => {
    const model = shop({ requires: { traffic: PEAK }, api: { replicas: 1 } });
    const { mend } = mendOf(model, "traffic");
    assert.deepEqual(mend, { set: "api.replicas=2", predicted: 2_000 });
  });

  test("is the cheaper one of several where there are prices, and the lesser one where there are not", () => {
    // Misses of the cache fill the database: it may get more places, or the cache more memory.
    const with_ = (base: number | undefined, hot: number | undefined) =>
      mendOf(
        shop({
          requires: { traffic: PEAK },
          api: { replicas: 4, plan: { pricePerMonth: 1 } },
          base: work(8, { concurrency: 4, ...(base ? { pricePerMonth: base } : {}) }),
          hot: hot ? { pricePerMonth: hot } : {},
          front: { pricePerMonth: 1 },
        }),
        "traffic",
      ).mend?.set;
    assert.match(String(with_(1_000, 1)), /^hot\.memory=\d+MiB$/);
    assert.equal(with_(1, 1_000), "base.plan.concurrency=8");
    assert.equal(with_(undefined, undefined), "base.plan.concurrency=8");
  });

  test("says what all of it would cost then, where only numbers change", () => {
    const model = shop({
      requires: { traffic: PEAK },
      api: { replicas: 1, plan: { pricePerMonth: 30 } },
      base: { pricePerMonth: 200 },
      front: { pricePerMonth: 10 },
    });
    assert.equal(mendOf(model, "traffic").mend?.pricePerMonth, 2 * 30 + 200 + 10);
  });

  test("takes several changes where no single one will do, and no more of each than it takes", () => {
    const model = shop({
      requires: { traffic: PEAK },
      api: { replicas: 1 },
      base: work(8, { concurrency: 8 }),
    });
    const { mend } = mendOf(model, "traffic");
    assert.ok(mend);
    assert.deepEqual(setsOf(mend).toSorted(), ["api.replicas=2", "base.plan.concurrency=16"]);
    for (const one of setsOf(mend)) {
      const { requirements } = estimate(applySets(model, [one]), { file: "" });
      assert.equal(requirements[0]?.state, "fails", one);
    }
  });

  test("is not told where nothing mends it, and the sentence says so", () => {
    const entry = edge("front", {
      routes: [{ path: "/*", to: program("api", { uses: { bank: BANK }, replicas: 2, plan: { zones: 2 } }) }],
      plan: { copies: 2, zones: 2 },
    });
    const model = modelOf(system("shop", { requires: { availability: "99.9%" }, parts: [entry] }));
    const { mend, sentence } = mendOf(model, "availability");
    assert.equal(mend, undefined);
    assert.match(
      sentence,
      /bank, which stands outside and is up 99.5% of the time\. More replicas, .* would not mend/,
    );
  });

  test("does not promise to make work quicker", () => {
    const model = shop({ requires: { traffic: PEAK, latency: { p99: "10 ms" } }, api: { plan: work(80) } });
    const { mend, sentence } = mendOf(model, "latency.p99");
    assert.equal(mend, undefined);
    assert.match(
      sentence,
      /Even when hardly anything comes in.*work of api itself, 80 ms on average: it has to get quicker/,
    );
  });
});

describe("changes", () => {
  test("of any part are such that the design language takes them, up to the last", () => {
    const model = shop({
      requires: { traffic: PEAK },
      api: { replicas: { min: 2, max: 7, target: { cpu: "60%" } }, plan: { concurrency: 3 } },
      base: { backupEvery: "1 h" },
      hot: {},
    });
    const changes = changesOf(model, resolveSystem(model));
    assert.ok(changes.length >= 12, String(changes.length));
    for (const { part, steps } of changes) {
      let size = 0;
      for (const step of [steps[0], steps.at(-1)]) {
        assert.ok(step !== undefined && step.size >= size, part);
        assert.notDeepEqual(applySets(model, [step.set]), model, step.set);
        ({ size } = step);
      }
    }
    const sets = changes.flatMap(({ steps }) => steps.map(({ set }) => set));
    for (const one of [
      "api.replicas.max=8",
      "api.replicas.min=3",
      "api.plan.concurrency=6",
      "hot.memory=2MiB",
    ])
      assert.ok(sets.includes(one), one);
    assert.ok(!sets.includes("base.plan.backupEvery=1day") && sets.includes("base.plan.backupEvery=5min"));
  });
});
