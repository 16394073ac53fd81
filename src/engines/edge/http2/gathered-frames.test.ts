import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { edgeFor, gate, httpOrigin, turns } from "../testing/servers.ts";
import { GatheredFrames } from "./gathered-frames.ts";
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headers,
  RawHttp2Client,
  requestFields,
} from "./testing/raw-http2.ts";

function scene() {
  const stream = new Readable({ highWaterMark: 10_000, read() {} });
  const gathered = new GatheredFrames(stream);
  const pieces: string[] = [];
  const read = () => {
    gathered.flush();
    stream.on("data", (chunk: Buffer) => pieces.push(chunk.toString()));
  };
  return { stream, gathered, pieces, read };
}

test("small pieces that nobody reads are few when somebody does, and whole, and in their order", async () => {
  const { stream, gathered, pieces, read } = scene();
  let sent = "";
  for (let at = 0; at < 3_000; at++) {
    const chunk = at % 700 === 699 ? "large".repeat(200) : `${at},`;
    sent += chunk;
    stream.push(Buffer.from(chunk));
  }
  assert.equal(stream.readableLength + gathered.length, sent.length);
  read();
  await turns();
  assert.equal(pieces.join(""), sent);
  assert.ok(pieces.length < 20, String(pieces.length));
});

test("who hands pieces in is told to wait when as many bytes are here as may be, however small they are", () => {
  const { stream } = scene();
  let taken = 0;
  while (stream.push(Buffer.from("x"))) taken += 1;
  assert.equal(taken + 1, 10_000);
});

test("a stream that is read is not kept waiting, and the end comes behind all that was gathered", async () => {
  const { stream, pieces, read } = scene();
  read();
  await turns();
  stream.push(Buffer.from("a"));
  await turns();
  assert.deepEqual(pieces, ["a"]);
  stream.pause();
  for (const one of ["b", "c", "d"]) stream.push(Buffer.from(one));
  stream.push(null);
  stream.resume();
  await turns();
  assert.equal(pieces.join(""), "abcd");
  assert.equal(stream.readableEnded, true);
});

test("a body in frames of one byte arrives whole at a service that was busy when it came", async () => {
  const busy = gate();
  let body = "";
  await using origin = await httpOrigin(async (incoming, response) => {
    await busy.opened;
    for await (const chunk of incoming) body += String(chunk);
    response.end("ok");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = new RawHttp2Client(edge.port);
  const fields = requestFields([["expect", "100-continue"]]).with(0, [":method", "POST"]);
  client.send(headers(1, fields, END_HEADERS));
  const sent = Array.from({ length: 5_000 }, (_, at) => String(at % 10)).join("");
  client.send(Buffer.concat([...sent].map((one) => frame(FRAME.DATA, 0, 1, Buffer.from(one)))));
  client.send(frame(FRAME.DATA, END_STREAM, 1));
  await turns(50);
  busy.open();
  await client.untilFrame(({ flags, stream }) => stream === 1 && (flags & END_STREAM) !== 0);
  assert.equal(body, sent);
});
