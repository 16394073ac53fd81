import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "../../../../blocks/time/index.ts";
import { RawClient } from "../../../../engines/cache/testing/raw-client.ts";
import { type RedisServer, startRedisServer } from "../../../../engines/cache/testing/redis-server.ts";
import type { CacheValueAnswer } from "../../../control-api/index.ts";
import type { ViewTarget } from "../engine-view.ts";
import { cacheView } from "./cache-view.ts";
import { infoVerb } from "./info-verb.ts";
import { keysVerb } from "./keys-verb.ts";
import { valueVerb } from "./value-verb.ts";

let server: RedisServer | undefined;
let client: RawClient;
let target: ViewTarget;

before(async () => {
  server = await startRedisServer(512 * 2 ** 20);
  assert.ok(server, "redis-server is not installed: apt-get install redis-server");
  client = await RawClient.connect(server.port);
  target = { name: "hot", url: `redis://127.0.0.1:${server.port}/0`, external: true, clock: systemClock };
});
after(async () => {
  client?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
});

/** All rows of a value, as texts. */
async function rowsOf(key: string): Promise<{ rows: string[][]; answers: CacheValueAnswer[] }> {
  const answers: CacheValueAnswer[] = [];
  for (let offset: string | undefined = ""; offset !== undefined; ) {
    const answer: CacheValueAnswer = await valueVerb(target, { key, offset });
    assert.ok(Buffer.byteLength(JSON.stringify(answer)) <= 80 * 1024, "an answer is bounded");
    answers.push(answer);
    offset = answer.next;
  }
  const rows = answers.flatMap(({ page }) =>
    page.shape === "rows" ? page.rows.map((row) => row.map(({ text }) => text)) : [],
  );
  return { rows, answers };
}

describe("a look into redis-server", () => {
  test("shows each type, and pages through large ones without missing an element", async () => {
    const numbers = Array.from({ length: 1_000 }, (_, at) => String(at));
    await client.ask("RPUSH", "list", ...numbers);
    await client.ask("SADD", "set", ...numbers);
    await client.ask("HSET", "hash", ...numbers.flatMap((n) => [`f${n}`, `v${n}`]));
    await client.ask("ZADD", "zset", ...numbers.flatMap((n) => [n, `m${n}`]));
    await client.askAll(
      numbers.map((n) => ["XADD", "stream", `${1 + Number(n)}-1`, "n", n, "type", "click"]),
    );
    const list = await rowsOf("list");
    assert.deepEqual(
      list.rows,
      numbers.map((n) => [n, n]),
    );
    assert.deepEqual([list.answers[0]?.type, list.answers[0]?.length], ["list", 1_000]);
    const set = await rowsOf("set");
    assert.deepEqual(new Set(set.rows.flat()), new Set(numbers));
    const hash = await rowsOf("hash");
    assert.deepEqual(
      new Map(hash.rows.map(([field, value]) => [field, value])),
      new Map(numbers.map((n) => [`f${n}`, `v${n}`])),
    );
    const zset = await rowsOf("zset");
    assert.deepEqual(
      zset.rows,
      numbers.map((n) => [n, `m${n}`]),
    );
    const stream = await rowsOf("stream");
    assert.deepEqual(
      stream.rows,
      numbers.map((n) => [`${1 + Number(n)}-1`, `n: ${n}\ntype: click`]).reverse(),
    );
    assert.equal(stream.answers[0]?.length, 1_000);
  });

  test("holds no more of megabytes than it shows, and says what was cut", async () => {
    await client.ask("RPUSH", "heavy", "x".repeat(20_000_000), "y".repeat(20_000_000));
    const { page } = await valueVerb(target, { key: "heavy" });
    assert.ok(page.shape === "rows");
    const [, element] = page.rows[0] ?? [];
    assert.deepEqual([element?.text.length, element?.bytes, element?.isCut], [4_096, 20_000_000, true]);
    await client.ask("SET", "image", "\x89PNG\xff\x00".repeat(100_000));
    const image = (await valueVerb(target, { key: "image" })).page;
    assert.ok(
      image.shape === "text" && image.value.form === "hex" && image.value.text.startsWith("89504e47ff00"),
    );
    // A hash that is packed into one place comes whole, whatever was asked for.
    await client.ask(
      "HSET",
      "packed",
      ...Array.from({ length: 500 }, (_, at) => [`f${at}`, "z".repeat(60)]).flat(),
    );
    const packed = await valueVerb(target, { key: "packed" });
    assert.ok(packed.page.shape === "rows" && packed.page.rows.length + packed.page.leftOut === 500);
  });

  test("a pattern that fits nothing among many keys is answered in pieces of bounded work", async () => {
    await client.askAll(
      Array.from({ length: 60 }, (_, at) => [
        "MSET",
        ...Array.from({ length: 1_000 }, (_, n) => [`many:${at}:${n}`, "v"]).flat(),
      ]),
    );
    const first = await keysVerb(target, { pattern: "nothing:*" });
    assert.deepEqual(first.keys, []);
    assert.ok(first.cursor !== undefined, "it goes on from where it stopped");
    assert.ok((first.total ?? 0) > 60_000);
    const before = Number(/calls=(\d+)/.exec(await client.ask("INFO", "commandstats"))?.[1]);
    assert.ok(before > 0);
    assert.doesNotMatch(await client.ask("INFO", "commandstats"), /cmdstat_keys:/, "KEYS is never asked");
  });

  test("tells sizes, encodings and figures as the server does", async () => {
    await client.ask("SET", "number", "42", "EX", "100");
    const value = await valueVerb(target, { key: "number" });
    assert.equal(value.encoding, "int");
    assert.ok((value.bytes ?? 0) > 0 && (value.ttlMs ?? 0) > 90_000);
    const { figures } = await infoVerb(target, {});
    assert.match(figures.version ?? "", /^\d+\.\d+/);
    assert.equal(figures.policy, "allkeys-lru");
    await assert.rejects(valueVerb(target, { key: "gone" }), { code: "NOT_POSSIBLE" });
    await assert.rejects(valueVerb(target, { key: "list", offset: "1e9" }), { code: "BAD_REQUEST" });
  });

  test("a flush empties it", async () => {
    const flush = cacheView.actions.find((one) => one.info(target).id === "flush");
    assert.match((await flush?.perform(target, {})) ?? "", /^hot is empty: \d+ keys are gone$/);
    assert.equal(await client.ask("DBSIZE"), ":0\r\n");
  });
});
