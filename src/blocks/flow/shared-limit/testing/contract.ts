import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { systemClock } from "../../../time/index.ts";
import { fixedWindow, gcra, slidingCounter, slidingLog, tiers, tokenBucket } from "../../rate-limit/rule.ts";
import { sharedConcurrencyLimiter } from "../shared-concurrency-limiter.ts";
import { type SharedRateLimiterOptions, sharedRateLimiter } from "../shared-rate-limiter.ts";
import { type ClientName, type ConnectedStore, connectStore } from "./connected-store.ts";
import { ENDLESS_MS, endlessRules } from "./endless-rules.ts";
import { processesContract } from "./processes-contract.ts";

/** A server to be tested, and with which client. */
export interface StoreUnderTest {
  readonly client: ClientName;
  readonly url: string;
  close(): Promise<void>;
}

/**
 * What every server promises that shared limiters are used with: run by Redis today, by Valkey and our own cache once it runs
 * scripts. The server is empty, and nobody else uses it.
 */
export function sharedLimiterContract(name: string, connect: () => Promise<StoreUnderTest>): void {
  suite(name, () => {
    let server: StoreUnderTest;
    let connected: ConnectedStore;
    before(async () => {
      server = await connect();
      connected = await connectStore(server.client, server.url);
    });
    after(async () => {
      await connected?.close();
      await server?.close();
    });
    const options = (prefix: string) => {
      return { store: connected.store, prefix, whenLost: "closed", timeoutMs: 2_000 } as const;
    };
    decisionPromises(options);
    keyPromises(options, () => connected);
    concurrencyPromises(options);
    processesContract(() => server);
  });
}

type OptionsOf = (prefix: string) => SharedRateLimiterOptions & { readonly whenLost: "closed" };

function decisionPromises(options: OptionsOf): void {
  test("each rule admits its limit, and says what is left", async () => {
    for (const [index, rule] of endlessRules(5).entries()) {
      await using limiter = sharedRateLimiter(rule, options(`decide${index}:`));
      const said = [];
      for (const cost of [2, 2, 2, 1]) said.push(await limiter.take("k", cost));
      const kind = JSON.stringify(rule);
      assert.deepEqual(
        said.map(({ allowed }) => allowed),
        [true, true, false, true],
        kind,
      );
      assert.deepEqual(
        said.map(({ remaining }) => remaining),
        [3, 1, 1, 0],
        kind,
      );
      assert.ok(
        said.every((one) => one.degraded === undefined && one.limit === 5),
        kind,
      );
      assert.ok((said[2]?.retryAfterMs ?? 0) > 0, kind);
      assert.equal((await limiter.peek("k", 6)).retryAfterMs, Number.POSITIVE_INFINITY);
      assert.equal((await limiter.reward("k", 2)).remaining, 2, kind);
      assert.equal((await limiter.penalize("k", 4)).allowed, false, kind);
      assert.equal((await limiter.peek("other")).remaining, 4, kind);
      await limiter.forget("k");
      assert.equal((await limiter.peek("k", 5)).allowed, true, kind);
    }
  });

  test("limits of a million millions are counted to the unit", async () => {
    for (const make of [fixedWindow, slidingCounter]) {
      const rule = make({ limit: 1e12, windowMs: ENDLESS_MS });
      await using limiter = sharedRateLimiter(rule, options(`vast ${rule.kind}:`));
      const said = [];
      for (const cost of [1e12 - 1, 2, 1, 1, 1e300]) said.push((await limiter.take("k", cost)).allowed);
      assert.deepEqual(said, [true, false, true, false, false], rule.kind);
    }
  });

  test("tiers take from all or from none", async () => {
    const small = fixedWindow({ limit: 2, windowMs: ENDLESS_MS });
    const large = tokenBucket({ limit: 10, windowMs: ENDLESS_MS });
    await using both = sharedRateLimiter(tiers(large, small), options("tiers:"));
    assert.equal((await both.take("k", 2)).allowed, true);
    for (let again = 0; again < 5; again++) assert.equal((await both.take("k")).allowed, false);
    await using largeAlone = sharedRateLimiter(large, options("tiers:"));
    assert.equal((await largeAlone.peek("k", 8)).allowed, true, "refused takes cost the other tier nothing");
    assert.equal((await largeAlone.peek("k", 9)).allowed, false);
  });

  test("waiting for as long as it says is enough, and a place held ahead comes when it says", async () => {
    await using limiter = sharedRateLimiter(tokenBucket({ limit: 1, windowMs: 150 }), options("wait:"));
    await limiter.take("k");
    const refused = await limiter.take("k");
    assert.equal(refused.allowed, false);
    await systemClock.sleep(Math.ceil(refused.retryAfterMs) + 1);
    assert.equal((await limiter.take("k")).allowed, true);
    const place = await limiter.reserve("k");
    assert.ok(place.allowed && place.delayMs > 0 && place.delayMs <= 150, JSON.stringify(place));
    const later = await limiter.reserve("k", 1, { waitMsMax: 150 });
    assert.equal(later.allowed, false);
    await place.cancel();
    await place.cancel();
    assert.equal((await limiter.reserve("k", 1, { waitMsMax: 150 })).allowed, true);
  });
}

function keyPromises(options: OptionsOf, connected: () => ConnectedStore): void {
  test("keys of any characters are apart, and all tiers of one stay in one slot", async () => {
    const rule = tiers(
      fixedWindow({ limit: 1, windowMs: ENDLESS_MS }),
      slidingLog({ limit: 1, windowMs: 9e9 }),
    );
    await using limiter = sharedRateLimiter(rule, options("any:"));
    const keys = [
      "",
      "{}",
      "}",
      "{",
      "{a}b",
      "a}{b",
      "%",
      "%7B",
      "a b\r\n*1",
      "\0",
      "ü🦆",
      "\ud800",
      "\udc00",
      "__proto__",
      "x".repeat(5_000),
    ];
    for (const key of keys) {
      assert.equal((await limiter.take(key)).allowed, true, JSON.stringify(key.slice(0, 20)));
      assert.equal((await limiter.take(key)).allowed, false, JSON.stringify(key.slice(0, 20)));
    }
  });

  test("every key has an end, and what is as good as new is not kept", async () => {
    const { store } = connected();
    for (const [index, rule] of endlessRules(5).entries()) {
      await using limiter = sharedRateLimiter(rule, options(`life${index}:`));
      await limiter.take("k", 2);
      await limiter.penalize("k", 1e300);
      const names = (await store.command(["KEYS", `life${index}:*`], `life${index}:`)) as string[];
      assert.equal(names.length, rule.kind === "tiers" ? 3 : 1);
      for (const name of names) assert.ok(Number(await store.command(["PTTL", name], name)) > 0, name);
      await limiter.reward("k", 1e300);
      for (const name of names) assert.equal(Number(await store.command(["EXISTS", name], name)), 0, name);
    }
  });

  test("a key goes when it is as good as new", async () => {
    const { store } = connected();
    const rate = { limit: 10, windowMs: 50 };
    for (const rule of [tokenBucket(rate), fixedWindow(rate), slidingLog(rate), slidingCounter(rate)]) {
      await using short = sharedRateLimiter(rule, options("short:"));
      const { resetAfterMs } = await short.take("k", 5);
      await systemClock.sleep(Math.ceil(resetAfterMs) + 5);
      assert.equal(String(await store.command(["KEYS", "short:*"], "short:")), "", rule.kind);
    }
  });

  test("a server that has forgotten its scripts is told them again", async () => {
    await using limiter = sharedRateLimiter(gcra({ limit: 3, windowMs: ENDLESS_MS }), options("flush:"));
    await limiter.take("k");
    await connected().store.command(["SCRIPT", "FLUSH"], "flush:");
    const decisions = await Promise.all([limiter.take("k"), limiter.take("k"), limiter.take("k")]);
    assert.equal(decisions.filter(({ allowed }) => allowed).length, 2);
    assert.ok(decisions.every(({ degraded }) => !degraded));
  });
}

function concurrencyPromises(options: OptionsOf): void {
  test("places are held until they are given back, or their lease ends", async () => {
    const limiter = sharedConcurrencyLimiter({ limit: 3, leaseMs: 150 }, options("hold:"));
    const two = await limiter.take("k", 2);
    assert.deepEqual([two.allowed, two.remaining, two.limit], [true, 1, 3]);
    const refused = await limiter.take("k", 2);
    assert.deepEqual([refused.allowed, refused.remaining], [false, 1]);
    assert.ok(refused.retryAfterMs === 0 && refused.resetAfterMs > 0 && refused.resetAfterMs <= 150);
    assert.deepEqual([(await limiter.peek("k")).remaining, (await limiter.peek("k", 2)).allowed], [0, false]);
    assert.equal((await limiter.take("k", 4)).retryAfterMs, Number.POSITIVE_INFINITY);
    await two.release();
    await two.release();
    assert.equal(await two.renew(), false);
    const three = await limiter.take("k", 3);
    assert.equal(three.allowed, true);
    await systemClock.sleep(90);
    assert.equal(await three.renew(), true);
    await systemClock.sleep(90);
    assert.equal((await limiter.take("k")).allowed, false, "the lease was renewed");
    await systemClock.sleep(100);
    assert.equal((await limiter.take("k", 3)).allowed, true, "the lease has ended");
    assert.equal(await three.renew(), false);
  });
}
