import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TraceSummary } from "../../control-api/index.ts";
import { heldTraces } from "./held-traces.ts";

function trace(traceId: string, spans = 1): TraceSummary {
  return {
    traceId,
    name: "GET /",
    part: "front",
    startMs: 0,
    durationMs: 1,
    spans,
    errors: 0,
    parts: [],
    incomplete: false,
  };
}

describe("a list of traces", () => {
  test("is the latest answer while nobody reads it", () => {
    const latest = [trace("b"), trace("a")];
    assert.deepEqual(heldTraces([trace("a")], latest, false), { shown: latest, fresh: 0 });
    assert.deepEqual(heldTraces([], latest, true), { shown: latest, fresh: 0 });
  });

  test("keeps its rows in their places while it is read, tells them anew, and counts what has come", () => {
    const held = heldTraces([trace("a"), trace("gone")], [trace("c"), trace("b"), trace("a", 9)], true);
    assert.deepEqual(
      held.shown.map(({ traceId, spans }) => [traceId, spans]),
      [
        ["a", 9],
        ["gone", 1],
      ],
    );
    assert.equal(held.fresh, 2);
  });
});
