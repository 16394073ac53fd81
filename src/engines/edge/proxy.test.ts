import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { seededRandom } from "../../blocks/time/index.ts";
import { startEdge } from "./edge.ts";
import {
  ask,
  disposable,
  edgeFor,
  gate,
  httpOrigin,
  RawClient,
  rawOrigin,
  readWhole,
} from "./testing/servers.ts";

test("a request and its answer pass unchanged but for the fields that are the edge's business", async () => {
  let seen: IncomingMessage | undefined;
  await using origin = await httpOrigin((incoming, response) => {
    seen = incoming;
    response.writeHead(201, "Made", ["X-One", "1", "set-cookie", "a=1", "Set-Cookie", "b=2", "Date", "x"]);
    response.end("hello");
  });
  await using edge = await edgeFor([origin.port], {}, { random: seededRandom(1) });
  const headers = ["x-Case", "Kept", "X-Twice", "1", "X-Twice", "2", "X-Forwarded-For", "6.6.6.6"];
  const answer = await ask(edge.port, { method: "DELETE", path: "/a/b?c=%20&d", headers });
  assert.equal(answer.status, 201);
  assert.equal(answer.body, "hello");
  assert.deepEqual(answer.rawHeaders.slice(0, 8), [
    "X-One",
    "1",
    "set-cookie",
    "a=1",
    "Set-Cookie",
    "b=2",
    "Date",
    "x",
  ]);
  assert.equal(seen?.method, "DELETE");
  assert.equal(seen?.url, "/a/b?c=%20&d");
  const host = `127.0.0.1:${edge.port}`;
  assert.deepEqual(seen?.rawHeaders.slice(0, 8), [
    "Host",
    host,
    "x-Case",
    "Kept",
    "X-Twice",
    "1",
    "X-Twice",
    "2",
  ]);
  assert.equal(seen?.headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(seen?.headers["x-forwarded-host"], host);
  assert.equal(seen?.headers["x-forwarded-proto"], "http");
  assert.match(seen?.headers.via ?? "", /^1\.1 trestle-[a-z0-9]{10}$/);
  assert.match(String(answer.headers["x-request-id"]), /^[a-z0-9]{10}-1$/);
  assert.equal(seen?.headers["x-request-id"], answer.headers["x-request-id"]);
});

test("the client's own request id goes to the service and comes back", async () => {
  await using origin = await httpOrigin((incoming, response) =>
    response.end(incoming.headers["x-request-id"]),
  );
  await using edge = await edgeFor([origin.port]);
  const answer = await ask(edge.port, { headers: ["X-Request-Id", "mine-7"] });
  assert.equal(answer.body, "mine-7");
  assert.equal(answer.headers["x-request-id"], "mine-7");
});

test("bodies of known and of unknown length pass in both directions", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    response.setHeader(
      "X-Framing",
      incoming.headers["transfer-encoding"] ?? `${incoming.headers["content-length"]}`,
    );
    incoming.pipe(response);
  });
  await using edge = await edgeFor([origin.port]);
  const body = "x".repeat(300_000);
  const known = await ask(edge.port, { method: "POST", body });
  assert.equal(known.body, body);
  assert.equal(known.headers["x-framing"], "300000");
  const unknown = await ask(edge.port, { method: "PUT", headers: ["Transfer-Encoding", "chunked"] });
  assert.equal(unknown.body, "");
  assert.equal(unknown.headers["x-framing"], "chunked");
  await using client = new RawClient(edge.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  client.send("6;ext=1\r\n world\r\n0\r\n\r\n");
  assert.match(await client.until(/0\r\n\r\n$/), /x-framing: chunked[\s\S]*hello/i);
});

test("trailers pass in both directions", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    incoming.resume();
    incoming.on("end", () => {
      response.writeHead(200, ["Trailer", "X-Sum", "X-Te", incoming.headers.te ?? ""]);
      response.write("body");
      response.addTrailers([["X-Sum", `${incoming.trailers["x-in"]} ${incoming.trailers.cookie}`]]);
      response.end();
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send(
    "POST / HTTP/1.1\r\nHost: x\r\nTE: trailers\r\nTrailer: X-In\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  client.send("1\r\na\r\n0\r\nX-In: 42\r\nCookie: a\r\n\r\n");
  const received = await client.until(/\r\n0\r\n[\s\S]*\r\n\r\n$/);
  assert.match(received, /X-Te: trailers/);
  assert.match(received, /0\r\nX-Sum: 42 undefined\r\n\r\n$/);
});

test("answers without a body leave the connection usable: HEAD, 204 and 304", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    if (incoming.url === "/204") response.writeHead(204).end();
    else if (incoming.url === "/304") response.writeHead(304, { ETag: '"a"' }).end();
    else response.writeHead(200, { "Content-Length": 12345 }).end();
  });
  await using edge = await edgeFor([origin.port]);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let round = 0; round < 3; round++) {
    const head = await ask(edge.port, { method: "HEAD", agent });
    assert.equal(head.headers["content-length"], "12345");
    assert.equal((await ask(edge.port, { path: "/204", agent })).status, 204);
    const unchanged = await ask(edge.port, { path: "/304", agent });
    assert.deepEqual([unchanged.status, unchanged.headers.etag], [304, '"a"']);
  }
  agent.destroy();
  assert.equal(origin.connections, 1);
});

test("requests sent ahead are answered in their order", async () => {
  const slow = gate();
  await using origin = await httpOrigin(async (incoming, response) => {
    if (incoming.url === "/1") await slow.opened;
    response.end(`<${incoming.url}>`);
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send([1, 2, 3, 4].map((n) => `GET /${n} HTTP/1.1\r\nHost: x\r\n\r\n`).join(""));
  slow.open();
  const received = await client.until(/<\/4>/);
  assert.deepEqual(received.match(/<\/\d>/g), ["</1>", "</2>", "</3>", "</4>"]);
});

test("an event stream's head and each event reach the client at once", async () => {
  const next = gate();
  await using origin = await httpOrigin(async (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.flushHeaders();
    await next.opened;
    response.write("data: 1\n\n");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.until(/text\/event-stream[\s\S]*\r\n\r\n$/);
  next.open();
  await client.until(/data: 1/);
});

test("a client that reads slowly holds the upstream back, and loses nothing", async () => {
  const chunk = Buffer.alloc(64 * 1024, "y");
  const total = 400;
  let written = 0;
  await using origin = await httpOrigin((_, response) => {
    const write = () => {
      while (written < total) {
        written += 1;
        if (!response.write(chunk)) return;
      }
      response.end();
    };
    response.on("drain", write);
    write();
  });
  await using edge = await edgeFor([origin.port]);
  const sent = request({ host: "127.0.0.1", port: edge.port, agent: false });
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  // Nobody reads: the writing stops once every buffer on the way is full.
  let before = -1;
  while (before !== written) {
    before = written;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(written < total, "the upstream was not held back");
  assert.equal((await readWhole(response)).body.length, total * chunk.length);
});

test("an upstream that reads slowly holds the client back, and gets everything", async () => {
  const read = gate();
  await using origin = await httpOrigin(async (incoming, response) => {
    await read.opened;
    response.end(String((await readWhole(incoming)).body.length));
  });
  await using edge = await edgeFor([origin.port], { limits: { bodyBytes: 64 * 1024 * 1024 } });
  const length = 24 * 1024 * 1024;
  const sent = request({
    host: "127.0.0.1",
    port: edge.port,
    method: "POST",
    agent: false,
    headers: { "Content-Length": length },
  });
  const chunk = Buffer.alloc(64 * 1024, "y");
  let written = 0;
  let held = false;
  while (written < length) {
    written += chunk.length;
    if (sent.write(chunk)) continue;
    const drained = once(sent, "drain").then(() => true);
    if (held) await drained;
    else if (!(await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, 300, false))]))) {
      held = true;
      read.open();
      await drained;
    }
  }
  read.open();
  sent.end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  assert.ok(held, "the client was not held back");
  assert.equal((await readWhole(response)).body, String(length));
});

test("a client that leaves ends the request at the service too", async () => {
  const left = gate();
  const arrived = gate();
  await using origin = await httpOrigin((_, response) => {
    response.once("close", left.open);
    arrived.open();
  });
  await using edge = await edgeFor([origin.port]);
  const client = new RawClient(edge.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await arrived.opened;
  client.socket.destroy();
  await left.opened;
});

test("Expect: 100-continue goes to the service, and its word comes back before the body is sent", async () => {
  await using origin = await httpOrigin((incoming, response) => incoming.pipe(response));
  origin.server.on("checkContinue", (incoming: IncomingMessage, response) => {
    if (incoming.url === "/no") response.writeHead(403).end("no");
    else {
      response.writeContinue();
      incoming.pipe(response);
    }
  });
  await using edge = await edgeFor([origin.port]);
  const head = "HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n";
  await using client = new RawClient(edge.port);
  client.send(`POST /yes ${head}`);
  assert.equal(await client.until(/\r\n\r\n$/), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  await client.until(/200 OK[\s\S]*body/);
  await using refused = new RawClient(edge.port);
  refused.send(`POST /no ${head}`);
  const answer = await refused.toEnd();
  assert.match(answer, /^HTTP\/1\.1 403 Forbidden[\s\S]*Connection: close/);
});

test("HTTP/1.0 clients are answered without chunks, and their connection ends with the answer", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    response.write(`host=${incoming.headers.host};`);
    response.end(incoming.httpVersion);
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send("GET / HTTP/1.0\r\n\r\n");
  const received = await client.toEnd();
  assert.match(received, /\r\n\r\nhost=;1\.1$/);
  assert.doesNotMatch(received, /transfer-encoding/i);
});

test("an early hint of the service reaches the client before the answer", async () => {
  await using origin = await rawOrigin((socket) => {
    socket.once("data", () => {
      socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n");
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const received = await client.until(/ok$/);
  assert.match(
    received,
    /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK/,
  );
});

test("routes lead to their upstreams, and a path without one gets 404 in the envelope", async () => {
  await using api = await httpOrigin((_, response) => response.end("api"));
  await using site = await httpOrigin((_, response) => response.end("site"));
  const endpoint = (port: number) => ({ endpoints: [{ id: "one", host: "127.0.0.1", port }] });
  await using edge = disposable(
    await startEdge({
      listeners: [
        {
          host: "127.0.0.1",
          port: 0,
          routes: [
            { path: "/api/*", to: "api" },
            { path: "/", to: "site" },
          ],
        },
      ],
      upstreams: { api: endpoint(api.port), site: endpoint(site.port) },
      documentationUrl: "https://docs.example/errors",
    }),
  );
  assert.equal((await ask(edge.port, { path: "/api/x?y" })).body, "api");
  assert.equal((await ask(edge.port, { path: "/?y" })).body, "site");
  const none = await ask(edge.port, { path: "/none" });
  assert.equal(none.status, 404);
  assert.equal(none.headers["content-type"], "application/json; charset=utf-8");
  assert.deepEqual(JSON.parse(none.body).error, {
    code: "NO_ROUTE",
    message: "No route leads from this path.",
    details: [],
    request_id: none.headers["x-request-id"],
    documentation_url: "https://docs.example/errors#NO_ROUTE",
  });
});

test("an edge that leads to itself says so instead of going round for ever", async () => {
  await using first = await edgeFor([]);
  await first.update({
    listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "self" }] }],
    upstreams: { self: { endpoints: [{ id: "self", host: "127.0.0.1", port: first.port }] } },
  });
  assert.equal((await ask(first.port)).status, 508);
});
