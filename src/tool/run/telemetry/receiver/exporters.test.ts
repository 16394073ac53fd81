import assert from "node:assert/strict";
import { test } from "node:test";
import { Metadata } from "@grpc/grpc-js";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPTraceExporter as GrpcTraceExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from "@opentelemetry/sdk-trace";
import { systemClock } from "../../../../blocks/time/index.ts";
import { openReceiver } from "./receiver.ts";
import { keepingSink } from "./receiver-fixture.ts";

const token = "token-of-a-test";
const resource = resourceFromAttributes({ "service.name": "shortener" });

function open() {
  const sink = keepingSink();
  return openReceiver({ clock: systemClock, port: 0, token, sink }).then((receiver) => ({ receiver, sink }));
}

async function sendSpans(exporter: SpanExporter, count: number): Promise<void> {
  const provider = new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter })] });
  const tracer = provider.getTracer("test");
  for (let at = 0; at < count; at++) tracer.startSpan(`span ${at}`).end();
  await provider.forceFlush();
  await provider.shutdown();
}

test("spans of OpenTelemetry's exporters arrive, as JSON and protobuf over HTTP and over gRPC, plain and gzip", async () => {
  const { receiver, sink } = await open();
  await using _ = receiver;
  const headers = { authorization: `Bearer ${token}` };
  const metadata = new Metadata();
  metadata.set("authorization", headers.authorization);
  const base = `http://127.0.0.1:${receiver.port}`;
  const url = `${base}/v1/traces`;
  const compression = CompressionAlgorithm.GZIP;
  await sendSpans(new JsonTraceExporter({ url, headers }), 3);
  await sendSpans(new JsonTraceExporter({ url, headers, compression }), 3);
  await sendSpans(new ProtobufTraceExporter({ url, headers }), 3);
  await sendSpans(new ProtobufTraceExporter({ url, headers, compression }), 3);
  await sendSpans(new GrpcTraceExporter({ url: base, metadata }), 3);
  await sendSpans(new GrpcTraceExporter({ url: base, metadata, compression }), 3);
  assert.deepEqual(
    sink.kept.spans.map((span) => span.name),
    Array.from({ length: 18 }, (_, at) => `span ${at % 3}`),
  );
  assert.deepEqual(receiver.status().traces, { received: 18, dropped: {} });
});

test("metrics and logs of OpenTelemetry's exporters arrive over gRPC", async () => {
  const { receiver, sink } = await open();
  await using _ = receiver;
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const url = `http://127.0.0.1:${receiver.port}`;
  const meters = new MeterProvider({
    resource,
    readers: [new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter({ url, metadata }) })],
  });
  meters.getMeter("test").createCounter("requests").add(2, { route: "/a" });
  await meters.forceFlush();
  await meters.shutdown();
  const logs = new LoggerProvider({
    resource,
    processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url, metadata }) })],
  });
  logs.getLogger("test").emit({ body: "hello", severityNumber: 9 });
  await logs.forceFlush();
  await logs.shutdown();
  const [metric] = sink.kept.metrics;
  assert.deepEqual(
    [metric?.name, metric?.kind, metric?.points[0]?.attributes.route],
    ["requests", "sum", "/a"],
  );
  assert.deepEqual([sink.kept.logs[0]?.body, sink.kept.logs[0]?.severity], ["hello", 9]);
  // The reader reports once more as it ends.
  assert.equal(receiver.status().metrics.received, sink.kept.metrics.length);
  assert.equal(receiver.status().logs.received, 1);
});
