import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readFieldLines } from "../http/field-lines.ts";
import { isGrpcType, readStreamRequestHead } from "./stream-request-head.ts";

const BASE: readonly (readonly [string, string])[] = [
  [":method", "GET"],
  [":scheme", "https"],
  [":path", "/a?b"],
  [":authority", "a.example"],
];

/** Reads a head with these fields behind the base's, or in the place of those of the same name. */
function read(more: readonly (readonly [string, string])[] = [], ended = true, headerBytes = 16_384) {
  const names = new Set(more.map(([name]) => name));
  const fields = [...BASE.filter(([name]) => !names.has(name) || !name.startsWith(":")), ...more];
  fields.sort(([one], [other]) => Number(other.startsWith(":")) - Number(one.startsWith(":")));
  return readStreamRequestHead(fields.flat(), { ended, headerBytes });
}

test("a head becomes one of HTTP/1.1: Host first, cookies joined, a length or chunks where there is a body", () => {
  assert.deepEqual(
    read([
      ["cookie", "a=1"],
      ["x-name", "v"],
      ["cookie", "b=2"],
    ]),
    {
      kind: "request",
      method: "GET",
      target: "/a?b",
      fields: ["Host", "a.example", "x-name", "v", "cookie", "a=1; b=2"],
      isGrpc: false,
    },
  );
  const chunked = read([], false);
  assert.ok(
    chunked.kind === "request" && chunked.fields.join() === "Host,a.example,Transfer-Encoding,chunked",
  );
  const counted = read([["content-length", "3"]], false);
  assert.ok(counted.kind === "request" && !counted.fields.includes("Transfer-Encoding"));
});

test("Host alone will do, and beside an authority when both say the same", () => {
  const fields = BASE.slice(0, 3).flat();
  const alone = readStreamRequestHead([...fields, "host", "b.example"], { ended: true, headerBytes: 1_000 });
  assert.ok(alone.kind === "request" && alone.fields[1] === "b.example");
  assert.equal(read([["host", "A.EXAMPLE"]]).kind, "request");
  assert.equal(read([["host", "b.example"]]).kind, "refused");
});

test("what the decoder is said to have checked is checked here too", () => {
  const refused: (readonly [string, string])[] = [
    ["x-a", "b\r\nc: d"],
    ["x-a", "b\nc"],
    ["x-a", "b\rc"],
    ["x-a", "b\0"],
    ["x-a", " b"],
    ["x-a", "b\t"],
    ["x-a", "\u010a"],
    ["x a", "b"],
    ["x:a", "b"],
    ["X-A", "b"],
    ["", "b"],
    ["transfer-encoding", "chunked"],
    ["connection", "x"],
    ["keep-alive", "x"],
    ["proxy-connection", "x"],
    ["upgrade", "x"],
    ["te", "gzip"],
    ["te", "trailers, gzip"],
    [":path", "/\u010a"],
    [":path", "/ "],
    [":path", "*"],
    [":path", "//x y"],
    [":method", "GET "],
    [":method", ""],
    [":method", "CONNECT"],
    [":scheme", "ws"],
    [":authority", ""],
    [":protocol", "websocket"],
    ["content-length", "1"],
  ];
  for (const field of refused) assert.equal(read([field]).kind, "refused", JSON.stringify(field));
  assert.equal(read([["te", "trailers"]]).kind, "request");
  assert.equal(
    read([
      [":method", "OPTIONS"],
      [":path", "*"],
    ]).kind,
    "request",
  );
  assert.equal(read([["content-length", "0"]]).kind, "request");
});

test("a head is as large as HTTP/1.1 would write it", () => {
  const bytes = BASE.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
  assert.equal(read([], true, bytes).kind, "request");
  const beyond = read([], true, bytes - 1);
  assert.ok(beyond.kind === "refused" && beyond.answer.code === "HEADERS_TOO_LARGE");
});

test("whatever is not refused reads back from the lines of HTTP/1.1 as the same fields, and one target", () => {
  const text = fc.string({ unit: "binary", maxLength: 12 });
  const name = fc.oneof(text, fc.constantFrom("x-a", "host", "cookie", "te", "content-length"));
  fc.assert(
    fc.property(fc.array(fc.tuple(name, text), { maxLength: 6 }), text, (more, path) => {
      const head = read([...more, [":path", `/${path}`]]);
      if (head.kind === "refused") return;
      let lines = "";
      for (let at = 0; at < head.fields.length; at += 2)
        lines += `${head.fields[at]}: ${head.fields[at + 1]}\r\n`;
      const fields: string[] = [];
      // As a socket would write it, and the next hop read it.
      const written = Buffer.from(lines, "latin1").toString("latin1");
      assert.ok(readFieldLines(written, 0, fields, 1_000));
      assert.deepEqual(fields, head.fields);
      assert.match(Buffer.from(head.target, "latin1").toString("latin1"), /^\/[^\0-\x20\x7f]*$/);
    }),
    { numRuns: 2_000 },
  );
});

test("gRPC is told by its media type, from which gRPC-Web's is another", () => {
  for (const type of ["application/grpc", "application/grpc+proto", "Application/GRPC; x=y"])
    assert.ok(isGrpcType(type), type);
  for (const type of [
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/json",
    "application/grpcx",
  ])
    assert.ok(!isGrpcType(type), type);
});
