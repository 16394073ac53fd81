import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock, seededRandom } from "../../../blocks/time/index.ts";
import type { AdminConfig } from "../config/index.ts";
import { RequestIds } from "../exchange/request-id.ts";
import { SampleCollector } from "../observe/metrics-snapshot.ts";
import { ask, codeIn, httpOrigin, RawClient } from "../testing/servers.ts";
import { startAdmin } from "./admin-server.ts";
import { BODY_BYTES_MAX } from "./json-body.ts";
import { MemoryControl } from "./testing/memory-control.ts";
import { CONFIG, errorIn, scene, TOKEN } from "./testing/scene.ts";

function open(config: AdminConfig) {
  return startAdmin(config, {
    control: new MemoryControl(CONFIG),
    clock: new SimulatedClock(),
    requestIds: new RequestIds(seededRandom(1)),
  });
}

test("nothing but loopback is listened at", async () => {
  for (const host of [
    "0.0.0.0",
    "::",
    "",
    "192.168.0.1",
    "127.0.0.1.example.com",
    "example.com",
    "::ffff:127.0.0.1",
  ]) {
    await assert.rejects(open({ host, port: 0, token: TOKEN }), { code: "INVALID_CONFIG" }, host);
  }
  for (const host of ["127.0.0.1", "127.0.0.2", "localhost"]) {
    await using admin = await open({ host, port: 0, token: TOKEN });
    assert.ok(admin.port > 0);
  }
});

test("a token that is missing, short, or could not be sent is refused, and so is a port that is none", async () => {
  for (const token of ["", "short", "with a space in the middle", "umlauts-äöü-äöü-äöü", undefined]) {
    await assert.rejects(open({ port: 0, token: token as string }), { code: "INVALID_CONFIG" }, token);
  }
  for (const port of [-1, 65_536, 1.5, "80", Number.NaN]) {
    await assert.rejects(open({ port: port as number, token: TOKEN }), { code: "INVALID_CONFIG" });
  }
});

test("a port that is taken is told", async () => {
  await using taken = await httpOrigin(() => {});
  await assert.rejects(open({ port: taken.port, token: TOKEN }), { code: "PORT_IN_USE" });
});

test("a request is refused unless its token is right to the letter", async () => {
  await using it = await scene();
  for (const value of [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(0, -1)}`,
    `Bearer ${TOKEN.toUpperCase()}`,
    `Bearer  ${TOKEN}`,
    `Bearer ${TOKEN} x`,
    `Basic ${TOKEN}`,
    TOKEN,
    `Bearer ${"x".repeat(8_000)}`,
  ]) {
    const headers = value === undefined ? [] : ["Authorization", value];
    assert.equal((await ask(it.port, { path: "/config", headers })).status, 401, value);
  }
  const headers = ["Authorization", `bearer ${TOKEN}`];
  assert.equal((await ask(it.port, { path: "/config", headers })).status, 200);
  it.admin.useToken("another-token-for-tests");
  assert.equal((await it.call("GET", "/config")).status, 401);
});

test("a web page gets nothing: neither by its origin, nor by a name that leads here", async () => {
  await using it = await scene();
  for (const path of ["/health", "/metrics", "/config"]) {
    for (const origin of ["http://evil.example", "null", `http://127.0.0.1:${it.port}`]) {
      const answer = await it.call("GET", path, { headers: ["Origin", origin] });
      assert.equal(answer.status, 403, `${path} for ${origin}`);
      assert.equal(answer.headers["access-control-allow-origin"], undefined);
    }
  }
  const asked = async (host: string) => {
    await using client = new RawClient(it.port);
    client.send(
      `GET /config HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${TOKEN}\r\nConnection: close\r\n\r\n`,
    );
    return Number((await client.toEnd()).split(" ")[1]);
  };
  for (const host of [
    "evil.example",
    `evil.example:${it.port}`,
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "evil@127.0.0.1",
    "127.0.0.1:80:80",
    "[::1",
    "0.0.0.0",
    "",
  ]) {
    assert.equal(await asked(host), 403, host);
  }
  for (const host of ["127.0.0.1", "localhost", "LOCALHOST:1", `127.0.0.1:${it.port}`, "[::1]:9000"]) {
    assert.equal(await asked(host), 200, host);
  }
});

test("a body that is too large is refused, whether it says so or not", async () => {
  await using it = await scene();
  const said = await it.call("PUT", "/config", { body: Buffer.alloc(BODY_BYTES_MAX + 1, " ") });
  assert.equal(said.status, 413);
  assert.equal(said.headers.connection, "close");
  await using client = new RawClient(it.port);
  client.send(
    `PUT /config HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  const chunk = Buffer.concat([Buffer.from("10000\r\n"), Buffer.alloc(0x10000, " "), Buffer.from("\r\n")]);
  for (let sent = 0; sent <= BODY_BYTES_MAX; sent += 0x10000) client.send(chunk);
  assert.match(await client.until(/\r\n\r\n/), /^HTTP\/1\.1 413 /);
});

test("a body that is no JSON, no UTF-8, or nested without end is refused", async () => {
  await using it = await scene();
  const nested = (depth: number) => `${'{"x":'.repeat(depth)}1${"}".repeat(depth)}`;
  for (const body of [
    "",
    "{",
    "x",
    '{"a":1}{"b":2}',
    Buffer.from([0x22, 0xff, 0x22]),
    nested(100),
    nested(100_000),
    `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`,
  ]) {
    const answer = await it.call("PUT", "/config", { body });
    assert.equal(answer.status, 400, body.slice(0, 20).toString());
    assert.equal(codeIn(answer), "BAD_REQUEST");
  }
  assert.equal(it.control.config(), CONFIG);
});

test("what fails unforeseen is an answer too", async () => {
  await using it = await scene();
  it.control.metrics = () => Promise.reject(new Error("a worker is gone"));
  const answer = await it.call("GET", "/metrics");
  assert.equal(answer.status, 500);
  assert.deepEqual(errorIn(answer).code, "INTERNAL");
  assert.match(errorIn(answer).message, /a worker is gone$/);
});

test("a client that is slow to ask is cut off", async () => {
  await using it = await scene(CONFIG, { headMs: 100, requestMs: 200 });
  await using silent = new RawClient(it.port);
  await using slow = new RawClient(it.port);
  slow.send("GET /health HTTP/1.1\r\nHost: local");
  await using stuck = new RawClient(it.port);
  stuck.send(
    `PUT /config HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 10\r\n\r\n{`,
  );
  for (const client of [silent, slow, stuck]) {
    assert.doesNotMatch(await client.toEnd(), /^HTTP\/1\.1 2/);
  }
  assert.equal((await it.call("GET", "/health")).status, 200);
  assert.equal(it.control.config(), CONFIG);
});

test("a client that does not take its answer is cut off", async () => {
  await using it = await scene();
  const collector = new SampleCollector();
  for (let at = 0; at < 100_000; at++) {
    collector.add("trestle_edge_requests", [`${at} ${"x".repeat(100)}`, "200"], [1]);
  }
  it.control.snapshot = collector.snapshot();
  await using client = new RawClient(it.port);
  client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await client.until(/HTTP/);
  client.socket.pause();
  await it.clock.advance(30_000);
  client.socket.resume();
  await client.toEnd();
  assert.ok(client.received.length < 12_000_000, `${client.received.length} bytes came`);
});

test("clients beyond the bound are turned away, and those within it served", async () => {
  await using it = await scene();
  const clients = Array.from({ length: 64 }, () => new RawClient(it.port));
  const last = clients.at(-1);
  assert.ok(last);
  last.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert.match(await last.until(/serving/), /^HTTP\/1\.1 200 /);
  await using extra = new RawClient(it.port);
  assert.equal(await extra.toEnd(), "");
  for (const client of clients) await client[Symbol.asyncDispose]();
});

test("a client that asks on without waiting for its answers is cut off, and one that waits may go on asking", async () => {
  await using it = await scene();
  const request = "GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  await using hasty = new RawClient(it.port);
  hasty.send(request.repeat(1_000));
  await hasty.toEnd();
  assert.ok(hasty.received.split("HTTP/1.1 ").length <= 2, hasty.received);
  await using patient = new RawClient(it.port);
  for (let count = 1; count <= 3; count++) {
    patient.send(request);
    await patient.until(new RegExp(`^(HTTP/1.1 200 OK(?:(?!HTTP)[^])*\\r\\n\\r\\n){${count}}$`));
  }
});
