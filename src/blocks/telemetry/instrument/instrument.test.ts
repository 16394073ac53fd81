import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createServer } from "../../node/index.ts";
import { SimulatedClock, seededRandom } from "../../time/index.ts";
import { memoryTelemetry } from "../memory-telemetry.ts";
import type { MetricData } from "../otlp/model.ts";
import { noTelemetry } from "../telemetry.ts";
import { alwaysOff } from "../trace/sampler.ts";
import { databaseCalls, summaryOf } from "./database-calls.ts";
import { httpCalls } from "./http-client.ts";
import { type RequestHandler, tracedServer } from "./http-server.ts";

async function serverOf(handler: RequestHandler) {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function telemetryOf(options: Partial<Parameters<typeof memoryTelemetry>[0]> = {}) {
  const clock = new SimulatedClock();
  return { clock, telemetry: memoryTelemetry({ clock, random: seededRandom(1), ...options }) };
}

/** What a histogram counted, by attributes. */
function countsOf(metrics: readonly MetricData[], name: string): [unknown, number][] {
  const metric = metrics.find((one) => one.name === name);
  assert.ok(metric?.kind === "histogram");
  return metric.points.map(({ attributes, count }) => [attributes, count]);
}

test("a call from one program to another is one trace: the client's span, and the server's under it", async () => {
  const { clock, telemetry } = telemetryOf();
  const handler = tracedServer(telemetry, { clock, routeOf: () => "/items/:id" }, (_request, response) => {
    response.writeHead(503).end();
  });
  await using server = await serverOf(handler);
  const url = `http://user:secret@127.0.0.1:${server.port}/items/7?key=secret`;
  await telemetry.tracer.span("job", {}, async () => {
    const call = httpCalls(telemetry, clock).begin({ method: "PUT", url });
    const { status } = await fetch(`${server.origin}/items/7?key=secret`, {
      method: "PUT",
      headers: call.headers,
    });
    call.end(status);
  });
  while (telemetry.spans.length < 3) await new Promise((resolve) => setImmediate(resolve));
  const job = telemetry.spans.find(({ name }) => name === "job");
  const client = telemetry.spans.find(({ kind }) => kind === 3);
  const served = telemetry.spans.find(({ kind }) => kind === 2);
  assert.equal(client?.parentSpanId, job?.spanId);
  assert.equal(served?.parentSpanId, client?.spanId);
  assert.equal(served?.name, "PUT /items/:id");
  assert.deepEqual([client?.status, served?.status], [2, 2]);
  assert.equal(client?.attributes["url.full"], `${server.origin}/items/7`);
  assert.deepEqual(served?.attributes, {
    "http.request.method": "PUT",
    "url.path": "/items/7",
    "http.route": "/items/:id",
    "http.response.status_code": 503,
    "error.type": "503",
  });
  assert.ok(!JSON.stringify(telemetry.spans).includes("secret"));
  assert.deepEqual(countsOf(telemetry.metrics(), "http.client.request.duration"), [
    [
      {
        "http.request.method": "PUT",
        "server.address": "127.0.0.1",
        "server.port": server.port,
        "http.response.status_code": 503,
        "error.type": "503",
      },
      1,
    ],
  ]);
});

test("a request is measured by method, route and status, sampled or not, and a method that is none is not told", async () => {
  const { clock, telemetry } = telemetryOf({ sampler: alwaysOff });
  const handler = tracedServer(
    telemetry,
    { clock, isIgnored: ({ url }) => url === "/healthz" },
    (_request, response) => response.end("ok"),
  );
  await using server = await serverOf(handler);
  for (const method of ["GET", "GET", "PROPFIND"]) await (await fetch(server.origin, { method })).text();
  await (await fetch(`${server.origin}/healthz`)).text();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(countsOf(telemetry.metrics(), "http.server.request.duration"), [
    [{ "http.request.method": "GET", "http.response.status_code": 200 }, 2],
    [{ "http.request.method": "_OTHER", "http.response.status_code": 200 }, 1],
  ]);
  assert.equal(telemetry.spans.length, 0);
});

test("a request whose client leaves is told as one that was cut", async () => {
  const { clock, telemetry } = telemetryOf();
  const begun = Promise.withResolvers<void>();
  await using server = await serverOf(tracedServer(telemetry, { clock }, () => begun.resolve()));
  const leaves = new AbortController();
  const asked = fetch(server.origin, { signal: leaves.signal });
  await begun.promise;
  leaves.abort();
  await assert.rejects(asked);
  while (telemetry.spans.length < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(telemetry.spans[0]?.status, 2);
  assert.equal(telemetry.spans[0]?.attributes["error.type"], "aborted");
});

test("when nobody listens a handler is the handler itself, and calls cost nothing and say nothing", () => {
  const off = noTelemetry();
  const clock = new SimulatedClock();
  const handler: RequestHandler = () => {};
  assert.equal(tracedServer(off, { clock }, handler), handler);
  assert.deepEqual(httpCalls(off, clock).begin({ method: "GET", url: "http://a" }).headers, {});
  databaseCalls(off, clock, { system: "redis", address: "a", port: 1 }).begin("GET").fail(new Error("no"));
});

test("a statement's text is told of spans alone, its summary everywhere, and its failure by code", async () => {
  const { clock, telemetry } = telemetryOf();
  const calls = databaseCalls(telemetry, clock, {
    system: "postgresql",
    address: "127.0.0.1",
    port: 5432,
    namespace: "links",
  });
  const text = "select id from links where code = $1";
  await telemetry.tracer.span("request", { kind: "server" }, async () => {
    calls.beginStatement(text).end();
    calls.beginStatement(text).fail(Object.assign(new Error("away"), { code: "57P01" }));
  });
  const attributes = {
    "db.system.name": "postgresql",
    "db.namespace": "links",
    "server.address": "127.0.0.1",
    "server.port": 5432,
    "db.operation.name": "SELECT",
    "db.query.summary": "SELECT links",
  };
  const [good, bad] = telemetry.spans;
  assert.equal(good?.name, "SELECT links");
  assert.deepEqual(good?.attributes, { ...attributes, "db.query.text": text });
  assert.equal(bad?.attributes["error.type"], "57P01");
  assert.deepEqual(countsOf(telemetry.metrics(), "db.client.operation.duration"), [
    [attributes, 1],
    [{ ...attributes, "error.type": "57P01" }, 1],
  ]);
});

test("statements made of values fill no table: those beyond the limit are counted under no name", () => {
  const { clock, telemetry } = telemetryOf();
  const calls = databaseCalls(telemetry, clock, { system: "postgresql", address: "a", port: 1 });
  for (let id = 0; id < 1_000; id++) calls.beginStatement(`select * from t${id}`).end();
  const counts = countsOf(telemetry.metrics(), "db.client.operation.duration");
  assert.ok(counts.length <= 151);
  assert.equal(
    counts.reduce((sum, [, count]) => sum + count, 0),
    1_000,
  );
});

test("a statement is summed up by its verb and its tables", () => {
  const summaries: Record<string, string> = {
    "select 1": "SELECT",
    begin: "BEGIN",
    "SELECT a, b FROM links JOIN clicks ON a = b": "SELECT links clicks",
    "insert into links (id) values ($1) on conflict do nothing": "INSERT links",
    "update only links set a = $1 where id in (select id from others)": "UPDATE links",
    "with fresh as (insert into a values ($1) returning id) select id from fresh": "SELECT fresh",
    "delete from public.links where note = 'from here -- to there'": "DELETE public.links",
    "/* from x */ select * -- from y\n from z": "SELECT z",
  };
  for (const [text, summary] of Object.entries(summaries))
    assert.equal(summaryOf(text).summary, summary, text);
});
