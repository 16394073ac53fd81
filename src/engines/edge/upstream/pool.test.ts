import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { limitsOf } from "../limits.ts";
import { closedPort, type Origin, rawOrigin } from "../testing/servers.ts";
import { Watch } from "../watch.ts";
import type { LinkUser } from "./link.ts";
import { ConnectionPool } from "./pool.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A server that answers what it is told, with its connections in the order they came. */
async function scene(answer: (count: number) => string = () => OK) {
  const sockets: Socket[] = [];
  const received: string[] = [];
  const origin: Origin = await rawOrigin((socket) => {
    sockets.push(socket);
    let count = 0;
    socket.on("data", (chunk) => {
      received.push(chunk.toString("latin1"));
      count += 1;
      socket.write(answer(count), "latin1");
    });
  });
  const clock = new SimulatedClock();
  const watch = new Watch(clock, 500);
  const limits = limitsOf({ limits: { idleUpstreamConnections: 2, idleUpstreamMs: 4_000 } });
  const pool = new ConnectionPool("127.0.0.1", origin.port, limits, { clock, watch });
  const close = async () => {
    pool.close();
    watch.close();
    await origin.kill();
  };
  return { origin, sockets, received, clock, pool, [Symbol.asyncDispose]: close };
}

/** Sends a request, and resolves with the answer's body, or with `failed: ` and why. */
function asked(connection: UpstreamConnection, hasBody = false): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const user: LinkUser = {
    onConnected() {},
    onDrain() {},
    onInterim() {},
    onSwitched() {},
    onAnswer(answer) {
      let body = "";
      answer.on("data", (chunk) => {
        body += chunk.toString("latin1");
      });
      answer.on("end", () => resolve(body));
      answer.on("error", () => resolve(`broken: ${body}`));
    },
    onFailure: ({ kind }) => resolve(`failed: ${kind}`),
  };
  connection.send(
    {
      method: hasBody ? "POST" : "GET",
      target: "/",
      fields: ["Host", "x"],
      hasBody,
      chunked: hasBody,
      headerBytes: 1_000,
      switches: false,
    },
    user,
  );
  return promise;
}

test("a connection that has answered serves the next request, the last used one first", async () => {
  await using it = await scene();
  const [one, two] = [it.pool.take(false), it.pool.take(false)];
  assert.equal(await asked(one), "ok");
  assert.equal(await asked(two), "ok");
  assert.equal(one.isReused, false);
  assert.equal(it.pool.take(false), two);
  assert.equal(await asked(two), "ok");
  assert.equal(two.isReused, true);
  assert.equal(it.pool.take(false), two);
  assert.equal(it.pool.take(false), one);
  assert.equal(it.origin.connections, 2);
});

test("no more idle connections are kept than the bound, and none once the endpoint is retired", async () => {
  await using it = await scene();
  const taken = [1, 2, 3].map(() => it.pool.take(false));
  await Promise.all(taken.map((connection) => asked(connection)));
  const free = [1, 2, 3].map(() => it.pool.take(false));
  assert.equal(free.filter((connection) => taken.includes(connection)).length, 2);
  it.pool.retire();
  const [one] = free;
  assert.ok(one);
  assert.equal(await asked(one), "ok");
  assert.notEqual(it.pool.take(false), one);
});

test("an idle connection is given up after its time, or a second before the time that the upstream names", async () => {
  for (const [field, ms] of [
    ["A: b", 4_000],
    ["Keep-Alive: timeout=3", 2_000],
  ] as const) {
    await using it = await scene(() => `HTTP/1.1 200 OK\r\n${field}\r\nContent-Length: 0\r\n\r\n`);
    const connection = it.pool.take(false);
    await asked(connection);
    await it.clock.advance(ms - 500);
    assert.equal(it.pool.take(false), connection);
    await asked(connection);
    await it.clock.advance(ms + 500);
    assert.notEqual(it.pool.take(false), connection);
  }
});

test("with no idle connection no timer is left", async () => {
  await using it = await scene();
  await asked(it.pool.take(false));
  assert.equal(it.clock.pendingTimers, 1);
  await it.clock.advance(5_000);
  assert.equal(it.clock.pendingTimers, 0);
});

for (const [what, bytes] of [
  ["says that it is the last", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
  ["has something behind it", `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
] as const) {
  test(`a connection whose answer ${what} is never used again`, async () => {
    await using it = await scene(() => bytes);
    const connection = it.pool.take(false);
    assert.equal(await asked(connection), "ok");
    assert.notEqual(it.pool.take(false), connection);
  });
}

test("a connection on which something comes unasked, or that ends, is dropped while it waits", async () => {
  for (const disturb of [
    (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"),
    (socket: Socket) => socket.end(),
    (socket: Socket) => socket.resetAndDestroy(),
  ]) {
    await using it = await scene();
    const connection = it.pool.take(false);
    await asked(connection);
    const [socket] = it.sockets;
    assert.ok(socket);
    const gone = once(socket, "close");
    disturb(socket);
    await gone;
    await new Promise((resolve) => setImmediate(resolve));
    assert.notEqual(it.pool.take(false), connection);
  }
});

test("what became of a request is told: refused, reset, rubbish, or broken off", async () => {
  const clock = new SimulatedClock();
  const context = { clock, watch: new Watch(clock, 500) };
  const nobody = new ConnectionPool("127.0.0.1", await closedPort(), limitsOf({}), context);
  assert.equal(await asked(nobody.take(false)), "failed: unreachable");
  for (const [bytes, outcome] of [
    ["", "failed: reset"],
    ["HTTP/1.1 200", "failed: reset"],
    ["rubbish\r\n\r\n", "failed: rubbish"],
    ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "failed: rubbish"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npart", "broken: part"],
    ["HTTP/1.1 200 OK\r\n\r\nto the end", "to the end"],
  ] as const) {
    await using origin = await rawOrigin((socket) => socket.once("data", () => socket.end(bytes)));
    const pool = new ConnectionPool("127.0.0.1", origin.port, limitsOf({}), context);
    assert.equal(await asked(pool.take(false)), outcome);
    pool.close();
  }
});

test("an abandoned request is heard of no more, and its connection is closed; one that was answered is not", async () => {
  await using it = await scene();
  const connection = it.pool.take(false);
  const user: LinkUser = {
    onConnected() {},
    onDrain() {},
    onInterim() {},
    onSwitched() {},
    onAnswer: () => assert.fail("told of an answer"),
    onFailure: () => assert.fail("told of a failure"),
  };
  connection.send(
    {
      method: "GET",
      target: "/",
      fields: [],
      hasBody: false,
      chunked: false,
      headerBytes: 1_000,
      switches: false,
    },
    user,
  );
  connection.abandon(user);
  const next = it.pool.take(false);
  assert.notEqual(next, connection);
  assert.equal(await asked(next), "ok");
  next.abandon(user);
  assert.equal(it.pool.take(false), next);
});

test("a head, its whole body and the end of it are one packet", async () => {
  await using it = await scene();
  const connection = it.pool.take(false);
  assert.equal(await asked(connection), "ok");
  const answer = asked(it.pool.take(false), true);
  connection.write(Buffer.from("hello"));
  connection.end([["X-Sum", "1"]]);
  assert.equal(await answer, "ok");
  assert.equal(it.received[1], "POST / HTTP/1.1\r\nHost: x\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
});
