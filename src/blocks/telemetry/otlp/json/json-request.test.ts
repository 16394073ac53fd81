import assert from "node:assert/strict";
import { test } from "node:test";
import { countItems, decodeRequest, readRequest, type Signal, Tally } from "../index.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const TRACE = "0AF7651916CD43DD8448EB211C80319C";
const SPAN = "b7ad6b7169203331";

function request(spans: string, before = ""): Uint8Array {
  return encode(`{"resourceSpans":[{${before}"scopeSpans":[{"scope":{"name":"s"},"spans":[${spans}]}]}]}`);
}

const LEAST = `{"traceId":"${TRACE}","spanId":"${SPAN}"}`;

function readSpans(bytes: Uint8Array, tally = new Tally()) {
  return decodeRequest("traces", "json", bytes, { tally }).flatMap((batch) => batch.items);
}

test("ids are hexadecimal of either case, enums numbers or names, and 64-bit numbers text or numbers", () => {
  const [span] = readSpans(
    request(`{"traceId":"${TRACE}","spanId":"${SPAN}","kind":"SPAN_KIND_SERVER","status":{"code":"STATUS_CODE_ERROR"},
      "startTimeUnixNano":"1790000000123456789","endTimeUnixNano":1790000000000000000,
      "attributes":[{"key":"a","value":{"intValue":"12"}},{"key":"b","value":{"intValue":13}},
        {"key":"c","value":{"doubleValue":"NaN"}},{"key":"d","value":{"bytesValue":"AQI="}},{"key":"e"}]}`),
  );
  assert.equal(span?.traceId, TRACE.toLowerCase());
  assert.deepEqual([span?.kind, span?.status, span?.startUs], [2, 2, 1_790_000_000_123_456]);
  assert.equal(span?.endUs, 1_790_000_000_000_000);
  assert.deepEqual(Object.values(span?.attributes ?? {}), [12, 13, Number.NaN, Uint8Array.of(1, 2), null]);
  const log = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_ERROR2"},{"severityNumber":9}]}]}]}`;
  const logs = decodeRequest("logs", "json", encode(log)).flatMap((batch) => batch.items);
  assert.deepEqual(
    logs.map((one) => one.severity),
    [18, 9],
  );
});

test("what is not known is passed over, and the order of members does not matter", () => {
  const bytes = encode(`\ufeff { "x": [{}, "]}"], "resourceSpans": [ { "schemaUrl": "u\\"}", "scopeSpans": [
    { "new": {"a": [1, {"b": null}]}, "spans": [ ${LEAST} , ${LEAST} ], "scope": {"name": "late", "version": "2"} } ],
    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "late"}}]} } ] } `);
  const [batch] = decodeRequest("traces", "json", bytes);
  assert.deepEqual({ ...batch?.resource.attributes }, { "service.name": "late" });
  assert.deepEqual(batch?.scope, { name: "late", version: "2" });
  assert.equal(batch?.items.length, 2);
  assert.equal(countItems("traces", bytes, "json"), 2);
});

test("items that cannot be taken are counted, and the others are taken", () => {
  const tally = new Tally();
  const spans = readSpans(request(`${LEAST},7,{"traceId":"00"},{"traceId":tru},null,${LEAST}`), tally);
  assert.equal(spans.length, 2);
  assert.deepEqual([tally.taken, tally.malformed], [2, 4]);
});

test("points of a metric are counted one by one, be they taken or not", () => {
  const gauge = `{"name":"g","gauge":{"dataPoints":[{"asDouble":1},{"asInt":"7"},{},3]}}`;
  const sum = `{"name":"s","sum":{"dataPoints":[{"asInt":1}],"aggregationTemporality":"AGGREGATION_TEMPORALITY_DELTA","isMonotonic":true}}`;
  const without = `{"name":"w","sum":{"dataPoints":[{"asInt":1},{"asInt":2}]}}`;
  const summary = `{"name":"q","summary":{"dataPoints":[{}]}}`;
  const broken = `{"name":"b","gauge":{"dataPoints":[{"asDouble":1},{"asDouble":tru}]}}`;
  const metrics = [gauge, sum, without, summary, broken].join(",");
  const bytes = encode(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[${metrics}]}]}]}`);
  const tally = new Tally();
  const [batch] = decodeRequest("metrics", "json", bytes, { tally });
  assert.deepEqual(
    batch?.items.map((metric) => [metric.name, metric.kind, metric.points.length]),
    [
      ["g", "gauge", 2],
      ["s", "sum", 1],
    ],
  );
  assert.deepEqual([tally.taken, tally.malformed, tally.unsupported], [3, 6, 1]);
  assert.equal(countItems("metrics", bytes, "json"), 10);
});

test("text that is cut off anywhere is told as malformed with its place", () => {
  const bytes = request(LEAST);
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.subarray(0, length);
    assert.throws(() => countItems("traces", cut, "json"), { code: "MALFORMED_OTLP" }, `at ${length}`);
    assert.throws(() => readSpans(cut), { code: "MALFORMED_OTLP" }, `at ${length}`);
  }
});

test("text that is no request is told as such, and does not reach the stack's end", () => {
  const deep = `{"resourceSpans":${"[".repeat(500_000)}`;
  for (const text of ["", "7", "[]", "{}}", '{"a"}', '{"a":}', "{7:1}", '"x', deep]) {
    for (const signal of ["traces", "metrics", "logs"] satisfies Signal[]) {
      assert.throws(
        () => countItems(signal, encode(text), "json"),
        { code: "MALFORMED_OTLP" },
        text.slice(0, 20),
      );
    }
  }
});

test("a large text comes in pieces", () => {
  const bytes = request(Array.from({ length: 1_000 }, () => LEAST).join(","));
  const pieces = [...readRequest("traces", "json", bytes)];
  assert.ok(pieces.every((piece) => piece.items.length <= 256));
  assert.equal(pieces.flatMap((piece) => piece.items).length, 1_000);
});
