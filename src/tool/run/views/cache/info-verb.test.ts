import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { infoIn } from "./info-verb.ts";

describe("what a cache says of itself", () => {
  test("is read by section, and its figures are found", () => {
    const { figures, sections } = infoIn(
      "# Server\r\nredis_version:7.0.15\r\nuptime_in_seconds:61\r\n\r\n# Memory\r\nused_memory:1024\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n# Stats\r\nkeyspace_hits:9\r\nkeyspace_misses:1\r\n# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=5\r\ndb2:keys=7,expires=0\r\n",
    );
    assert.deepEqual(figures, {
      version: "7.0.15",
      uptimeMs: 61_000,
      keys: 3,
      expiring: 1,
      hits: 9,
      misses: 1,
      memoryBytes: 1024,
      policy: "noeviction",
    });
    assert.deepEqual(
      sections.map(({ title, fields }) => [title, fields.length]),
      [
        ["Server", 2],
        ["Memory", 3],
        ["Stats", 2],
        ["Keyspace", 2],
      ],
    );
    assert.deepEqual(sections[0]?.fields[0], ["redis_version", "7.0.15"]);
  });

  test("is of the database that the URL names, and bounded whatever comes", () => {
    assert.equal(infoIn("db2:keys=7,expires=0", 2).figures.keys, 7);
    assert.equal(infoIn("db2:keys=7,expires=0", 1).figures.keys, 0);
    const { sections } = infoIn("# x\na:1\n".repeat(5_000));
    assert.ok(sections.length <= 40);
    assert.deepEqual(infoIn("garbage\n:\n::::").figures, { keys: 0, expiring: 0 });
  });
});
