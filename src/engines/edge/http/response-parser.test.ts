import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ResponseParser } from "./response-parser.ts";

interface ParseOptions {
  readonly method?: string;
  readonly headerBytes?: number;
  /** Whether the connection ends behind the bytes. */
  readonly ends?: boolean;
}

/** All that a parser says of one answer, with the pieces of its body joined. The memory that it was fed is written over, as a connection's is. */
function parse(slices: readonly string[], options: ParseOptions = {}): string[] {
  const parser = new ResponseParser();
  parser.begin(options.method ?? "GET", { headerBytes: options.headerBytes ?? 1_000, headerFields: 100 });
  const said: string[] = [];
  let body = "";
  const say = (what: string) => {
    if (body !== "") said.push(`body ${body}`);
    body = "";
    said.push(what);
  };
  for (const slice of slices) {
    const bytes = Buffer.from(slice, "latin1");
    parser.feed(bytes);
    for (let event = parser.next(); event !== "more"; event = parser.next()) {
      if (event === "body") body += parser.piece.toString("latin1");
      else if (event === "end") say(["end", ...parser.trailers].join(" "));
      else if (event === "failed") {
        say("failed");
        return said;
      } else {
        const { status, reason, fields } = parser.head;
        say(`${event} ${status} ${reason} ${fields.join("|")}`);
      }
    }
    if (parser.hasRest) say(`rest ${parser.rest.toString("latin1")}`);
    bytes.fill(0);
  }
  if (options.ends) say(parser.finish() ? "end" : "broken");
  else if (body !== "") say("");
  return said;
}

const BOUNDS = { headerBytes: 1_000, headerFields: 100 };
const OK = "HTTP/1.1 200 OK\r\n";

for (const [what, bytes, said] of [
  [
    "of a counted body",
    `${OK}content-LENGTH: 5\r\nA: b\r\n\r\nhello`,
    ["head 200 OK content-LENGTH|5|A|b", "body hello", "end"],
  ],
  ["of no body", `${OK}Content-Length: 0\r\n\r\n`, ["head 200 OK Content-Length|0", "end"]],
  [
    "of a chunked body with trailers",
    `${OK}Transfer-Encoding: Chunked\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n`,
    ["head 200 OK Transfer-Encoding|Chunked", "body hello", "end X-Sum 1"],
  ],
  ["without a reason", "HTTP/1.1 204 \r\nA: b\r\n\r\n", ["head 204  A|b", "end"]],
  [
    "without a space for its reason",
    "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
    ["head 404  Content-Length|0", "end"],
  ],
  [
    "that must have no body",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    ["head 304 Not Modified Content-Length|5", "end"],
  ],
  [
    "behind others",
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 1\r\n\r\nx`,
    [
      "interim 100 Continue ",
      "interim 103 Early Hints Link|</a>",
      "head 200 OK Content-Length|1",
      "body x",
      "end",
    ],
  ],
] as const) {
  test(`an answer ${what} is read, wherever it is cut`, () => {
    assert.deepEqual(parse([bytes]), said);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(parse([bytes.slice(0, cut), bytes.slice(cut)]), said, `cut at ${cut}`);
    }
    assert.deepEqual(parse([...bytes]), said);
  });
}

test("an answer to HEAD has no body, whatever it says", () => {
  const bytes = `${OK}Content-Length: 5\r\n\r\n`;
  assert.deepEqual(parse([bytes], { method: "HEAD" }), ["head 200 OK Content-Length|5", "end"]);
});

test("an answer of unknown length ends with its connection, and no other does", () => {
  assert.deepEqual(parse([`${OK}\r\nhel`, "lo"], { ends: true }), ["head 200 OK ", "body hello", "end"]);
  assert.deepEqual(parse([`${OK}Content-Length: 9\r\n\r\nhello`], { ends: true }).at(-1), "broken");
  assert.deepEqual(
    parse([`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`], { ends: true }).at(-1),
    "broken",
  );
  assert.deepEqual(parse([OK], { ends: true }), ["broken"]);
});

test("a switch of protocols leaves what is behind it unread", () => {
  const parser = new ResponseParser();
  parser.begin("GET", BOUNDS);
  parser.feed(
    Buffer.from(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nHTTP/9 rubbish",
      "latin1",
    ),
  );
  assert.equal(parser.next(), "switched");
  assert.deepEqual([parser.head.status, parser.head.upgrade], [101, "echo"]);
  assert.equal(parser.rest.toString(), "HTTP/9 rubbish");
});

test("what comes behind an answer is no part of it", () => {
  assert.deepEqual(parse([`${OK}Content-Length: 2\r\n\r\nokHTTP`]), [
    "head 200 OK Content-Length|2",
    "body ok",
    "end",
    "rest HTTP",
  ]);
});

for (const [fields, persistent, keepAliveSeconds] of [
  ["Content-Length: 0", true, -1],
  ["Content-Length: 0\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=3", true, 5],
  ["Content-Length: 0\r\nConnection: X-A, Close", false, -1],
  ["Content-Length: 0\r\nKeep-Alive: max=3, Timeout=12", true, 12],
  ["Content-Length: 0\r\nKeep-Alive: timeout=", true, -1],
  ["Content-Length: 0\r\nKeep-Alive: notimeout=5", true, -1],
  ["Content-Length: 0\r\nKeep-Alive: timeout=99999999999", true, 999_999_999],
  ["A: unknown length", false, -1],
] as const) {
  test(`an answer with ${JSON.stringify(fields)} leaves its connection ${persistent ? "usable" : "unusable"}`, () => {
    const parser = new ResponseParser();
    parser.begin("GET", BOUNDS);
    parser.feed(Buffer.from(`${OK}${fields}\r\n\r\n`));
    assert.equal(parser.next(), "head");
    assert.deepEqual([parser.persistent, parser.keepAliveSeconds], [persistent, keepAliveSeconds]);
  });
}

test("before HTTP/1.1 a connection is usable only if the answer says so", () => {
  for (const [field, persistent] of [
    ["A: b", false],
    ["Connection: Keep-Alive", true],
  ] as const) {
    const parser = new ResponseParser();
    parser.begin("GET", BOUNDS);
    parser.feed(Buffer.from(`HTTP/1.0 200 OK\r\nContent-Length: 0\r\n${field}\r\n\r\n`));
    assert.equal(parser.next(), "head");
    assert.equal(parser.persistent, persistent);
  }
});

for (const [what, bytes] of [
  ["rubbish", "no HTTP\r\n\r\n"],
  ["another version", "HTTP/2.0 200 OK\r\n\r\n"],
  ["a version in small letters", "http/1.1 200 OK\r\n\r\n"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
  ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n"],
  ["a control character in its reason", "HTTP/1.1 200 O\0K\r\n\r\n"],
  ["a bare line feed behind its status line", "HTTP/1.1 200 OK\nA: b\r\n\r\n"],
  ["an empty line before its status line", `\r\n${OK}\r\n`],
  ["both a length and chunks", `${OK}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ["two lengths", `${OK}Content-Length: 3\r\nContent-Length: 3\r\n\r\n`],
  ["a list of lengths", `${OK}Content-Length: 3, 3\r\n\r\n`],
  ["a negative length", `${OK}Content-Length: -3\r\n\r\n`],
  ["an empty length", `${OK}Content-Length:\r\n\r\n`],
  ["a length that is not counted exactly", `${OK}Content-Length: ${"9".repeat(16)}\r\n\r\n`],
  ["two codings", `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ["another coding", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`],
  ["a coding before HTTP/1.1", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["a folded field", `${OK}A: b\r\n c\r\n\r\n`],
  ["a space before a colon", `${OK}Content-Length : 0\r\n\r\n`],
  ["a head without bounds", `${OK}${"X-Fill: yyyyyyyyyyyyyyyyy\r\n".repeat(50)}`],
  ["an endless line", "y".repeat(1_001)],
  ["a switch that does not say to what", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n"],
  ["a switch that its connection does not name", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n"],
  ["answers before it without end", "HTTP/1.1 102 Processing\r\n\r\n".repeat(65)],
] as const) {
  test(`an answer with ${what} fails, however it is cut`, () => {
    assert.equal(parse([bytes]).at(-1), "failed");
    assert.equal(parse([...bytes]).at(-1), "failed");
  });
}

test("chunks that turn into rubbish fail, and nothing of the rubbish is taken for the body", () => {
  assert.deepEqual(parse([`${OK}Transfer-Encoding: chunked\r\n\r\n4\r\npart\r\nrubbish`]), [
    "head 200 OK Transfer-Encoding|chunked",
    "body part",
    "failed",
  ]);
});

test("a head may have exactly as many bytes as its bound", () => {
  const bytes = `${OK}Content-Length: 0\r\n\r\n`;
  assert.equal(parse([bytes], { headerBytes: bytes.length }).at(-1), "end");
  assert.deepEqual(parse([bytes], { headerBytes: bytes.length - 1 }), ["failed"]);
});

test("a head may have as many fields as its bound, and trailers may too", () => {
  const fields = (count: number) => "A: b\r\n".repeat(count);
  const counted = (count: number) => parse([`${OK}Content-Length: 0\r\n${fields(count)}\r\n`]).at(-1);
  assert.deepEqual([counted(99), counted(100)], ["end", "failed"]);
  const chunked = (count: number) =>
    parse([`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n${fields(count)}\r\n`]);
  assert.match(chunked(100).at(-1) ?? "", /^end A b/);
  assert.equal(chunked(101).at(-1), "failed");
});

test("what can become no answer fails before its end has come", () => {
  for (const bytes of ["HTTP/1.1 200 OK\n", "HTTP/1.1 200 OK\r\nA: b\r\rC", "HTTP/1.1 200 \0"]) {
    assert.deepEqual([parse([bytes]), parse([...bytes])], [["failed"], ["failed"]]);
  }
});

test("a 204 that says that a body follows leaves its connection unusable, and a 304 does not", () => {
  for (const [line, field, persistent] of [
    ["204 No Content", "Content-Length: 2", false],
    ["204 No Content", "Transfer-Encoding: chunked", false],
    ["204 No Content", "Content-Length: 0", true],
    ["304 Not Modified", "Content-Length: 2", true],
  ] as const) {
    const parser = new ResponseParser();
    parser.begin("GET", BOUNDS);
    parser.feed(Buffer.from(`HTTP/1.1 ${line}\r\n${field}\r\n\r\n`));
    assert.deepEqual([parser.next(), parser.next(), parser.persistent], ["head", "end", persistent]);
  }
});

test("close wins over whatever stands beside it or behind it", () => {
  for (const fields of [
    "Connection: close\r\nConnection: keep-alive\r\n",
    "Connection: keep-alive, CLOSE\r\n",
  ]) {
    for (const version of ["1.0", "1.1"]) {
      const parser = new ResponseParser();
      parser.begin("GET", BOUNDS);
      parser.feed(Buffer.from(`HTTP/${version} 200 OK\r\nContent-Length: 0\r\n${fields}\r\n`));
      assert.deepEqual([parser.next(), parser.persistent], ["head", false]);
    }
  }
});

test("one parser reads one answer after the other", () => {
  const parser = new ResponseParser();
  for (const method of ["GET", "HEAD", "GET"]) {
    parser.begin(method, BOUNDS);
    parser.feed(Buffer.from(`${OK}Content-Length: 1\r\n\r\n${method === "HEAD" ? "" : "x"}`));
    const events = [parser.next(), parser.next(), parser.next(), parser.next()];
    assert.deepEqual(
      events,
      method === "HEAD" ? ["head", "end", "more", "more"] : ["head", "body", "end", "more"],
    );
  }
});

test("no bytes make the parser throw, and a cut never changes what it says", () => {
  const piece = fc.constantFrom(
    OK,
    "HTTP/1.1 ",
    "100 Continue\r\n\r\n",
    "\r\n",
    "\r",
    "\n",
    "Content-Length: 3\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Connection: close\r\n",
    "A: b\r\n",
    "3\r\nabc\r\n",
    "0\r\n",
    "abc",
    "\0",
    "\xff",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(200), (pieces, at) => {
      const text = pieces.join("");
      const whole = parse([text], { ends: true }).filter((said) => !said.startsWith("rest"));
      const halves = parse([text.slice(0, at), text.slice(at)], { ends: true });
      assert.deepEqual(
        halves.filter((said) => !said.startsWith("rest")),
        whole,
      );
    }),
    { numRuns: 1_000 },
  );
});
