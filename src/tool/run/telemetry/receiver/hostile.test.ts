import assert from "node:assert/strict";
import { connect } from "node:http2";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { systemClock } from "../../../../blocks/time/index.ts";
import { openReceiver, type Receiver } from "./receiver.ts";
import { exchangeRaw, keepingSink, type PostOptions, post, spansRequest } from "./receiver-fixture.ts";

const token = "token-of-a-test";

async function open() {
  const sink = keepingSink();
  const receiver = await openReceiver({ clock: systemClock, port: 0, token, sink });
  const send = (body: Uint8Array, options: Partial<PostOptions> = {}) =>
    post({ port: receiver.port, token, body, ...options });
  return { receiver, sink, send };
}

/** What a call of gRPC was answered: its status, from the head or from the trailers. */
function call(
  receiver: Receiver,
  frame: Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ httpStatus: number; grpcStatus: string | undefined }> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${receiver.port}`);
    session.on("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
      "content-type": "application/grpc",
      te: "trailers",
      authorization: `Bearer ${token}`,
      ...headers,
    });
    let httpStatus = 0;
    let grpcStatus: string | undefined;
    stream.on("response", (head) => {
      httpStatus = head[":status"] ?? 0;
      grpcStatus = head["grpc-status"]?.toString();
    });
    stream.on("trailers", (trailers) => {
      grpcStatus = trailers["grpc-status"]?.toString();
    });
    stream.on("error", () => {});
    stream.on("close", () => {
      session.destroy();
      resolve({ httpStatus, grpcStatus });
    });
    stream.resume();
    stream.end(frame);
  });
}

function frameOf(message: Uint8Array, flag = 0, length = message.length): Uint8Array {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

test("nobody gets in without the token, from a web page, or by another name of this host", async () => {
  const { receiver, sink, send } = await open();
  await using _ = receiver;
  const body = spansRequest(1);
  assert.equal((await send(body, { token: "wrong" })).status, 401);
  assert.equal((await send(body, { headers: { authorization: "" } })).status, 401);
  assert.equal((await send(body, { headers: { host: `evil.example:${receiver.port}` } })).status, 403);
  assert.equal((await send(body, { headers: { origin: `http://127.0.0.1:${receiver.port}` } })).status, 403);
  assert.equal((await send(body, { headers: { "sec-fetch-site": "cross-site" } })).status, 403);
  assert.equal((await call(receiver, frameOf(body), { authorization: "Bearer x" })).grpcStatus, "16");
  assert.equal((await call(receiver, frameOf(body), { ":authority": "evil.example" })).grpcStatus, "7");
  assert.equal((await call(receiver, frameOf(body), { origin: "http://evil.example" })).grpcStatus, "7");
  assert.equal(sink.kept.spans.length, 0);
  assert.equal((await send(body, { headers: { host: `localhost:${receiver.port}` } })).status, 200);
  assert.deepEqual(receiver.status().traces, { received: 1, dropped: {} });
});

test("what is asked wrongly is refused with what would be right", async () => {
  const { receiver, send } = await open();
  await using _ = receiver;
  const body = spansRequest(1);
  assert.equal((await send(body, { path: "/v1/other" })).status, 404);
  assert.equal((await send(body, { method: "PUT" })).status, 405);
  assert.equal((await send(body, { headers: { "content-type": "text/plain" } })).status, 415);
  assert.equal((await send(body, { headers: { "content-encoding": "br" } })).status, 415);
  assert.equal((await call(receiver, frameOf(body), { ":path": "/other/Export" })).grpcStatus, "12");
  assert.equal((await call(receiver, frameOf(body), { "grpc-encoding": "snappy" })).grpcStatus, "12");
  assert.equal((await call(receiver, frameOf(body), { "content-type": "text/html" })).httpStatus, 415);
  assert.deepEqual(receiver.status().traces, { received: 0, dropped: {} });
});

test("malformed bodies are refused and counted, over both protocols", async () => {
  const { receiver, send } = await open();
  await using _ = receiver;
  const rubbish = Uint8Array.of(255, 255, 255);
  const answer = await send(rubbish);
  assert.equal(answer.status, 400);
  assert.equal(answer.headers["content-type"], "application/x-protobuf");
  assert.equal((await send(rubbish, { headers: { "content-encoding": "gzip" } })).status, 400);
  const json = await send(Buffer.from("{"), {
    headers: { "content-type": "application/json; charset=utf-8" },
  });
  assert.equal(json.status, 400);
  assert.match(JSON.parse(json.body.toString()).message, /ends too soon/);
  const good = spansRequest(1);
  const frames = [
    frameOf(rubbish),
    frameOf(good, 2),
    frameOf(good, 1),
    frameOf(good, 0, good.length + 1),
    Buffer.concat([frameOf(good), frameOf(good)]),
    Uint8Array.of(0, 0),
  ];
  for (const frame of frames) assert.equal((await call(receiver, frame)).grpcStatus, "3");
  assert.deepEqual(receiver.status().traces, { received: 0, dropped: { malformed: 9 } });
});

test("a span that cannot be taken is told in the answer, and the others are taken", async () => {
  const { receiver, sink, send } = await open();
  await using _ = receiver;
  const spans = ["0af7651916cd43dd8448eb211c80319c", "00"].map((traceId) => ({
    traceId,
    spanId: "b7ad6b7169203331",
  }));
  const body = Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  const answer = await send(body, { headers: { "content-type": "application/json" } });
  assert.equal(answer.status, 200);
  const { partialSuccess } = JSON.parse(answer.body.toString());
  assert.equal(partialSuccess.rejectedSpans, "1");
  assert.match(partialSuccess.errorMessage, /trace id/);
  assert.equal(sink.kept.spans.length, 1);
  assert.deepEqual(receiver.status().traces, { received: 1, dropped: { malformed: 1 } });
});

test("bodies above the bounds are refused, and one that inflates without end is not inflated", async () => {
  const { receiver, send } = await open();
  await using _ = receiver;
  const large = Buffer.alloc(4 * 1024 * 1024 + 1);
  const announced = `POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1:${receiver.port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/x-protobuf\r\nContent-Length: ${large.length}\r\n\r\n`;
  assert.match(await exchangeRaw(receiver.port, [announced]), /^HTTP\/1.1 413 /);
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  const before = process.memoryUsage().rss;
  assert.equal((await send(bomb, { headers: { "content-encoding": "gzip" } })).status, 413);
  assert.equal((await call(receiver, frameOf(bomb, 1), { "grpc-encoding": "gzip" })).grpcStatus, "8");
  assert.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024);
  assert.equal((await call(receiver, frameOf(large))).grpcStatus, "8");
  assert.deepEqual(receiver.status().traces, { received: 0, dropped: { "too-large": 4 } });
});

test("a connection is understood however its first bytes are cut, and rubbish is turned away", async () => {
  const { receiver, sink } = await open();
  await using _ = receiver;
  const body = spansRequest(1);
  const head = `POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1:${receiver.port}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/x-protobuf\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  for (const cut of [1, 2, 3, 10, head.length - 1]) {
    const pieces = [head.slice(0, cut), head.slice(cut), body];
    assert.match(await exchangeRaw(receiver.port, pieces), /^HTTP\/1.1 200 /);
  }
  assert.equal(sink.kept.spans.length, 5);
  assert.match(await exchangeRaw(receiver.port, ["\x16\x03\x01 rubbish\r\n\r\n"]), /^HTTP\/1.1 400 /);
  // The preface, then no frames but rubbish.
  await exchangeRaw(receiver.port, ["PRI * HT", "TP/2.0\r\n\r\nSM\r\n\r\n", Buffer.alloc(100, 255)]);
  assert.equal((await call(receiver, frameOf(body))).grpcStatus, "0");
});

test("closing ends connections that are open, and a second time does nothing more", async () => {
  const { receiver } = await open();
  const waiting = exchangeRaw(receiver.port, ["POST /v1/tra"]);
  const silent = exchangeRaw(receiver.port, ["PRI"]);
  await post({ port: receiver.port, token, body: spansRequest(1) });
  await receiver.close();
  await receiver.close();
  assert.equal(await waiting, "");
  assert.equal(await silent, "");
});
