import assert from "node:assert/strict";
import { once } from "node:events";
import type { ClientHttp2Session, ServerHttp2Stream } from "node:http2";
import { test } from "node:test";
import type { EdgeLimits } from "../config/index.ts";
import { closedPort, edgeFor, exchangeRaw, httpOrigin, turns } from "../testing/servers.ts";
import { http2Client, http2Origin, readAnswer } from "./testing/scene.ts";

/** A message of gRPC: not compressed, its length, and its bytes. */
function message(text: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(text), 1);
  return Buffer.concat([head, Buffer.from(text)]);
}

/** The messages that some bytes hold, and what is left of them. */
function messagesIn(bytes: Buffer): { readonly texts: string[]; readonly rest: Buffer } {
  const texts: string[] = [];
  let at = 0;
  while (at + 5 <= bytes.length && at + 5 + bytes.readUInt32BE(at + 1) <= bytes.length) {
    const length = bytes.readUInt32BE(at + 1);
    texts.push(bytes.toString("utf8", at + 5, at + 5 + length));
    at += 5 + length;
  }
  return { texts, rest: bytes.subarray(at) };
}

/** Calls `each` with every message that comes. */
function onMessage(stream: NodeJS.ReadableStream, each: (text: string) => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  stream.on("data", (chunk: Buffer) => {
    const { texts, rest } = messagesIn(Buffer.concat([bytes, chunk]));
    bytes = rest;
    for (const text of texts) each(text);
  });
}

/** A server with one method for each way of streaming. */
function serve(stream: ServerHttp2Stream, path: string): void {
  const begin = () =>
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  const status = (code: number) =>
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(code), "x-server": "one" }));
  switch (path) {
    case "/test.Echo/Unary":
      onMessage(stream, (text) => {
        begin();
        status(0);
        stream.end(message(text.toUpperCase()));
      });
      return;
    case "/test.Echo/ServerStream":
      onMessage(stream, (text) => {
        begin();
        status(0);
        for (let count = 1; count <= 3; count++) stream.write(message(`${text} ${count}`));
        stream.end();
      });
      return;
    case "/test.Echo/Bidi":
      begin();
      status(0);
      onMessage(stream, (text) => stream.write(message(`re: ${text}`)));
      stream.on("end", () => stream.end());
      return;
    default:
      stream.respond(
        {
          ":status": 200,
          "content-type": "application/grpc",
          "grpc-status": "12",
          "grpc-message": "no%20such",
        },
        { endStream: true },
      );
  }
}

/** Begins a call. */
function call(client: ClientHttp2Session, path: string) {
  return client.request({
    ":method": "POST",
    ":path": path,
    "content-type": "application/grpc+proto",
    te: "trailers",
  });
}

/** An edge in front of a server of gRPC. */
async function grpcScene(limits: Partial<EdgeLimits> = {}) {
  const origin = await http2Origin((stream, headers) => serve(stream, String(headers[":path"])));
  const edge = await edgeFor([origin.port], { upstream: { protocol: "http2" }, limits });
  const client = http2Client(edge.port);
  return {
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await edge.close();
      await origin[Symbol.asyncDispose]();
    },
  };
}

test("a unary call: one message each way, and the status behind it", async () => {
  await using it = await grpcScene();
  const stream = call(it.client, "/test.Echo/Unary");
  stream.end(message("hello"));
  const answer = await readAnswer(stream);
  assert.deepEqual(messagesIn(Buffer.from(answer.body, "latin1")).texts, ["HELLO"]);
  assert.equal(answer.trailers?.["grpc-status"], "0");
  assert.equal(answer.trailers?.["x-server"], "one");
});

test("a stream of the server's: all messages, in their order, and the status behind them", async () => {
  await using it = await grpcScene();
  const stream = call(it.client, "/test.Echo/ServerStream");
  stream.end(message("part"));
  const answer = await readAnswer(stream);
  assert.deepEqual(messagesIn(Buffer.from(answer.body, "latin1")).texts, ["part 1", "part 2", "part 3"]);
  assert.equal(answer.trailers?.["grpc-status"], "0");
});

test("streams both ways: the server hears each message before the client has sent the next", async () => {
  await using it = await grpcScene();
  const stream = call(it.client, "/test.Echo/Bidi");
  const heard: string[] = [];
  const answered = readAnswer(stream);
  const { promise: third, resolve } = Promise.withResolvers<void>();
  onMessage(stream, (text) => {
    heard.push(text);
    if (heard.length === 3) resolve();
    else stream.write(message(`message ${heard.length + 1}`));
  });
  // The server's head comes first, before any message: clients wait for it.
  await once(stream, "response");
  stream.write(message("message 1"));
  await third;
  stream.end();
  assert.deepEqual(heard, ["re: message 1", "re: message 2", "re: message 3"]);
  assert.equal((await answered).trailers?.["grpc-status"], "0");
});

test("a stream goes on beyond what a body may have, since it has no end by nature", async () => {
  await using it = await grpcScene({ bodyBytes: 1_000 });
  const stream = call(it.client, "/test.Echo/Bidi");
  const heard: string[] = [];
  onMessage(stream, (text) => heard.push(text));
  for (let count = 0; count < 50; count++) stream.write(message(`${count} ${"x".repeat(100)}`));
  stream.end();
  await once(stream, "end");
  assert.equal(heard.length, 50);
});

test("a status that comes with the head stays there: clients tell by that what it is", async () => {
  await using it = await grpcScene();
  const stream = call(it.client, "/test.Echo/Missing");
  stream.end(message("hello"));
  const answer = await readAnswer(stream);
  assert.equal(answer.headAlone, true);
  assert.equal(answer.headers["grpc-status"], "12");
});

test("what the edge answers itself is a status of gRPC too", async () => {
  await using nobody = await edgeFor([await closedPort()], { upstream: { protocol: "http2" } });
  await using client = http2Client(nobody.port);
  const stream = call(client, "/test.Echo/Unary");
  stream.end(message("hello"));
  const answer = await readAnswer(stream);
  assert.equal(answer.status, 200);
  assert.equal(answer.headAlone, true);
  assert.equal(answer.headers["grpc-status"], "14");
  assert.match(String(answer.headers["grpc-message"]), /^No instance/);
});

test("a client of HTTP/1.1 is answered by an upstream of HTTP/2", async () => {
  await using origin = await http2Origin((stream, headers) => {
    stream.respond({ ":status": 200, "x-method": String(headers[":method"]) });
    stream.pipe(stream);
  });
  await using edge = await edgeFor([origin.port], { upstream: { protocol: "http2" } });
  const received = await exchangeRaw(
    edge.port,
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  );
  assert.match(received, /^HTTP\/1\.1 200 /);
  assert.match(received, /x-method: POST\r\n/);
  assert.match(received, /5\r\nhello\r\n0\r\n\r\n$/);
});

test("endpoints of HTTP/2 are checked over HTTP/2", async () => {
  const asked: string[] = [];
  await using origin = await http2Origin((stream, headers) => {
    asked.push(String(headers[":path"]));
    stream.respond({ ":status": 200 });
    stream.end("all is well");
  });
  const changes: string[] = [];
  await using _edge = await edgeFor(
    [origin.port],
    {
      upstream: { protocol: "http2" },
      health: { path: "/health", intervalMs: 20, bodyIncludes: "is well" },
    },
    { onEvent: (event) => changes.push(event.state) },
  );
  while (asked.length < 3) await turns(1);
  assert.deepEqual(new Set(asked), new Set(["/health"]));
  assert.deepEqual(changes, []);
});

test("an upstream of HTTP/1.1 behind a client of gRPC is answered for, not mistaken", async () => {
  await using origin = await httpOrigin((_request, response) => response.writeHead(503).end("no gRPC here"));
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const stream = call(client, "/test.Echo/Unary");
  stream.end(message("hello"));
  assert.equal((await readAnswer(stream)).status, 503);
});
