import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { codeOf } from "../../../blocks/errors/index.ts";
import { ask, closedPort, configFor, httpOrigin, RawClient } from "../testing/servers.ts";
import { HeldSockets } from "./held-sockets.ts";
import { EdgeProcess, survivors, until } from "./testing/edge-process.ts";
import { load } from "./testing/load.ts";

/** Sockets for the listeners of a configuration, as a supervisor holds them. */
async function held(...args: Parameters<HeldSockets["hold"]>): Promise<HeldSockets & Disposable> {
  const sockets = new HeldSockets();
  await sockets.hold(...args);
  return Object.assign(sockets, { [Symbol.dispose]: () => sockets.close() });
}

function isRefusal(thrown: unknown): boolean {
  return codeOf(thrown) === "ECONNREFUSED";
}

describe("an edge whose sockets a supervisor holds", () => {
  test("may be killed under load: no connection is refused, and what waits is served by the next process", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = configFor([origin.port]);
    using sockets = await held(config.listeners);
    await using first = await EdgeProcess.start(config, sockets.all);
    const traffic = load(first.port, 8);
    await traffic.more(100);
    await first.kill();
    await using next = await EdgeProcess.start(config, sockets.all);
    assert.equal(next.port, first.port);
    await traffic.more(100);
    await traffic.stop();
    assert.ok(!traffic.failures.includes("ECONNREFUSED"));
    assert.ok(traffic.failures.length <= 8, `only what was under way fails: ${traffic.failures}`);
  });

  test("is upgraded under load without a failed request: its successor serves before it drains", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = configFor([origin.port]);
    using sockets = await held(config.listeners);
    await using first = await EdgeProcess.start(config, sockets.all);
    const traffic = load(first.port);
    let process = first;
    for (let round = 0; round < 3; round++) {
      await traffic.more(50);
      const next = await EdgeProcess.start(config, sockets.all);
      await process.drain();
      await process.end();
      assert.equal(process.child.exitCode, 0);
      process = next;
    }
    await traffic.more(50);
    await traffic.stop();
    await process.end();
    assert.deepEqual(traffic.failures, []);
  });

  test("serves a listener that an update adds on the socket that came with it", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = configFor([origin.port]);
    const [listener] = config.listeners;
    assert.ok(listener);
    const port = await closedPort();
    const more = { ...config, listeners: [listener, { ...listener, port }] };
    using sockets = await held(config.listeners);
    await using first = await EdgeProcess.start(config, sockets.all);
    const added = await sockets.hold(more.listeners);
    assert.deepEqual(await first.update(more, added), { type: "updated", id: 1, drained: true });
    assert.equal((await ask(port)).body, "ok");
    await first.kill();
    const waiting = ask(port);
    await using _next = await EdgeProcess.start(more, sockets.all);
    assert.equal((await waiting).body, "ok");
  });

  test("keeps no copy of a socket that it was sent for nothing", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = configFor([origin.port]);
    const port = await closedPort();
    const elsewhere = { host: "127.0.0.1", port, routes: [{ path: "/*", to: "service" }] };
    await using first = await EdgeProcess.start(config);
    const others = new HeldSockets();
    await others.hold([elsewhere]);
    await first.update(config, others.all);
    // Another edge listens there now, which it could not if the address were still bound and then listened at.
    await using other = await EdgeProcess.start({ ...config, listeners: [elsewhere] }, others.all);
    others.close();
    await other.end();
    await using again = await EdgeProcess.start({ ...config, listeners: [elsewhere] });
    assert.equal((await ask(again.port)).body, "ok");
  });
});

describe("an edge of several workers", () => {
  test("replaces them one after the other under load, and fails no request", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using edge = await EdgeProcess.start({ ...configFor([origin.port]), workers: 2 });
    const before = await edge.workers();
    assert.equal(before.length, 2);
    const traffic = load(edge.port);
    await traffic.more(50);
    assert.deepEqual(await edge.replaceWorkers(), { type: "replaced", id: 1 });
    await traffic.more(50);
    await traffic.stop();
    assert.deepEqual(traffic.failures, []);
    assert.deepEqual(await survivors(before), []);
    assert.equal((await edge.workers()).length, 2);
    assert.deepEqual(edge.unread("worker"), []);
  });

  test("goes on serving when a worker is killed, and starts it again", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using edge = await EdgeProcess.start({ ...configFor([origin.port]), workers: 2 });
    const [victim = 0] = await edge.workers();
    const traffic = load(edge.port);
    await traffic.more(50);
    process.kill(victim, "SIGKILL");
    const end = await edge.next("worker");
    assert.deepEqual([end.state, end.reason, end.restarts], ["ended", "was killed by SIGKILL", 0]);
    const again = await edge.next("worker");
    assert.deepEqual([again.worker, again.state, again.restarts], [end.worker, "serving", 1]);
    await traffic.more(50);
    await traffic.stop();
    assert.ok(!traffic.failures.includes("ECONNREFUSED"));
    assert.ok(traffic.failures.length <= 8, `only what was under way fails: ${traffic.failures}`);
    assert.equal((await edge.workers()).length, 2);
  });

  test("refuses no connection even when all its workers are killed at once", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using edge = await EdgeProcess.start({ ...configFor([origin.port]), workers: 2 });
    for (const pid of await edge.workers()) process.kill(pid, "SIGKILL");
    await until("the end of both", async () => (await edge.workers()).length === 0);
    assert.equal((await ask(edge.port)).body, "ok");
  });

  test("is upgraded as a whole under load without a failed request", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const config = { ...configFor([origin.port]), workers: 2 };
    using sockets = await held(config.listeners);
    await using first = await EdgeProcess.start(config, sockets.all);
    const traffic = load(first.port);
    await traffic.more(50);
    await using next = await EdgeProcess.start({ ...config, workers: 3 }, sockets.all);
    await first.drain();
    await first.end();
    await traffic.more(50);
    await traffic.stop();
    assert.deepEqual(traffic.failures, []);
    assert.equal((await next.workers()).length, 3);
  });
});

describe("the end of an edge of several workers", () => {
  test("begins with refusing connections, where nobody else holds its sockets", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    const limits = { drainTimeoutMs: 60_000 };
    await using edge = await EdgeProcess.start({ ...configFor([origin.port], { limits }), workers: 2 });
    await using idle = new RawClient(edge.port);
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await idle.until(/ok$/);
    const draining = edge.drain();
    await until("a refusal", () => ask(edge.port).then(() => false, isRefusal));
    idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.match(await idle.toEnd(), /ok.*Connection: close.*ok$/s);
    assert.deepEqual(await draining, { type: "drained", drained: true });
  });

  test("ends the workers, and frees its ports", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using edge = await EdgeProcess.start({ ...configFor([origin.port]), workers: 2 });
    const workers = await edge.workers();
    await edge.end();
    assert.equal(edge.child.exitCode, 0);
    assert.deepEqual(await survivors(workers), []);
    await assert.rejects(ask(edge.port), { code: "ECONNREFUSED" });
  });

  test("comes to its workers too when it is killed, and they free its ports", async () => {
    await using origin = await httpOrigin((_, response) => response.end("ok"));
    await using edge = await EdgeProcess.start({ ...configFor([origin.port]), workers: 2 });
    const workers = await edge.workers();
    await edge.kill();
    await until("the end of the workers", async () => (await survivors(workers)).length === 0);
    await assert.rejects(ask(edge.port), { code: "ECONNREFUSED" });
  });
});
