import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { decodeRequest, type MetricData, type Resource } from "../../../blocks/telemetry/otlp/index.ts";
import { startCache } from "../index.ts";
import { RawClient } from "../testing/raw-client.ts";

interface Heard {
  readonly path: string;
  readonly key: string | undefined;
  readonly resource: Resource | undefined;
  readonly metrics: readonly MetricData[];
}

/** A collector that keeps what it is told. */
async function collector(
  t: TestContext,
): Promise<{ readonly endpoint: string; readonly heard: Heard[]; next(): Promise<Heard> }> {
  const heard: Heard[] = [];
  let wake = () => {};
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const batches = decodeRequest("metrics", "protobuf", Buffer.concat(pieces));
      const { url = "", headers } = request;
      const metrics = batches.flatMap(({ items }) => items);
      heard.push({ path: url, key: headers.authorization, resource: batches[0]?.resource, metrics });
      response.end();
      wake();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close().closeAllConnections());
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    async next() {
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      await promise;
      return heard.at(-1) as Heard;
    },
  };
}

/** The values of a metric by user; of one without, by the empty name. */
function values(metrics: readonly MetricData[], name: string): Record<string, number> {
  const metric = metrics.find((one) => one.name === name);
  assert.ok(metric && (metric.kind === "sum" || metric.kind === "gauge"), name);
  return Object.fromEntries(
    metric.points.map(({ attributes, value }) => [attributes["trestle.user"] ?? "", value]),
  );
}

test("a collector hears what each user asked for, by the password that it showed, to the last command", async (t) => {
  const { endpoint, heard } = await collector(t);
  const cache = await startCache({
    port: 0,
    memoryBytes: 1024 * 1024,
    password: "of the supervisor",
    users: { api: "of the api", jobs: "of the jobs" },
    telemetry: {
      endpoint,
      headers: { authorization: "Bearer key" },
      service: { name: "links", namespace: "shop" },
    },
  });
  const clients: RawClient[] = [];
  for (const password of ["of the api", "of the api", "of the jobs"]) {
    const client = await RawClient.connect(cache.port);
    clients.push(client);
    assert.equal(await client.ask("AUTH", password), "+OK\r\n");
  }
  const [api, again, jobs] = clients;
  assert.ok(api && again && jobs);
  await api.askAll([
    ["SET", "a", "1"],
    ["GET", "a"],
    ["GET", "b"],
  ]);
  // One that says who it is in the midst of what it sends is counted for both.
  await again.askAll([
    ["GET", "a"],
    ["AUTH", "of the jobs"],
    ["GET", "b"],
    ["CONFIG", "RESETSTAT"],
    ["GET", "a"],
  ]);
  assert.match(await jobs.ask("CLIENT", "LIST"), /user=default/);
  assert.doesNotMatch(await jobs.ask("CLIENT", "LIST"), /api|jobs/);
  await cache.close();
  const last = heard.at(-1);
  assert.ok(last);
  assert.equal(last.path, "/v1/metrics");
  assert.equal(last.key, "Bearer key");
  assert.equal(last.resource?.attributes["service.name"], "links");
  assert.equal(last.resource?.attributes["service.instance.id"], "links");
  assert.equal(last.resource?.attributes["service.namespace"], "shop");
  // RESETSTAT begins what INFO tells anew, and nothing of this.
  assert.deepEqual(values(last.metrics, "redis.keyspace.hits"), { api: 2, jobs: 1 });
  assert.deepEqual(values(last.metrics, "redis.keyspace.misses"), { api: 1, jobs: 1 });
  // To say who one is counts for oneself, the first time; whoever says it again asks for it as who it was.
  assert.deepEqual(values(last.metrics, "redis.commands.processed"), { api: 2 + 3 + 2, jobs: 1 + 3 + 2 });
  assert.deepEqual(values(last.metrics, "redis.db.keys"), { "": 1 });
});

test("commands are timed by their users, each for as many as it stands for", async (t) => {
  const { endpoint, heard } = await collector(t);
  const telemetry = { endpoint, service: { name: "links" } };
  const cache = await startCache({ port: 0, memoryBytes: 1024 * 1024, users: { api: "secret" }, telemetry });
  const client = await RawClient.connect(cache.port);
  await client.ask("AUTH", "secret");
  await client.askAll(Array.from({ length: 1_000 }, (_, at) => ["SET", `k${at}`, "v"]));
  await cache.close();
  const metric = heard.at(-1)?.metrics.find(({ name }) => name === "redis.command.duration");
  assert.ok(metric?.kind === "histogram");
  const point = metric.points.find(({ attributes }) => attributes["trestle.user"] === "api");
  assert.ok(point && point.count > 900 && point.count < 1_100, String(point?.count));
  assert.ok(point.sum > 0 && point.sum < 1);
});

test("connections are counted for who they are now, and for nobody when they are gone", async (t) => {
  const hub = await collector(t);
  const telemetry = { endpoint: hub.endpoint, service: { name: "links" }, metricsIntervalMs: 100 };
  const cache = await startCache({ port: 0, memoryBytes: 1024 * 1024, users: { api: "secret" }, telemetry });
  t.after(() => cache.close());
  const client = await RawClient.connect(cache.port);
  await client.ask("AUTH", "secret");
  const open = async () => values((await hub.next()).metrics, "trestle.cache.user.connections").api;
  while ((await open()) !== 1);
  await client.ask("RESET");
  while ((await open()) !== 0);
  await client.ask("AUTH", "secret");
  while ((await open()) !== 1);
  client.socket.destroy();
  while ((await open()) !== 0);
});

test("a collector that is not there is no trouble to the cache, nor to its end", async () => {
  const telemetry = { endpoint: "http://127.0.0.1:9", service: { name: "links" }, metricsIntervalMs: 100 };
  const cache = await startCache({ port: 0, memoryBytes: 1024 * 1024, telemetry });
  using client = await RawClient.connect(cache.port);
  assert.equal(await client.ask("PING"), "+PONG\r\n");
  await cache.close();
});
