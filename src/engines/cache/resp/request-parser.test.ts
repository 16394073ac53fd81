import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEFAULT_CACHE_LIMITS } from "../options.ts";
import { encodeRequest } from "../testing/raw-client.ts";
import { RequestParser } from "./index.ts";

const KIB = 1024;

function parserWith(limits: Partial<typeof DEFAULT_CACHE_LIMITS> = {}): RequestParser {
  return new RequestParser({ ...DEFAULT_CACHE_LIMITS, ...limits });
}

/** All requests in the pieces, and how the parser stands after them. */
function parse(parser: RequestParser, pieces: readonly string[]) {
  const requests: string[][] = [];
  for (const piece of pieces) {
    parser.push(Buffer.from(piece, "latin1"));
    for (let state = parser.next(); state !== "more"; state = parser.next()) {
      if (state === "broken") return { requests, problem: parser.problem };
      requests.push(parser.args);
    }
  }
  return { requests, problem: undefined };
}

const SAMPLE = `${encodeRequest(["SET", "key", "va\r\nlue"])}PING\r\n*0\r\n*-1\r\n${encodeRequest(["GET", ""])}\n${encodeRequest(["\x00\xff"])}`;
const SAMPLE_REQUESTS = [["SET", "key", "va\r\nlue"], ["PING"], ["GET", ""], ["\x00\xff"]];

test("a request is an array of bulk strings, whatever bytes they hold", () => {
  const { requests } = parse(parserWith(), ["*2\r\n$3\r\nGET\r\n$5\r\na\r\n\x00\xff\r\n"]);
  assert.deepEqual(requests, [["GET", "a\r\n\x00\xff"]]);
});

test("requests are found wherever the stream is cut in two", () => {
  for (let cut = 0; cut <= SAMPLE.length; cut++) {
    const { requests } = parse(parserWith(), [SAMPLE.slice(0, cut), SAMPLE.slice(cut)]);
    assert.deepEqual(requests, SAMPLE_REQUESTS, `cut at ${cut}`);
  }
});

test("requests are found when the stream comes byte by byte", () => {
  assert.deepEqual(parse(parserWith(), [...SAMPLE]).requests, SAMPLE_REQUESTS);
});

test("a stream that ends at any byte yields only whole requests", () => {
  for (let end = 0; end < SAMPLE.length; end++) {
    const { requests, problem } = parse(parserWith(), [SAMPLE.slice(0, end)]);
    assert.equal(problem, undefined);
    assert.deepEqual(requests, SAMPLE_REQUESTS.slice(0, requests.length));
  }
});

test("any requests, cut anywhere, come out as they went in", () => {
  const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array).toString("latin1"));
  const requests = fc.array(fc.array(bytes, { minLength: 1, maxLength: 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(requests, fc.array(fc.nat(2000), { maxLength: 10 }), (expected, cuts) => {
      const stream = expected.map(encodeRequest).join("");
      const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)), stream.length].sort(
        (a, b) => a - b,
      );
      const pieces = places.slice(1).map((place, at) => stream.slice(places[at], place));
      assert.deepEqual(parse(parserWith(), pieces).requests, expected);
    }),
  );
});

test("arbitrary bytes are understood or refused, and never break the parser", () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString("latin1")),
    fc
      .array(
        fc.constantFrom("*", "$", "1", "-", "9", "\r", "\n", "\r\n", "PING", '"', "'", "\\x", " ", "\0"),
        {
          maxLength: 60,
        },
      )
      .map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 5 }), (pieces) => {
      const whole = parse(parserWith(), [pieces.join("")]);
      const cut = parse(parserWith(), pieces);
      assert.deepEqual(cut, whole);
    }),
    { numRuns: 500 },
  );
});

const REFUSED: readonly (readonly [bytes: string, problem: string])[] = [
  ["*a\r\n", "invalid multibulk length"],
  ["*1x\r\n", "invalid multibulk length"],
  ["*\r\n", "invalid multibulk length"],
  ["*01\r\n", "invalid multibulk length"],
  ["*-0\r\n", "invalid multibulk length"],
  ["*1\rx", "invalid multibulk length"],
  ["*1048577\r\n", "invalid multibulk length"],
  [`*${"1".repeat(40)}`, "too big mbulk count string"],
  ["*1\r\n:5\r\n", "expected '$', got ':'"],
  ["*1\r\n*1\r\n$4\r\nPING\r\n", "expected '$', got '*'"],
  ["*1\r\n$-1\r\n", "invalid bulk length"],
  ["*1\r\n$x\r\n", "invalid bulk length"],
  [`*1\r\n$${64 * KIB * KIB + 1}\r\n`, "invalid bulk length"],
  [`*1\r\n$${"1".repeat(40)}`, "too big bulk count string"],
  ["*1\r\n$4\r\nPINGxx", "expected CRLF after a bulk string"],
  ['SET a "b\r\n', "unbalanced quotes in request"],
  ["x".repeat(64 * KIB + 1), "too big inline request"],
];

for (const [bytes, problem] of REFUSED)
  test(`${JSON.stringify(bytes.slice(0, 30))} is refused: ${problem}`, () => {
    assert.equal(parse(parserWith(), [bytes]).problem, problem);
    const parser = parserWith();
    parse(parser, [...bytes.slice(0, 100), bytes.slice(100)]);
    assert.equal(parser.problem, problem);
    parser.push(Buffer.from("PING\r\n"));
    assert.equal(parser.next(), "broken", "and nothing of that client is understood any more");
  });

test("all arguments of a request together are bounded", () => {
  const parser = parserWith({ requestBytes: 200 });
  assert.deepEqual(parse(parser, [encodeRequest(["SET", "k", "v".repeat(90)])]).problem, undefined);
  const { problem } = parse(parser, [encodeRequest(["MSET", "k", "v".repeat(60), "l", "w"])]);
  assert.equal(problem, "request too large");
});

test("a client without the password may send little", () => {
  const restricted = () => {
    const parser = parserWith();
    parser.restricted = true;
    return parser;
  };
  const eleven = Array.from({ length: 11 }, () => "x");
  assert.deepEqual(parse(restricted(), [encodeRequest(eleven.slice(1))]).requests.length, 1);
  assert.equal(parse(restricted(), [encodeRequest(eleven)]).problem, "unauthenticated multibulk length");
  assert.equal(parse(restricted(), ["*1\r\n$16385\r\n"]).problem, "unauthenticated bulk length");
  assert.equal(parse(restricted(), ["x".repeat(17_000)]).problem, "too big inline request");
});

test("what a length announces takes no memory until it comes", () => {
  const parser = parserWith();
  parse(parser, [`*1\r\n$${64 * KIB * KIB}\r\nabc`]);
  assert.equal(parser.pendingBytes, 3);
});

test("a large value in small pieces comes out whole", () => {
  const value = "0123456789abcdef".repeat(16 * KIB);
  const stream = encodeRequest(["SET", "k", value]);
  const pieces = Array.from({ length: Math.ceil(stream.length / 1000) }, (_, at) =>
    stream.slice(at * 1000, at * 1000 + 1000),
  );
  assert.deepEqual(parse(parserWith(), pieces).requests, [["SET", "k", value]]);
});
