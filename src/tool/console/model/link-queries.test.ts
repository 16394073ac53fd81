import assert from "node:assert/strict";
import { test } from "node:test";
import { linkQuery } from "./link-queries.ts";
import { CLIENTS } from "./map-graph.ts";

test("a link's charts are asked where its figures are kept", () => {
  const asked = (from: string, source: Parameters<typeof linkQuery>[2]) => {
    const { name, part, where } = linkQuery(from, "hot", source);
    return [name, part, where];
  };
  assert.deepEqual(asked("front", "edge"), [
    "http.client.request.duration",
    "front",
    { "trestle.peer": "hot" },
  ]);
  assert.deepEqual(asked("api", "spans"), ["trestle.link.duration", "api", { "trestle.peer": "hot" }]);
  assert.deepEqual(asked("api", "engine"), ["redis.command.duration", "hot", { "trestle.user": "api" }]);
  assert.deepEqual(asked(CLIENTS, "edge"), ["http.server.request.duration", "hot", {}]);
});

test("an engine does not tell which of its commands failed, so nothing is said of failures", () => {
  assert.equal(linkQuery("api", "hot", "engine").failed, undefined);
  assert.deepEqual(linkQuery("api", "hot", undefined).failed, { error: "true" });
});
