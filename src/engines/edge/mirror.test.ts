import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../blocks/time/index.ts";
import type { EdgeLimits, MirrorConfig, RouteConfig, UpstreamConfig } from "./config/index.ts";
import { type ExchangeScene, exchangeScene } from "./exchange/testing/exchange-scene.ts";
import {
  ask,
  closedPort,
  httpOrigin,
  type Origin,
  RawClient,
  rawOrigin,
  readWhole,
  turns,
} from "./testing/servers.ts";

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A server that keeps what it hears whole. */
async function listening(answer = "ok"): Promise<Origin & { readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const origin = await httpOrigin(async (incoming, response) => {
    try {
      const { body } = await readWhole(incoming);
      heard.push({ method: incoming.method ?? "", path: incoming.url ?? "", body });
      response.end(answer);
    } catch {
      // It broke off: nothing was heard.
    }
  });
  return Object.assign(origin, { heard });
}

interface More {
  readonly mirror?: Partial<MirrorConfig>;
  readonly route?: Partial<RouteConfig>;
  readonly main?: Partial<UpstreamConfig>;
  readonly shadow?: Partial<UpstreamConfig>;
  readonly limits?: Partial<EdgeLimits>;
}

function sceneFor(main: number, shadow: number, more: More = {}): Promise<ExchangeScene> {
  const one = (id: string, port: number) => ({ endpoints: [{ id, host: "127.0.0.1", port }] });
  const routes = [{ path: "/*", to: "main", mirror: { to: "shadow", ...more.mirror }, ...more.route }];
  return exchangeScene(
    {
      listeners: [{ host: "127.0.0.1", port: 0, routes }],
      upstreams: {
        main: { ...one("main", main), ...more.main },
        shadow: { ...one("shadow", shadow), ...more.shadow },
      },
      limits: { responseTimeoutMs: 200, connectTimeoutMs: 200, idleUpstreamMs: 100, ...more.limits },
    },
    seededRandom(3),
  );
}

async function atRest(scene: ExchangeScene): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await turns(5);
    await scene.clock.advance(100);
  }
  assert.deepEqual(scene.leftovers(), []);
  assert.equal(scene.clock.pendingTimers, 0);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turns(1);
}

const CHUNKED = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";

test("a copy has the method, target and body of the request, and its answer goes nowhere", async () => {
  await using main = await listening("main");
  await using shadow = await listening("shadow");
  await using scene = await sceneFor(main.port, shadow.port);
  const big = "x".repeat(300_000);
  assert.equal((await ask(scene.port, { path: "/a?b" })).body, "main");
  assert.equal((await ask(scene.port, { method: "POST", path: "/c", body: big })).body, "main");
  await until(() => shadow.heard.length === 2);
  assert.deepEqual(shadow.heard, main.heard);
  assert.deepEqual(shadow.heard, [
    { method: "GET", path: "/a?b", body: "" },
    { method: "POST", path: "/c", body: big },
  ]);
  assert.equal(scene.records.length, 2);
  await atRest(scene);
});

test("the share of requests that is copied is the one that was asked for", async () => {
  await using main = await listening();
  await using shadow = await listening();
  await using scene = await sceneFor(main.port, shadow.port, { mirror: { share: 0.3 } });
  for (let count = 0; count < 100; count++) await ask(scene.port);
  await turns(10);
  assert.ok(shadow.heard.length > 15 && shadow.heard.length < 45, `copied ${shadow.heard.length} of 100`);
});

test("a mirror that is gone, silent, resets or answers rubbish is nothing to the client", async () => {
  await using main = await listening("main");
  await using silent = await rawOrigin(() => {});
  await using resets = await rawOrigin((socket) => socket.once("data", () => socket.resetAndDestroy()));
  await using rubbish = await rawOrigin((socket) => socket.end("rubbish\r\n\r\n"));
  for (const port of [await closedPort(), silent.port, resets.port, rubbish.port]) {
    await using scene = await sceneFor(main.port, port);
    for (const body of [undefined, "hello"]) {
      const answer = await ask(scene.port, { method: "POST", ...(body ? { body } : {}) });
      assert.deepEqual([answer.status, answer.body], [200, "main"]);
    }
    await atRest(scene);
  }
});

test("a mirror that does not read gets no more than a part of a body, and holds nobody up", async () => {
  await using main = await listening();
  await using shadow = await rawOrigin((socket) => socket.pause());
  await using scene = await sceneFor(main.port, shadow.port);
  const body = Buffer.alloc(12_000_000, "x");
  assert.equal((await ask(scene.port, { method: "POST", body })).status, 200);
  assert.equal(main.heard[0]?.body.length, body.length);
  await turns(5);
  assert.deepEqual(scene.leftovers(), []);
});

test("what the mirror fails is not asked again, whatever the route says", async () => {
  await using main = await listening();
  let asked = 0;
  await using shadow = await httpOrigin((_, response) => {
    asked += 1;
    response.statusCode = 503;
    response.end();
  });
  const endpoints = ["1", "2"].map((id) => ({ id, host: "127.0.0.1", port: shadow.port }));
  await using scene = await sceneFor(main.port, shadow.port, { shadow: { endpoints } });
  await ask(scene.port);
  await atRest(scene);
  assert.equal(asked, 1);
});

test("a copy does not follow the fallback of the mirror's breaker: the request would be done twice", async () => {
  await using main = await listening();
  await using shadow = await httpOrigin((_, response) => {
    response.statusCode = 500;
    response.end();
  });
  const breaker = { minimumRequests: 1, openMs: 60_000, fallback: { to: "main" } };
  await using scene = await sceneFor(main.port, shadow.port, { shadow: { breaker } });
  for (let count = 0; count < 5; count++) {
    await ask(scene.port, { method: "POST", body: String(count) });
    await turns(10);
  }
  assert.equal(scene.upstream("shadow").snapshot().breaker, "open");
  assert.deepEqual(
    main.heard.map(({ body }) => body),
    ["0", "1", "2", "3", "4"],
  );
});

test("where the request itself is refused, no copy without its body is left to look whole", async () => {
  await using main = await httpOrigin((_, response) => {
    response.statusCode = 500;
    response.end();
  });
  await using shadow = await listening();
  const breaker = { minimumRequests: 1, openMs: 60_000 };
  await using scene = await sceneFor(main.port, shadow.port, { main: { breaker } });
  await ask(scene.port);
  for (const [first, rest] of [
    [`${CHUNKED}0\r\n\r\n`, ""],
    [CHUNKED, "0\r\n\r\n"],
  ] as const) {
    await using client = new RawClient(scene.port);
    client.send(first);
    await client.until(/CIRCUIT_OPEN/);
    client.send(rest);
    await turns(10);
  }
  await atRest(scene);
  assert.deepEqual(
    shadow.heard.map(({ method }) => method),
    ["GET"],
  );
});

test("a client that leaves in the middle of its body takes the copy with it", async () => {
  await using main = await rawOrigin(() => {});
  await using shadow = await listening();
  await using scene = await sceneFor(main.port, shadow.port);
  await using client = new RawClient(scene.port);
  client.send(CHUNKED);
  await until(() => shadow.connections === 1);
  await turns(5);
  client.socket.resetAndDestroy();
  await turns(10);
  assert.deepEqual(scene.leftovers(), []);
  assert.deepEqual(shadow.heard, []);
});

test("a client that leaves before anybody has read its body takes the copy with it", async () => {
  await using main = await rawOrigin(() => {});
  await using shadow = await listening();
  await using scene = await sceneFor(main.port, shadow.port, { main: { bounds: { connections: 1 } } });
  await using first = new RawClient(scene.port);
  first.send(CHUNKED);
  await until(() => main.connections === 1 && shadow.connections === 1);
  await using second = new RawClient(scene.port);
  second.send(CHUNKED);
  await until(() => scene.upstream("main").load.pending === 1 && shadow.connections === 2);
  await turns(5);
  second.socket.resetAndDestroy();
  first.socket.resetAndDestroy();
  await turns(10);
  assert.deepEqual(scene.leftovers(), []);
});

test("an upgrade, and a body that waits to be asked for, are not copied", async () => {
  await using main = await listening("main");
  await using shadow = await listening();
  await using scene = await sceneFor(main.port, shadow.port);
  await using upgrade = new RawClient(scene.port);
  upgrade.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n");
  await using waits = new RawClient(scene.port);
  waits.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  await waits.until(/100 Continue/);
  waits.send("hello");
  await waits.until(/main$/);
  await turns(10);
  assert.equal(shadow.connections, 0);
});

test("an edge that closes waits for no copy", async () => {
  await using main = await listening();
  await using shadow = await rawOrigin(() => {});
  const route = { timeouts: { responseMs: 30_000, totalMs: 30_000 }, retries: { perTryMs: 30_000 } };
  const scene = await sceneFor(main.port, shadow.port, { route });
  await ask(scene.port);
  await until(() => shadow.connections === 1);
  await scene[Symbol.asyncDispose]();
  assert.equal(scene.clock.pendingTimers, 0);
});
