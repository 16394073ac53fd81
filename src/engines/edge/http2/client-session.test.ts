import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { constants } from "node:http2";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { edgeFor, gate, httpOrigin, rawOrigin, turns } from "../testing/servers.ts";
import { headers, RawHttp2Client, requestFields } from "./testing/raw-http2.ts";
import { http2Client, readAnswer } from "./testing/scene.ts";

test("a request over HTTP/2 is answered by an upstream of HTTP/1.1, and neither sees the other's framing", async () => {
  let seen: readonly string[] = [];
  await using origin = await httpOrigin((request, response) => {
    seen = request.rawHeaders;
    response.setHeader("X-Answer", ["one", "two"]);
    response.setHeader("Keep-Alive", "timeout=5");
    response.end("hello");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const answer = await readAnswer(
    client.request({ ":path": "/a?b=c", ":authority": "shop.example", "x-asked": "yes", te: "trailers" }),
  );
  assert.equal(answer.status, 200);
  assert.equal(answer.body, "hello");
  assert.equal(answer.headers["x-answer"], "one, two");
  for (const name of ["connection", "keep-alive", "transfer-encoding"])
    assert.ok(!(name in answer.headers), name);
  assert.ok(answer.headers.date);
  assert.deepEqual(seen.slice(0, 2), ["Host", "shop.example"]);
  assert.equal(seen[seen.indexOf("x-asked") + 1], "yes");
  assert.ok(!seen.some((name) => name.startsWith(":")));
});

test("an answer without Date gets one, and every name is in lower case (RFC 9113, section 8.2.1)", async () => {
  await using origin = await rawOrigin((socket) =>
    socket.on("data", () =>
      socket.write("HTTP/1.1 200 OK\r\nX-Mixed-Case: Yes\r\nContent-Length: 2\r\n\r\nok"),
    ),
  );
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const answer = await readAnswer(client.request({ ":path": "/" }));
  assert.match(String(answer.headers.date), /GMT$/);
  assert.ok(answer.rawHeaders.includes("x-mixed-case"));
});

test("cookies that a client has parted go to the upstream as one field (section 8.2.3)", async () => {
  await using origin = await httpOrigin((request, response) => response.end(request.headers.cookie));
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const answer = await readAnswer(client.request({ ":path": "/", cookie: ["a=1", "b=2", "c=3"] }));
  assert.equal(answer.body, "a=1; b=2; c=3");
});

test("bodies go up with a length or without one, and come back byte for byte", async () => {
  await using origin = await httpOrigin((request, response) => {
    response.setHeader(
      "X-Framing",
      request.headers["transfer-encoding"] ?? request.headers["content-length"] ?? "none",
    );
    request.pipe(response);
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const body = Buffer.alloc(300_000, "0123456789");
  const chunked = client.request({ ":path": "/", ":method": "POST" });
  chunked.end(body);
  const first = await readAnswer(chunked);
  assert.equal(first.headers["x-framing"], "chunked");
  assert.ok(Buffer.from(first.body, "latin1").equals(body));
  const counted = client.request({ ":path": "/", ":method": "POST", "content-length": String(body.length) });
  counted.end(body);
  const second = await readAnswer(counted);
  assert.equal(second.headers["x-framing"], String(body.length));
  assert.ok(Buffer.from(second.body, "latin1").equals(body));
});

test("trailers go both ways", async () => {
  let seen: NodeJS.Dict<string> = {};
  await using origin = await httpOrigin((request, response) => {
    request.resume();
    request.on("end", () => {
      seen = request.trailers;
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("body");
      response.addTrailers({ "X-Sum": "42" });
      response.end();
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const stream = client.request({ ":path": "/", ":method": "POST" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-check": "7" }));
  stream.end("data");
  const answer = await readAnswer(stream);
  assert.equal(answer.body, "body");
  assert.equal(answer.trailers?.["x-sum"], "42");
  assert.equal(seen["x-check"], "7");
});

test("answers to HEAD, and with 204, 205 and 304, have no body and keep the stream's end", async () => {
  await using origin = await httpOrigin((request, response) => {
    response.statusCode = Number(request.url?.slice(1));
    if (request.method === "HEAD") response.setHeader("Content-Length", "1000");
    response.end(response.statusCode === 205 ? "content that 205 forbids" : undefined);
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const head = await readAnswer(client.request({ ":path": "/200", ":method": "HEAD" }));
  assert.equal(head.headers["content-length"], "1000");
  for (const status of [204, 205, 304]) {
    const answer = await readAnswer(client.request({ ":path": `/${status}` }));
    assert.equal(answer.status, status);
    assert.equal(answer.body, "");
  }
});

test("streams of one connection are answered side by side, the later one first where it is quicker", async () => {
  const slow = gate();
  await using origin = await httpOrigin((request, response) => {
    if (request.url === "/slow") void slow.opened.then(() => response.end("slow"));
    else response.end("quick");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const first = readAnswer(client.request({ ":path": "/slow" }));
  assert.equal((await readAnswer(client.request({ ":path": "/quick" }))).body, "quick");
  slow.open();
  assert.equal((await first).body, "slow");
});

test("early hints reach the client before the answer does", async () => {
  await using origin = await httpOrigin((_request, response) => {
    response.writeEarlyHints({ link: "</style.css>; rel=preload" });
    response.end("ok");
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const stream = client.request({ ":path": "/" });
  const [hint] = await once(stream, "headers");
  assert.equal(hint[":status"], 103);
  assert.equal(hint.link, "</style.css>; rel=preload");
  assert.equal((await readAnswer(stream)).body, "ok");
});

test("an answer that breaks off is reset, and no frame before that says that it is whole", async () => {
  for (const framing of ["Content-Length: 100", "Transfer-Encoding: chunked"]) {
    await using origin = await rawOrigin((socket) =>
      socket.on("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n3\r\nabc\r\n`);
        setImmediate(() => setImmediate(() => socket.resetAndDestroy()));
      }),
    );
    await using edge = await edgeFor([origin.port]);
    await using client = new RawHttp2Client(edge.port);
    client.send(headers(1, requestFields()));
    assert.equal(await client.untilReset(1), constants.NGHTTP2_INTERNAL_ERROR, framing);
    assert.ok(
      client.of(1).every(({ type, flags }) => type > 1 || (flags & 1) === 0),
      `a frame with END_STREAM preceded the reset of an answer with ${framing}`,
    );
  }
});

test("a client that resets its stream ends the upstream's part of it, and its neighbours go on", async () => {
  const gone = gate();
  const answers: ServerResponse[] = [];
  await using origin = await httpOrigin((request, response) => {
    answers.push(response);
    if (request.url === "/left") response.on("close", gone.open);
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const left = client.request({ ":path": "/left" });
  left.on("error", () => {});
  const stays = readAnswer(client.request({ ":path": "/stays" }));
  while (answers.length < 2) await turns(1);
  left.close(constants.NGHTTP2_CANCEL);
  await gone.opened;
  answers[1]?.end("still here");
  answers[0]?.end();
  assert.equal((await stays).body, "still here");
});

test("an answer that comes before the request is whole is delivered, and the rest called off without error a moment later", async () => {
  const clock = new SimulatedClock();
  await using origin = await rawOrigin((socket) =>
    socket.once("data", () => socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")),
  );
  await using edge = await edgeFor([origin.port], {}, { clock });
  await using client = new RawHttp2Client(edge.port);
  client.send(headers(1, requestFields().with(0, [":method", "POST"]), 4));
  await client.untilFrame(({ type, flags, stream }) => stream === 1 && type === 0 && (flags & 1) === 1);
  assert.ok(!client.of(1).some(({ type }) => type === 3));
  await turns();
  await clock.advance(2_500);
  assert.equal(await client.untilReset(1), constants.NGHTTP2_NO_ERROR);
});

test("a slow client holds the upstream back, and a slow upstream the client", async () => {
  const size = 8_000_000;
  const body = Buffer.alloc(size, "x");
  let taken = 0;
  const opened = gate();
  await using origin = await httpOrigin((request, response) => {
    if (request.method === "GET") {
      response.end(body);
      return;
    }
    void opened.opened.then(() => {
      request.on("data", (chunk: Buffer) => {
        taken += chunk.length;
      });
      request.on("end", () => response.end(String(taken)));
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const upload = client.request({ ":path": "/", ":method": "POST" });
  const answered = readAnswer(upload);
  upload.end(body);
  const download = client.request({ ":path": "/" });
  download.pause();
  const downloaded = readAnswer(download);
  await once(download, "response");
  await turns(200);
  assert.ok(
    upload.writableLength + (upload.bufferSize ?? 0) > 1_000_000,
    "the body went nowhere, and yet it left",
  );
  opened.open();
  assert.equal((await answered).body, String(size));
  download.resume();
  assert.equal((await downloaded).body.length, size);
});

test("a session that leaves finishes what is under way, takes nothing more, and closes", async () => {
  const held = gate();
  await using origin = await httpOrigin(
    (_request, response) => void held.opened.then(() => response.end("done")),
  );
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const under = readAnswer(client.request({ ":path": "/" }));
  while (origin.connections === 0) await turns(1);
  const goaway = once(client, "goaway");
  const closed = once(client, "close");
  const left = edge.close();
  const [code] = await goaway;
  assert.equal(code, constants.NGHTTP2_NO_ERROR);
  held.open();
  assert.equal((await under).body, "done");
  await closed;
  await left;
});

test("a connection on which nothing is asked is closed: sooner before its first request than after", async () => {
  const clock = new SimulatedClock();
  await using origin = await httpOrigin((_request, response) => response.end("ok"));
  await using edge = await edgeFor(
    [origin.port],
    { limits: { requestHeadTimeoutMs: 1_000, idleTimeoutMs: 5_000 } },
    { clock },
  );
  await using silent = new RawHttp2Client(edge.port);
  await using asks = new RawHttp2Client(edge.port);
  asks.send(headers(1, requestFields()));
  await asks.untilFrame(({ stream, flags, type }) => stream === 1 && type === 0 && (flags & 1) === 1);
  await silent.untilFrame(({ type }) => type === 4);
  await turns();
  await clock.advance(1_500);
  assert.equal(await silent.untilGoaway(), constants.NGHTTP2_NO_ERROR);
  await silent.toEnd();
  assert.ok(!asks.frames.some(({ type }) => type === 7));
  await clock.advance(5_000);
  assert.equal(await asks.untilGoaway(), constants.NGHTTP2_NO_ERROR);
  await asks.toEnd();
});

test("a client that takes nothing of its answer any more is cut off after the idle timeout", async () => {
  const clock = new SimulatedClock();
  await using origin = await httpOrigin((_request, response) => response.end(Buffer.alloc(1_000_000)));
  await using edge = await edgeFor([origin.port], { limits: { idleTimeoutMs: 5_000 } }, { clock });
  await using client = new RawHttp2Client(edge.port);
  client.send(headers(1, requestFields()));
  // The initial window of 65,535 bytes is never opened again.
  while (client.received.length < 65_535) await turns(1);
  await turns();
  await clock.advance(5_500);
  await clock.advance(5_500);
  assert.equal(await client.untilReset(1), constants.NGHTTP2_INTERNAL_ERROR);
});

test("a body that is too large is answered with 413 at once, whatever the client still means to send", async () => {
  await using origin = await httpOrigin((request) => request.resume());
  await using edge = await edgeFor([origin.port], { limits: { bodyBytes: 1_000 } });
  await using client = http2Client(edge.port);
  for (const length of [{}, { "content-length": "5000" }]) {
    const stream = client.request({ ":path": "/", ":method": "POST", ...length });
    const answered = readAnswer(stream);
    stream.write(Buffer.alloc(2_000));
    await once(stream, "end");
    stream.end(Buffer.alloc(3_000));
    const answer = await answered;
    assert.equal(answer.status, 413);
    assert.match(answer.body, /BODY_TOO_LARGE/);
  }
});

test("a client that asks first whether its body is wanted hears 100 from the upstream, and then sends it", async () => {
  await using origin = await httpOrigin((request, response) => request.pipe(response));
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const stream = client.request({ ":path": "/", ":method": "POST", expect: "100-continue" });
  const answered = readAnswer(stream);
  await once(stream, "continue");
  stream.end("the body");
  assert.equal((await answered).body, "the body");
});

test("what HTTP/2 says goes through byte for byte where it is not ASCII", async () => {
  await using origin = await httpOrigin((request, response) => {
    response.setHeader("X-Echo", request.headers["x-bytes"] ?? "");
    response.end();
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const bytes = "gr\u00fcn \u00c4\u008a";
  assert.equal(
    (await readAnswer(client.request({ ":path": "/", "x-bytes": bytes }))).headers["x-echo"],
    bytes,
  );
});

test("uploads that were answered are no resets: one connection makes a thousand, and each is counted as answered", async () => {
  await using origin = await httpOrigin((request, response) => {
    request.resume().once("end", () => {
      response.setHeader("Content-Length", 2);
      response.end("ok");
    });
  });
  await using edge = await edgeFor([origin.port]);
  await using client = http2Client(edge.port);
  const upload = async () => {
    const stream = client.request({ ":method": "POST", ":path": "/" });
    stream.end("a body");
    assert.equal((await readAnswer(stream)).body, "ok");
  };
  for (let round = 0; round < 50; round++) await Promise.all(Array.from({ length: 20 }, upload));
  await turns();
  const outcomes = edge.reading().metrics.trestle_edge_request_outcomes ?? [];
  assert.deepEqual(
    outcomes.filter(({ values }) => values[0] !== 0),
    [{ labels: ["/*", "answered"], values: [1_000] }],
  );
});
