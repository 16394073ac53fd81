import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { SimulatedClock } from "../../blocks/time/index.ts";
import { ask, codeIn, edgeFor, gate, httpOrigin, RawClient, rawOrigin, turns } from "./testing/servers.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

test("a body declared too long is refused before the service hears of it", async () => {
  let seen = 0;
  await using origin = await httpOrigin((_, response) => {
    seen += 1;
    response.end();
  });
  await using edge = await edgeFor([origin.port], { limits: { bodyBytes: 1_000 } });
  assert.equal((await ask(edge.port, { method: "POST", body: "x".repeat(1_000) })).status, 200);
  const answer = await ask(edge.port, { method: "POST", body: "x".repeat(1_001) });
  assert.deepEqual([answer.status, codeIn(answer)], [413, "BODY_TOO_LARGE"]);
  assert.equal(seen, 1);
});

test("a body that grows too long is refused as soon as it has", async () => {
  await using origin = await httpOrigin((incoming) => void incoming.resume());
  await using edge = await edgeFor([origin.port], { limits: { bodyBytes: 1_000 } });
  await using client = new RawClient(edge.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send(`1f4\r\n${"x".repeat(500)}\r\n1f5\r\n${"x".repeat(501)}\r\n`);
  await client.until(/^HTTP\/1\.1 413 [\s\S]*BODY_TOO_LARGE/);
  client.send("0\r\n\r\n");
  await client.toEnd();
});

test("a head beyond the bound is refused with 431", async () => {
  await using origin = await httpOrigin((_, response) => response.end());
  await using edge = await edgeFor([origin.port], { limits: { headerBytes: 2_000 } });
  assert.equal((await ask(edge.port, { headers: ["X-Fill", "x".repeat(1_500)] })).status, 200);
  const answer = await ask(edge.port, { headers: ["X-Fill", "x".repeat(2_500)] });
  assert.deepEqual([answer.status, codeIn(answer)], [431, "HEADERS_TOO_LARGE"]);
  await edge.update({
    listeners: [{ host: "127.0.0.1", port: 0, routes: [] }],
    upstreams: {},
    limits: { headerBytes: 8_000 },
  });
  assert.equal((await ask(edge.port, { headers: ["X-Fill", "x".repeat(2_500)] })).status, 404);
});

test("a line beyond half of a head's bound is refused with 414, and more fields than there may be with 431", async () => {
  await using origin = await httpOrigin((_, response) => response.end());
  await using edge = await edgeFor([origin.port], { limits: { headerBytes: 2_000, headerFields: 5 } });
  const lineBytes = "GET  HTTP/1.1\r\n".length;
  assert.equal((await ask(edge.port, { path: `/${"x".repeat(999 - lineBytes)}` })).status, 200);
  const tooLong = await ask(edge.port, { path: `/${"x".repeat(1_000 - lineBytes)}` });
  assert.deepEqual([tooLong.status, codeIn(tooLong)], [414, "URI_TOO_LONG"]);
  // With the Host and the Connection that Node's client sends beside them.
  assert.equal((await ask(edge.port, { headers: ["A", "1", "A", "2", "A", "3"] })).status, 200);
  const tooMany = await ask(edge.port, { headers: ["A", "1", "A", "2", "A", "3", "A", "4"] });
  assert.deepEqual([tooMany.status, codeIn(tooMany)], [431, "HEADERS_TOO_LARGE"]);
});

test("no field is lost, however many there are", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    const count = incoming.rawHeaders.filter((name) => name === "a").length;
    response.writeHead(
      200,
      Array.from({ length: 3_000 }, (_, at) => (at % 2 ? "1" : "b")),
    );
    response.end(String(count));
  });
  await using edge = await edgeFor([origin.port], {
    limits: { headerBytes: 64 * 1024, headerFields: 3_000 },
  });
  Object.assign(origin.server, { maxHeadersCount: 0, maxHeaderSize: 64 * 1024 });
  await using client = new RawClient(edge.port);
  client.send(`GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${"a: 1\r\n".repeat(2_500)}\r\n`);
  const received = await client.toEnd();
  assert.match(received, /2500/);
  assert.equal(received.match(/^b: 1\r$/gm)?.length, 1_500);
});

test("a head that does not arrive in time is refused with 408, be it of one byte or none", async () => {
  await using edge = await edgeFor([], { limits: { requestHeadTimeoutMs: 100 } });
  await using slow = new RawClient(edge.port);
  slow.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ");
  await using silent = new RawClient(edge.port);
  assert.match(await slow.toEnd(), /^HTTP\/1\.1 408 Request Timeout[\s\S]*REQUEST_TIMEOUT/);
  assert.match(await silent.toEnd(), /^(?:HTTP\/1\.1 408 |$)/);
});

test("connections beyond the bound are closed as they come", async () => {
  await using edge = await edgeFor([], { limits: { connections: 2 } });
  await using one = new RawClient(edge.port);
  await using two = new RawClient(edge.port);
  for (const client of [one, two]) {
    client.send(GET);
    await client.until(/NO_ROUTE|UNAVAILABLE/);
  }
  const three = connect(edge.port, "127.0.0.1");
  three.on("error", () => {});
  await new Promise((resolve) => three.once("close", resolve));
});

test("a service that does not answer in time becomes 504", async () => {
  const arrived = gate();
  await using origin = await httpOrigin(() => arrived.open());
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], { limits: { responseTimeoutMs: 5_000 } }, { clock });
  const answering = ask(edge.port);
  await arrived.opened;
  await clock.advance(5_000);
  await clock.advance(1_000);
  const answer = await answering;
  assert.deepEqual([answer.status, codeIn(answer)], [504, "GATEWAY_TIMEOUT"]);
});

test("a connection that does not come about in time is tried elsewhere", async () => {
  // The kernel takes as many connections as the backlog allows and leaves the next one hanging.
  const { createServer } = await import("node:net");
  const full = createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve) => full.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, resolve));
  const { port } = full.address() as { port: number };
  // An address of documentation (RFC 5737) stands for one that never answers; where it is refused at once, that is as good.
  await using good = await httpOrigin((_, response) => response.end("good"));
  const clock = new SimulatedClock();
  const { startEdge } = await import("./edge.ts");
  const edge = await startEdge(
    {
      listeners: [{ host: "127.0.0.1", port: 0, routes: [{ path: "/*", to: "service" }] }],
      upstreams: {
        service: {
          endpoints: [
            { id: "lost", host: "192.0.2.1", port },
            { id: "good", host: "127.0.0.1", port: good.port },
          ],
        },
      },
      limits: { connectTimeoutMs: 1_000 },
    },
    { clock },
  );
  let done = false;
  const answering = ask(edge.port, { method: "POST", body: "x" }).finally(() => {
    done = true;
  });
  while (!done) {
    await clock.advance(500);
    await turns();
  }
  assert.equal((await answering).body, "good");
  await edge.close();
  full.close();
});

test("a body that stops arriving is refused with 408, and an answer that stops is cut", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    if (incoming.method === "POST") incoming.resume();
    else {
      response.writeHead(200, { "Content-Length": 10 });
      response.write("half");
    }
  });
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], { limits: { idleTimeoutMs: 10_000 } }, { clock });
  await using sender = new RawClient(edge.port);
  sender.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  await using reader = new RawClient(edge.port);
  reader.send(GET);
  await reader.until(/half/);
  for (let step = 0; step < 30; step++) await clock.advance(500);
  await sender.until(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
  assert.match(await reader.toEnd(), /half$/);
  await clock.advance(5_000);
  await sender.toEnd();
});

test("a service that never says 100 Continue gets the body after a second all the same", async () => {
  await using origin = await rawOrigin((socket) => {
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk.toString();
      if (received.endsWith("body")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], {}, { clock });
  await using client = new RawClient(edge.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  while (client.received === "") {
    await clock.advance(500);
    await turns();
  }
  assert.equal(client.received, "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  await client.until(/ok$/);
});

test("an idle connection to the service is closed after its time, and one in use never is", async () => {
  const closed = gate();
  const finish = gate();
  const arrived = gate();
  await using origin = await httpOrigin(async (_, response) => {
    arrived.open();
    await finish.opened;
    response.end("late");
  });
  origin.server.on("connection", (socket) => socket.once("close", closed.open));
  await using edge = await edgeFor([origin.port], { limits: { idleUpstreamMs: 30 } });
  const answering = ask(edge.port);
  await arrived.opened;
  await new Promise((resolve) => setTimeout(resolve, 100));
  finish.open();
  assert.equal((await answering).body, "late");
  await closed.opened;
});

test("nothing is left ticking once the last request is answered", async () => {
  await using origin = await httpOrigin((_, response) => response.end());
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], {}, { clock });
  await ask(edge.port);
  await turns();
  await clock.advance(10_000);
  assert.equal(clock.pendingTimers, 0);
});
