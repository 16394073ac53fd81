import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../blocks/time/index.ts";
import type { EdgeLimits, RouteConfig, UpstreamConfig } from "../config/index.ts";
import { httpOrigin, RawClient, rawOrigin, turns } from "../testing/servers.ts";
import { type ExchangeScene, exchangeScene } from "./testing/exchange-scene.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

interface More {
  readonly route?: Partial<RouteConfig>;
  readonly upstream?: Partial<UpstreamConfig>;
  readonly limits?: Partial<EdgeLimits>;
}

function sceneFor(port: number, { route, upstream, limits }: More = {}): Promise<ExchangeScene> {
  const endpoints = [{ id: "service.1", host: "127.0.0.1", port }];
  return exchangeScene(
    {
      listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service", ...route }] }],
      upstreams: { service: { endpoints, ...upstream } },
      ...(limits ? { limits } : {}),
    },
    seededRandom(1),
  );
}

/** Lets a scene come to rest, and checks that nothing of a request is left. */
async function atRest(scene: ExchangeScene): Promise<void> {
  await turns(5);
  assert.deepEqual(scene.leftovers(), []);
  await scene.clock.advance(10_000);
  await turns(5);
  assert.equal(scene.clock.pendingTimers, 0);
}

test("a client that leaves while its request waits for a connection is not asked for, and leaves nothing behind", async () => {
  const held: (() => void)[] = [];
  await using origin = await rawOrigin((socket) => {
    socket.on("data", () => held.push(() => socket.write(OK)));
  });
  await using scene = await sceneFor(origin.port, { upstream: { bounds: { connections: 1 } } });
  await using first = new RawClient(scene.port);
  first.send(GET);
  while (held.length === 0) await turns(1);
  const second = new RawClient(scene.port);
  second.send(GET);
  await turns(5);
  assert.equal(scene.upstream("service").load.pending, 1);
  await second[Symbol.asyncDispose]();
  await turns(5);
  assert.equal(scene.upstream("service").load.pending, 0);
  held[0]?.();
  await first.until(/ok$/);
  first.socket.destroy();
  await turns(5);
  assert.equal(held.length, 1);
  assert.deepEqual(
    scene.records.map(({ outcome, status, attempts }) => [outcome, status, attempts]),
    [
      ["left", 0, 0],
      ["answered", 200, 1],
    ],
  );
  await atRest(scene);
});

for (const phase of ["before the answer", "in the middle of the body", "in the middle of the answer"]) {
  test(`a client that leaves ${phase} leaves nothing behind`, async () => {
    await using origin = await rawOrigin((socket) => {
      socket.on("data", () => {
        if (phase === "in the middle of the answer")
          socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
      });
    });
    await using scene = await sceneFor(origin.port, {
      route: { retries: { perTryMs: 500 }, timeouts: { totalMs: 700 } },
    });
    await using client = new RawClient(scene.port);
    client.send(phase === "in the middle of the body" ? POST_HALF : GET);
    if (phase === "in the middle of the answer") await client.until(/half$/);
    else while (origin.connections === 0) await turns(1);
    await turns(5);
    client.socket.resetAndDestroy();
    await turns(5);
    assert.deepEqual(
      scene.records.map(({ outcome }) => outcome),
      ["left"],
    );
    await atRest(scene);
  });
}

const POST_HALF = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nhalf";

test("the time for an answer is over with its head, even of an answer that began before the request was sent", async () => {
  let finish = () => {};
  await using origin = await rawOrigin((socket) => {
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nearly"));
    finish = () => socket.write(" late");
  });
  await using scene = await sceneFor(origin.port, { route: { timeouts: { responseMs: 50 } } });
  await using client = new RawClient(scene.port);
  client.send(POST_HALF);
  await client.until(/early$/);
  client.send("rest");
  await turns(10);
  await scene.clock.advance(1_000);
  await turns(5);
  finish();
  await client.until(/early late$/);
  client.socket.destroy();
  await atRest(scene);
  assert.deepEqual(
    scene.records.map(({ outcome, status }) => [outcome, status]),
    [["answered", 200]],
  );
});

test("how slowly a client sends its body is not held against the endpoint", async () => {
  await using origin = await rawOrigin(() => {});
  await using scene = await sceneFor(origin.port, {
    route: { retries: { perTryMs: 50 }, timeouts: { responseMs: 50 } },
    upstream: { outliers: { consecutiveErrors: 1 }, breaker: { minimumRequests: 1 } },
    limits: { idleTimeoutMs: 1_000 },
  });
  await using client = new RawClient(scene.port);
  client.send(POST_HALF);
  await turns(10);
  await scene.clock.advance(500);
  assert.equal(client.received, "");
  await scene.clock.advance(1_000);
  assert.match(await client.until(/\}\}$/), /^HTTP\/1\.1 408 /);
  const { breaker, endpoints } = scene.upstream("service").snapshot();
  assert.deepEqual([breaker, endpoints[0]?.state, endpoints[0]?.failures], ["closed", "up", 0]);
});

test("an endpoint that stops reading a body is held to account, and the client told 504", async () => {
  await using origin = await rawOrigin((socket) => socket.pause());
  await using scene = await sceneFor(origin.port, {
    upstream: { outliers: { consecutiveErrors: 1 } },
    limits: { idleTimeoutMs: 200, bodyBytes: 1e9 },
  });
  await using client = new RawClient(scene.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n");
  const piece = Buffer.alloc(1_000_000);
  for (let count = 0; count < 40 && client.socket.writableLength < 2_000_000; count++) {
    client.send(piece);
    await turns(5);
  }
  await turns(20);
  await scene.clock.advance(500);
  assert.match(await client.until(/\}\}$/), /^HTTP\/1\.1 504 /);
  const [endpoint] = scene.upstream("service").snapshot().endpoints;
  assert.equal(endpoint?.failures, 1);
  client.socket.destroy();
  await atRest(scene);
});

test("a record tells the time of the answer that was passed on, and none where there was no answer", async () => {
  let asked = 0;
  await using origin = await httpOrigin((_, response) => {
    asked += 1;
    if (asked > 1) return;
    response.statusCode = 503;
    response.end("busy");
  });
  await using scene = await sceneFor(origin.port, {
    route: { retries: { statuses: [503], perTryMs: 100 } },
    upstream: {
      endpoints: ["1", "2"].map((id) => ({ id, host: "127.0.0.1", port: origin.port })),
    },
  });
  await using client = new RawClient(scene.port);
  client.send(GET);
  while (asked < 2) await turns(1);
  await scene.clock.advance(100);
  await client.until(/GATEWAY_TIMEOUT/);
  assert.deepEqual(
    scene.records.map(({ status, attempts, upstreamMs }) => [status, attempts, upstreamMs]),
    [[504, 2, -1]],
  );
});

test("a body that breaks behind an answer in the edge's name does not break the answer", async () => {
  await using origin = await rawOrigin(() => {});
  await using scene = await sceneFor(origin.port, { limits: { bodyBytes: 10 } });
  await using client = new RawClient(scene.port);
  client.send(
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n01234567890123456789\r\n",
  );
  await client.until(/BODY_TOO_LARGE/);
  client.send("this is no chunk\r\n");
  await scene.clock.advance(2_000);
  assert.match(await client.toEnd(), /^HTTP\/1\.1 413 [\s\S]*\}\}$/);
  assert.equal(client.failure, undefined);
  await turns(5);
  assert.deepEqual(
    scene.records.map(({ outcome, status }) => [outcome, status]),
    [["own", 413]],
  );
  await atRest(scene);
});
