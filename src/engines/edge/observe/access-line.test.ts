import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accessLine, droppedLine, IsoTimes, TARGET_LENGTH_MAX, VALUE_LENGTH_MAX } from "./access-line.ts";
import { record } from "./testing/records.ts";

const TIME = "2026-01-01T00:00:00.000Z";

const FIELDS = [
  "time",
  "request_id",
  "client",
  "method",
  "target",
  "host",
  "protocol",
  "tls",
  "status",
  "outcome",
  "code",
  "route",
  "upstream",
  "endpoint",
  "attempts",
  "duration_ms",
  "upstream_ms",
  "request_bytes",
  "response_bytes",
];

test("a request is one line of JSON", () => {
  assert.equal(
    accessLine(record({ tls: "TLSv1.3", version: "2.0", durationMs: 12.3456, upstreamMs: 7 }), TIME),
    `{"time":"${TIME}","request_id":"edge000000-1","client":"127.0.0.1","method":"GET",` +
      '"target":"/things/1?page=2","host":"shop.example.com","protocol":"HTTP/2","tls":"TLSv1.3","status":200,' +
      '"outcome":"answered","code":null,"route":"/things/*","upstream":"shop","endpoint":"shop.1","attempts":1,' +
      '"duration_ms":12.346,"upstream_ms":7.000,"request_bytes":0,"response_bytes":100}\n',
  );
});

test("what is not known is null, and what never was is null too", () => {
  const line = JSON.parse(
    accessLine(
      record({
        outcome: "own",
        code: "NO_ROUTE",
        host: undefined,
        route: undefined,
        upstream: undefined,
        endpoint: undefined,
        attempts: 0,
        upstreamMs: -1,
      }),
      TIME,
    ),
  );
  assert.deepEqual(
    [line.host, line.route, line.upstream, line.endpoint, line.upstream_ms, line.tls, line.code],
    [null, null, null, null, null, null, "NO_ROUTE"],
  );
});

// Quotes, ends of lines, what closes an object, escapes of terminals, and all else that there is.
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 50 }),
  fc.string({
    unit: fc.constantFrom('"', "\\", "\n", "\r", "\u2028", "\u009b", "\u001b", "\u0000", "\ud800", "}", ","),
    maxLength: 20,
  }),
  fc.constantFrom('","status":200,"x":"', '"}\n{"status":200}', "\\", '\\"', "__proto__"),
);

test("no value breaks its line, forges a field, or says anything to a terminal", () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, hostile, hostile, (method, target, host, requestId, endpoint) => {
      const line = accessLine(record({ method, target, host, requestId, endpoint }), TIME);
      assert.equal(line.indexOf("\n"), line.length - 1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
      assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      const read = JSON.parse(line);
      assert.deepEqual(Object.keys(read), FIELDS);
      assert.deepEqual(
        [read.method, read.target, read.host, read.request_id, read.endpoint],
        [method, target, host, requestId, endpoint],
      );
    }),
  );
});

test("long values are cut", () => {
  const read = JSON.parse(accessLine(record({ target: "/".repeat(10_000), host: "h".repeat(10_000) }), TIME));
  assert.equal(read.target, "/".repeat(TARGET_LENGTH_MAX));
  assert.equal(read.host, "h".repeat(VALUE_LENGTH_MAX));
});

test("times are told to the microsecond, whatever they are", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (durationMs) => {
      const read = JSON.parse(accessLine(record({ durationMs, upstreamMs: durationMs }), TIME));
      assert.ok(Math.abs(read.duration_ms - durationMs) <= 0.000_51, `${read.duration_ms} for ${durationMs}`);
      assert.equal(read.upstream_ms, read.duration_ms);
    }),
  );
  for (const durationMs of [Number.NaN, -1, Number.POSITIVE_INFINITY]) {
    assert.doesNotThrow(() => JSON.parse(accessLine(record({ durationMs }), TIME)));
  }
});

test("wall times are ISO 8601, the same text for the same millisecond", () => {
  const times = new IsoTimes();
  const ms = Date.UTC(2026, 1, 3, 4, 5, 6, 7);
  assert.equal(times.textOf(ms), "2026-02-03T04:05:06.007Z");
  assert.equal(times.textOf(ms), "2026-02-03T04:05:06.007Z");
  assert.equal(times.textOf(ms + 1), "2026-02-03T04:05:06.008Z");
});

test("lines that are missing are told in a line", () => {
  assert.deepEqual(JSON.parse(droppedLine(3, TIME)), { time: TIME, dropped: 3 });
});
