import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChunkedDecoder } from "./chunked.ts";

interface Decoded {
  readonly body: string;
  readonly trailers: readonly string[];
  readonly done: boolean;
  readonly problem: string | undefined;
  /** What follows the body in the slice that ended it. */
  readonly rest: string;
}

/** Decodes slices one after the other, as a connection would. */
function decode(slices: readonly string[], trailerBytes = 1_000, decoder = new ChunkedDecoder()): Decoded {
  decoder.begin({ headerBytes: trailerBytes, headerFields: 100 });
  let body = "";
  let rest = "";
  for (const slice of slices) {
    const bytes = Buffer.from(slice, "latin1");
    let at = 0;
    while (at < bytes.length && !decoder.isDone && !decoder.problem) {
      at = decoder.read(bytes, at);
      body += bytes.toString("latin1", decoder.start, decoder.end);
    }
    if (decoder.problem) break;
    rest += bytes.toString("latin1", at);
  }
  const { trailers, isDone: done, problem } = decoder;
  return { body, trailers, done, problem, rest };
}

const GOLDEN =
  "5\r\nhello\r\n006;a=b;c\r\n world\r\nA\r\n0123456789\r\n0;last\r\nX-Sum: 42 \r\nX-Two:\r\n\r\nGET /";

test("a body comes out without its framing, and with its trailers", () => {
  assert.deepEqual(decode([GOLDEN]), {
    body: "hello world0123456789",
    trailers: ["X-Sum", "42", "X-Two", ""],
    done: true,
    problem: undefined,
    rest: "GET /",
  });
  assert.deepEqual(decode(["0\r\n\r\n"]), {
    body: "",
    trailers: [],
    done: true,
    problem: undefined,
    rest: "",
  });
});

test("it does not matter where a body is cut in two", () => {
  const whole = decode([GOLDEN]);
  for (let cut = 0; cut <= GOLDEN.length; cut++) {
    assert.deepEqual(decode([GOLDEN.slice(0, cut), GOLDEN.slice(cut)]), whole, `cut at ${cut}`);
  }
  assert.deepEqual(decode([...GOLDEN]), whole);
});

test("a decoder serves one body after the other", () => {
  const decoder = new ChunkedDecoder();
  const extended = decode([`1;${"e".repeat(9_000)}\r\nx\r\n0\r\n\r\n`], 1_000, decoder);
  assert.deepEqual(decode([`1;${"e".repeat(9_000)}\r\nx\r\n0\r\n\r\n`], 1_000, decoder), extended);
  const whole = decode([GOLDEN]);
  decode(["5\r\nhel"], 1_000, decoder);
  assert.deepEqual(decode([GOLDEN], 1_000, decoder), whole);
  decode(["zz"], 1_000, decoder);
  assert.deepEqual(decode([GOLDEN], 1_000, decoder), whole);
});

for (const [what, bytes] of [
  ["no size", "\r\nhello"],
  ["a size that is no number", "zz\r\n"],
  ["a negative size", "-1\r\n"],
  ["a size with a prefix", "0x5\r\n"],
  ["a size with a space before it", " 5\r\n"],
  ["a size with a space behind it", "5 \r\n"],
  ["a size that overflows", "fffffffffffffffff\r\n"],
  ["a bare line feed behind a size", "5\nhello"],
  ["a bare carriage return behind a size", "5\rhello"],
  ["a space and a bare line feed behind a size", "5 \nhello\r\n"],
  ["a bare line feed in an extension", "5;a\nhello"],
  ["a control character in an extension", "5;a\0\r\nhello"],
  ["more bytes than its size says", "2\r\nhello\r\n"],
  ["a bare line feed behind its bytes", "2\r\nhi\n"],
  ["a bare carriage return behind its bytes", "2\r\nhi\rX0\r\n\r\n"],
  ["a bare carriage return at its end", "0\r\n\rX"],
  ["a bare line feed at its end", "0\r\n\n\r\n"],
  ["a trailer without a name", "0\r\n: 1\r\n\r\n"],
  ["a trailer without a colon", "0\r\nrubbish\r\n\r\n"],
  ["a folded trailer", "0\r\nA: 1\r\n b\r\n\r\n"],
  ["a trailer that ends in a bare line feed", "0\r\nA: 1\nB: 2\r\n\r\n"],
] as const) {
  test(`a chunk with ${what} is refused, however it is cut`, () => {
    assert.equal(decode([bytes]).problem, "malformed");
    assert.equal(decode([...bytes]).problem, "malformed");
  });
}

test("extensions and trailers are bounded, in one piece or in many", () => {
  const extension = `1;${"e".repeat(9_000)}\r\nx\r\n`;
  assert.equal(decode([extension]).problem, undefined);
  assert.equal(decode([extension, extension]).problem, "extensions");
  const trailers = `0\r\n${"A: b\r\n".repeat(10)}\r\n`;
  assert.equal(decode([trailers], 60).done, true);
  assert.equal(decode([trailers], 59).problem, "trailers");
  assert.equal(decode([...trailers], 59).problem, "trailers");
  assert.equal(decode([`0\r\nA: ${"b".repeat(100)}`], 59).problem, "trailers");
});

test("whatever was chunked comes back, however it is chunked and cut", () => {
  const chunk = fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(
      fc.array(chunk, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 20 }),
      (chunks, lengths) => {
        const bytes = `${chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join("")}0\r\n\r\nrest`;
        const { body, done, rest } = decode(cut(bytes, lengths));
        assert.deepEqual([body, done, rest], [chunks.join(""), true, "rest"]);
      },
    ),
  );
});

test("no bytes make the decoder fail, and a cut never changes what it thinks of them", () => {
  const piece = fc.constantFrom(
    "0",
    "5",
    "f",
    "\r\n",
    "\r",
    "\n",
    ";",
    "a",
    ": ",
    "\0",
    "\xff",
    "hello",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join("");
      const whole = decode([text]);
      const bytewise = decode([...text]);
      assert.equal(bytewise.problem, whole.problem);
      if (!whole.problem) assert.deepEqual(bytewise, whole);
    }),
    { numRuns: 500 },
  );
});

test("what a slice holds of a body is one piece, however small its chunks", () => {
  const decoder = new ChunkedDecoder();
  decoder.begin({ headerBytes: 1_000, headerFields: 100 });
  const small = Buffer.from("1\r\nx\r\n".repeat(10_000));
  assert.equal(decoder.readAll(small, 0), small.length);
  assert.equal(decoder.piece.toString(), "x".repeat(10_000));

  const last = Buffer.from("2\r\nab\r\n3;a=b\r\ncde\r\n0\r\n\r\nGET /");
  const end = decoder.readAll(last, 0);
  assert.equal(decoder.piece.toString(), "abcde");
  assert.deepEqual([decoder.isDone, last.toString("latin1", end)], [true, "GET /"]);

  // The slice is as it was: others may read it too.
  assert.equal(last.toString().startsWith("2\r\nab\r\n3;a=b\r\ncde"), true);
});

test("a chunk that has a slice to itself is not copied", () => {
  const decoder = new ChunkedDecoder();
  decoder.begin({ headerBytes: 1_000, headerFields: 100 });
  const bytes = Buffer.from("5\r\nhello\r\n");
  decoder.readAll(bytes, 0);
  bytes.fill("J", 3, 4);
  assert.equal(decoder.piece.toString(), "Jello");
});

test("pieces of slices make up the same body as chunks by themselves", () => {
  const chunks = fc.array(fc.string({ minLength: 1, maxLength: 40, unit: "binary-ascii" }), {
    maxLength: 20,
  });
  const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 10 });
  fc.assert(
    fc.property(chunks, lengths, (bodies, cuts) => {
      const text = `${bodies.map((body) => `${body.length.toString(16)}\r\n${body}\r\n`).join("")}0\r\n\r\nrest`;
      const decoder = new ChunkedDecoder();
      decoder.begin({ headerBytes: 1_000, headerFields: 100 });
      let body = "";
      for (const slice of cut(text, cuts)) {
        decoder.readAll(Buffer.from(slice, "latin1"), 0);
        body += decoder.piece.toString("latin1");
        if (decoder.isDone) break;
      }
      assert.deepEqual([body, decoder.isDone], [bodies.join(""), true]);
    }),
    { numRuns: 300 },
  );
});

function cut(text: string, lengths: readonly number[]): string[] {
  const slices: string[] = [];
  let at = 0;
  for (const length of lengths) {
    slices.push(text.slice(at, at + length));
    at += length;
  }
  return [...slices, text.slice(at)];
}
