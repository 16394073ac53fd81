import assert from "node:assert/strict";
import { createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { systemClock } from "../../../../blocks/time/index.ts";
import { startCache } from "../../../../engines/cache/index.ts";
import { RawClient } from "../../../../engines/cache/testing/raw-client.ts";
import type { CacheKeysAnswer } from "../../../control-api/index.ts";
import type { ViewTarget } from "../engine-view.ts";
import { cacheView } from "./cache-view.ts";
import { infoVerb } from "./info-verb.ts";
import { keysVerb } from "./keys-verb.ts";
import { valueVerb } from "./value-verb.ts";

const PASSWORD = "s3cret/word";

function targetAt(url: string | undefined, clock = systemClock): ViewTarget {
  return { name: "hot", url, external: false, clock };
}

/** Our own cache with a password, and how to write into it. */
async function stage(t: TestContext) {
  const cache = await startCache({ port: 0, memoryBytes: 64 * 2 ** 20, password: PASSWORD });
  t.after(() => cache.close());
  const client = await RawClient.connect(cache.port);
  t.after(() => client[Symbol.dispose]());
  await client.ask("AUTH", PASSWORD);
  return { client, target: targetAt(`redis://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${cache.port}`) };
}

async function allKeys(target: ViewTarget, pattern: string): Promise<{ keys: string[]; answers: number }> {
  const keys = new Set<string>();
  let answers = 0;
  for (let cursor: string | undefined = "0"; cursor !== undefined; answers++) {
    const answer: CacheKeysAnswer = await keysVerb(target, { pattern, cursor, count: 50 });
    for (const { key } of answer.keys) keys.add(key);
    cursor = answer.cursor;
  }
  return { keys: [...keys].sort(), answers };
}

describe("a look into our own cache", () => {
  test("finds every key of a pattern, page by page, with type, time to live and size", async (t) => {
    const { client, target } = await stage(t);
    const commands = Array.from({ length: 300 }, (_, at) => ["SET", `user:${at}`, "x".repeat(at)]);
    await client.askAll([...commands, ["SET", "session:1", "v", "PX", "60000"]]);
    const { keys, answers } = await allKeys(target, "user:*");
    assert.equal(keys.length, 300);
    assert.ok(answers > 1);
    const [session] = (await keysVerb(target, { pattern: "session:*" })).keys;
    assert.equal(session?.type, "string");
    assert.ok(session?.ttlMs !== undefined && session.ttlMs > 50_000 && session.ttlMs <= 60_000);
    assert.ok(session.bytes !== undefined && session.bytes > 0);
    const [user] = (await keysVerb(target, { pattern: "user:1" })).keys;
    assert.equal(user && "ttlMs" in user, false, "what does not expire has no time to live");
    assert.equal((await keysVerb(target, {})).total, 301);
  });

  test("shows keys that are no text by their bytes, and finds and opens them by what it shows", async (t) => {
    const { client, target } = await stage(t);
    // The test's client writes each character as one byte.
    await client.ask("SET", "a\0\xff\xe2\x80\xae", "1");
    await client.ask("SET", "<img src=x onerror=alert(1)>", "2");
    const { keys } = await allKeys(target, "*");
    assert.deepEqual(keys, ["<img src=x onerror=alert(1)>", "a\\x00\\xff\\xe2\\x80\\xae"]);
    for (const key of keys) assert.equal((await valueVerb(target, { key })).type, "string");
    assert.equal((await keysVerb(target, { pattern: "a\\x00*" })).keys.length, 1);
  });

  test("shows a string of megabytes in pieces that put together are the whole", async (t) => {
    const { client, target } = await stage(t);
    const text = "0123456789abcdef".repeat(8_192);
    await client.ask("SET", "long", text);
    let read = "";
    for (let offset: string | undefined = ""; offset !== undefined; ) {
      const { page, next, length } = await valueVerb(target, { key: "long", offset });
      assert.ok(page.shape === "text" && page.value.text.length <= 65_536);
      assert.equal(length, text.length);
      assert.equal(page.from, read.length);
      read += page.value.text;
      offset = next;
    }
    assert.equal(read, text);
  });

  test("tells hits, memory, clients and keys", async (t) => {
    const { client, target } = await stage(t);
    await client.askAll([
      ["SET", "k", "v"],
      ["GET", "k"],
      ["GET", "none"],
    ]);
    const { figures, sections } = await infoVerb(target, {});
    assert.deepEqual([figures.hits, figures.misses, figures.keys], [1, 1, 1]);
    assert.ok((figures.memoryBytes ?? 0) > 0 && (figures.clients ?? 0) >= 1);
    assert.ok(sections.some(({ title }) => title === "Stats"));
  });

  test("can empty it, and take one key out", async (t) => {
    const { client, target } = await stage(t);
    await client.askAll([
      ["SET", "a\xff", "1"],
      ["SET", "b", "2"],
      ["SET", "c", "3"],
    ]);
    const act = (id: string, fields: object) =>
      cacheView.actions.find((one) => one.info(target).id === id)?.perform(target, fields);
    assert.equal(await act("delete-key", { key: "a\\xff" }), "a\\xff is gone");
    assert.equal(await act("delete-key", { key: "a\\xff" }), "hot has no such key");
    assert.equal(await act("flush", {}), "hot is empty: 2 keys are gone");
    assert.equal(await client.ask("DBSIZE"), ":0\r\n");
    for (const { info } of cacheView.actions)
      assert.ok(info(target).confirm, "what loses something asks first");
  });

  test("refuses what is not of its form, and says which", async () => {
    const target = targetAt("redis://127.0.0.1:1");
    const bad = { code: "BAD_REQUEST" };
    for (const input of [
      { cursor: "-1" },
      { cursor: "1; FLUSHALL" },
      { count: 501 },
      { pattern: 7 },
      { x: 1 },
      [],
      null,
    ])
      await assert.rejects(keysVerb(target, input), bad, JSON.stringify(input));
    for (const input of [{}, { key: 1 }, { key: "k", offset: {} }, { key: "x".repeat(9_000) }])
      await assert.rejects(valueVerb(target, input), bad, JSON.stringify(input));
  });
});

describe("a cache that cannot be looked into", () => {
  test("is one that is not ready, not there, or does not let us in; no message tells the password", async (t) => {
    const { target } = await stage(t);
    const wrong = targetAt(target.url?.replace("s3cret", "guess"));
    for (const [broken, words] of [
      [targetAt(undefined), /hot has not been ready yet/],
      [targetAt("http://127.0.0.1:1"), /does not look like redis:/],
      [targetAt("redis://:s3cret@127.0.0.1:1"), /hot cannot be looked into: .*ECONNREFUSED/],
      [wrong, /hot refuses: WRONGPASS/],
    ] as const) {
      await assert.rejects(keysVerb(broken, {}), (error: Error & { code?: string }) => {
        assert.match(error.message, words);
        assert.doesNotMatch(error.message, /s3cret|guess/);
        return error.code === "NOT_POSSIBLE";
      });
    }
  });

  test("is one that answers with something else, hangs up, or has an answer without end", async (t) => {
    for (const [answer, words] of [
      ["HTTP/1.1 400 Bad Request\r\n\r\n", /does not answer in the protocol of Redis/],
      ["", /closed the connection/],
      [`*2\r\n$1\r\n0\r\n*1000000\r\n${"$1\r\na\r\n".repeat(300_000)}`, /more than 200000 elements/],
      ["-MOVED 42 10.0.0.2:6379\r\n", /hot refuses: MOVED/],
    ] as const) {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => (answer === "" ? socket.destroy() : socket.write(answer)));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.after(() => server.close());
      const address = server.address();
      assert.ok(typeof address === "object" && address);
      await assert.rejects(keysVerb(targetAt(`redis://127.0.0.1:${address.port}`), {}), words);
    }
  });
});
