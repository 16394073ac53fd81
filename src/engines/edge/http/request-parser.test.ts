import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RequestParser } from "./request-parser.ts";

/** What a parser said of some bytes, in a form that does not depend on how the bytes were cut. */
interface Reading {
  readonly messages: {
    readonly start: string;
    readonly fields: readonly string[];
    readonly keepAlive: boolean;
    readonly upgrade: string | undefined;
    body: string;
    trailers: readonly string[];
    whole: boolean;
  }[];
  problem: string | undefined;
}

/** Reads slices as a connection would, until they are used up or refused. */
function read(slices: readonly Buffer[], headerBytes = 1_000): Reading {
  const parser = new RequestParser({ headerBytes, headerFields: 100 });
  const reading: Reading = { messages: [], problem: undefined };
  for (const slice of slices) {
    parser.feed(slice);
    for (let event = parser.next(); event !== "more"; event = parser.next()) {
      const last = reading.messages.at(-1);
      switch (event) {
        case "head": {
          const { head } = parser;
          assert.ok(head);
          reading.messages.push({
            start: `${head.method} ${head.target} ${head.version}`,
            fields: head.fields,
            keepAlive: head.keepAlive,
            upgrade: head.upgrade,
            body: "",
            trailers: [],
            whole: false,
          });
          break;
        }
        case "body":
          assert.ok(last && parser.piece.length > 0);
          last.body += parser.piece.toString("latin1");
          break;
        case "end":
          assert.ok(last);
          last.trailers = parser.trailers;
          last.whole = true;
          break;
        case "failed":
          reading.problem = parser.problem;
          return reading;
      }
    }
  }
  return reading;
}

const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");
const readText = (text: string, headerBytes?: number): Reading => read([bytesOf(text)], headerBytes);
const HOST = "Host: x\r\n";

const SEVERAL = [
  "\r\nGET /a?b=%20 HTTP/1.1\r\nHost: x\r\nX-Empty:\r\nx-Case:  Kept\t\r\nX-Latin: \xe9\r\n\r\n",
  "POST /len HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
  "\r\n\r\n",
  "PUT /chunks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
  "DELETE http://x/ HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
].join("");

test("requests are read with their bodies and trailers, one behind the other", () => {
  const { messages, problem } = readText(SEVERAL);
  assert.equal(problem, undefined);
  assert.deepEqual(
    messages.map(({ start, body, keepAlive, whole }) => [start, body, keepAlive, whole]),
    [
      ["GET /a?b=%20 1.1", "", true, true],
      ["POST /len 1.1", "hello", true, true],
      ["PUT /chunks 1.1", "hello world", true, true],
      ["DELETE http://x/ 1.0", "", true, true],
    ],
  );
  assert.deepEqual(messages[0]?.fields, ["Host", "x", "X-Empty", "", "x-Case", "Kept", "X-Latin", "\xe9"]);
  assert.deepEqual(messages[2]?.trailers, ["X-Sum", "1"]);
});

test("wherever requests are cut in two, they read the same", () => {
  const bytes = bytesOf(SEVERAL);
  const whole = read([bytes]);
  for (let at = 0; at <= bytes.length; at++) {
    assert.deepEqual(read([bytes.subarray(0, at), bytes.subarray(at)]), whole, `cut at ${at}`);
  }
});

test("byte by byte, requests read the same", () => {
  const bytes = bytesOf(SEVERAL);
  assert.deepEqual(read(Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))), read([bytes]));
});

test("cut into any pieces, good requests and bad ones read the same", () => {
  const piece = fc.constantFrom(
    SEVERAL,
    "GET / HTTP/1.1\r\n",
    HOST,
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "\r\n",
    "abc",
    "3\r\nabc\r\n",
    "0\r\n\r\n",
    "\n",
    "\r",
    "\0",
    ":",
    " ",
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
      (pieces, cuts) => {
        // A line that nothing can become decides what would else depend on how much has come.
        const bytes = bytesOf(`${pieces.join("")}\r\n: x\r\n\r\n`);
        const slices: Buffer[] = [];
        let from = 0;
        for (const to of [...cuts, bytes.length].sort((one, other) => one - other)) {
          slices.push(bytes.subarray(from, to));
          from = Math.min(to, bytes.length);
        }
        assert.deepEqual(read(slices), read([bytes]));
      },
    ),
    { numRuns: 300 },
  );
});

test("a connection is kept or not as version and Connection say, and close wins", () => {
  for (const [version, connection, kept] of [
    ["1.1", "", true],
    ["1.1", "Connection: Close\r\n", false],
    ["1.1", "Connection: keep-alive, close\r\n", false],
    ["1.1", "Connection: close\r\nConnection: keep-alive\r\n", false],
    ["1.0", "", false],
    ["1.0", "Connection: Keep-Alive\r\n", true],
    ["1.0", "Connection: x, keep-alive\r\n", true],
  ] as const) {
    const { messages } = readText(`GET / HTTP/${version}\r\n${HOST}${connection}\r\n`);
    assert.equal(messages[0]?.keepAlive, kept, `${version} ${connection}`);
  }
});

test("an upgrade is one only when Connection names it", () => {
  const upgradeIn = (lines: string) => readText(`GET / HTTP/1.1\r\n${HOST}${lines}\r\n`).messages[0]?.upgrade;
  assert.equal(upgradeIn("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"), "websocket");
  assert.equal(upgradeIn("Upgrade: websocket\r\n"), undefined);
  assert.equal(upgradeIn("Connection: upgrade\r\n"), undefined);
});

test("what follows an upgrade is left unread", () => {
  const parser = new RequestParser({ headerBytes: 1_000, headerFields: 100 });
  parser.feed(bytesOf(`GET / HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: a\r\n\r\n\x81\x00GET`));
  assert.equal(parser.next(), "head");
  assert.equal(parser.rest.toString("latin1"), "\x81\x00GET");
});

const CHUNKED = "Transfer-Encoding: chunked\r\n";
const post = (lines: string, body = ""): string => `POST / HTTP/1.1\r\n${HOST}${lines}\r\n${body}`;

for (const [what, text] of [
  ["a method outside the token grammar", `G@T / HTTP/1.1\r\n${HOST}\r\n`],
  ["no method", ` / HTTP/1.1\r\n${HOST}\r\n`],
  ["no target", `GET HTTP/1.1\r\n${HOST}\r\n`],
  ["two spaces before the target", `GET  / HTTP/1.1\r\n${HOST}\r\n`],
  ["a space in the target", `GET /a b HTTP/1.1\r\n${HOST}\r\n`],
  ["a delete character in the target", `GET /\x7f HTTP/1.1\r\n${HOST}\r\n`],
  ["a tab in the target", `GET /a\tb HTTP/1.1\r\n${HOST}\r\n`],
  ["a space behind the version", `GET / HTTP/1.1 \r\n${HOST}\r\n`],
  ["HTTP/0.9", "GET /\r\n\r\n"],
  ["a version of two digits", `GET / HTTP/01.1\r\n${HOST}\r\n`],
  ["HTTP/1.10", `GET / HTTP/1.10\r\n${HOST}\r\n`],
  ["a version in lower case", `GET / http/1.1\r\n${HOST}\r\n`],
  ["a bare line feed behind the request line", `GET / HTTP/1.1\n${HOST}\r\n`],
  ["a bare carriage return in a value", `GET / HTTP/1.1\r\n${HOST}X: a\rb\r\n\r\n`],
  ["a folded line", `GET / HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
  ["a space before the colon", `GET / HTTP/1.1\r\nHost : x\r\n\r\n`],
  ["a space before the first field", `GET / HTTP/1.1\r\n Host: x\r\n\r\n`],
  ["a zero byte in a value", `GET / HTTP/1.1\r\n${HOST}X: \0\r\n\r\n`],
  ["a delete character in a value", `GET / HTTP/1.1\r\n${HOST}X: \x7f\r\n\r\n`],
  ["an 8-bit character in a name", `GET / HTTP/1.1\r\n${HOST}X\xe9: a\r\n\r\n`],
  ["a line without a colon", `GET / HTTP/1.1\r\n${HOST}X\r\n\r\n`],
  ["a length and chunks", post(`Content-Length: 1\r\n${CHUNKED}`, "0\r\n\r\n")],
  ["two lengths, though they agree", post("Content-Length: 1\r\nContent-Length: 1\r\n", "a")],
  ["a signed length", post("Content-Length: +1\r\n", "a")],
  ["an empty length", post("Content-Length:\r\n")],
  ["a length that no number holds", post("Content-Length: 9999999999999999\r\n")],
  ["chunked twice", post(`${CHUNKED}${CHUNKED}`, "0\r\n\r\n")],
  ["chunked under another coding", post("Transfer-Encoding: chunked, gzip\r\n")],
  ["a chunk size that is none", post(CHUNKED, "g\r\n")],
  ["a chunk size with a sign", post(CHUNKED, "+1\r\na\r\n")],
  ["a chunk that its CRLF does not follow", post(CHUNKED, "1\r\nab\r\n")],
  ["a bare line feed behind a chunk size", post(CHUNKED, "1\na\r\n")],
  ["a malformed trailer", post(CHUNKED, "0\r\nX : a\r\n\r\n")],
  ["no HTTP, and no end of a line either", "\x16\x03\x01"],
] as const) {
  test(`a request with ${what} is refused as malformed`, () => {
    assert.equal(readText(text).problem, "malformed");
  });
}

for (const [what, line, problem] of [
  ["HTTP/1.2", "GET / HTTP/1.2", "other-version"],
  ["HTTP/2.0", "GET / HTTP/2.0", "other-version"],
  ["HTTP/0.9", "GET / HTTP/0.9", "other-version"],
  ["a method longer than any", `${"A".repeat(33)} / HTTP/1.1`, "method-too-long"],
] as const) {
  test(`a request with ${what} is refused as ${problem}`, () => {
    assert.equal(readText(`${line}\r\n${HOST}\r\n`).problem, problem);
  });
}

test("a method may have 32 characters", () => {
  const { messages } = readText(`${"A".repeat(32)} / HTTP/1.1\r\n${HOST}\r\n`);
  assert.equal(messages[0]?.start, `${"A".repeat(32)} / 1.1`);
});

test("a line may have half of a head's bytes, and a longer one is refused before its end has come", () => {
  const line = (bytes: number) => `GET /${"x".repeat(bytes - "GET / HTTP/1.1\r\n".length)} HTTP/1.1\r\n`;
  assert.equal(readText(`${line(500)}${HOST}\r\n`).problem, undefined);
  for (const text of [
    `${line(501)}${HOST}\r\n`,
    `${line(1_200)}${HOST}\r\n`,
    line(501),
    line(510).slice(0, -2),
  ]) {
    assert.equal(readText(text).problem, "line-too-long");
    assert.equal(read([...text].map(bytesOf)).problem, "line-too-long");
  }
});

test("a head may have as many fields as its bound, and trailers may too", () => {
  const fields = (count: number) => "A: b\r\n".repeat(count);
  assert.equal(readText(`GET / HTTP/1.1\r\n${HOST}${fields(99)}\r\n`).problem, undefined);
  assert.equal(readText(`GET / HTTP/1.1\r\n${HOST}${fields(100)}\r\n`).problem, "too-many-fields");
  assert.equal(readText(post(CHUNKED, `0\r\n${fields(100)}\r\n`)).problem, undefined);
  assert.equal(readText(post(CHUNKED, `0\r\n${fields(101)}\r\n`)).problem, "head-too-large");
});

test("chunks before HTTP/1.1 are refused as malformed", () => {
  assert.equal(readText(`POST / HTTP/1.0\r\n${CHUNKED}\r\n0\r\n\r\n`).problem, "malformed");
});

test("nothing is read behind a request whose body has no bounds that are understood", () => {
  for (const text of [
    post("Transfer-Encoding: gzip, chunked\r\n", `0\r\n\r\nGET /smuggled HTTP/1.1\r\n${HOST}\r\n`),
    `CONNECT y:443 HTTP/1.1\r\n${HOST}\r\nGET /smuggled HTTP/1.1\r\n${HOST}\r\n`,
  ]) {
    const { messages, problem } = readText(text);
    assert.deepEqual([messages.length, messages[0]?.keepAlive, problem], [1, false, undefined]);
  }
});

test("heads, trailers and chunk extensions beyond their bounds are refused as such", () => {
  const head = (fill: number) => `GET / HTTP/1.1\r\n${HOST}X: ${"x".repeat(fill)}`;
  assert.equal(readText(`${head(40)}\r\n\r\n`, 100).problem, undefined);
  assert.equal(readText(`${head(100)}\r\n\r\n`, 100).problem, "head-too-large");
  assert.equal(readText(head(100), 100).problem, "head-too-large");
  const trailers = `0\r\n${"X: y\r\n".repeat(200)}\r\n`;
  assert.equal(readText(post(CHUNKED, trailers), 500).problem, "head-too-large");
  const extended = `1;${"x".repeat(20_000)}\r\na\r\n`;
  assert.equal(readText(post(CHUNKED, extended)).problem, "extensions-too-large");
});

test("a parser that has refused reads nothing more", () => {
  const parser = new RequestParser({ headerBytes: 1_000, headerFields: 100 });
  parser.feed(bytesOf("rub bish here\r\n\r\n"));
  assert.equal(parser.next(), "failed");
  parser.feed(bytesOf(`GET / HTTP/1.1\r\n${HOST}\r\n`));
  assert.equal(parser.next(), "failed");
});

test("whatever bytes come, the parser neither throws nor goes round for ever", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 }), (slices) => {
      read(slices.map((slice) => Buffer.from(slice)));
    }),
    { numRuns: 500 },
  );
});

test("a few empty lines before a request are passed over; a client that sends only those is refused", () => {
  for (const [lines, outcome] of [
    [4, "head"],
    [5, "failed"],
  ] as const) {
    const parser = new RequestParser({ headerBytes: 1_000, headerFields: 100 });
    // A byte at a time, as a client would that means to hold its connection.
    for (let line = 0; line < lines; line++) {
      for (const byte of "\r\n") {
        parser.feed(Buffer.from(byte));
        if (parser.next() === "failed") {
          assert.equal(outcome, "failed");
          return;
        }
      }
    }
    parser.feed(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert.equal(parser.next(), outcome);
  }
});

test("chunks that another coding is laid over are refused, in a time that grows with the field and no faster", () => {
  const codings = (value: string) =>
    read([Buffer.from(`POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: ${value}\r\n\r\n`)], 100_000);
  for (const value of ["chunked, gzip", "CHUNKED,gzip", "xchunked;q, b", "gzip, chunked, chunked"])
    assert.equal(codings(value).problem, "malformed", value);
  for (const value of ["gzip, chunked", "gzip", "chunkedchunked"])
    assert.equal(codings(value).problem, undefined, value);
  const millisecondsFor = (count: number) => {
    const value = "chunked".repeat(count);
    const before = process.cpuUsage();
    for (let round = 0; round < 20; round++) codings(value);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
  millisecondsFor(100);
  // Thirteen thousand of them, each looked for behind each: that takes seconds.
  assert.ok(millisecondsFor(13_000) < 1_000);
});
