import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../blocks/time/index.ts";
import { startCache } from "./index.ts";
import { randomCommands } from "./testing/random-commands.ts";
import { RawClient } from "./testing/raw-client.ts";
import { startRedisServer } from "./testing/redis-server.ts";

const MEMORY_BYTES = 64 * 1024 * 1024;
const COMMANDS_PER_SEED = 1500;
const SEEDS = [1, 2, 3, 4];

test("the same commands get the same bytes from redis-server and from the cache", async (t) => {
  await using redis = await startRedisServer(MEMORY_BYTES);
  assert.ok(redis, "redis-server is not installed: apt-get install redis-server");
  const cache = await startCache({ port: 0, memoryBytes: MEMORY_BYTES });
  t.after(() => cache.close());
  for (const protocol of ["2", "3"]) {
    for (const seed of SEEDS) {
      await t.test(`RESP${protocol}, seed ${seed}`, async () => {
        using theirs = await RawClient.connect(redis.port);
        using ours = await RawClient.connect(cache.port);
        const commands = randomCommands(seededRandom(seed), COMMANDS_PER_SEED);
        for (const client of [theirs, ours]) {
          await client.ask("HELLO", protocol);
          await client.ask("FLUSHALL");
        }
        const expected = await theirs.askAll(commands);
        const actual = await ours.askAll(commands);
        for (const [at, command] of commands.entries())
          assert.equal(
            actual[at],
            expected[at],
            `command ${at}: ${JSON.stringify(command)} after ${JSON.stringify(commands.slice(Math.max(0, at - 5), at))}`,
          );
      });
    }
  }
});

test("sums of fractions have the same digits, down to the last", async (t) => {
  await using redis = await startRedisServer(MEMORY_BYTES);
  assert.ok(redis, "redis-server is not installed: apt-get install redis-server");
  const cache = await startCache({ port: 0, memoryBytes: MEMORY_BYTES });
  t.after(() => cache.close());
  using theirs = await RawClient.connect(redis.port);
  using ours = await RawClient.connect(cache.port);
  const random = seededRandom(7);
  const fraction = () =>
    ((random() - 0.5) * 10 ** Math.floor(random() * 20)).toFixed(Math.floor(random() * 20));
  const commands = Array.from({ length: 2000 }, (_, at) =>
    at % 20 === 0 ? ["SET", "sum", fraction()] : ["INCRBYFLOAT", "sum", fraction()],
  );
  assert.deepEqual(await ours.askAll(commands), await theirs.askAll(commands));
});

test("patterns find the same keys", async (t) => {
  await using redis = await startRedisServer(MEMORY_BYTES);
  assert.ok(redis, "redis-server is not installed: apt-get install redis-server");
  const cache = await startCache({ port: 0, memoryBytes: MEMORY_BYTES });
  t.after(() => cache.close());
  using theirs = await RawClient.connect(redis.port);
  using ours = await RawClient.connect(cache.port);
  const random = seededRandom(3);
  const drawn = (alphabet: string) =>
    Array.from(
      { length: 1 + Math.floor(random() * 7) },
      () => alphabet[Math.floor(random() * alphabet.length)],
    );
  const keys = Array.from({ length: 300 }, () => ["SET", drawn("abc-^]\\*").join(""), ""]);
  const patterns = Array.from({ length: 1000 }, () => ["KEYS", drawn("abc-^]\\**??[[").join("")]);
  const sorted = (answers: string[]) => answers.map((answer) => answer.split("\r\n").sort());
  for (const client of [theirs, ours]) await client.askAll(keys);
  const [expected, actual] = [sorted(await theirs.askAll(patterns)), sorted(await ours.askAll(patterns))];
  for (const [at, pattern] of patterns.entries())
    assert.deepEqual(actual[at], expected[at], JSON.stringify(pattern));
});

/** Each is sent on a connection of its own, which is then closed from this side. */
const BYTES = [
  "PING\r\n",
  "PING\n",
  "\r\nPING\r\n",
  "  ECHO   hello  \r\n",
  'SET q "a\\x41\\n\\"b"\r\nGET q\r\n',
  "SET q 'a\\n\\'b'\r\nGET q\r\n",
  'ECHO "a"b\r\n',
  'ECHO "a\r\n',

  "*1\r\n$4\r\nPING\r\n",
  "*0\r\n*1\r\n$4\r\nPING\r\n",
  "*-5\r\n*1\r\n$4\r\nPING\r\n",
  "*a\r\n",
  "*01\r\n",
  "*+1\r\n",
  "*99999999999\r\n",
  "*1\r\n+PING\r\n",
  "*1\r\n*1\r\n$4\r\nPING\r\n",
  "*1\r\n$-1\r\n",
  "*1\r\n$x\r\n",
  "*1\r\n$99999999999\r\n",
  "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
  "*1\r\n$4\r\nPI",
  "QUIT\r\nPING\r\n",
  "MULTI\r\nSET q 1\r\nGET q\r\nINCR q\r\nEXEC\r\n",
  "CLIENT REPLY SKIP\r\nPING\r\nPING\r\nCLIENT REPLY OFF\r\nPING\r\nCLIENT REPLY ON\r\nPING\r\n",
  "HELLO 3 SETNAME me\r\nCLIENT GETNAME\r\nRESET\r\nCLIENT GETNAME\r\nGET nothing\r\n",
  "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nFLUSHALL\r\n",
  `${"x".repeat(70_000)}`,
];

test("the same bytes, right or wrong, get the same answer and the same end of the connection", async (t) => {
  await using redis = await startRedisServer(MEMORY_BYTES);
  assert.ok(redis, "redis-server is not installed: apt-get install redis-server");
  const cache = await startCache({ port: 0, memoryBytes: MEMORY_BYTES });
  t.after(() => cache.close());
  for (const bytes of BYTES) {
    const answers = [];
    for (const port of [redis.port, cache.port]) {
      using client = await RawClient.connect(port);
      client.socket.end(bytes, "latin1");
      answers.push(withoutIdentity(await client.rest()));
    }
    assert.equal(answers[1], answers[0], JSON.stringify(bytes.slice(0, 80)));
  }
});

/** HELLO tells the version and the connection's number: the only bytes that may differ. */
function withoutIdentity(answer: string): string {
  return answer
    .replace(/(\$7\r\nversion\r\n)\$\d+\r\n[^\r]*/, "$1(version)")
    .replace(/(\$2\r\nid\r\n:)\d+/, "$1(id)");
}
