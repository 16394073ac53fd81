import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf } from "../../../blocks/errors/index.ts";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { CACHE_ERRORS, CacheError, type CacheErrorCode, type CacheOptions, startCache } from "../index.ts";
import { encodeRequest, RawClient } from "../testing/raw-client.ts";

const MIB = 1024 * 1024;

/** A cache that is closed at the end of the `using` block. */
async function cacheWith(options: Partial<CacheOptions> = {}) {
  const cache = await startCache({ port: 0, memoryBytes: 64 * MIB, ...options });
  return { port: cache.port, close: () => cache.close(), [Symbol.asyncDispose]: () => cache.close() };
}

function refusal(options: Partial<CacheOptions>): Promise<string | undefined> {
  return startCache({ port: 0, memoryBytes: 64 * MIB, ...options }).then(
    async (cache) => {
      await cache.close();
      return undefined;
    },
    (thrown) => codeOf(thrown),
  );
}

test("each error of the table carries its own code", () => {
  for (const code of Object.keys(CACHE_ERRORS) as CacheErrorCode[])
    assert.equal(new CacheError(code, "message").code, code);
});

test("an address that others reach needs a password", async () => {
  for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.test"])
    assert.equal(await refusal({ host }), "PUBLIC_WITHOUT_PASSWORD", host);
  assert.equal(await refusal({ host: "0.0.0.0", password: "secret" }), undefined);
  assert.equal(await refusal({ host: "127.0.0.2" }), undefined);
});

test("options that cannot be are refused", async () => {
  const bad: readonly Partial<CacheOptions>[] = [
    { port: -1 },
    { port: 65_536 },
    { port: 1.5 },
    { memoryBytes: 1000 },
    { memoryBytes: Number.NaN },
    { memoryBytes: 2 ** 50 },
    { password: "" },
    { limits: { clients: 0 } },
    { users: { default: "a" } },
    { users: { "": "a" } },
    { users: { api: "" } },
    { users: { api: "same", jobs: "same" } },
    { password: "same", users: { api: "same" } },
    { users: Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`u${at}`, `p${at}`])) },
    { telemetry: { endpoint: "collector:4318", service: { name: "links" } } },
    { telemetry: { endpoint: "http://127.0.0.1:4318", service: { name: "" } } },
    { telemetry: { endpoint: "http://127.0.0.1:4318", service: { name: "links" }, metricsIntervalMs: 99 } },
  ];
  for (const options of bad) assert.equal(await refusal(options), "BAD_OPTION", JSON.stringify(options));
});

test("a port in use is named", async () => {
  await using first = await cacheWith();
  assert.equal(await refusal({ port: first.port }), "PORT_IN_USE");
});

test("closing frees the port and ends every connection, and may be asked twice", async () => {
  const cache = await cacheWith();
  using client = await RawClient.connect(cache.port);
  assert.equal(await client.ask("PING"), "+PONG\r\n");
  await Promise.all([cache.close(), cache.close()]);
  assert.equal(await client.rest(), "");
  await using again = await cacheWith({ port: cache.port });
  assert.equal(again.port, cache.port);
});

test("with users of its own a cache asks everybody for a password, and takes any of theirs", async () => {
  await using cache = await cacheWith({ host: "0.0.0.0", users: { api: "a", jobs: "b" } });
  using client = await RawClient.connect(cache.port);
  assert.match(await client.ask("GET", "x"), /^-NOAUTH/);
  assert.match(await client.ask("AUTH", "c"), /^-WRONGPASS/);
  assert.match(await client.ask("AUTH", "api", "a"), /^-WRONGPASS/);
  assert.equal(await client.ask("AUTH", "default", "b"), "+OK\r\n");
  assert.match(await client.ask("HELLO", "3", "AUTH", "default", "a"), /^%7/);
});

test("the password is compared whole, whatever its bytes", async () => {
  await using cache = await cacheWith({ password: "pässwörd" });
  using client = await RawClient.connect(cache.port);
  for (const wrong of ["", "p", "pässwörd", `${utf8("pässwörd")}x`])
    assert.match(await client.ask("AUTH", wrong), /^-WRONGPASS/);
  assert.equal(await client.ask("AUTH", "default", utf8("pässwörd")), "+OK\r\n");
});

/** A text as the byte string that its UTF-8 form is. */
function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

test("a client without the password that sends much is cut off, and may send more once it gave it", async () => {
  await using cache = await cacheWith({ password: "secret" });
  using hostile = await RawClient.connect(cache.port);
  hostile.send("*1\r\n$50000\r\n");
  assert.equal(await hostile.rest(), "-ERR Protocol error: unauthenticated bulk length\r\n");
  using honest = await RawClient.connect(cache.port);
  const long = "x".repeat(50_000);
  assert.deepEqual(
    await honest.askAll([
      ["AUTH", "secret"],
      ["ECHO", long],
    ]),
    ["+OK\r\n", `$50000\r\n${long}\r\n`],
  );
});

test("one client too many is told so, and let in once another has gone", async () => {
  await using cache = await cacheWith({ limits: { clients: 2 } });
  using first = await RawClient.connect(cache.port);
  const second = await RawClient.connect(cache.port);
  await Promise.all([first.ask("PING"), second.ask("PING")]);
  using third = await RawClient.connect(cache.port);
  assert.equal(await third.rest(), "-ERR max number of clients reached\r\n");
  assert.equal(await second.ask("QUIT"), "+OK\r\n");
  await second.rest();
  while (/connected_clients:2/.test(await first.ask("INFO", "clients")));
  using fourth = await RawClient.connect(cache.port);
  assert.equal(await fourth.ask("PING"), "+PONG\r\n");
});

test("a client that reads nothing is not worked for any further, and gets all its answers when it reads", async () => {
  await using cache = await cacheWith();
  using client = await RawClient.connect(cache.port);
  const valueBytes = MIB / 4;
  await client.ask("SET", "k", "x".repeat(valueBytes));
  client.socket.pause();
  const asked = 150;
  client.send(encodeRequest(["GET", "k"]).repeat(asked));
  using other = await RawClient.connect(cache.port);
  const carriedOut = async () => {
    const info = await other.ask("INFO", "stats");
    return Number(/keyspace_hits:(\d+)/.exec(info)?.[1]);
  };
  let before = -1;
  for (let now = await carriedOut(); now !== before || now === 0; now = await carriedOut()) before = now;
  assert.ok(before < asked, `${before} of ${asked} carried out while none is read`);
  let missing = asked * (valueBytes + 11);
  const whole = new Promise<void>((resolve) => {
    client.socket.on("data", (chunk) => {
      missing -= chunk.length;
      if (missing <= 0) resolve();
    });
  });
  client.socket.resume();
  await whole;
  assert.equal(missing, 0);
});

test("a client that half-closes behind its requests still gets every answer", async () => {
  await using cache = await cacheWith();
  using client = await RawClient.connect(cache.port);
  await client.ask("SET", "k", "x".repeat(MIB));
  client.socket.end(encodeRequest(["GET", "k"]).repeat(20), "latin1");
  assert.equal((await client.rest()).length, 20 * (MIB + 12));
});

test("an answer beyond the limit ends the connection instead of the memory", async () => {
  await using cache = await cacheWith({ limits: { outputBytes: 100_000 } });
  using client = await RawClient.connect(cache.port);
  await client.ask("SET", "k", "x".repeat(1000));
  client.send(encodeRequest(["MGET", ...Array.from({ length: 200 }, () => "k")]));
  assert.equal(await client.rest(), "");
  using other = await RawClient.connect(cache.port);
  assert.equal(await other.ask("PING"), "+PONG\r\n");
});

test("a web page's request is cut off before it does anything", async () => {
  await using cache = await cacheWith();
  using page = await RawClient.connect(cache.port);
  page.send("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nSET stolen 1\r\n");
  assert.equal(await page.rest(), "");
  using client = await RawClient.connect(cache.port);
  assert.equal(await client.ask("DBSIZE"), ":0\r\n");
});

test("a thousand pipelined requests are answered in order", async () => {
  await using cache = await cacheWith();
  using client = await RawClient.connect(cache.port);
  const answers = await client.askAll(Array.from({ length: 1000 }, () => ["INCR", "n"]));
  assert.deepEqual(
    answers,
    Array.from({ length: 1000 }, (_, at) => `:${at + 1}\r\n`),
  );
});

test("a killed client is disconnected, and what it watched is forgotten", async () => {
  await using cache = await cacheWith();
  using client = await RawClient.connect(cache.port);
  using other = await RawClient.connect(cache.port);
  await other.ask("WATCH", "k");
  const id = /:(\d+)/.exec(await other.ask("CLIENT", "ID"))?.[1] ?? "";
  assert.equal(await client.ask("CLIENT", "KILL", "ID", id), ":1\r\n");
  await other.rest();
  while (/connected_clients:2/.test(await client.ask("INFO", "clients")));
  assert.equal(await client.ask("SET", "k", "v"), "+OK\r\n");
});

test("expired keys go without being asked for, and no timer is left when nothing expires", async () => {
  const clock = new SimulatedClock();
  await using cache = await cacheWith({ clock });
  using client = await RawClient.connect(cache.port);
  for (let at = 0; at < 100; at++) await client.ask("SET", `k${at}`, "v", "PX", "50");
  assert.equal(await client.ask("DBSIZE"), ":100\r\n");
  assert.equal(clock.pendingTimers, 1);
  await clock.advance(200);
  assert.equal(await client.ask("DBSIZE"), ":0\r\n");
  assert.equal(clock.pendingTimers, 0);
});

test("nothing that comes after QUIT is carried out", async () => {
  await using cache = await cacheWith();
  using leaving = await RawClient.connect(cache.port);
  leaving.send("QUIT\r\nSET k 1\r\n");
  leaving.send("SET k 2\r\n");
  assert.equal(await leaving.rest(), "+OK\r\n");
  using client = await RawClient.connect(cache.port);
  assert.equal(await client.ask("EXISTS", "k"), ":0\r\n");
});
