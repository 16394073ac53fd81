import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { decodeRequest } from "../../../../blocks/telemetry/otlp/index.ts";
import { SimulatedClock, seededRandom, systemClock } from "../../../../blocks/time/index.ts";
import { type Forwarder, type ForwarderOptions, openForwarder } from "./forwarder.ts";
import { openReceiver } from "./receiver.ts";
import { keepingSink, post, spansRequest } from "./receiver-fixture.ts";

interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A collector on loopback that answers as a test says; the answer's number is from 1. */
async function collector(answer: (response: ServerResponse, number: number) => void) {
  const got: Got[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    got.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    answer(response, got.length);
    for (const one of waiting) if (got.length >= one.count) one.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/base/`,
    got,
    /** Resolves when as many requests have come. */
    has: (count: number) =>
      new Promise<void>((resolve) => {
        if (got.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ok = (response: ServerResponse) => void response.end();

function forwarderTo(url: string, options: Partial<ForwarderOptions> = {}) {
  const clock = new SimulatedClock();
  const forwarder = openForwarder({ clock, random: seededRandom(1), url, ...options });
  return { clock, forwarder };
}

function send(forwarder: Forwarder, text: string, count = 1): void {
  forwarder.send({ signal: "logs", encoding: "json", isGzip: false, bytes: Buffer.from(text) }, count);
}

/** Lets sockets do their work until something holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    assert.ok(turn < 2_000, "it did not come to hold");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test("bodies go on as they came, with their type and coding, and with the headers that the collector wants", async () => {
  await using outside = await collector(ok);
  const { forwarder } = forwarderTo(outside.url, { headers: { "x-key": "k" } });
  send(forwarder, "{}", 3);
  const bytes = gzipSync("spans");
  forwarder.send({ signal: "traces", encoding: "protobuf", isGzip: true, bytes }, 4);
  await until(() => forwarder.status().sent === 7);
  const [logs, traces] = outside.got.sort((a, b) => a.path.localeCompare(b.path));
  assert.equal(logs?.path, "/base/v1/logs");
  assert.equal(logs?.headers["content-type"], "application/json");
  assert.equal(logs?.headers["content-encoding"], undefined);
  assert.equal(logs?.headers["x-key"], "k");
  assert.equal(traces?.path, "/base/v1/traces");
  assert.equal(traces?.headers["content-type"], "application/x-protobuf");
  assert.equal(traces?.headers["content-encoding"], "gzip");
  assert.deepEqual(traces?.body, bytes);
  assert.deepEqual(forwarder.status(), { url: outside.url, sent: 7, dropped: 0, waiting: 0 });
  await forwarder.close();
});

test("a collector that fails is tried again after a pause, and says so meanwhile", async () => {
  await using outside = await collector((response, number) => {
    response.writeHead(number === 1 ? 503 : 200).end();
  });
  const { clock, forwarder } = forwarderTo(outside.url);
  send(forwarder, "a");
  await until(() => forwarder.status().problem !== undefined);
  assert.match(forwarder.status().problem ?? "", /503/);
  assert.equal(forwarder.status().waiting, 1);
  await clock.advance(249);
  assert.equal(outside.got.length, 1);
  await clock.advance(251);
  await until(() => forwarder.status().sent === 1);
  assert.deepEqual(forwarder.status(), { url: outside.url, sent: 1, dropped: 0, waiting: 0 });
  await forwarder.close();
});

test("a collector that says when to come again is not asked before", async () => {
  await using outside = await collector((response, number) => {
    if (number === 1) response.writeHead(429, { "retry-after": "7" }).end();
    else response.end();
  });
  const { clock, forwarder } = forwarderTo(outside.url);
  send(forwarder, "a");
  await until(() => forwarder.status().problem !== undefined);
  await clock.advance(6_999);
  assert.equal(outside.got.length, 1);
  await clock.advance(1);
  await until(() => forwarder.status().sent === 1);
  await forwarder.close();
});

test("what the collector refuses for good is dropped, and the next is sent", async () => {
  await using outside = await collector((response, number) => {
    response.writeHead(number === 1 ? 400 : 200).end();
  });
  const { forwarder } = forwarderTo(outside.url);
  send(forwarder, "a", 5);
  await until(() => forwarder.status().dropped === 5);
  assert.match(forwarder.status().problem ?? "", /400/);
  send(forwarder, "b", 2);
  await until(() => forwarder.status().sent === 2);
  assert.equal(forwarder.status().problem, undefined);
  await forwarder.close();
});

test("while nobody is there the oldest make room for the newest, and all are accounted for", async () => {
  const gone = await collector(ok);
  await gone[Symbol.asyncDispose]();
  const { clock, forwarder } = forwarderTo(gone.url, { queueBytesMax: 10 * (100 + 256) });
  for (let at = 0; at < 50; at++) send(forwarder, "x".repeat(100), 2);
  await until(() => forwarder.status().problem !== undefined);
  for (let at = 0; at < 50; at++) send(forwarder, "x".repeat(100), 2);
  await until(() => forwarder.status().waiting <= 20);
  const { sent, dropped, waiting, problem } = forwarder.status();
  assert.deepEqual([sent, dropped, waiting], [0, 180, 20]);
  assert.match(problem ?? "", /ECONNREFUSED/);
  const closing = forwarder.close();
  await clock.advance(2_000);
  await closing;
  await until(() => forwarder.status().waiting === 0);
  assert.equal(forwarder.status().dropped, 200);
});

test("no more than two requests are under way, and an answer that does not come is given up", async () => {
  const held: ServerResponse[] = [];
  await using outside = await collector((response, number) => {
    if (number <= 2) held.push(response);
    else response.end();
  });
  const { clock, forwarder } = forwarderTo(outside.url);
  for (let at = 0; at < 5; at++) send(forwarder, `${at}`);
  await outside.has(2);
  await clock.advance(9_999);
  assert.equal(outside.got.length, 2);
  await clock.advance(1);
  await until(() => forwarder.status().problem !== undefined);
  assert.match(forwarder.status().problem ?? "", /no answer within/);
  await clock.advance(60_000);
  await until(() => forwarder.status().sent === 5);
  await forwarder.close();
});

test("closing sends what waits, and gives up after two seconds", async () => {
  await using quick = await collector(ok);
  const first = forwarderTo(quick.url);
  for (let at = 0; at < 5; at++) send(first.forwarder, `${at}`);
  await first.forwarder.close();
  assert.equal(first.forwarder.status().sent, 5);

  await using silent = await collector(() => {});
  const second = forwarderTo(silent.url);
  for (let at = 0; at < 5; at++) send(second.forwarder, `${at}`);
  const closing = second.forwarder.close();
  await silent.has(2);
  await second.clock.advance(2_000);
  await closing;
  await until(() => second.forwarder.status().waiting === 0);
  assert.deepEqual([second.forwarder.status().sent, second.forwarder.status().dropped], [0, 5]);
  assert.equal(second.clock.pendingTimers, 0);
  send(second.forwarder, "late");
  assert.equal(second.forwarder.status().dropped, 6);
});

test("what arrives is sent on, also what cannot be decoded for want of time, and nothing that is no OTLP", async () => {
  await using outside = await collector(ok);
  const forwarder = openForwarder({ clock: systemClock, random: seededRandom(1), url: outside.url });
  const sink = keepingSink();
  const token = "t";
  const clock = systemClock;
  await using receiver = await openReceiver({ clock, port: 0, token, sink, forwarder, decodeShare: 0.0001 });
  const body = spansRequest(20_000);
  const statuses = new Set<number>();
  for (let at = 0; at < 20 && !statuses.has(429); at++)
    statuses.add((await post({ port: receiver.port, token, body: spansRequest(10_000) })).status);
  assert.ok(statuses.has(429));
  await post({ port: receiver.port, token, body: Uint8Array.of(255) });
  const { received, dropped } = receiver.status().traces;
  const wellFormed = received + (dropped.overload ?? 0);
  await until(() => receiver.status().forward?.sent === wellFormed);
  assert.equal(decodeRequest("traces", "protobuf", outside.got[0]?.body ?? body)[0]?.items.length, 10_000);
});

test("a URL that leads to no collector is refused at once", () => {
  for (const url of ["", "nowhere", "ftp://x", "file:///x"])
    assert.throws(() => forwarderTo(url), RangeError, url);
});
