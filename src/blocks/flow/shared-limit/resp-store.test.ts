import assert from "node:assert/strict";
import { test } from "node:test";
import { fromIoredis, fromNodeRedis, fromNodeRedisCluster } from "./resp-store.ts";
import { StoreKeys } from "./store-keys.ts";

test("each client gets a command in its own form, and its promise is passed on", async () => {
  const calls: unknown[] = [];
  const said = async (...args: unknown[]) => {
    calls.push(args);
    return "reply";
  };
  const words = ["DEL", "a", "b"];
  for (const store of [
    fromIoredis({ call: said }),
    fromNodeRedis({ sendCommand: said }),
    fromNodeRedisCluster({ sendCommand: said }),
  ])
    assert.equal(await store.command(words, "a"), "reply");
  assert.deepEqual(calls, [["DEL", ["a", "b"]], [words], ["a", false, words]]);
});

test("names of keys tell any two keys apart, and begin with one hash tag that is not empty", () => {
  const keys = new StoreKeys("p:", ["x", "y"]);
  assert.deepEqual(keys.of("user"), ["p:{user}:x", "p:{user}:y"]);
  const odd = [
    "",
    "%",
    "{",
    "}",
    "{}",
    "%25",
    "%7B",
    "}{",
    "a",
    "a}",
    "{a",
    "\ud800",
    "\udc00",
    "%uD800",
    "🦆",
    "__proto__",
  ];
  const names = odd.map((key) => keys.of(key)[0] ?? "");
  assert.equal(new Set(names).size, odd.length);
  for (const name of names) assert.match(name, /^p:\{[^{}]+\}:x$/);
  // As the server gets them.
  assert.equal(new Set(names.map((name) => Buffer.from(name).toString())).size, odd.length);
});
