import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codeOf } from "../../../../blocks/errors/index.ts";
import { SimulatedClock, systemClock } from "../../../../blocks/time/index.ts";
import type { TraceQuery } from "../../../control-api/index.ts";
import { BEGIN_US, directory, sent, span, traceIdOf } from "./testdata/spans.ts";
import { traceQueryFrom } from "./trace-query.ts";
import { TraceStore } from "./trace-store.ts";

/** Every reading finds it 100 ms later. */
class HurriedClock extends SimulatedClock {
  #readings = 0;
  override monotonicMs(): number {
    return 100 * this.#readings++;
  }
}

function smallStore(): TraceStore {
  const store = new TraceStore({ directory, clock: new SimulatedClock() });
  store.add(sent("front", span(1, 1, { atMs: 0, forMs: 30, name: "GET /a" })));
  store.add(sent("front", span(2, 1, { atMs: 1_000, forMs: 900, name: "POST /b", status: 2 })));
  store.add(sent("front", span(3, 1, { atMs: 2_000, forMs: 200, attributes: { "url.path": "/Hello" } })));
  const failure = { timeUs: BEGIN_US, name: "exception", attributes: { "exception.message": "Out of ink" } };
  store.add(sent("shortener", span(3, 2, { parent: 1, atMs: 2_010, events: [failure] })));
  return store;
}

describe("a search for traces", () => {
  test("finds those that fit all conditions, newest first", () => {
    const store = smallStore();
    const found = (query: TraceQuery) =>
      store.search(query).map(({ traceId }) => Number.parseInt(traceId, 16));
    const beginMs = BEGIN_US / 1_000;
    assert.deepEqual(found({}), [3, 2, 1]);
    assert.deepEqual(found({ sort: "duration" }), [2, 3, 1]);
    assert.deepEqual(found({ limit: 1 }), [3]);
    assert.deepEqual(found({ part: "shortener" }), [3]);
    assert.deepEqual(found({ status: "error" }), [2]);
    assert.deepEqual(found({ status: "ok" }), [3, 1]);
    assert.deepEqual(found({ minMs: 200 }), [3, 2]);
    assert.deepEqual(found({ maxMs: 200 }), [3, 1]);
    assert.deepEqual(found({ fromMs: beginMs + 1, toMs: beginMs + 1_000 }), [2]);
    assert.deepEqual(found({ text: "post /B" }), [2]);
    assert.deepEqual(found({ text: "hello" }), [3]);
    assert.deepEqual(found({ text: "out of INK" }), [3]);
    assert.deepEqual(found({ text: traceIdOf(2) }), [2]);
    assert.deepEqual(found({ text: "hello", status: "error" }), []);
  });

  test("finds those in which a part is called, by a certain part or by any: stores tell no spans themselves", () => {
    const store = smallStore();
    const call = (peer: string) => ({ kind: 3, attributes: { "trestle.peer": peer } }) as const;
    store.add(sent("front", span(2, 2, { parent: 1, atMs: 1_010, ...call("shortener") })));
    store.add(sent("shortener", span(3, 3, { parent: 2, atMs: 2_020, ...call("links") })));
    const found = (query: TraceQuery) =>
      store.search(query).map(({ traceId }) => Number.parseInt(traceId, 16));
    assert.deepEqual(found({ part: "links" }), [3]);
    assert.deepEqual(found({ part: "shortener" }), [3, 2]);
    assert.deepEqual(found({ peer: "shortener" }), [2]);
    assert.deepEqual(found({ part: "shortener", peer: "links" }), [3]);
    assert.deepEqual(found({ part: "front", peer: "links" }), []);
    assert.deepEqual(found({ part: "links", peer: "links" }), []);
  });

  test("is quick among 20,000 traces", () => {
    const store = new TraceStore({ directory, clock: systemClock, bytesMax: 64 * 1024 * 1024 });
    for (let trace = 1; trace <= 20_000; trace++) {
      store.add(sent("a", span(trace, 1, { atMs: trace, attributes: { "url.path": `/links/${trace}` } })));
    }
    store.search({});
    const beginMs = systemClock.monotonicMs();
    assert.equal(store.search({}).length, 100);
    assert.ok(systemClock.monotonicMs() - beginMs < 500);
  });

  test("for a text gives what it has found when its time is up", () => {
    const store = new TraceStore({ directory, clock: new HurriedClock() });
    for (let trace = 1; trace <= 1_000; trace++) store.add(sent("a", span(trace, 1, { atMs: trace })));
    const found = store.search({ text: "get", limit: 500 });
    assert.ok(found.length > 0 && found.length < 500);
    assert.equal(found[0]?.traceId, traceIdOf(1_000));
  });
});

describe("a query of the URL", () => {
  test("is read under the names of the API", () => {
    const text =
      "part=a&peer=b&status=error&minMs=1.5&maxMs=20&text=x+y&fromMs=1&toMs=2&limit=500&sort=duration";
    assert.deepEqual(traceQueryFrom(new URLSearchParams(text)), {
      part: "a",
      peer: "b",
      status: "error",
      minMs: 1.5,
      maxMs: 20,
      text: "x y",
      fromMs: 1,
      toMs: 2,
      limit: 500,
      sort: "duration",
    });
    assert.deepEqual(traceQueryFrom(new URLSearchParams("part=&other=1")), {});
  });

  test("that is wrong is refused, and the message names the parameter", () => {
    const wrong = [
      "status=bad",
      "minMs=x",
      "minMs=-1",
      "limit=0",
      "limit=501",
      "limit=1.5",
      "limit=1e2",
      "sort=name",
      `text=${"x".repeat(1_001)}`,
    ];
    for (const text of wrong) {
      assert.throws(
        () => traceQueryFrom(new URLSearchParams(text)),
        (thrown: Error) =>
          codeOf(thrown) === "BAD_REQUEST" && thrown.message.startsWith(text.split("=")[0] ?? "?"),
        text,
      );
    }
  });
});
