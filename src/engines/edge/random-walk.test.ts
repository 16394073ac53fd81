import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, seededRandom } from "../../blocks/time/index.ts";
import type { EdgeConfig, RouteConfig, UpstreamConfig } from "./config/index.ts";
import { type ExchangeScene, exchangeScene } from "./exchange/testing/exchange-scene.ts";
import { closedPort, turns } from "./testing/servers.ts";
import { drawRequest, faultIn, UnrulyClient } from "./testing/unruly-client.ts";
import { type UnrulyOrigin, unrulyOrigin } from "./testing/unruly-origin.ts";

const ROUTES: readonly RouteConfig[] = [
  { path: "/plain", to: "main" },
  { path: "/again", to: "main", retries: { attempts: 2, statuses: [503], perTryMs: 60 } },
  { path: "/idempotent", to: "main", retries: { attempts: 2, idempotent: true } },
  { path: "/total", to: "main", timeouts: { totalMs: 90, responseMs: 70, idleMs: 80 } },
  { path: "/mirrored", to: "main", mirror: { to: "shadow" } },
  { path: "/narrow", to: "narrow" },
  { path: "/spared", to: "spared" },
  { path: "/small", to: "main", bodyBytes: 1_000 },
];

const PATHS = [...ROUTES.map(({ path }) => path), "/nowhere"];

async function configOf(origins: readonly UnrulyOrigin[], shadow: UnrulyOrigin): Promise<EdgeConfig> {
  const ports = [...origins.map(({ port }) => port), await closedPort()];
  const upstream = (more: Omit<UpstreamConfig, "endpoints"> = {}): UpstreamConfig => ({
    endpoints: ports.map((port, at) => ({ id: `endpoint.${at}`, host: "127.0.0.1", port })),
    outliers: { ejectionMs: 100, maxEjectionMs: 100 },
    ...more,
  });
  return {
    listeners: [{ host: "127.0.0.1", port: 0, routes: ROUTES }],
    upstreams: {
      main: upstream(),
      narrow: upstream({ bounds: { connections: 1, pending: 3, pendingMs: 40 } }),
      spared: upstream({
        bounds: { requestsPerConnection: 2 },
        breaker: { minimumRequests: 5, intervalMs: 200, openMs: 50, fallback: { to: "main" } },
        affinity: { by: "cookie" },
      }),
      shadow: {
        endpoints: [{ id: "shadow", host: "127.0.0.1", port: shadow.port }],
        breaker: { minimumRequests: 5, intervalMs: 200, openMs: 50, fallback: { to: "main" } },
      },
    },
    limits: {
      connectTimeoutMs: 100,
      responseTimeoutMs: 120,
      requestHeadTimeoutMs: 150,
      idleTimeoutMs: 200,
      idleUpstreamMs: 100,
      bodyBytes: 150_000,
    },
  };
}

/** Clients come and go, and time passes, until `steps` are over; then everybody finishes. */
async function walk(scene: ExchangeScene, random: Random, steps: number): Promise<UnrulyClient[]> {
  const clients: UnrulyClient[] = [];
  let id = 0;
  for (let step = 0; step < steps; step++) {
    const lot = random();
    if (lot < 0.5) {
      const count = random() < 0.7 ? 1 : 1 + Math.floor(random() * 4);
      const requests = Array.from({ length: count }, () => drawRequest(`walk-${id++}`, PATHS, random));
      clients.push(new UnrulyClient(scene.port, requests, random));
    } else if (lot < 0.7) await scene.clock.advance(1 + Math.floor(random() * 40));
    for (const client of clients) if (random() < 0.3) client.poke();
    await turns(Math.floor(random() * 3));
  }
  for (const client of clients) if (client.manner === "patient") client.settle();
  for (let round = 0; round < 80; round++) {
    await scene.clock.advance(50);
    await turns(3);
  }
  return clients;
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`whatever services and clients do, nothing is lost, doubled or left behind (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    await using one = await unrulyOrigin(random);
    await using two = await unrulyOrigin(random);
    await using shadow = await unrulyOrigin(random);
    await using scene = await exchangeScene(await configOf([one, two], shadow), random);
    const clients = await walk(scene, random, 300);

    const told = new Map<string, (typeof scene.records)[number]>();
    for (const client of clients) client.leave();
    for (let round = 0; round < 20; round++) {
      await scene.clock.advance(100);
      await turns(3);
    }
    for (const record of scene.records) {
      assert.ok(!told.has(record.requestId), `${record.requestId} was told of twice`);
      told.set(record.requestId, record);
    }
    for (const client of clients) checkClient(client, told);
    for (const { id, method, path, bodyBytes } of clients.flatMap(({ requests }) => requests)) {
      const times = (one.heard.get(id) ?? 0) + (two.heard.get(id) ?? 0);
      const safe = method === "GET" || method === "HEAD" || (method === "DELETE" && path === "/idempotent");
      const most = safe ? 3 : 1;
      assert.ok(times <= most, `${method} ${path} ${id} was heard ${times} times`);
      const copies = shadow.heard.get(id) ?? 0;
      assert.ok(copies <= 1, `${method} ${path} ${id} was copied ${copies} times`);
      for (const { bodies } of [one, two, shadow]) {
        const bytes = bodies.get(id) ?? bodyBytes;
        assert.equal(bytes, bodyBytes, `${method} ${path} ${id} has another body`);
      }
    }
    assert.deepEqual(scene.leftovers(), []);
    assert.equal(scene.clock.pendingTimers, 0, "timers are left");
  });
}

function checkClient(
  client: UnrulyClient,
  told: ReadonlyMap<string, { status: number; outcome: string }>,
): void {
  const answers = client.answers();
  const { requests, hasLeft } = client;
  const name = requests.map(({ id, method, path }) => `${id} ${method} ${path}`).join(", ");
  for (const [at, answer] of answers.entries()) {
    const request = requests[at];
    if (!request) break;
    if (!answer.whole) {
      assert.ok(client.isClosed, `${name}: ${at} is not whole`);
      continue;
    }
    // One whose head is late is no request yet, and nothing behind it is read.
    if (answer.status === 408 && !told.has(request.id)) break;
    const fault = faultIn(answer, request);
    assert.equal(fault, undefined, `${name}: answer ${at} ${fault}`);
    const record = told.get(request.id);
    assert.equal(record?.status, answer.status, `${name}: record ${at}`);
    if (client.manner === "patient") {
      const outcome = answer.fields.has("x-answer") || answer.status === 101 ? "answered" : "own";
      assert.equal(record?.outcome, outcome, `${name}: outcome ${at}`);
    }
  }
  if (client.manner === "patient")
    assert.ok(!hasLeft || client.isAnswered, `${name}: neither answered nor cut off`);
}
