import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import type { UpstreamBoundsConfig } from "../config/index.ts";
import { limitsOf } from "../limits.ts";
import { closedPort, rawOrigin, turns } from "../testing/servers.ts";
import { boundsOf } from "../upstream/bounds.ts";
import type { LinkUser, SentRequest, UpstreamLink } from "../upstream/link.ts";
import type { LinkAsker } from "../upstream/link-pool.ts";
import { Watch } from "../watch.ts";
import { ACK, END_STREAM, FRAME, frame, framesIn } from "./testing/raw-http2.ts";
import { http2Origin } from "./testing/scene.ts";
import { SessionPool } from "./upstream-pool.ts";

/** A pool in front of a port. */
function poolFor(port: number, config: UpstreamBoundsConfig = {}) {
  const clock = new SimulatedClock();
  const watch = new Watch(clock, 500);
  const pool = new SessionPool({
    host: "127.0.0.1",
    port,
    limits: limitsOf({}),
    bounds: boundsOf(config),
    load: { requests: 0, pending: 0 },
    tunnels: { size: 0 },
    clock,
    watch,
    scheme: "http",
    open: () => connect({ host: "127.0.0.1", port, noDelay: true }),
  });
  return {
    pool,
    clock,
    [Symbol.dispose]() {
      pool.close();
      watch.close();
    },
  };
}

const GET: SentRequest = {
  method: "GET",
  target: "/",
  fields: ["Host", "a.example", "TE", "trailers", "Connection", "close", "X-Name", "value"],
  hasBody: false,
  chunked: false,
  headerBytes: 16_384,
  headerFields: 100,
  switches: false,
};
const POST: SentRequest = { ...GET, method: "POST", hasBody: true, chunked: true };

/** Sends a request; resolves with status, body and trailers, or with what went wrong. */
function asked(link: UpstreamLink, request: SentRequest = GET, onConnected?: () => void) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const user: LinkUser = {
    onConnected: () => onConnected?.(),
    onDrain() {},
    onInterim() {},
    onSwitched() {},
    onAnswer(answer) {
      let body = `${answer.statusCode} `;
      answer.listen({
        onData(chunk) {
          body += chunk.toString("latin1");
        },
        onPause() {},
        onEnd: () => resolve(`${body} ${answer.rawTrailers.join("=")}`.trim()),
        onBroken: () => resolve(`broken: ${body}`),
      });
    },
    onFailure: (failure) => resolve(`failed: ${failure.kind}`),
  };
  link.send(request, user);
  return { answered: promise, abandon: () => link.abandon(user) };
}

/** A link of the pool, now or when there is one. */
function linkOf(pool: SessionPool): Promise<UpstreamLink> {
  return new Promise((resolve, reject) => {
    const asker: LinkAsker = {
      switches: false,
      client: undefined,
      onLink: resolve,
      onNoLink: (why) => reject(new Error(why)),
    };
    const link = pool.take(asker);
    if (link === "full") reject(new Error(link));
    else if (link !== "queued") resolve(link);
  });
}

test("requests share one session, and the fields of HTTP/1.1 become those of HTTP/2", async () => {
  const seen: Record<string, unknown>[] = [];
  await using server = await http2Origin((stream, headers) => {
    seen.push(headers);
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
  using it = poolFor(server.port);
  const links = await Promise.all([1, 2, 3].map(() => linkOf(it.pool)));
  assert.deepEqual(await Promise.all(links.map((link) => asked(link).answered)), [
    "200 ok",
    "200 ok",
    "200 ok",
  ]);
  assert.equal(server.sessions.length, 1);
  assert.equal(links[0]?.isReused, false);
  const [first] = seen;
  assert.equal(first?.[":authority"], "a.example");
  assert.equal(first?.["x-name"], "value");
  assert.equal(first?.te, "trailers");
  for (const name of ["host", "connection"]) assert.ok(!(name in (first ?? {})), name);
  const again = await linkOf(it.pool);
  assert.equal(await asked(again).answered, "200 ok");
  assert.equal(again.isReused, true);
});

test("bodies and trailers go both ways, and an answer that is trailers only is one without a body", async () => {
  await using server = await http2Origin((stream, headers) => {
    if (headers[":method"] === "GET") {
      stream.respond({ ":status": 200, "grpc-status": "5" }, { endStream: true });
      return;
    }
    let body = "";
    let check: unknown;
    stream.on("trailers", (fields) => {
      check = fields["x-check"];
    });
    stream.on("data", (chunk) => {
      body += chunk;
    });
    stream.on("end", () => {
      stream.respond({ ":status": 200 }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": `${body.length}/${check}` }));
      stream.end("got it");
    });
  });
  using it = poolFor(server.port);
  const link = await linkOf(it.pool);
  const { answered } = asked(link, POST, () => {
    link.write(Buffer.from("a body"));
    link.end([["X-Check", "7"]]);
  });
  assert.equal(await answered, "200 got it x-sum=6/7");
  assert.equal(await asked(await linkOf(it.pool)).answered, "200");
});

test("no session has more streams than the server takes, and no more sessions are opened than the bound", async () => {
  await using server = await http2Origin(() => {}, { maxConcurrentStreams: 2 });
  using it = poolFor(server.port, { connections: 2, pending: 1 });
  const first = asked(await linkOf(it.pool));
  while (server.streams.length < 1) await turns(1);
  for (let more = 0; more < 3; more++) void asked(await linkOf(it.pool)).answered;
  while (server.streams.length < 4) await turns(1);
  assert.equal(it.pool.connections, 2);
  const fifth = linkOf(it.pool);
  await assert.rejects(linkOf(it.pool), /full/);
  assert.equal(it.pool.pending, 1);
  first.abandon();
  await turns();
  // Node's own servers would turn down a stream that comes right behind the reset of another.
  await it.clock.advance(500);
  const { answered } = asked(await fifth);
  while (server.streams.length < 5) await turns(1);
  server.streams[4]?.respond({ ":status": 204 });
  assert.equal(await answered, "204");
});

test("who waits too long for a stream is told so", async () => {
  await using server = await http2Origin(() => {}, { maxConcurrentStreams: 1 });
  using it = poolFor(server.port, { connections: 1, pendingMs: 1_000 });
  void asked(await linkOf(it.pool)).answered;
  while (server.streams.length < 1) await turns(1);
  const late = assert.rejects(linkOf(it.pool), /late/);
  await it.clock.advance(2_000);
  await late;
});

test("a stream that the server refuses unseen is opened again, whatever its method, and nobody hears of it", async () => {
  let refusals = 0;
  await using server = await http2Origin((stream) => {
    if (refusals < 2) {
      refusals += 1;
      stream.close(7);
      return;
    }
    stream.respond({ ":status": 200 });
    stream.end("third time");
  });
  using it = poolFor(server.port);
  const request = { ...GET, method: "DELETE" };
  assert.equal(await asked(await linkOf(it.pool), request).answered, "200 third time");
});

test("when the server goes away, what it has seen to is answered, and the next request gets another session", async () => {
  await using server = await http2Origin(() => {});
  using it = poolFor(server.port);
  const under = asked(await linkOf(it.pool));
  while (server.streams.length < 1) await turns(1);
  server.sessions[0]?.close();
  await turns();
  const next = asked(await linkOf(it.pool));
  while (server.streams.length < 2) await turns(1);
  assert.equal(server.sessions.length, 2);
  for (const stream of server.streams) {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  }
  assert.deepEqual(await Promise.all([under.answered, next.answered]), ["200 ok", "200 ok"]);
});

test("an answer that breaks off is told as broken, whatever code it breaks off with", async () => {
  for (const code of [0, 2, 8]) {
    await using server = await http2Origin((stream) => {
      stream.respond({ ":status": 200 });
      stream.write("part");
      setImmediate(() => {
        stream._final = (done) => done();
        stream.close(code);
      });
    });
    using it = poolFor(server.port);
    assert.equal(await asked(await linkOf(it.pool)).answered, "broken: 200 part", `with code ${code}`);
  }
});

test("failures are told apart: refused, not HTTP/2, reset before an answer, an invalid answer", async () => {
  using nobody = poolFor(await closedPort());
  assert.equal(await asked(await linkOf(nobody.pool)).answered, "failed: unreachable");
  await using old = await rawOrigin((socket) =>
    socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
  );
  using elder = poolFor(old.port);
  assert.equal(await asked(await linkOf(elder.pool)).answered, "failed: unreachable");
  await using server = await http2Origin((stream) => stream.close(2));
  using it = poolFor(server.port);
  assert.equal(await asked(await linkOf(it.pool)).answered, "failed: reset");
  await using large = await http2Origin((stream) =>
    stream.respond({ ":status": 200, "x-large": "x".repeat(20_000) }),
  );
  using strict = poolFor(large.port);
  assert.equal(await asked(await linkOf(strict.pool)).answered, "failed: rubbish");
});

test("a server that takes connections and never speaks is given up after the connect timeout", async () => {
  await using mute = await rawOrigin((socket) => socket.resume());
  using it = poolFor(mute.port);
  const { answered } = asked(await linkOf(it.pool));
  while (mute.connections === 0) await turns(1);
  await it.clock.advance(4_000);
  assert.equal(await answered, "failed: unreachable");
  assert.equal(it.pool.connections, 0);
});

test("a request that is given up in the middle of its body never looks whole to the server", async () => {
  const frames: { type: number; flags: number }[] = [];
  await using origin = await rawOrigin((socket) => {
    let received = Buffer.alloc(0);
    socket.write(frame(FRAME.SETTINGS, 0, 0));
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      frames.length = 0;
      frames.push(...framesIn(received.subarray(24)));
    });
  });
  using it = poolFor(origin.port);
  const link = await linkOf(it.pool);
  const { abandon } = asked(link, POST, () => link.write(Buffer.from("part")));
  while (!frames.some(({ type }) => type === FRAME.DATA)) await turns(1);
  abandon();
  while (!frames.some(({ type }) => type === FRAME.RST_STREAM)) await turns(1);
  assert.ok(!frames.some(({ type, flags }) => type === FRAME.DATA && (flags & END_STREAM) !== 0));
});

test("a server that lets a request wait is asked whether it is there, gets no other meanwhile, and is given up if it is not", async () => {
  let answersPings = false;
  const opened: number[] = [];
  await using origin = await rawOrigin((socket) => {
    socket.write(frame(FRAME.SETTINGS, 0, 0));
    let first = true;
    socket.on("data", (chunk) => {
      for (const one of framesIn(first ? chunk.subarray(24) : chunk)) {
        if (one.type === FRAME.HEADERS) opened.push(one.stream);
        if (one.type === FRAME.PING && answersPings) socket.write(frame(FRAME.PING, ACK, 0, one.payload));
      }
      first = false;
    });
  });
  using it = poolFor(origin.port, { connections: 1 });
  const first = asked(await linkOf(it.pool));
  while (opened.length < 1) await turns(1);
  await it.clock.advance(2_000);
  answersPings = true;
  first.abandon();
  const second = asked(await linkOf(it.pool));
  while (opened.length < 2) await turns(1);
  answersPings = false;
  await it.clock.advance(12_000);
  second.abandon();
  await turns();
  await it.clock.advance(16_000);
  while (it.pool.connections > 0) await turns(1);
});

test("a session without streams is closed after its time, one that is retired with its last stream", async () => {
  await using server = await http2Origin((stream, headers) => {
    if (headers[":method"] === "GET") stream.respond({ ":status": 204 });
  });
  using it = poolFor(server.port);
  assert.equal(await asked(await linkOf(it.pool)).answered, "204");
  while (it.pool.idle < 1) await turns(1);
  await it.clock.advance(3_000);
  assert.equal(it.pool.connections, 1);
  await it.clock.advance(2_000);
  assert.equal(it.pool.connections, 0);
  const last = asked(await linkOf(it.pool), { ...GET, method: "DELETE" });
  while (server.streams.length < 2) await turns(1);
  it.pool.retire();
  assert.equal(it.pool.connections, 1);
  server.streams[1]?.respond({ ":status": 204 });
  assert.equal(await last.answered, "204");
  while (it.pool.connections > 0) await turns(1);
});

test("a session that has served its number of requests is closed, and another one goes on", async () => {
  await using server = await http2Origin((stream) => stream.respond({ ":status": 204 }));
  using it = poolFor(server.port, { requestsPerConnection: 2 });
  for (let count = 0; count < 4; count++) assert.equal(await asked(await linkOf(it.pool)).answered, "204");
  assert.equal(server.sessions.length, 2);
});
