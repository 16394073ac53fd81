import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { limitsOf } from "../limits.ts";
import { closedPort, rawOrigin } from "../testing/servers.ts";
import { Watch } from "../watch.ts";
import { boundsOf } from "./bounds.ts";
import type { LinkUser } from "./link.ts";
import { ConnectionPool } from "./pool.ts";
import { asked, OK, poolScene, sendOn, taken } from "./testing/pool-scene.ts";

test("a connection that has answered serves the next request, the last used one first", async () => {
  await using it = await poolScene();
  const [one, two] = [taken(it.pool), taken(it.pool)];
  assert.equal(await asked(one), "ok");
  assert.equal(await asked(two), "ok");
  assert.equal(one.isReused, false);
  assert.equal(taken(it.pool), two);
  assert.equal(await asked(two), "ok");
  assert.equal(two.isReused, true);
  assert.equal(taken(it.pool), two);
  assert.equal(taken(it.pool), one);
  assert.equal(it.origin.connections, 2);
});

test("no more idle connections are kept than the bound, and none once the endpoint is retired", async () => {
  await using it = await poolScene();
  const first = [1, 2, 3].map(() => taken(it.pool));
  await Promise.all(first.map((connection) => asked(connection)));
  const free = [1, 2, 3].map(() => taken(it.pool));
  assert.equal(free.filter((connection) => first.includes(connection)).length, 2);
  it.pool.retire();
  const [one] = free;
  assert.ok(one);
  assert.equal(await asked(one), "ok");
  assert.notEqual(taken(it.pool), one);
});

test("an idle connection is given up after its time, or a second before the time that the upstream names", async () => {
  for (const [field, ms] of [
    ["A: b", 4_000],
    ["Keep-Alive: timeout=3", 2_000],
  ] as const) {
    await using it = await poolScene({
      answer: () => `HTTP/1.1 200 OK\r\n${field}\r\nContent-Length: 0\r\n\r\n`,
    });
    const connection = taken(it.pool);
    await asked(connection);
    await it.clock.advance(ms - 500);
    assert.equal(taken(it.pool), connection);
    await asked(connection);
    await it.clock.advance(ms + 500);
    assert.notEqual(taken(it.pool), connection);
  }
});

test("with no idle connection no timer is left", async () => {
  await using it = await poolScene();
  await asked(taken(it.pool));
  assert.equal(it.clock.pendingTimers, 1);
  await it.clock.advance(5_000);
  assert.equal(it.clock.pendingTimers, 0);
});

for (const [what, bytes] of [
  ["says that it is the last", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
  ["has something behind it", `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
] as const) {
  test(`a connection whose answer ${what} is never used again`, async () => {
    await using it = await poolScene({ answer: () => bytes });
    const connection = taken(it.pool);
    assert.equal(await asked(connection), "ok");
    assert.notEqual(taken(it.pool), connection);
  });
}

test("a connection on which something comes unasked, or that ends, is dropped while it waits", async () => {
  for (const disturb of [
    (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"),
    (socket: Socket) => socket.end(),
    (socket: Socket) => socket.resetAndDestroy(),
  ]) {
    await using it = await poolScene();
    const connection = taken(it.pool);
    await asked(connection);
    const [socket] = it.sockets;
    assert.ok(socket);
    const gone = once(socket, "close");
    disturb(socket);
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    assert.notEqual(taken(it.pool), connection);
  }
});

test("what became of a request is told: refused, reset, rubbish, or broken off", async () => {
  const clock = new SimulatedClock();
  const context = {
    host: "127.0.0.1",
    limits: limitsOf({}),
    bounds: boundsOf(),
    load: { requests: 0, pending: 0 },
    tunnels: new Set(),
    clock,
    watch: new Watch(clock, 500),
  };
  const nobody = new ConnectionPool({ ...context, port: await closedPort() });
  assert.equal(await asked(taken(nobody)), "failed: unreachable");
  for (const [bytes, outcome] of [
    ["", "failed: reset"],
    ["HTTP/1.1 200", "failed: reset"],
    ["rubbish\r\n\r\n", "failed: rubbish"],
    ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "failed: rubbish"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npart", "broken: part"],
    ["HTTP/1.1 200 OK\r\n\r\nto the end", "to the end"],
  ] as const) {
    await using origin = await rawOrigin((socket) => socket.once("data", () => socket.end(bytes)));
    const pool = new ConnectionPool({ ...context, port: origin.port });
    assert.equal(await asked(taken(pool)), outcome);
    pool.close();
  }
});

test("an abandoned request is heard of no more, and its connection is closed; one that was answered is not", async () => {
  await using it = await poolScene();
  const connection = taken(it.pool);
  const user: LinkUser = {
    onConnected() {},
    onDrain() {},
    onInterim() {},
    onSwitched() {},
    onAnswer: () => assert.fail("told of an answer"),
    onFailure: () => assert.fail("told of a failure"),
  };
  sendOn(connection, user);
  connection.abandon(user);
  const next = taken(it.pool);
  assert.notEqual(next, connection);
  assert.equal(await asked(next), "ok");
  next.abandon(user);
  assert.equal(taken(it.pool), next);
});

test("a head, its whole body and the end of it are one packet", async () => {
  await using it = await poolScene();
  const connection = taken(it.pool);
  assert.equal(await asked(connection), "ok");
  const answer = asked(taken(it.pool), true);
  connection.write(Buffer.from("hello"));
  connection.end([["X-Sum", "1"]]);
  assert.equal(await answer, "ok");
  assert.equal(it.received[1], "POST / HTTP/1.1\r\nHost: x\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
});
