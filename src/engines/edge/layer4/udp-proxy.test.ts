import assert from "node:assert/strict";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { test } from "node:test";
import { turns } from "../testing/servers.ts";
import { bindSocket } from "../workers/bound-socket.ts";
import { Layer4Scene, PERIOD_MS } from "./testing/layer4-scene.ts";
import { UdpListener } from "./udp-listener.ts";

/** A socket of loopback that keeps what it hears. */
class Peer implements AsyncDisposable {
  readonly heard: string[] = [];
  readonly socket: Socket;
  readonly from: RemoteInfo[] = [];
  readonly #answer: ((text: string) => string) | undefined;

  private constructor(host: string, answer: ((text: string) => string) | undefined) {
    this.socket = createSocket({ type: host.includes(":") ? "udp6" : "udp4", recvBufferSize: 1 << 20 });
    this.#answer = answer;
    this.socket.on("error", () => {});
    this.socket.on("message", (datagram, client) => {
      const text = datagram.toString("latin1");
      this.heard.push(text);
      this.from.push(client);
      if (this.#answer) this.socket.send(this.#answer(text), client.port, client.address);
    });
  }

  static async open(answer?: (text: string) => string, host = "127.0.0.1"): Promise<Peer> {
    const peer = new Peer(host, answer);
    peer.socket.bind(0, host);
    await once(peer.socket, "listening");
    return peer;
  }

  get port(): number {
    return this.socket.address().port;
  }

  send(text: string | Buffer, port: number, host = "127.0.0.1"): void {
    this.socket.send(text, port, host);
  }

  /** Sends, and resolves with the answer. */
  async ask(text: string, port: number, host = "127.0.0.1"): Promise<string> {
    const answered = once(this.socket, "message");
    this.send(text, port, host);
    const [datagram] = (await answered) as [Buffer];
    return datagram.toString("latin1");
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.close();
    } catch {
      // A test has closed it already.
    }
  }
}

function echo(name: string, host?: string): Promise<Peer> {
  return Peer.open((text) => `${name}:${text}`, host);
}

async function eventually(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000 && !check(); turn++) await turns(1);
  assert.ok(check(), "it has not happened");
}

test("the datagrams of one client go to one endpoint, those of several to each in turn, and answers come back", async () => {
  await using one = await echo("one");
  await using two = await echo("two");
  await using scene = new Layer4Scene({ service: [one.port, two.port] });
  const { port } = await scene.udp();
  const names = new Map<string, number>();
  for (let count = 0; count < 4; count++) {
    await using client = await Peer.open();
    const first = await client.ask("a", port);
    const [name = ""] = first.split(":");
    names.set(name, (names.get(name) ?? 0) + 1);
    for (const text of ["b", "c"]) assert.equal(await client.ask(text, port), `${name}:${text}`);
    assert.ok(
      client.from.every((from) => from.port === port),
      "an answer came from another port than was asked",
    );
  }
  assert.deepEqual([...names].sort(), [
    ["one", 2],
    ["two", 2],
  ]);
  // One port for each session: endpoints tell clients apart by it.
  assert.equal(new Set(one.from.map(({ port: from }) => from)).size, 2);
  assert.deepEqual([scene.datagramsIn, scene.datagramsOut], [12, 12]);
  const endpoints = scene.upstreams.get("service")?.endpoints ?? [];
  assert.deepEqual(
    endpoints.map(({ inFlight }) => inFlight),
    [2, 2],
  );
});

test("with a hash of the client's address all sessions of one address go to one endpoint", async () => {
  await using one = await echo("one");
  await using two = await echo("two");
  const endpoints = [one, two].map(({ port }, at) => ({ id: `service.${at}`, host: "127.0.0.1", port }));
  await using scene = new Layer4Scene({ service: { endpoints, balance: { algorithm: "ip-hash" } } });
  const { port } = await scene.udp();
  const names = new Set<string>();
  for (let count = 0; count < 4; count++) {
    await using client = await Peer.open();
    names.add((await client.ask("", port)).slice(0, 3));
  }
  assert.equal(names.size, 1);
});

test("a session is forgotten after silence in both directions, and a word from either side keeps it", async () => {
  await using one = await Peer.open();
  await using scene = new Layer4Scene({ service: [one.port] });
  const listener = await scene.udp({ idleTimeoutMs: 1_000 });
  await using client = await Peer.open();
  client.send("hello", listener.port);
  await eventually(() => one.heard.length === 1);
  await scene.clock.advance(900);
  client.send("again", listener.port);
  await eventually(() => one.heard.length === 2);
  await scene.clock.advance(900);
  one.send("answer", one.from[0]?.port ?? 0);
  await eventually(() => client.heard.length === 1);
  await scene.clock.advance(900);
  assert.equal(listener.sessions, 1);
  await scene.clock.advance(100 + 2 * PERIOD_MS);
  assert.equal(listener.sessions, 0);
  assert.equal(scene.clock.pendingTimers, 0);
  const [record] = scene.records;
  assert.deepEqual(
    [record?.end, record?.bytesIn, record?.bytesOut, record?.transport],
    ["ended", 10, 6, "udp"],
  );
  assert.deepEqual(
    scene.upstreams.get("service")?.endpoints.map(({ inFlight }) => inFlight),
    [0],
  );
});

test("datagrams that would begin more sessions than there may be are dropped and counted", async () => {
  await using one = await echo("one");
  await using scene = new Layer4Scene({ service: [one.port] });
  const listener = await scene.udp({ sessions: 2 });
  await using first = await Peer.open();
  await using second = await Peer.open();
  await using third = await Peer.open();
  await first.ask("x", listener.port);
  await second.ask("x", listener.port);
  third.send("x", listener.port);
  await eventually(() => scene.told.includes("dropped limit"));
  assert.equal(await first.ask("y", listener.port), "one:y");
  assert.equal(listener.sessions, 2);
});

test("a session moves on to another endpoint when its own is removed, or refuses a datagram", async () => {
  await using one = await echo("one");
  await using two = await echo("two");
  await using scene = new Layer4Scene({ service: [one.port] });
  const listener = await scene.udp();
  await using client = await Peer.open();
  assert.equal(await client.ask("x", listener.port), "one:x");
  const [removed] = scene.configure({ service: [two.port] });
  listener.reconfigure(listener.config, scene.edge);
  let idle = false;
  removed?.retire(() => {
    idle = true;
  });
  assert.equal(await client.ask("y", listener.port), "two:y");
  assert.equal(idle, true);

  scene.configure({ service: [two.port, one.port] });
  listener.reconfigure(listener.config, scene.edge);
  await two.close();
  client.send("lost", listener.port);
  await eventually(() => scene.told.includes("dropped unreachable"));
  assert.equal(await client.ask("z", listener.port), "one:z");
  assert.deepEqual(
    scene.upstreams.get("service")?.endpoints.map(({ isUp }) => isUp),
    [false, true],
  );
  assert.equal(listener.sessions, 1);
});

test("a session whose endpoint is removed and that keeps silent lets go of it when the time for it is over", async () => {
  await using one = await echo("one");
  await using scene = new Layer4Scene({ service: [one.port] });
  const listener = await scene.udp();
  await using client = await Peer.open();
  await client.ask("x", listener.port);
  const [removed] = scene.configure({ service: [] });
  let idle = false;
  removed?.retire(() => {
    idle = true;
  });
  assert.equal(idle, false);
  removed?.closeTunnels();
  assert.equal(idle, true);
  client.send("nobody is left", listener.port);
  await eventually(() => scene.told.includes("dropped unreachable"));
});

test("the largest datagrams pass whole, and empty ones too", async () => {
  await using one = await Peer.open((text) => text);
  await using scene = new Layer4Scene({ service: [one.port] });
  const { port } = await scene.udp();
  await using client = await Peer.open();
  for (const length of [65_507, 1, 0, 9_000]) {
    const text = "x".repeat(length);
    assert.equal((await client.ask(text, port)).length, length);
  }
});

test("what a client sends before its session's socket is ready is sent in its order, up to a bound", async () => {
  await using one = await Peer.open();
  await using scene = new Layer4Scene({ service: [one.port] });
  const { port } = await scene.udp();
  await using client = await Peer.open();
  for (let count = 0; count < 10; count++) client.send(String(count), port);
  await eventually(() => one.heard.length === 10);
  assert.deepEqual(
    one.heard,
    Array.from({ length: 10 }, (_, at) => String(at)),
  );
});

test("IPv6 is spoken on either side", async () => {
  await using six = await echo("six", "::1");
  await using four = await echo("four");
  const at = (host: string, port: number) => ({ endpoints: [{ id: "one", host, port }] });
  await using scene = new Layer4Scene({ six: at("::1", six.port), four: at("127.0.0.1", four.port) });
  const [inSix, inFour] = [await scene.udp({ host: "::1", to: "four" }), await scene.udp({ to: "six" })];
  await using client6 = await Peer.open(undefined, "::1");
  await using client4 = await Peer.open();
  assert.equal(await client6.ask("x", inSix.port, "::1"), "four:x");
  assert.equal(await client4.ask("x", inFour.port), "six:x");
});

test("a socket that was bound before is served on, and a port that is taken is said to be", async () => {
  await using one = await echo("one");
  await using scene = new Layer4Scene({ service: [one.port] });
  const held = await bindSocket("udp", "127.0.0.1", 0);
  const config = { kind: "udp", host: "127.0.0.1", port: 0, to: "service" } as const;
  const listener = await UdpListener.open(config, scene.options, () => held);
  await using client = await Peer.open();
  assert.equal(await client.ask("x", listener.port), "one:x");
  await assert.rejects(scene.udp({ port: listener.port }), { code: "PORT_IN_USE" });
  await listener.close();
});

test("a listener that is closed ends its sessions; one that stops lets them go on, and begins none", async () => {
  await using one = await echo("one");
  await using scene = new Layer4Scene({ service: [one.port] });
  const listener = await scene.udp({ idleTimeoutMs: 1_000 });
  await using client = await Peer.open();
  await using late = await Peer.open();
  await client.ask("x", listener.port);
  const { port } = listener;
  let gone = false;
  const stopped = listener.stopAccepting().then(() => {
    gone = true;
  });
  late.send("x", port);
  await eventually(() => scene.told.includes("dropped limit"));
  assert.equal(await client.ask("y", port), "one:y");
  assert.equal(gone, false);
  await scene.clock.advance(1_000 + 2 * PERIOD_MS);
  await stopped;
  const other = await scene.udp();
  await client.ask("z", other.port);
  await other.close();
  assert.deepEqual(
    scene.records.map(({ end }) => end),
    ["ended", "closed"],
  );
});
