import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { SimulatedClock, seededRandom } from "../time/index.ts";
import { telemetryFromEnvironment } from "./environment.ts";
import { startCollector, type TestCollector } from "./testing/collector.ts";

const TOKEN = "Bearer%20s3cret%2C%3D";

function environmentOf(collector: TestCollector): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=${TOKEN}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_SERVICE_NAME: "shortener",
    OTEL_RESOURCE_ATTRIBUTES: "service.instance.id=shortener.2,service.namespace=my%20system",
    OTEL_TRACES_SAMPLER: "parentbased_always_on",
  };
}

test("what a program tells comes to its collector: spans, metrics with an example, and logs that name the span", async () => {
  await using collector = await startCollector();
  const clock = new SimulatedClock();
  await using telemetry = telemetryFromEnvironment(environmentOf(collector), {
    clock,
    random: seededRandom(1),
  });
  const { tracer, meter, logger } = telemetry;
  const durations = meter.histogram("http.server.request.duration", { unit: "s" });
  await tracer.span("GET /:code", { kind: "server", attributes: { "http.route": "/:code" } }, async () => {
    await tracer.span("GET", { kind: "client" }, async (span) => span.set("db.system.name", "redis"));
    durations.record(0.02, { "http.route": "/:code" });
    logger.info("followed", { code: "abc" });
  });
  await clock.advance(1_000);
  await collector.received(2);
  await clock.advance(9_000);
  await collector.received(3);

  const [batch] = collector.spans();
  const spans = new Map(batch?.items.map((span) => [span.name, span]));
  const server = spans.get("GET /:code") ?? assert.fail();
  const client = spans.get("GET") ?? assert.fail();
  assert.equal(client.parentSpanId, server.spanId);
  assert.equal(client.traceId, server.traceId);
  assert.deepEqual([server.kind, client.kind], [2, 3]);
  assert.deepEqual({ ...server.attributes }, { "http.route": "/:code" });
  assert.deepEqual(
    { ...batch?.resource.attributes },
    {
      "service.name": "shortener",
      "service.instance.id": "shortener.2",
      "service.namespace": "my system",
      "telemetry.sdk.name": "trestle",
      "telemetry.sdk.language": "nodejs",
    },
  );

  const [log] = collector.logs()[0]?.items ?? [];
  assert.equal(log?.body, "followed");
  assert.equal(log?.severity, 9);
  assert.deepEqual([log?.traceId, log?.spanId], [server.traceId, server.spanId]);

  const [metric] = collector.metrics()[0]?.items ?? [];
  assert.ok(metric?.kind === "histogram");
  const [point] = metric.points;
  assert.equal(point?.count, 1);
  assert.equal(point?.exemplars[0]?.traceId, server.traceId);

  for (const { headers } of collector.requests) {
    assert.equal(headers.authorization, "Bearer s3cret,=");
    assert.equal(headers["content-type"], "application/x-protobuf");
  }
  await telemetry.close();
  assert.equal(telemetry.counters.traces.sent, 2);
  assert.equal(telemetry.counters.traces.lost, 0);
});

test("without an endpoint, or when it is disabled, nothing is told, and what is called does nothing", async () => {
  for (const environment of [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: "" },
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_SDK_DISABLED: "true" },
  ]) {
    const clock = new SimulatedClock();
    const telemetry = telemetryFromEnvironment(environment, { clock, random: seededRandom(1) });
    assert.equal(telemetry.isOn, false);
    const answer = await telemetry.tracer.span("work", { kind: "server" }, async (span) => {
      span.set("a", 1).addEvent("b").fail(new Error("no"));
      telemetry.meter.counter("c").with({ d: 1 }).add();
      telemetry.logger.error("e");
      return span.isRecording;
    });
    assert.equal(answer, false);
    assert.equal(clock.pendingTimers, 0);
    await telemetry.close();
  }
});

test("settings that cannot be followed are told, without their values where those are secret, and the rest is followed", () => {
  const clock = new SimulatedClock();
  const telemetry = telemetryFromEnvironment(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "ftp://x",
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=%E0%A4%A",
      OTEL_TRACES_SAMPLER: "nonsense",
      OTEL_METRIC_EXPORT_INTERVAL: "-1",
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: "guesses",
    },
    { clock, random: seededRandom(1) },
  );
  assert.equal(telemetry.tracer.isOn, true);
  assert.equal(telemetry.meter.isOn, false);
  assert.equal(telemetry.problems.length, 6);
  assert.ok(!telemetry.problems.join().includes("%E0"));
});

test("histograms find their bounds themselves when the environment says so, whatever is advised for them", async () => {
  await using collector = await startCollector();
  const clock = new SimulatedClock();
  for (const aggregation of ["base2_exponential_bucket_histogram", "explicit_bucket_histogram"]) {
    const environment = {
      ...environmentOf(collector),
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: aggregation,
    };
    const telemetry = telemetryFromEnvironment(environment, { clock, random: seededRandom(1) });
    telemetry.meter.histogram("took", { unit: "s", bounds: [0.1, 0.5] }).record(0.105);
    await telemetry.close();
  }
  const kinds = collector.metrics().flatMap(({ items }) => items.map(({ kind }) => kind));
  assert.deepEqual(kinds, ["exponential-histogram", "histogram"]);
});

test("a program that tells ends by itself, with what it told last sent when it closes", async () => {
  await using collector = await startCollector();
  const program = `
    import { telemetryFromEnvironment } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    import { systemClock, systemRandom } from ${JSON.stringify(new URL("../time/index.ts", import.meta.url).href)};
    const telemetry = telemetryFromEnvironment(process.env, { clock: systemClock, random: systemRandom });
    telemetry.tracer.startSpan("one").end();
    telemetry.meter.counter("count").add();
    if (process.argv[1] === "close") await telemetry.close();
  `;
  const run = async (how: string) => {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program, how], {
      env: environmentOf(collector),
      stdio: ["ignore", "inherit", "inherit"],
      timeout: 20_000,
    });
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  };
  await run("leave");
  assert.equal(collector.requests.length, 0);
  await run("close");
  assert.equal(collector.spans()[0]?.items[0]?.name, "one");
  assert.equal(collector.metrics()[0]?.items[0]?.name, "count");
  // A collector that hangs holds a program that closes for three seconds, and one that does not for none.
  collector.answer(undefined);
  await run("close");
});
