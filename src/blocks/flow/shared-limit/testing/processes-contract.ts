import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "../../../time/index.ts";
import { rateLimiter } from "../../rate-limit/local-limiter.ts";
import {
  fixedWindow,
  gcra,
  type Rule,
  type SingleRule,
  slidingCounter,
  slidingLog,
  tokenBucket,
} from "../../rate-limit/rule.ts";
import { sharedRateLimiter } from "../shared-rate-limiter.ts";
import type { ClientName } from "./connected-store.ts";
import { connectStore } from "./connected-store.ts";
import { endlessRules } from "./endless-rules.ts";
import { admissionsOf, excessOver, mostAtOnce, mostWithin } from "./window-law.ts";
import { Workers } from "./workers.ts";

const PROCESSES = 8;

/** The promises about many processes on one key. The server is named before the tests run. */
export function processesContract(server: () => { readonly client: ClientName; readonly url: string }): void {
  let workers: Workers;
  before(async () => {
    workers = await Workers.start(PROCESSES, server().client, server().url);
  });
  after(() => workers?.[Symbol.asyncDispose]());
  exactPromises(() => workers);
  windowPromises(() => workers);
  leasePromises(server, () => workers);
  holdPromises(() => workers);
}

type WorkersOf = () => Workers;

function exactPromises(workers: WorkersOf): void {
  test("8 processes on one key admit exactly the limit, whatever the rule", async () => {
    for (const [index, rule] of endlessRules(200).entries()) {
      const job = { do: "take", rule, key: `exact ${index}`, attempts: 50, forMs: 10_000 } as const;
      const results = await workers().all(job);
      assert.equal(admissionsOf(results).length, 200, JSON.stringify(rule));
      assert.ok(results.every(({ degraded }) => degraded === 0));
      assert.ok(
        results.every(({ commands, attempts }) => commands <= attempts + 4),
        "one round trip each",
      );
    }
  });
}

function windowPromises(workers: WorkersOf): void {
  const admittedIn = async (rule: SingleRule, forMs: number) => {
    const job = { do: "take", rule, key: JSON.stringify(rule), attempts: 100_000, forMs } as const;
    return admissionsOf(await workers().all(job));
  };

  test("8 processes on a bucket that refills keep to its law in every window", async () => {
    for (const make of [tokenBucket, gcra]) {
      const law = { limit: 40, windowMs: 100, burst: 20 };
      const moments = await admittedIn(make(law), 400);
      assert.ok(moments.length >= law.burst + 40, `only ${moments.length} were admitted`);
      assert.ok(excessOver(moments, law) <= 0, `${excessOver(moments, law)} too many`);
    }
  });

  test("8 processes stay within what each rule of windows says of itself", async (t) => {
    const rate = { limit: 60, windowMs: 150 };
    for (const rule of [slidingLog(rate), fixedWindow(rate), slidingCounter(rate)]) {
      const moments = await admittedIn(rule, 600);
      const most = mostWithin(moments, rate.windowMs);
      const { admittedPerWindowMax } = rateLimiter(rule).accuracy;
      t.diagnostic(
        `${rule.kind}: at most ${most} of ${rate.limit} in a window; ${admittedPerWindowMax} are stated`,
      );
      assert.ok(moments.length >= 2 * rate.limit, `only ${moments.length} were admitted`);
      assert.ok(most <= admittedPerWindowMax, `${rule.kind}: ${most}`);
    }
  });
}

function leasePromises(server: () => { client: ClientName; url: string }, workers: WorkersOf): void {
  test("8 processes with leases admit no more than the limit, and give back what they did not use", async (t) => {
    const lease = { units: 20, forMs: 5_000, processes: PROCESSES };
    for (const [index, rule] of endlessRules(1_000).entries()) {
      if (rule.kind === "leaky-queue") continue;
      const job = { do: "take", rule, key: `leased ${index}`, attempts: 100, forMs: 10_000, lease } as const;
      const results = await workers().all(job);
      const admitted = admissionsOf(results).length;
      const commands = results.reduce((sum, one) => sum + one.commands, 0);
      const trips = `${commands} round trips for ${admitted} admitted`;
      if (index === 0) t.diagnostic(`leases of ${lease.units}: ${trips}`);
      assert.ok(admitted <= 800 && admitted >= 700, trips);
      assert.ok(commands < 400, trips);
      assert.equal(await leftOf(rule, `leased ${index}`), 1_000 - admitted, JSON.stringify(rule));
    }
  });

  test("8 processes with leases stay within what the limiter says of itself", async (t) => {
    const rule = slidingLog({ limit: 100, windowMs: 150 });
    const lease = { units: 5, forMs: 100, processes: PROCESSES };
    const job = { do: "take", rule, key: "leased log", attempts: 100_000, forMs: 600, lease } as const;
    const most = mostWithin(admissionsOf(await workers().all(job)), rule.windowMs);
    t.diagnostic(`leased sliding log: at most ${most} of 100 in a window; 140 are stated`);
    assert.ok(most > 0 && most <= 140, `${most}`);
  });

  async function leftOf(rule: Rule, key: string): Promise<number> {
    const connected = await connectStore(server().client, server().url);
    const settings = { store: connected.store, whenLost: "closed", timeoutMs: 2_000 } as const;
    const { remaining } = await sharedRateLimiter(rule, settings).peek(key);
    await connected.close();
    return remaining + 1;
  }
}

function holdPromises(workers: WorkersOf): void {
  test("8 processes never hold more than the limit at once", async (t) => {
    const results = await workers().all({ do: "hold", key: "held", limit: 3, attempts: 60 });
    const most = mostAtOnce(admissionsOf(results));
    t.diagnostic(`held at once: ${most} of 3`);
    assert.ok(most >= 2 && most <= 3, `${most}`);
  });

  // The last one, since it costs a process.
  test("what a crashed process held is free when its lease has ended", async () => {
    const leaseMs = 500;
    await workers().one(0, { do: "hold and hang", key: "crashed", limit: 2, leaseMs });
    await workers().kill(0);
    const hold = { do: "hold", key: "crashed", limit: 2, attempts: 1 } as const;
    assert.equal(admissionsOf([await workers().one(1, hold)]).length, 0);
    await systemClock.sleep(leaseMs + 10);
    assert.equal(admissionsOf([await workers().one(1, hold)]).length, 1);
  });
}
