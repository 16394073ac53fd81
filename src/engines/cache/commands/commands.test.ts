import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../blocks/time/index.ts";
import { EngineUnderTest } from "../testing/engine-client.ts";
import { randomCommands } from "../testing/random-commands.ts";
import { replyEnd } from "../testing/reply-end.ts";
import { COMMANDS } from "./table.ts";

const SECOND = 1000;

test("every name in the table is there once, and every row can be carried out", () => {
  const names = COMMANDS.map((spec) => spec.name);
  assert.equal(new Set(names).size, names.length);
  for (const spec of COMMANDS) {
    assert.ok(spec.run ?? spec.subcommands, `${spec.name} does something`);
    assert.equal(spec.name, spec.name.toLowerCase());
    const subnames = spec.subcommands?.map((sub) => sub.name) ?? [];
    assert.equal(new Set(subnames).size, subnames.length);
  }
});

test("every command refuses too few arguments in Redis's words", () => {
  const client = new EngineUnderTest().connect();
  for (const spec of COMMANDS.filter(({ arity }) => Math.abs(arity) > 1))
    assert.equal(
      client.ask(spec.name.toUpperCase()),
      `-ERR wrong number of arguments for '${spec.name}' command\r\n`,
    );
});

test("whatever is asked, each request gets one whole answer and memory stays within its bound", () => {
  for (let seed = 100; seed < 110; seed++) {
    const under = new EngineUnderTest({ memoryBytes: 1_048_576, random: seededRandom(seed) });
    const client = under.connect();
    for (const command of randomCommands(seededRandom(seed), 1000)) {
      const answer = client.ask(...command);
      assert.equal(replyEnd(answer, 0), answer.length, JSON.stringify(command));
      assert.ok(under.engine.store.usedBytes <= 1_048_576);
    }
  }
});

test("a time to live runs down, is told rounded, and ends the key", async () => {
  const under = new EngineUnderTest();
  const client = under.connect();
  client.ask("SET", "k", "v", "EX", "10");
  assert.equal(client.ask("TTL", "k"), ":10\r\n");
  await under.clock.advance(9_400);
  assert.equal(client.ask("TTL", "k"), ":1\r\n");
  assert.equal(client.ask("PTTL", "k"), ":600\r\n");
  await under.clock.advance(600);
  assert.equal(client.ask("GET", "k"), "$1\r\nv\r\n", "at its deadline it is there");
  await under.clock.advance(1);
  assert.equal(client.ask("GET", "k"), "$-1\r\n");
  assert.equal(client.ask("TTL", "k"), ":-2\r\n");
});

test("SET takes an old time to live away, and KEEPTTL, INCR and APPEND keep it", () => {
  const client = new EngineUnderTest().connect();
  client.ask("SET", "k", "1", "EX", "10");
  client.ask("INCR", "k");
  client.ask("APPEND", "k", "0");
  client.ask("SET", "k", "5", "KEEPTTL");
  assert.equal(client.ask("TTL", "k"), ":10\r\n");
  client.ask("SET", "k", "6");
  assert.equal(client.ask("TTL", "k"), ":-1\r\n");
});

test("EXPIRE's conditions count a key without a time to live as endless", () => {
  const client = new EngineUnderTest().connect();
  client.ask("SET", "k", "v");
  assert.equal(client.ask("EXPIRE", "k", "10", "XX"), ":0\r\n");
  assert.equal(client.ask("EXPIRE", "k", "10", "GT"), ":0\r\n");
  assert.equal(client.ask("EXPIRE", "k", "10", "LT"), ":1\r\n");
  assert.equal(client.ask("EXPIRE", "k", "20", "NX"), ":0\r\n");
  assert.equal(client.ask("EXPIRE", "k", "20", "GT"), ":1\r\n");
  assert.equal(client.ask("EXPIRE", "k", "-1"), ":1\r\n", "a time in the past deletes");
  assert.equal(client.ask("EXISTS", "k"), ":0\r\n");
});

test("a transaction is refused when a watched key changed, or its time ran out", async () => {
  const under = new EngineUnderTest();
  const [client, other] = [under.connect(), under.connect()];
  const attempt = () => {
    client.ask("MULTI");
    client.ask("SET", "done", "1");
    return client.ask("EXEC");
  };
  client.ask("WATCH", "k");
  assert.equal(attempt(), "*1\r\n+OK\r\n");
  client.ask("WATCH", "k");
  other.ask("SET", "k", "v");
  assert.equal(attempt(), "*-1\r\n");
  client.ask("PEXPIRE", "k", "50");
  client.ask("WATCH", "k");
  await under.clock.advance(51);
  assert.equal(attempt(), "*-1\r\n");
  client.ask("WATCH", "k");
  other.ask("FLUSHALL");
  assert.equal(attempt(), "*1\r\n+OK\r\n", "a key that was not there did not change");
});

test("a transaction holds no more commands than a request may hold bytes", () => {
  const under = new EngineUnderTest({ limits: { requestBytes: 1000 } });
  const client = under.connect();
  client.ask("MULTI");
  assert.equal(client.ask("SET", "k", "x".repeat(700)), "+QUEUED\r\n");
  assert.equal(client.ask("SET", "k", "x".repeat(700)), "-ERR the transaction is too large\r\n");
  assert.match(client.ask("EXEC"), /^-EXECABORT/);
});

test("memory stays within its bound, the least used going first", () => {
  const under = new EngineUnderTest({ memoryBytes: 1_048_576 });
  const client = under.connect();
  for (let at = 0; at < 5_000; at++) {
    client.ask("SET", `key:${at}`, "x".repeat(1000));
    client.ask("GET", "key:0");
    assert.ok(under.engine.store.usedBytes <= 1_048_576);
  }
  assert.ok(under.engine.store.size > 800);
  assert.match(client.ask("INFO", "stats"), /evicted_keys:[1-9]\d{3}\r\n/);
});

test("without eviction a full cache refuses what would grow it, and nothing else", () => {
  const under = new EngineUnderTest({ memoryBytes: 1_048_576 });
  const client = under.connect();
  const full = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
  client.ask("CONFIG", "SET", "maxmemory-policy", "noeviction");
  let answer = "+OK\r\n";
  for (let at = 0; answer === "+OK\r\n" && at < 5_000; at++)
    answer = client.ask("SET", `key:${at}`, "x".repeat(1000));
  assert.equal(answer, full);
  assert.equal(client.ask("GET", "key:0"), `$1000\r\n${"x".repeat(1000)}\r\n`);
  client.ask("MULTI");
  assert.equal(client.ask("APPEND", "key:0", "y"), full);
  assert.match(client.ask("EXEC"), /^-EXECABORT/);
  assert.equal(client.ask("DEL", "key:0", "key:1", "key:2"), ":3\r\n");
  assert.equal(client.ask("SET", "k", "v"), "+OK\r\n");
});

test("a bound that is lowered is kept to at once", () => {
  const under = new EngineUnderTest({ memoryBytes: 4_194_304 });
  const client = under.connect();
  for (let at = 0; at < 3_000; at++) client.ask("SET", `key:${at}`, "x".repeat(1000));
  assert.equal(client.ask("CONFIG", "SET", "maxmemory", "1mb"), "+OK\r\n");
  assert.ok(under.engine.store.usedBytes <= 1_048_576);
  assert.match(client.ask("CONFIG", "SET", "maxmemory", "0"), /argument must be between 1048576/);
});

test("CONFIG SET sets all or nothing", () => {
  const client = new EngineUnderTest().connect();
  const answer = client.ask("CONFIG", "SET", "maxmemory-samples", "9", "maxmemory-policy", "bogus");
  assert.match(answer, /^-ERR CONFIG SET failed \(possibly related to argument 'maxmemory-policy'\)/);
  assert.equal(
    client.ask("CONFIG", "GET", "maxmemory-samples"),
    "*2\r\n$17\r\nmaxmemory-samples\r\n$1\r\n5\r\n",
  );
});

test("values that APPEND and SETRANGE would make too long are refused", () => {
  const client = new EngineUnderTest({ limits: { bulkBytes: 100 } }).connect();
  const tooLong = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)\r\n";
  client.ask("SET", "k", "x".repeat(100));
  assert.equal(client.ask("APPEND", "k", "y"), tooLong);
  assert.equal(client.ask("SETRANGE", "k", "100", "y"), tooLong);
  assert.equal(client.ask("SETRANGE", "k", "9223372036854775807", "y"), tooLong);
});

test("before the password a client may do nothing but give it", () => {
  const client = new EngineUnderTest({ password: "secret" }).connect();
  const wrong = "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
  for (const command of [["GET", "k"], ["FLUSHALL"], ["CLIENT", "LIST"], ["MULTI"], ["PING"]])
    assert.equal(client.ask(...command), "-NOAUTH Authentication required.\r\n");
  assert.match(client.ask("HELLO", "3"), /^-NOAUTH HELLO must be called/);
  assert.equal(client.ask("AUTH", "wrong"), wrong);
  assert.equal(client.ask("AUTH", "somebody", "secret"), wrong);
  assert.equal(client.ask("HELLO", "3", "AUTH", "default", "wrong"), wrong);
  assert.equal(client.ask("AUTH", "secret"), "+OK\r\n");
  assert.equal(client.ask("PING"), "+PONG\r\n");
  assert.equal(client.ask("RESET"), "+RESET\r\n");
  assert.equal(client.ask("PING"), "-NOAUTH Authentication required.\r\n");
  assert.match(client.ask("HELLO", "3", "AUTH", "default", "secret", "SETNAME", "me"), /^%7\r\n/);
  assert.equal(client.ask("CLIENT", "GETNAME"), "$2\r\nme\r\n");
});

test("idle time grows, is set back by reading, and not by a client that leaves no trace", async () => {
  const under = new EngineUnderTest();
  const client = under.connect();
  client.ask("SET", "k", "v");
  await under.clock.advance(5 * SECOND);
  assert.equal(client.ask("OBJECT", "IDLETIME", "k"), ":5\r\n");
  client.ask("CLIENT", "NO-TOUCH", "ON");
  client.ask("GET", "k");
  assert.equal(client.ask("OBJECT", "IDLETIME", "k"), ":5\r\n");
  client.ask("TOUCH", "k");
  assert.equal(client.ask("OBJECT", "IDLETIME", "k"), ":0\r\n");
});

test("clients are listed, named, and killed by each other", () => {
  const under = new EngineUnderTest();
  const [client, other] = [under.connect(), under.connect()];
  other.ask("CLIENT", "SETNAME", "worker");
  other.ask("CLIENT", "SETINFO", "LIB-NAME", "some-client");
  assert.match(client.ask("CLIENT", "LIST"), /id=2 .* name=worker .* lib-name=some-client lib-ver=\n/);
  assert.match(client.ask("CLIENT", "LIST", "ID", "1"), /^\$\d+\r\nid=1 [^\n]*\n\r\n$/);
  assert.equal(client.ask("CLIENT", "KILL", "ID", "2"), ":1\r\n");
  assert.equal(other.disconnected, true);
  assert.equal(client.ask("CLIENT", "KILL", "ADDR", "1.2.3.4:5"), ":0\r\n");
  assert.equal(client.ask("CLIENT", "KILL", "ID", String(client.session.id), "SKIPME", "no"), ":1\r\n");
  assert.equal(client.session.ending, "after-reply");
});

test("SCAN finds all keys by pattern, a bounded number at a time", () => {
  const client = new EngineUnderTest().connect();
  for (let at = 0; at < 100; at++) client.ask("SET", `${at % 2 ? "odd" : "even"}:${at}`, "");
  const found = new Set<string>();
  let cursor = "0";
  let steps = 0;
  do {
    const answer = client.ask("SCAN", cursor, "MATCH", "odd:*", "COUNT", "7");
    cursor = /^\*2\r\n\$\d+\r\n(\d+)\r\n/.exec(answer)?.[1] ?? "0";
    for (const [key] of answer.matchAll(/odd:\d+/g)) found.add(key);
    steps++;
  } while (cursor !== "0");
  assert.equal(found.size, 50);
  assert.equal(steps, 15);
  assert.equal(client.ask("SCAN", "0", "TYPE", "hash", "COUNT", "1000"), "*2\r\n$1\r\n0\r\n*0\r\n");
});

test("COMMAND tells each command's arity, flags and keys", () => {
  const client = new EngineUnderTest().connect();
  assert.equal(
    client.ask("COMMAND", "INFO", "get", "nothing"),
    "*2\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*3\r\n+@string\r\n+@read\r\n+@fast\r\n*0\r\n*0\r\n*0\r\n*-1\r\n",
  );
  assert.equal(client.ask("COMMAND", "COUNT"), `:${COMMANDS.length}\r\n`);
  assert.match(client.ask("COMMAND", "DOCS", "get"), /^\*2\r\n\$3\r\nget\r\n\*6\r\n\$7\r\nsummary\r\n/);
  assert.equal(client.ask("COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
});
