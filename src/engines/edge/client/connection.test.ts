import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { renderMetrics } from "../observe/prometheus-text.ts";
import { configFor, edgeFor, gate, httpOrigin, RawClient, rawOrigin, turns } from "../testing/servers.ts";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

test("a body that breaks behind a request under way ends the connection behind that one's answer", async () => {
  let finish = gate();
  const urls: string[] = [];
  await using origin = await httpOrigin(async (incoming, response) => {
    urls.push(incoming.url ?? "");
    await finish.opened;
    response.end("first");
  });
  await using edge = await edgeFor([origin.port]);
  for (const cut of [false, true]) {
    finish = gate();
    await using client = new RawClient(edge.port);
    client.send(GET.replace("/", "/slow") + POST);
    if (cut) await turns();
    client.send("zz\r\n");
    await turns();
    finish.open();
    const received = await client.toEnd();
    assert.match(received, /^HTTP\/1\.1 200 OK[\s\S]*first$/);
    assert.equal(received.match(/HTTP\/1\.1/g)?.length, 1);
  }
  assert.deepEqual(urls, ["/slow", "/slow"]);
});

test("a small body that comes with its head goes on with it", async () => {
  const pieces: string[] = [];
  await using origin = await rawOrigin((socket) => {
    socket.on("data", (chunk) => {
      pieces.push(chunk.toString("latin1"));
      if (/hello$/.test(pieces.join(""))) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  await client.until(/200 OK[\s\S]*\r\n\r\n$/);
  assert.equal(pieces.length, 1);
});

test("bodies of requests sent ahead wait for their turn, however large, and none is lost", async () => {
  await using origin = await httpOrigin((incoming, response) => {
    let bytes = 0;
    incoming.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    incoming.on("end", () => response.end(`<${bytes}>`));
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  const sizes = [10, 300_000, 0, 200_000, 1];
  for (const size of sizes) {
    client.send(`PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
  }
  const received = await client.until(/<1>/);
  assert.deepEqual(received.match(/<\d+>/g), ["<10>", "<300000>", "<0>", "<200000>", "<1>"]);
});

test("requests sent ahead are read no faster than they are answered, and none is late for that", async () => {
  const held = gate();
  const clock = new SimulatedClock();
  const first = gate();
  await using origin = await httpOrigin(async (incoming, response) => {
    first.open();
    await held.opened;
    response.end(`<${incoming.url}>`);
  });
  await using edge = await edgeFor([origin.port], { limits: { requestHeadTimeoutMs: 1_000 } }, { clock });
  await using client = new RawClient(edge.port);
  const filling = `X-Filling: ${"x".repeat(7_000)}\r\n`;
  const targets = Array.from({ length: 40 }, (_, at) => `/${at}`);
  client.send(targets.map((one) => `GET ${one} HTTP/1.1\r\nHost: x\r\n${filling}${filling}\r\n`).join(""));
  await first.opened;
  await turns();
  for (let passed = 0; passed < 20; passed++) await clock.advance(250);
  held.open();
  const received = await client.until(/<\/39>/);
  assert.deepEqual(
    received.match(/<\/\d+>/g),
    targets.map((one) => `<${one}>`),
  );
});

test("an HTTP/1.0 client that asks for it keeps its connection", async () => {
  await using origin = await httpOrigin((_, response) => {
    response.setHeader("Content-Length", 2);
    response.end("ok");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  for (const count of [1, 2]) {
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const received = await client.until(new RegExp(`(?:ok[\\s\\S]*){${count}}$`));
    assert.match(received, /Connection: keep-alive/);
  }
  assert.equal(origin.connections, 1);
});

test("a connection that is silent between two requests is closed after its time, and not before", async () => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  const clock = new SimulatedClock();
  await using edge = await edgeFor([origin.port], { limits: { idleTimeoutMs: 20_000 } }, { clock });
  await using client = new RawClient(edge.port);
  client.send(GET);
  await client.until(/ok/);
  for (let step = 0; step < 39; step++) await clock.advance(500);
  client.send(GET);
  const received = await client.until(/ok[\s\S]*ok/);
  assert.match(received, /Keep-Alive: timeout=20/);
  for (let step = 0; step < 43; step++) await clock.advance(500);
  await client.toEnd();
});

test("half a request behind one that is answered is refused when its time is over", async () => {
  const clock = new SimulatedClock();
  await using timed = await edgeFor([], { limits: { requestHeadTimeoutMs: 5_000 } }, { clock });
  await using client = new RawClient(timed.port);
  client.send(`${GET}GET / HTTP`);
  await client.until(/503 /);
  for (let step = 0; step < 12; step++) await clock.advance(500);
  assert.match(await client.toEnd(), /HTTP\/1\.1 408 Request Timeout[\s\S]*REQUEST_TIMEOUT/);
});

test("a client that ends in the middle of a head is told that it was none", async () => {
  await using edge = await edgeFor([]);
  await using client = new RawClient(edge.port);
  client.socket.end("GET / HTTP/1.1\r\nHo");
  assert.match(await client.toEnd(), /^HTTP\/1\.1 400 /);
});

test("a listener that is removed answers the request that has begun to arrive, as its connection's last", async () => {
  await using origin = await httpOrigin((_, response) => response.end("ok"));
  await using edge = await edgeFor([origin.port]);
  await using idle = new RawClient(edge.port);
  await using half = new RawClient(edge.port);
  idle.send(GET);
  await idle.until(/ok/);
  half.send("GET / HTTP/1.1\r\n");
  await turns();
  const { upstreams, listeners } = configFor([origin.port]);
  const [listener] = listeners;
  assert.ok(listener);
  await edge.update({ upstreams, listeners: [{ ...listener, host: "127.0.0.2" }] });
  await idle.toEnd();
  half.send("Host: x\r\n\r\n");
  assert.match(await half.toEnd(), /200 OK[\s\S]*Connection: close[\s\S]*ok/);
});

test("an upload whose answer came early is let in to its end, and the connection ends then", async () => {
  await using origin = await rawOrigin((socket) => {
    socket.once("data", () =>
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"),
    );
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawClient(edge.port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  client.send("x".repeat(50_000));
  await client.until(/403 Forbidden[\s\S]*no$/);
  client.send("x".repeat(50_000));
  client.send(GET.replace("GET", "HEAD"));
  await client.until(/403 Forbidden[\s\S]*no[\s\S]*HTTP\/1\.1 403/);
});

test("a request that cannot be read is counted with those that can, by the code of its answer", async () => {
  await using edge = await edgeFor([]);
  for (const bytes of ["rubbish\r\n\r\n", `GET / HTTP/1.1\r\n${"a: b\r\n".repeat(101)}\r\n`]) {
    const client = new RawClient(edge.port);
    client.send(bytes);
    await client.toEnd();
    await client[Symbol.asyncDispose]();
  }
  const text = renderMetrics(edge.reading().metrics, "text");
  for (const code of ["BAD_REQUEST", "HEADERS_TOO_LARGE"])
    assert.ok(text.includes(`trestle_edge_own_answers_total{route="",code="${code}"} 1`), text);
});
