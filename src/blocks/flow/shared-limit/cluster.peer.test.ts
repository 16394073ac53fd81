import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Redis } from "ioredis";
import { slidingLog, tiers, tokenBucket } from "../rate-limit/rule.ts";
import { sharedRateLimiter } from "./shared-rate-limiter.ts";
import { StoreKeys } from "./store-keys.ts";
import { StoredRule } from "./stored-rule.ts";
import { connectStore } from "./testing/connected-store.ts";
import { sharedLimiterContract } from "./testing/contract.ts";
import { RedisServer } from "./testing/redis-server.ts";

/** A cluster of one node, which owns all slots and keeps a cluster's rules about keys. */
async function startCluster(): Promise<RedisServer> {
  const server = await RedisServer.start({ cluster: true });
  const redis = new Redis(server.url);
  await redis.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  while (!String(await redis.call("CLUSTER", "INFO")).includes("cluster_state:ok"));
  redis.disconnect();
  return server;
}

let server: RedisServer;
before(async () => {
  server = await startCluster();
});
after(() => server[Symbol.asyncDispose]());

test("a cluster refuses keys of several slots, and takes those of a limiter", async () => {
  const rule = tiers(tokenBucket({ limit: 3, windowMs: 1_000 }), slidingLog({ limit: 3, windowMs: 60_000 }));
  const stored = new StoredRule(rule);
  const connected = await connectStore("ioredis", server.url);
  const { script } = stored;
  const astray = ["EVAL", script.text, "2", "one", "other", ...stored.words("take", 1)];
  await assert.rejects(connected.store.command(astray, "one"), /slot/);
  const keys = new StoreKeys("limit:", stored.marks).of("a}{b");
  assert.equal(keys.length, 2);
  const together = ["EVAL", script.text, "2", ...keys, ...stored.words("take", 1)];
  assert.match(String(await connected.store.command(together, keys[0] ?? "")), /^1 1 /);
  await connected.close();
});

for (const client of ["ioredis-cluster", "node-redis-cluster"] as const) {
  test(`${client} finds the node by the key`, async () => {
    const { store, close } = await connectStore(client, server.url);
    const rule = tiers(
      tokenBucket({ limit: 3, windowMs: 60_000 }),
      slidingLog({ limit: 2, windowMs: 60_000 }),
    );
    await using limiter = sharedRateLimiter(rule, {
      store,
      whenLost: "closed",
      prefix: client,
      timeoutMs: 2_000,
    });
    for (const key of ["a", "{b}", "c}{", ""]) {
      const allowed = [await limiter.take(key), await limiter.take(key), await limiter.take(key)];
      assert.deepEqual(
        allowed.map((one) => [one.allowed, one.degraded]),
        [
          [true, undefined],
          [true, undefined],
          [false, undefined],
        ],
      );
      await limiter.forget(key);
      assert.equal((await limiter.peek(key)).remaining, 1);
    }
    await close();
  });
}

sharedLimiterContract("a cluster of redis-server, with ioredis", async () => {
  const cluster = await startCluster();
  return { client: "ioredis-cluster", url: cluster.url, close: () => cluster[Symbol.asyncDispose]() };
});
