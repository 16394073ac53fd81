import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { SimulatedClock, seededRandom } from "../../../blocks/time/index.ts";
import type { EdgeConfig, EdgeEndpointMessage } from "../config/index.ts";
import { ask, closedPort, configFor, httpOrigin } from "../testing/servers.ts";
import { bindSocket } from "./bound-socket.ts";
import { ReceivedSockets } from "./held-sockets.ts";
import type { TlsMessage, WorkerMessage } from "./messages.ts";
import { startPrimary } from "./primary.ts";
import type { Serving } from "./serving.ts";
import { childrenOf, until } from "./testing/edge-process.ts";

const SECRET = Buffer.alloc(32).toString("base64");

/** A primary in this process, on a simulated clock, with its workers in theirs. */
async function start(t: TestContext, config: EdgeConfig) {
  const clock = new SimulatedClock();
  const reports: (EdgeEndpointMessage | WorkerMessage | TlsMessage)[] = [];
  const primary = await startPrimary({
    clock,
    random: seededRandom(1),
    config,
    secret: SECRET,
    sockets: new ReceivedSockets(),
    report: (message) => reports.push(message),
  });
  t.after(() => primary.close());
  return { primary, clock, reports, workers: () => childrenOf(process.pid) };
}

function stateOf(report: EdgeEndpointMessage | WorkerMessage | TlsMessage | undefined): string | undefined {
  return report && "state" in report ? report.state : undefined;
}

function update(primary: Serving, config: EdgeConfig) {
  return primary.update(config, { sockets: new ReceivedSockets(), onApplied() {} });
}

/** Bodies of so many answers, each over a connection of its own. */
async function bodies(port: number, count = 40): Promise<Set<string>> {
  const answers = await Promise.all(Array.from({ length: count }, () => ask(port)));
  return new Set(answers.map(({ body }) => body));
}

describe("an update of an edge of several workers", () => {
  test("is in force in all of them", async (t) => {
    await using one = await httpOrigin((_, response) => response.end("1"));
    await using two = await httpOrigin((_, response) => response.end("2"));
    const { primary } = await start(t, { ...configFor([one.port]), workers: 2 });
    assert.deepEqual(await bodies(primary.port), new Set(["1"]));
    assert.deepEqual(await update(primary, { ...configFor([two.port]), workers: 2 }), { drained: true });
    assert.deepEqual(await bodies(primary.port), new Set(["2"]));
  });

  test("opens and closes listeners in all of them, and leaves no port behind", async (t) => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = { ...configFor([origin.port]), workers: 2 };
    const [listener] = config.listeners;
    assert.ok(listener);
    const { primary } = await start(t, config);
    const port = await closedPort();
    const second = { ...listener, port };
    await update(primary, { ...config, listeners: [listener, second] });
    assert.deepEqual(await bodies(port), new Set(["ok"]));
    await update(primary, { ...config, listeners: [second] });
    await assert.rejects(ask(primary.port), { code: "ECONNREFUSED" });
    assert.deepEqual(await bodies(port), new Set(["ok"]));
    const other = createServer().listen(primary.port, "127.0.0.1");
    await once(other, "listening");
    other.close();
  });

  test("that makes no sense or cannot listen is refused whole", async (t) => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = { ...configFor([origin.port]), workers: 2 };
    const { primary } = await start(t, config);
    const free = await closedPort();
    const at = (port: number) => ({ host: "127.0.0.1", port, routes: [] });
    await assert.rejects(update(primary, { ...config, listeners: [] }), { code: "INVALID_CONFIG" });
    await assert.rejects(update(primary, { ...config, listeners: [at(free), at(origin.port)] }), {
      code: "PORT_IN_USE",
    });
    assert.deepEqual(await bodies(primary.port), new Set(["ok"]));
    await assert.rejects(ask(free), { code: "ECONNREFUSED" });
  });

  test("that the workers refuse is taken back, in those that come later too", async (t) => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = { ...configFor([origin.port]), workers: 2 };
    const { primary, clock, reports, workers } = await start(t, config);
    // Two sockets may be bound to one address, until one of them is listened on.
    const port = await closedPort();
    const [mine, theirs] = [
      await bindSocket("tcp", "127.0.0.1", port),
      await bindSocket("tcp", "127.0.0.1", port),
    ];
    const server = createServer().listen(mine, 16);
    t.after(() => server.close());
    await once(server, "listening");
    const sockets = new ReceivedSockets();
    sockets.take({ type: "socket", transport: "tcp", host: "127.0.0.1", port }, theirs);
    const listeners = [{ host: "127.0.0.1", port, routes: [] }];
    await assert.rejects(primary.update({ ...config, listeners }, { sockets, onApplied() {} }), {
      code: "PORT_IN_USE",
    });
    assert.deepEqual(await bodies(primary.port), new Set(["ok"]));
    for (const pid of await workers()) process.kill(pid, "SIGKILL");
    await until("their end", () => reports.length === 2);
    await clock.advance(100);
    assert.deepEqual(await bodies(primary.port), new Set(["ok"]));
  });

  test("changes their number", async (t) => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = configFor([origin.port]);
    const { primary, workers } = await start(t, { ...config, workers: 2 });
    await update(primary, { ...config, workers: 3 });
    await until("the third", async () => (await workers()).length === 3);
    await update(primary, { ...config, workers: 1 });
    await until("the end of two", async () => (await workers()).length === 1);
    assert.deepEqual(await bodies(primary.port), new Set(["ok"]));
  });
});

test("what the workers find out about an endpoint is told once, and so is its return", async (t) => {
  const port = await closedPort();
  const health = { path: "/", intervalMs: 20, unhealthyAfter: 1, healthyAfter: 1 };
  const { primary, reports } = await start(t, { ...configFor([port], { health }), workers: 2 });
  await until("a report", () => reports.length > 0);
  for (const status of await Promise.all(Array.from({ length: 40 }, () => ask(primary.port))))
    assert.equal(status.status, 503);
  // Not before it was asked: a request that meets a closed connection resets it.
  const server = createServer((socket) => {
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    // A check has read enough when it has read the head.
    socket.on("error", () => {});
  });
  await once(server.listen(port, "127.0.0.1"), "listening");
  t.after(() => server.close());
  await until("its return", () => reports.length > 1);
  assert.deepEqual(
    reports.map((one) => `${one.type} ${stateOf(one)}`),
    ["endpoint down", "endpoint up"],
  );
});

test("a worker that ends again and again is started again after growing waits", async (t) => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  const { clock, reports, workers } = await start(t, { ...configFor([origin.port]), workers: 2 });
  const [victim = 0] = await workers();
  let pid = victim;
  for (const waitMs of [100, 200, 400, 800]) {
    const others = await workers();
    process.kill(pid, "SIGKILL");
    await until("its end", () => stateOf(reports.at(-1)) === "ended");
    await clock.advance(waitMs - 1);
    assert.equal((await workers()).length, 1);
    await clock.advance(1);
    await until("its successor", () => stateOf(reports.at(-1)) === "serving");
    pid = (await workers()).find((one) => !others.includes(one)) ?? 0;
  }
  const restarts = reports.flatMap((one) => (one.type === "worker" ? [one.restarts] : []));
  assert.deepEqual(restarts, [0, 1, 1, 2, 2, 3, 3, 4]);
  // One that has served for ten seconds is not held to be a crash loop's.
  await clock.advance(10_000);
  process.kill(pid, "SIGKILL");
  await until("its end", () => stateOf(reports.at(-1)) === "ended");
  await clock.advance(100);
  await until("its successor", () => stateOf(reports.at(-1)) === "serving");
});

test("an edge that cannot start leaves no process and no socket behind", async () => {
  const free = await closedPort();
  const at = (port: number) => ({ host: "127.0.0.1", port, routes: [] });
  await using taken = await httpOrigin(() => {});
  const options = {
    clock: new SimulatedClock(),
    random: seededRandom(1),
    secret: SECRET,
    sockets: new ReceivedSockets(),
    report() {},
  };
  const config = { listeners: [at(free), at(taken.port)], upstreams: {}, workers: 2 };
  await assert.rejects(startPrimary({ ...options, config }), { code: "PORT_IN_USE" });
  assert.deepEqual(await childrenOf(process.pid), []);
  await assert.rejects(ask(free), { code: "ECONNREFUSED" });
  assert.equal(options.clock.pendingTimers, 0);
});
