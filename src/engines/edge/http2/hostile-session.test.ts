import assert from "node:assert/strict";
import { constants } from "node:http2";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { edgeFor, httpOrigin, rawOrigin, turns } from "../testing/servers.ts";
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  FRAME,
  frame,
  headers,
  literal,
  RawHttp2Client,
  requestFields,
  reset,
} from "./testing/raw-http2.ts";

/** What an upstream of HTTP/1.1 got to read, byte for byte, while a client said all this. */
async function readByUpstream(...said: Buffer[]): Promise<{ received: string; client: RawHttp2Client }> {
  let received = "";
  await using origin = await rawOrigin((socket) =>
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (received.endsWith("\r\n\r\n")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }),
  );
  await using edge = await edgeFor([origin.port]);
  await using client = new RawHttp2Client(edge.port);
  for (const bytes of said) client.send(bytes);
  await client.untilFrame(({ type, flags, stream }) => {
    const ends = (type === FRAME.HEADERS || type === FRAME.DATA) && (flags & END_STREAM) !== 0;
    return (stream === 1 && (ends || type === FRAME.RST_STREAM)) || type === FRAME.GOAWAY;
  });
  await turns();
  return { received, client };
}

const post = (more: readonly (readonly [string, string])[] = []) =>
  requestFields(more).with(0, [":method", "POST"]);
const withPseudo = (at: number, name: string, value: string) => requestFields().with(at, [name, value]);

/** The published ways of smuggling a request through a downgrade from HTTP/2, and malformed requests besides. */
const REFUSED: Record<string, Buffer[]> = {
  "H2.CL: Content-Length below the body's": [
    headers(1, post([["content-length", "2"]]), END_HEADERS),
    frame(FRAME.DATA, END_STREAM, 1, Buffer.from("okGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")),
  ],
  "H2.CL: a second Content-Length": [
    headers(
      1,
      post([
        ["content-length", "0"],
        ["content-length", "20"],
      ]),
      END_HEADERS,
    ),
  ],
  "H2.CL: Content-Length with a sign": [headers(1, post([["content-length", "+2"]]), END_HEADERS)],
  "H2.CL: Content-Length of a request that ended with its head": [
    headers(1, post([["content-length", "5"]])),
  ],
  "H2.TE: Transfer-Encoding": [headers(1, post([["transfer-encoding", "chunked"]]), END_HEADERS)],
  "H2.TE: Transfer-Encoding in capital letters": [
    headers(1, post([["Transfer-Encoding", "chunked"]]), END_HEADERS),
  ],
  "H2.TE: Transfer-Encoding in the trailers": [
    headers(1, post(), END_HEADERS),
    frame(FRAME.DATA, 0, 1, Buffer.from("x")),
    headers(1, [["transfer-encoding", "chunked"]]),
  ],
  "a line end in the path": [headers(1, withPseudo(2, ":path", "/ HTTP/1.1\r\nHost: x\r\n\r\nGET /x"))],
  "a blank in the path": [headers(1, withPseudo(2, ":path", "/ HTTP/1.1"))],
  "a NUL in the path": [headers(1, withPseudo(2, ":path", "/\0"))],
  "an absolute path": [headers(1, withPseudo(2, ":path", "http://x/"))],
  "a path without its slash": [headers(1, withPseudo(2, ":path", "x"))],
  "a star for GET": [headers(1, withPseudo(2, ":path", "*"))],
  "an empty path": [headers(1, withPseudo(2, ":path", ""))],
  "a line end in the method": [headers(1, withPseudo(0, ":method", "GET / HTTP/1.1\r\nx: y\r\n\r\n"))],
  "a blank in the method": [headers(1, withPseudo(0, ":method", "GET /x"))],
  "a line end in the authority": [headers(1, withPseudo(3, ":authority", "a\r\nx: y"))],
  "a user in the authority": [headers(1, withPseudo(3, ":authority", "user@a.example"))],
  "a path in the authority": [headers(1, withPseudo(3, ":authority", "a.example/x"))],
  "an authority that Host does not agree with": [headers(1, requestFields([["host", "other.example"]]))],
  "two Hosts": [headers(1, [...requestFields().slice(0, 3), ["host", "a"], ["host", "b"]])],
  "neither authority nor Host": [headers(1, requestFields().slice(0, 3))],
  "a scheme that is a URL": [headers(1, withPseudo(1, ":scheme", "http://x/?"))],
  "a scheme that is not one of HTTP": [headers(1, withPseudo(1, ":scheme", "ftp"))],
  "a pseudo-field twice": [headers(1, [...requestFields(), [":path", "/x"]])],
  "a pseudo-field behind another field": [
    headers(1, [...requestFields().slice(0, 3), ["a", "b"], [":authority", "a"]]),
  ],
  "a pseudo-field of answers": [headers(1, [...requestFields(), [":status", "200"]])],
  "an unknown pseudo-field": [headers(1, [...requestFields(), [":x", "y"]])],
  "pseudo-fields in the trailers": [
    headers(1, post(), END_HEADERS),
    frame(FRAME.DATA, 0, 1, Buffer.from("x")),
    headers(1, [[":path", "/x"]]),
  ],
  "a name in capital letters": [headers(1, requestFields([["X-Name", "value"]]))],
  Connection: [headers(1, requestFields([["connection", "close"]]))],
  "Proxy-Connection": [headers(1, requestFields([["proxy-connection", "keep-alive"]]))],
  "Keep-Alive": [headers(1, requestFields([["keep-alive", "timeout=5"]]))],
  Upgrade: [headers(1, requestFields([["upgrade", "websocket"]]))],
  "TE other than trailers": [headers(1, requestFields([["te", "gzip"]]))],
  CONNECT: [
    headers(
      1,
      [
        [":method", "CONNECT"],
        [":authority", "a.example:443"],
      ],
      END_HEADERS,
    ),
  ],
  "extended CONNECT (RFC 8441), which is not offered": [
    headers(1, [...requestFields([[":protocol", "websocket"]]).with(0, [":method", "CONNECT"])], END_HEADERS),
  ],
};

for (const [name, said] of Object.entries(REFUSED)) {
  test(`${name}: refused, and no upstream sees a whole request of it`, async () => {
    const { received, client } = await readByUpstream(...said);
    // What is found wrong behind a head only after the head has gone on is never brought to its end.
    assert.doesNotMatch(received, /smuggled|\r\n0\r\n\r\n/);
    if (said.length === 1) assert.equal(received, "");
    const answered = client.of(1).find(({ type }) => type === FRAME.HEADERS);
    if (answered) assert.notEqual(answered.payload[0], 0x88, "it was answered with 200");
    else assert.ok(client.frames.some(({ type }) => type === FRAME.RST_STREAM || type === FRAME.GOAWAY));
  });
}

/** Fields that the runtime leaves out by itself, where RFC 9113 (section 8.2.1) would have the stream reset. */
const LEFT_OUT: Record<string, [string, string]> = {
  "a line end in a value": ["x-a", "b\r\nTransfer-Encoding: chunked"],
  "a bare LF in a value": ["x-a", "b\nx-b: c"],
  "a NUL in a value": ["x-a", "b\0c"],
  "a line end in a name": ["x-a: b\r\nx-c", "d"],
  "a colon in a name": ["transfer-encoding:chunked", "x"],
  "a blank in a name": ["transfer-encoding ", "chunked"],
  "a blank before a value": ["x-a", " b"],
};

for (const [name, field] of Object.entries(LEFT_OUT)) {
  test(`${name}: no byte of the field reaches an upstream`, async () => {
    const { received } = await readByUpstream(headers(1, requestFields([field])));
    assert.ok(received.startsWith("GET / HTTP/1.1\r\nHost: a.example\r\n"), received);
    assert.doesNotMatch(received, /x-a|x-b|x-c|transfer-encoding/i);
  });
}

test("a request that is shorter than it says never looks whole to the upstream", async () => {
  const { received } = await readByUpstream(
    headers(1, post([["content-length", "9"]]), END_HEADERS),
    frame(FRAME.DATA, END_STREAM, 1, Buffer.from("short")),
  );
  assert.ok(!received.includes("short") || /content-length: 9/i.test(received));
});

test("a request of unknown length that is reset never looks whole to the upstream", async () => {
  for (const code of [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_CANCEL]) {
    let received = "";
    let ended = false;
    await using origin = await rawOrigin((socket) => {
      socket.on("data", (chunk) => {
        received += chunk.toString("latin1");
      });
      socket.on("close", () => {
        ended = true;
      });
    });
    await using edge = await edgeFor([origin.port]);
    await using client = new RawHttp2Client(edge.port);
    client.send(headers(1, post(), END_HEADERS));
    client.send(frame(FRAME.DATA, 0, 1, Buffer.from("part")));
    while (!received.includes("part")) await turns(1);
    client.send(reset(1, code));
    while (!ended) await turns(1);
    assert.doesNotMatch(received, /\r\n0\r\n\r\n$/);
  }
});

test("a head beyond the bound is answered with 431, and one far beyond it resets its stream", async () => {
  await using origin = await httpOrigin((_request, response) => response.end("ok"));
  await using edge = await edgeFor([origin.port], { limits: { headerBytes: 4_096 } });
  await using client = new RawHttp2Client(edge.port);
  client.send(headers(1, requestFields([["x-large", "x".repeat(5_000)]])));
  const body = await client.untilFrame(({ type, stream }) => type === FRAME.DATA && stream === 1);
  assert.match(body.payload.toString(), /HEADERS_TOO_LARGE/);
  // The bound that the edge announces holds from here on.
  client.send(frame(FRAME.SETTINGS, ACK, 0));
  client.send(headers(3, requestFields([["x-large", "x".repeat(15_000)]])));
  assert.equal(await client.untilReset(3), constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test("a HPACK bomb, one large entry of the table named a thousand times, ends with its stream", async () => {
  await using origin = await httpOrigin((_request, response) => response.end("ok"));
  await using edge = await edgeFor([origin.port]);
  await using client = new RawHttp2Client(edge.port);
  const fields = requestFields().map(([name, value]) => literal(name, value));
  const value = Buffer.alloc(4_000, "x");
  // Literal with indexing (0x40), then the newest entry of the dynamic table (index 62).
  const entry = Buffer.concat([
    Buffer.from([0x40, 1, 0x61, 127, 0x80 | ((4_000 - 127) & 127), (4_000 - 127) >> 7]),
    value,
  ]);
  const block = Buffer.concat([...fields, entry, Buffer.alloc(1_000, 0x80 | 62)]);
  client.send(frame(FRAME.HEADERS, END_HEADERS | END_STREAM, 1, block));
  assert.equal(await client.untilReset(1), constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test("streams beyond those that the edge takes at once are refused, and may be asked for again", async () => {
  await using origin = await httpOrigin(() => {});
  await using edge = await edgeFor([origin.port]);
  await using client = new RawHttp2Client(edge.port);
  for (let stream = 1; stream <= 2 * 129; stream += 2) client.send(headers(stream, requestFields()));
  assert.equal(await client.untilReset(257), constants.NGHTTP2_REFUSED_STREAM);
});

/** Streams that are broken off: more than the edge takes, and fewer than Node would take by itself. */
const BROKEN = 700;

/** Floods, each as the bytes of one turn, and which the edge answers by ending the session. */
const FLOODS: Record<string, (turn: number) => Buffer> = {
  "rapid reset (CVE-2023-44487)": (turn) =>
    Buffer.concat(
      Array.from({ length: turn * 50 < BROKEN ? 50 : 0 }, (_, at) => {
        const stream = 1 + 2 * (turn * 50 + at);
        return Buffer.concat([headers(stream, requestFields()), reset(stream, constants.NGHTTP2_CANCEL)]);
      }),
    ),
  "resets provoked by invalid frames (CVE-2025-8671)": (turn) =>
    Buffer.concat(
      Array.from({ length: turn * 20 < BROKEN ? 20 : 0 }, (_, at) => {
        const stream = 1 + 2 * (turn * 20 + at);
        // A window that opens by nothing is a stream's error.
        return Buffer.concat([
          headers(stream, requestFields()),
          frame(FRAME.WINDOW_UPDATE, 0, stream, Buffer.alloc(4)),
        ]);
      }),
    ),
  "PING flood (CVE-2019-9512)": () =>
    Buffer.concat(Array.from({ length: 200 }, () => frame(FRAME.PING, 0, 0, Buffer.alloc(8)))),
  "SETTINGS flood (CVE-2019-9515)": () =>
    Buffer.concat(Array.from({ length: 200 }, () => frame(FRAME.SETTINGS, 0, 0))),
  "empty DATA frames (CVE-2019-9518)": (turn) =>
    Buffer.concat([
      ...(turn === 0 ? [headers(1, post(), END_HEADERS)] : []),
      ...Array.from({ length: 50 }, () => frame(FRAME.DATA, 0, 1)),
    ]),
  "CONTINUATION flood (CVE-2024-27983)": (turn) =>
    turn === 0
      ? headers(1, requestFields(), END_STREAM)
      : frame(FRAME.CONTINUATION, 0, 1, literal(`x-${turn}`, "y")),
};

for (const [name, turn] of Object.entries(FLOODS)) {
  test(`${name}: the session is ended`, async () => {
    await using origin = await httpOrigin(() => {});
    await using edge = await edgeFor([origin.port], {}, { clock: new SimulatedClock() });
    await using client = new RawHttp2Client(edge.port);
    for (let at = 0; at < 100 && !client.socket.destroyed; at++) {
      client.send(turn(at));
      await turns(2);
    }
    await client.toEnd();
    const goaway = client.frames.find(({ type }) => type === FRAME.GOAWAY);
    assert.notEqual(
      goaway?.payload.readUInt32BE(4) ?? constants.NGHTTP2_ENHANCE_YOUR_CALM,
      constants.NGHTTP2_NO_ERROR,
    );
  });
}

test("PINGs that measure the way between parts of a body are no flood", async () => {
  let bytes = 0;
  await using origin = await httpOrigin((request) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
  });
  await using edge = await edgeFor([origin.port], {}, { clock: new SimulatedClock() });
  await using client = new RawHttp2Client(edge.port);
  client.send(headers(1, post(), END_HEADERS));
  for (let at = 0; at < 3_000; at++) {
    client.send(
      Buffer.concat([frame(FRAME.DATA, 0, 1, Buffer.from("x")), frame(FRAME.PING, 0, 0, Buffer.alloc(8))]),
    );
    if (at % 100 === 0) await turns(1);
  }
  while (bytes < 3_000) await turns(1);
  const acknowledged = client.frames.filter(({ type, flags }) => type === FRAME.PING && (flags & ACK) !== 0);
  assert.ok(acknowledged.length > 2_000);
  assert.ok(!client.frames.some(({ type }) => type === FRAME.GOAWAY));
});
