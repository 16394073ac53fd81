import assert from "node:assert/strict";
import { test } from "node:test";
import { type Attributes as ApiAttributes, SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableLogRecord } from "@opentelemetry/sdk-logs";
import { AggregationTemporality, DataPointType, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { countItems, decodeRequest, encodeRequest, type MetricData } from "./index.ts";

const resource = resourceFromAttributes({
  "service.name": "shortener",
  "service.instance.id": "shortener.2",
});
const scope = { name: "http", version: "1.2.3" };
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const PARENT = "00f067aa0ba902b7";
const START: [number, number] = [1_790_000_000, 123_456_789];
const END: [number, number] = [1_790_000_000, 125_456_999];
const START_US = 1_790_000_000_123_456;
const END_US = 1_790_000_000_125_456;

const ATTRIBUTES: ApiAttributes = {
  "http.request.method": "GET",
  "url.path": "/größe/🦊",
  "server.port": 8080,
  load: 0.25,
  below: -7,
  ok: true,
  list: ["a", "b"],
};

const context = (spanId: string) => ({ traceId: TRACE, spanId, traceFlags: TraceFlags.SAMPLED });

const span = {
  name: "GET /:id",
  kind: SpanKind.SERVER,
  spanContext: () => context(SPAN),
  parentSpanContext: context(PARENT),
  startTime: START,
  endTime: END,
  status: { code: SpanStatusCode.ERROR, message: "no such link" },
  attributes: ATTRIBUTES,
  links: [{ context: context(PARENT), attributes: { why: "batch" } }],
  events: [{ name: "exception", time: END, attributes: { "exception.type": "E" } }],
  duration: [0, 2_000_210],
  ended: true,
  resource,
  instrumentationScope: scope,
  droppedAttributesCount: 1,
  droppedEventsCount: 2,
  droppedLinksCount: 3,
} satisfies ReadableSpan;

const descriptor = (name: string) => ({
  name,
  description: `${name}, told`,
  unit: "s",
  type: "" as never,
  valueType: 1,
});

const metrics = {
  resource,
  scopeMetrics: [
    {
      scope,
      metrics: [
        {
          descriptor: descriptor("requests"),
          aggregationTemporality: AggregationTemporality.CUMULATIVE,
          dataPointType: DataPointType.SUM,
          isMonotonic: true,
          dataPoints: [{ startTime: START, endTime: END, attributes: { route: "/a" }, value: 41 }],
        },
        {
          descriptor: descriptor("temperature"),
          aggregationTemporality: AggregationTemporality.DELTA,
          dataPointType: DataPointType.GAUGE,
          dataPoints: [{ startTime: START, endTime: END, attributes: {}, value: -1.5 }],
        },
        {
          descriptor: descriptor("duration"),
          aggregationTemporality: AggregationTemporality.DELTA,
          dataPointType: DataPointType.HISTOGRAM,
          dataPoints: [
            {
              startTime: START,
              endTime: END,
              attributes: { route: "/a" },
              value: { buckets: { boundaries: [0.5, 1], counts: [3, 2, 1] }, count: 6, sum: 4.5 },
            },
          ],
        },
        {
          descriptor: descriptor("sizes"),
          aggregationTemporality: AggregationTemporality.DELTA,
          dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
          dataPoints: [
            {
              startTime: START,
              endTime: END,
              attributes: {},
              value: {
                count: 7,
                sum: 12.5,
                scale: 3,
                zeroCount: 1,
                positive: { offset: -4, bucketCounts: [1, 0, 300] },
                negative: { offset: 2, bucketCounts: [5] },
              },
            },
          ],
        },
      ],
    },
  ],
} as unknown as ResourceMetrics;

const log = {
  hrTime: START,
  hrTimeObserved: END,
  spanContext: context(SPAN),
  severityText: "WARN",
  severityNumber: 13,
  body: { text: "low on disk", left: 12, parts: ["a", null] },
  eventName: "disk.low",
  resource,
  instrumentationScope: scope,
  attributes: { disk: "sda" },
  droppedAttributesCount: 0,
} as unknown as ReadableLogRecord;

const RESOURCE = { attributes: { "service.name": "shortener", "service.instance.id": "shortener.2" } };

const EXPECTED_SPAN = {
  traceId: TRACE,
  spanId: SPAN,
  parentSpanId: PARENT,
  traceState: "",
  name: "GET /:id",
  kind: 2,
  startUs: START_US,
  endUs: END_US,
  attributes: ATTRIBUTES,
  events: [{ timeUs: END_US, name: "exception", attributes: { "exception.type": "E" } }],
  links: [{ traceId: TRACE, spanId: PARENT, attributes: { why: "batch" } }],
  status: 2,
  statusMessage: "no such link",
};

const TIMES = { startUs: START_US, timeUs: END_US, exemplars: [] };
const EXPECTED_METRICS: MetricData[] = [
  {
    name: "requests",
    description: "requests, told",
    unit: "s",
    kind: "sum",
    temporality: "cumulative",
    monotonic: true,
    points: [{ ...TIMES, attributes: { route: "/a" }, value: 41 }],
  },
  {
    name: "temperature",
    description: "temperature, told",
    unit: "s",
    kind: "gauge",
    points: [{ ...TIMES, attributes: {}, value: -1.5 }],
  },
  {
    name: "duration",
    description: "duration, told",
    unit: "s",
    kind: "histogram",
    temporality: "delta",
    points: [
      { ...TIMES, attributes: { route: "/a" }, count: 6, sum: 4.5, bounds: [0.5, 1], counts: [3, 2, 1] },
    ],
  },
  {
    name: "sizes",
    description: "sizes, told",
    unit: "s",
    kind: "exponential-histogram",
    temporality: "delta",
    points: [
      {
        ...TIMES,
        attributes: {},
        count: 7,
        sum: 12.5,
        scale: 3,
        zeroCount: 1,
        positive: { offset: -4, counts: [1, 0, 300] },
        negative: { offset: 2, counts: [5] },
      },
    ],
  },
];

const EXPECTED_LOG = {
  timeUs: START_US,
  severity: 13,
  severityText: "WARN",
  body: { text: "low on disk", left: 12, parts: ["a", null] },
  attributes: { disk: "sda", "event.name": "disk.low" },
  traceId: TRACE,
  spanId: SPAN,
};

/** Attributes inherit nothing, which strict equality would see. */
function plain(value: unknown): unknown {
  return structuredClone(value);
}

function bytesOf(bytes: Uint8Array | undefined): Uint8Array {
  assert.ok(bytes);
  return bytes;
}

test("what OpenTelemetry's own packages write as protobuf and as JSON is read as they meant it", () => {
  const forms = [
    ["protobuf", ProtobufTraceSerializer, ProtobufMetricsSerializer, ProtobufLogsSerializer],
    ["json", JsonTraceSerializer, JsonMetricsSerializer, JsonLogsSerializer],
  ] as const;
  for (const [encoding, traces, meters, logs] of forms) {
    const spanBytes = bytesOf(traces.serializeRequest([span, span]));
    assert.deepEqual(plain(decodeRequest("traces", encoding, spanBytes)), [
      { resource: RESOURCE, scope, items: [EXPECTED_SPAN, EXPECTED_SPAN] },
    ]);
    assert.equal(countItems("traces", spanBytes, encoding), 2);
    const metricBytes = bytesOf(meters.serializeRequest(metrics));
    assert.deepEqual(plain(decodeRequest("metrics", encoding, metricBytes)), [
      { resource: RESOURCE, scope, items: EXPECTED_METRICS },
    ]);
    assert.equal(countItems("metrics", metricBytes, encoding), 4);
    const logBytes = bytesOf(logs.serializeRequest([log]));
    assert.deepEqual(plain(decodeRequest("logs", encoding, logBytes)), [
      { resource: RESOURCE, scope, items: [EXPECTED_LOG] },
    ]);
    assert.equal(countItems("logs", logBytes, encoding), 1);
  }
});

test("what is written here is, read again, what OpenTelemetry's packages meant", () => {
  const read = decodeRequest("traces", "protobuf", bytesOf(ProtobufTraceSerializer.serializeRequest([span])));
  const again = decodeRequest("traces", "protobuf", encodeRequest("traces", read));
  assert.deepEqual(again, read);
  const bytes = bytesOf(ProtobufMetricsSerializer.serializeRequest(metrics));
  const readMetrics = decodeRequest("metrics", "protobuf", bytes);
  assert.deepEqual(decodeRequest("metrics", "protobuf", encodeRequest("metrics", readMetrics)), readMetrics);
});
