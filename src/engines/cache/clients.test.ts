import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { Redis } from "ioredis";
import { createClient, WatchError } from "redis";
import { type RunningCache, startCache } from "./index.ts";

const PASSWORD = "pass/word+1";

suite("clients that others wrote", () => {
  let cache: RunningCache;
  let url: string;

  before(async () => {
    cache = await startCache({ port: 0, memoryBytes: 64 * 1024 * 1024, password: PASSWORD });
    url = `redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${cache.port}`;
  });

  after(() => cache.close());

  for (const protocol of [2, 3] as const) {
    test(`node-redis works over RESP${protocol}`, async () => {
      const client = createClient({ url, RESP: protocol, name: "node-redis" });
      client.on("error", () => {});
      await client.connect();
      try {
        await client.flushAll();
        assert.equal(await client.set("k", "välue", { EX: 100 }), "OK");
        assert.equal(await client.get("k"), "välue");
        assert.equal(await client.ttl("k"), 100);
        assert.equal(await client.set("k", "other", { NX: true }), null);
        assert.equal(await client.incrBy("n", 41), 41);
        assert.deepEqual(await client.mGet(["k", "none", "n"]), ["välue", null, "41"]);
        assert.deepEqual(await client.multi().incr("n").get("k").exec(), [42, "välue"]);
        assert.equal(await client.expire("n", 50, "NX"), 1);
        const found: string[] = [];
        for await (const keys of client.scanIterator({ MATCH: "*" })) found.push(...keys);
        assert.deepEqual(found.sort(), ["k", "n"]);
        assert.deepEqual(
          { ...(await client.configGet("maxmemory-policy")) },
          { "maxmemory-policy": "allkeys-lru" },
        );
        assert.equal((await client.clientInfo()).name, "node-redis");
        assert.match(await client.info("server"), /redis_version:/);
        await assert.rejects(client.sendCommand(["NOSUCH", "x"]), /unknown command 'NOSUCH'/);
        await assert.rejects(client.incr("k"), /not an integer/);
      } finally {
        await client.close();
      }
    });
  }

  test("node-redis finds that a watched key changed", async () => {
    const client = await createClient({ url }).connect();
    const other = await createClient({ url }).connect();
    try {
      await client.watch("balance");
      await other.set("balance", "1");
      await assert.rejects(client.multi().set("balance", "2").exec(), WatchError);
    } finally {
      await Promise.all([client.close(), other.close()]);
    }
  });

  test("ioredis works, pipelines, and comes back after its connection was killed", async () => {
    const client = new Redis(url, { connectionName: "ioredis", retryStrategy: () => 1 });
    client.on("error", () => {});
    try {
      await client.flushall();
      assert.equal(await client.set("k", "v", "PX", 60_000, "NX"), "OK");
      assert.equal(await client.get("k"), "v");
      const bytes = Buffer.from([0, 255, 13, 10, 128]);
      await client.set("bytes", bytes);
      assert.deepEqual(await client.getBuffer("bytes"), bytes);
      const results = await client.pipeline().incr("n").incrbyfloat("f", 0.1).append("k", "w").exec();
      assert.deepEqual(results, [
        [null, 1],
        [null, "0.1"],
        [null, 2],
      ]);
      assert.deepEqual(await client.multi().set("a", 1).get("a").exec(), [
        [null, "OK"],
        [null, "1"],
      ]);
      const keys: string[] = [];
      for await (const found of client.scanStream({ count: 2 })) keys.push(...found);
      assert.deepEqual(keys.sort(), ["a", "bytes", "f", "k", "n"]);
      const id = await client.client("ID");
      const other = new Redis(url);
      assert.equal(await other.client("KILL", "ID", id), 1);
      await other.quit();
      assert.equal(await client.get("k"), "vw");
      assert.notEqual(await client.client("ID"), id);
    } finally {
      client.disconnect();
    }
  });

  test("a wrong password is told as what it is", async () => {
    const client = createClient({
      url: `redis://:wrong@127.0.0.1:${cache.port}`,
      socket: { reconnectStrategy: false },
    });
    client.on("error", () => {});
    await assert.rejects(client.connect(), /WRONGPASS/);
  });
});
