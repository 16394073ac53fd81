import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../time/index.ts";
import { rateLimiter } from "../rate-limit/local-limiter.ts";
import type { RateLimiter } from "../rate-limit/rate-limiter.ts";
import { fixedWindow } from "../rate-limit/rule.ts";
import type { SharedDecision } from "./answer.ts";
import { sharedConcurrencyLimiter } from "./shared-concurrency-limiter.ts";
import { sharedRateLimiter } from "./shared-rate-limiter.ts";
import { connectStore } from "./testing/connected-store.ts";
import { ENDLESS_MS } from "./testing/endless-rules.ts";
import { RedisServer } from "./testing/redis-server.ts";

const TIMEOUT_MS = 50;
/** For what a busy machine adds to a timer. */
const GRACE_MS = 100;
const RULE = fixedWindow({ limit: 1_000, windowMs: ENDLESS_MS });

/** Takes for a while, and how long the slowest took. */
async function takes(limiter: RateLimiter<false>, count: number) {
  let slowestMs = 0;
  const decisions: SharedDecision[] = [];
  for (let made = 0; made < count; made++) {
    const fromMs = systemClock.monotonicMs();
    decisions.push(await limiter.take("k"));
    slowestMs = Math.max(slowestMs, systemClock.monotonicMs() - fromMs);
  }
  return { decisions, slowestMs };
}

for (const client of ["ioredis", "node-redis"] as const) {
  for (const fault of ["killed", "hung"] as const) {
    test(`with the store ${fault}, the declared rule decides in time, and the store is used again when it is back (${client})`, async () => {
      let server = await RedisServer.start();
      const { port } = server;
      const { store, close } = await connectStore(client, server.url);
      const changes: string[] = [];
      const options = { store, timeoutMs: TIMEOUT_MS };
      const standIn = rateLimiter(fixedWindow({ limit: 5, windowMs: ENDLESS_MS }));
      const onChange = (state: string) => changes.push(state);
      const open = sharedRateLimiter(RULE, { ...options, whenLost: "open", onChange });
      const closed = sharedRateLimiter(RULE, { ...options, whenLost: "closed" });
      const replaced = sharedRateLimiter(RULE, { ...options, whenLost: standIn });
      const holds = sharedConcurrencyLimiter({ limit: 3, leaseMs: 10_000 }, { ...options, whenLost: "open" });
      const limiters = [open, closed, replaced];
      for (const limiter of limiters) await takes(limiter, 10);
      const held = await holds.take("k");
      assert.equal(held.degraded, undefined);

      // Some are under way when it happens.
      const underWay = limiters.map((limiter) => takes(limiter, 3));
      if (fault === "killed") await server[Symbol.asyncDispose]();
      else server.hang();
      await Promise.all(underWay);
      const [whenOpen, whenClosed, whenReplaced] = await Promise.all(limiters.map((one) => takes(one, 20)));
      for (const { slowestMs } of [whenOpen, whenClosed, whenReplaced].filter((one) => one !== undefined))
        assert.ok(slowestMs <= TIMEOUT_MS + GRACE_MS, `${slowestMs} ms`);
      assert.ok(whenOpen?.decisions.every((one) => one.allowed && one.degraded));
      assert.ok(
        whenClosed?.decisions.every((one) => !one.allowed && one.degraded && one.retryAfterMs <= 1_000),
      );
      const stoodIn = whenReplaced?.decisions.filter(({ allowed }) => allowed).length ?? 0;
      assert.ok(stoodIn <= 5 && whenReplaced?.decisions.every((one) => one.degraded), `${stoodIn}`);
      // A store that is known to be lost costs nobody a timeout.
      assert.ok((await takes(open, 200)).slowestMs < TIMEOUT_MS / 2 + GRACE_MS);
      assert.deepEqual(changes, ["lost"]);
      await assert.rejects(open.forget("k"), { code: "STORE_LOST", retryable: true });
      await held.release();

      if (fault === "killed") server = await RedisServer.start({ port });
      else server.goOn();
      const untilMs = systemClock.monotonicMs() + 8_000;
      while ((await closed.take("k")).degraded) {
        assert.ok(systemClock.monotonicMs() < untilMs, "the store is not used again");
        await systemClock.sleep(50);
      }
      while ((await open.take("k")).degraded) await systemClock.sleep(50);
      assert.deepEqual(changes, ["lost", "back"]);
      await close();
      await server[Symbol.asyncDispose]();
    });
  }
}
