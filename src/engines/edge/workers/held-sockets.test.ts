import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import type { ListenerConfig } from "../config/index.ts";
import { ask, closedPort, httpOrigin } from "../testing/servers.ts";
import { bindSocket, portOf, type SocketHandle } from "./bound-socket.ts";
import { HeldSockets, ReceivedSockets, socketMessage } from "./held-sockets.ts";

const tcp = (port: number, host = "127.0.0.1"): ListenerConfig => ({ host, port, routes: [] });
const udp = (port: number): ListenerConfig => ({ kind: "udp", host: "127.0.0.1", port, to: "names" });

/** Whether a server can listen there. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  server.close();
  return free;
}

/** Listens on a copy of the socket, as a worker does. */
async function serve(handle: SocketHandle) {
  const server = createServer((socket) => socket.destroy()).listen(handle, 16);
  await once(server, "listening");
  return server;
}

describe("a bound socket", () => {
  test("takes nothing before it is given to a server", async () => {
    const handle = await bindSocket("tcp", "127.0.0.1", 0);
    await assert.rejects(ask(portOf(handle)), { code: "ECONNREFUSED" });
    const server = await serve(handle);
    await assert.rejects(ask(portOf(handle)), { code: "ECONNRESET" });
    server.close();
  });

  test("says plainly why it cannot be had", async () => {
    await using taken = await httpOrigin(() => {});
    const where = `127.0.0.1:${taken.port}`;
    await assert.rejects(bindSocket("tcp", "127.0.0.1", taken.port), {
      code: "PORT_IN_USE",
      message: `${where} is taken by another program; choose another port`,
    });
    await assert.rejects(bindSocket("tcp", "192.0.2.1", 0), { code: "CANNOT_LISTEN" });
    await assert.rejects(bindSocket("tcp", "nowhere.invalid", 0), { code: "CANNOT_LISTEN" });
    const held = await bindSocket("udp", "127.0.0.1", 0);
    await assert.rejects(bindSocket("udp", "127.0.0.1", portOf(held)), { code: "PORT_IN_USE" });
    held.close();
  });

  test("is found by name, and on both families", async () => {
    for (const host of ["localhost", "::1", "::", "0.0.0.0"]) {
      const handle = await bindSocket("tcp", host, 0);
      assert.ok(portOf(handle) > 0);
      handle.close();
    }
  });
});

describe("held sockets", () => {
  test("stay with the listeners that stay, and go with those that go", async () => {
    const sockets = new HeldSockets();
    const [one, two] = [await closedPort(), await closedPort()];
    await sockets.hold([tcp(one), udp(one)]);
    const before = sockets.all;
    const added = await sockets.hold([udp(one), tcp(two), tcp(one)]);
    assert.deepEqual(
      added.map(({ transport, port }) => [transport, port]),
      [["tcp", two]],
    );
    assert.deepEqual(sockets.all, [...before, ...added]);
    const server = await serve(added[0]?.handle as SocketHandle);
    sockets.keepOnly([udp(one), tcp(one)]);
    assert.deepEqual(sockets.all, before);
    assert.equal(server.listening, true);
    server.close();
    sockets.close();
    assert.ok((await isFree(one)) && (await isFree(two)));
  });

  test("are as many as there are listeners whose port is open", async () => {
    const sockets = new HeldSockets();
    await sockets.hold([tcp(0), tcp(0)]);
    assert.equal(new Set(sockets.all.map(({ handle }) => portOf(handle))).size, 2);
    assert.deepEqual(await sockets.hold([tcp(0), tcp(0)]), []);
    assert.equal((await sockets.hold([tcp(0), tcp(0), tcp(0)])).length, 1);
    sockets.keepOnly([tcp(0)]);
    assert.equal(sockets.all.length, 1);
    sockets.close();
  });

  test("are held all or none", async () => {
    await using taken = await httpOrigin(() => {});
    const sockets = new HeldSockets();
    await sockets.hold([tcp(0)]);
    const before = sockets.all;
    const udpPort = await closedPort();
    await assert.rejects(sockets.hold([tcp(0), udp(udpPort), tcp(taken.port)]), { code: "PORT_IN_USE" });
    assert.deepEqual(sockets.all, before);
    (await bindSocket("udp", "127.0.0.1", udpPort)).close();
    sockets.close();
  });

  test("may be received from another holder, and are not bound again then", async () => {
    const parent = new HeldSockets();
    await parent.hold([tcp(0)]);
    const [socket] = parent.all;
    assert.ok(socket);
    const received = new ReceivedSockets();
    assert.equal(received.take(socketMessage(socket), socket.handle), true);
    const child = new HeldSockets();
    await child.hold([tcp(0), tcp(0)], received.lookup);
    assert.equal(child.all[0]?.handle, socket.handle);
    assert.notEqual(child.all[1]?.handle, socket.handle);
    child.close();
  });
});

describe("received sockets", () => {
  test("are given away once, each for its own address, and closed where nobody wants them", async () => {
    const received = new ReceivedSockets();
    const handles = [await bindSocket("tcp", "127.0.0.1", 0), await bindSocket("udp", "127.0.0.1", 0)];
    for (const [at, transport] of (["tcp", "udp"] as const).entries())
      received.take({ type: "socket", transport, host: "127.0.0.1", port: 0 }, handles[at]);
    const port = portOf(handles[1] as SocketHandle);
    assert.equal(received.lookup("tcp", "127.0.0.1", 1), undefined);
    assert.equal(received.lookup("tcp", "127.0.0.1", 0), handles[0]);
    assert.equal(received.lookup("tcp", "127.0.0.1", 0), undefined);
    received.close();
    assert.equal(received.lookup("udp", "127.0.0.1", 0), undefined);
    await new Promise((resolve) => setImmediate(resolve));
    (await bindSocket("udp", "127.0.0.1", port)).close();
    handles[0]?.close();
  });

  test("are told from other messages, and one that was lost on its way is done without", () => {
    const received = new ReceivedSockets();
    for (const message of [undefined, null, "socket", {}, { type: "update" }, { type: "socket", port: 1 }])
      assert.equal(received.take(message, undefined), false);
    assert.equal(received.take({ type: "socket", transport: "tcp", host: "h", port: 1 }, undefined), true);
    assert.equal(received.lookup("tcp", "h", 1), undefined);
  });
});
