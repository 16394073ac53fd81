import assert from "node:assert/strict";
import { test } from "node:test";
import type { HashKeyConfig } from "../config/index.ts";
import { keyOf } from "./key-of.ts";
import { FieldFacts } from "./request-facts.ts";
import { stableHash } from "./stable-hash.ts";

function keyFrom(
  config: HashKeyConfig,
  rawHeaders: readonly string[],
  target = "/",
  clientAddress = "192.0.2.1",
) {
  return keyOf(config, new FieldFacts({ clientAddress, overTls: false, target, rawHeaders }));
}

test("a key is the hash of what the configuration names", () => {
  const headers = ["X-User", "ada", "Cookie", "sid=turing"];
  assert.equal(keyFrom({ from: "header", name: "x-user" }, headers), stableHash("ada"));
  assert.equal(keyFrom({ from: "cookie", name: "sid" }, headers), stableHash("turing"));
  assert.equal(keyFrom({ from: "query", name: "q" }, headers, "/find?q=x"), stableHash("x"));
  assert.equal(keyFrom({ from: "path" }, headers, "/find?q=x"), stableHash("/find"));
  assert.equal(keyFrom({ from: "ip" }, headers), stableHash("192.0.2.1"));
});

test("one client's IPv6 addresses make one key", () => {
  const keys = ["2001:db8:1:2::3", "2001:db8:1:2:ffff::9"].map((address) =>
    keyFrom({ from: "ip" }, [], "/", address),
  );
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[0], keyFrom({ from: "ip" }, [], "/", "2001:db8:1:3::3"));
});

test("without the field, or with an empty one, there is no key", () => {
  assert.equal(keyFrom({ from: "header", name: "X-User" }, []), undefined);
  assert.equal(keyFrom({ from: "header", name: "X-User" }, ["X-User", ""]), undefined);
  assert.equal(keyFrom({ from: "cookie", name: "sid" }, ["Cookie", "other=1"]), undefined);
  assert.equal(keyFrom({ from: "query", name: "q" }, []), undefined);
});
