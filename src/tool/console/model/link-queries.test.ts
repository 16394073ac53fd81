import assert from "node:assert/strict";
import { test } from "node:test";
import { linkQuery } from "./link-queries.ts";
import { CLIENTS } from "./map-graph.ts";

const PEER = { "trestle.peer": "hot" };

test("a link's charts are asked where its figures are kept", () => {
  const asked = (
    from: string,
    source: Parameters<typeof linkQuery>[2],
    toKind: "cache" | "service" = "cache",
  ) => {
    const { name, part, where } = linkQuery(from, "hot", source, toKind).rate;
    return [name, part, where];
  };
  assert.deepEqual(asked("front", "edge"), ["http.client.request.duration", "front", PEER]);
  assert.deepEqual(asked("api", "client-metrics"), ["db.client.operation.duration", "api", PEER]);
  assert.deepEqual(asked("api", "client-metrics", "service"), ["http.client.request.duration", "api", PEER]);
  assert.deepEqual(asked("api", "spans"), ["trestle.link.duration", "api", PEER]);
  assert.deepEqual(asked("api", "engine"), ["redis.commands.processed", "hot", { "trestle.user": "api" }]);
  assert.deepEqual(asked(CLIENTS, "edge"), ["http.server.request.duration", "hot", {}]);
});

test("an engine tells what it counts: a cache no failures, a database no times", () => {
  const cache = linkQuery("api", "hot", "engine", "cache");
  assert.equal(cache.failed, undefined);
  assert.equal(cache.duration?.name, "redis.command.duration");
  const database = linkQuery("api", "links", "engine", "database");
  assert.equal(database.failed?.name, "postgresql.rollbacks");
  assert.equal(database.duration, undefined);
});

test("what failed is counted among the same calls", () => {
  assert.deepEqual(linkQuery("api", "hot", undefined, "cache").failed?.where, { ...PEER, error: "true" });
  assert.deepEqual(linkQuery("api", "hot", "client-metrics", "cache").failed?.where, {
    ...PEER,
    "error.type": "*",
  });
});
