import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { kindOf, trailersToSend } from "./fields.ts";
import type { HttpVersion } from "./messages.ts";
import { addHop, readRequestHead } from "./request-head.ts";
import { readResponseHead } from "./response-head.ts";

const hop = {
  peerAddress: "192.0.2.7",
  trustedHops: 0,
  secure: false,
  clientFields: [],
  name: "edge0",
};

function sentOn(raw: string[], options: { method?: string; trusted?: boolean } = {}): string[] {
  const from = { ...hop, trustedHops: options.trusted ? 2 : 0 };
  const head = readRequestHead(options.method ?? "GET", "1.1", raw, from);
  assert.equal(head.refusal, undefined);
  addHop(head, from, "id1");
  return head.fields;
}

function refusalOf(raw: string[], method = "GET", version: HttpVersion = "1.1"): string | undefined {
  return readRequestHead(method, version, raw, hop).refusal?.code;
}

test("end-to-end fields keep their case, order and duplicates; the edge's own follow", () => {
  assert.deepEqual(sentOn(["hOST", "x.org", "X-b", "1", "cookie", "a", "X-b", "2", "Accept", "*/*"]), [
    ..."hOST x.org X-b 1 cookie a X-b 2 Accept */*".split(" "),
    ...["X-Forwarded-For", "192.0.2.7", "X-Forwarded-Proto", "http", "X-Forwarded-Host", "x.org"],
    ...["Via", "1.1 edge0", "X-Request-Id", "id1"],
  ]);
});

test("fields of one hop are dropped, and those that Connection names", () => {
  const raw =
    "Host x Connection x-secret,Keep-Alive Keep-Alive timeout=5 X-Secret 1 Proxy-Authorization y TE gzip";
  const kept = sentOn([
    ...raw.split(" "),
    "Proxy-Connection",
    "keep-alive",
    "Upgrade",
    "h2c",
    "HTTP2-Settings",
    "AA",
  ]);
  assert.deepEqual(kept.slice(0, 2), ["Host", "x"]);
  assert.equal(kept[2], "X-Forwarded-For");
});

test("Connection cannot strip what the edge depends on", () => {
  const kept = sentOn([
    "Host",
    "x",
    "Connection",
    "host, content-length, x-forwarded-for, via",
    "Content-Length",
    "3",
  ]);
  assert.deepEqual(kept.slice(0, 4), ["Host", "x", "Content-Length", "3"]);
  assert.ok(kept.includes("X-Forwarded-For") && kept.includes("Via"));
});

test("what a client says about earlier hops is replaced, in every spelling", () => {
  const raw = [
    "Host",
    "x",
    "X-Forwarded-For",
    "6.6.6.6",
    "x_forwarded_for",
    "6.6.6.6",
    "X-Real-IP",
    "6.6.6.6",
  ];
  const kept = sentOn([
    ...raw,
    "Forwarded",
    "for=6.6.6.6",
    "X-Forwarded-Proto",
    "https",
    "X-Forwarded-Port",
    "443",
  ]);
  assert.ok(!kept.includes("6.6.6.6") && !kept.includes("https") && !kept.includes("443"));
  assert.equal(kept[kept.indexOf("X-Forwarded-For") + 1], "192.0.2.7");
});

test("what an underscore makes look like a field of framing, or of this hop, is not sent on", () => {
  const names = [
    "Content_Length",
    "content_length",
    "Transfer_Encoding",
    "Proxy_Connection",
    "Client_Cert_Chain",
  ];
  const kept = sentOn(["Host", "x", ...names.flatMap((name) => [name, "5"]), "X_Own", "5", "Own_Name", "5"]);
  assert.deepEqual(kept.slice(0, 6), ["Host", "x", "X_Own", "5", "Own_Name", "5"]);
  assert.ok(!names.some((name) => kept.includes(name)));
});

test("a length is sent on in plain digits", () => {
  assert.deepEqual(sentOn(["Host", "x", "Content-Length", "007"]).slice(0, 4), [
    "Host",
    "x",
    "Content-Length",
    "7",
  ]);
});

test("a trusted peer's words are kept, and its own address added to them", () => {
  const raw = [
    "Host",
    "x",
    "X-Forwarded-For",
    "1.1.1.1",
    "X-Forwarded-Proto",
    "https",
    "X-Forwarded-Host",
    "y",
  ];
  const kept = sentOn([...raw, "X-Forwarded-For", "2.2.2.2", "X-Forwarded-Port", "443"], { trusted: true });
  assert.equal(kept[kept.indexOf("X-Forwarded-For") + 1], "1.1.1.1, 2.2.2.2, 192.0.2.7");
  assert.equal(kept[kept.indexOf("X-Forwarded-Proto") + 1], "https");
  assert.equal(kept[kept.indexOf("X-Forwarded-Host") + 1], "y");
  assert.ok(kept.includes("X-Forwarded-Port"));
});

test("a sane request id of the client is kept, any other replaced", () => {
  assert.ok(!sentOn(["Host", "x", "x-request-id", "abc-1.2_3"]).includes("id1"));
  for (const bad of ["", "a b", "a\tb", "x".repeat(129), "<script>", "a,b", "\u00e9"]) {
    const kept = sentOn(["Host", "x", "X-Request-Id", bad]);
    assert.ok(kept.includes("id1") && !kept.includes(bad), bad);
  }
});

test("Via is added to, and a request that has passed this very edge is refused", () => {
  assert.deepEqual(
    sentOn(["Host", "x", "Via", "1.0 fred"]).filter((_, at, all) => all[at - 1] === "Via"),
    ["1.0 fred", "1.1 edge0"],
  );
  assert.equal(refusalOf(["Host", "x", "Via", "1.0 fred, 1.1 edge0"]), "LOOP_DETECTED");
});

test("a method that usually has a body says so when it has none; no other does", () => {
  assert.ok(sentOn(["Host", "x"], { method: "POST" }).includes("Content-Length"));
  assert.ok(!sentOn(["Host", "x"]).includes("Content-Length"));
  assert.ok(
    !sentOn(["Host", "x", "Transfer-Encoding", "chunked"], { method: "POST" }).includes("Content-Length"),
  );
});

for (const [what, raw, code] of [
  ["no Host", ["Accept", "x"], "BAD_REQUEST"],
  ["two Hosts", ["Host", "x", "Host", "x"], "BAD_REQUEST"],
  ["a Host with a path", ["Host", "x/y"], "BAD_REQUEST"],
  ["a Host with a space", ["Host", "x y"], "BAD_REQUEST"],
  ["an empty Host", ["Host", ""], "BAD_REQUEST"],
  ["a list of Hosts", ["Host", "x, y"], "BAD_REQUEST"],
  ["a name before an @ in its Host", ["Host", "x@y"], "BAD_REQUEST"],
  ["a port that is none", ["Host", "x:y"], "BAD_REQUEST"],
  ["two lengths", ["Host", "x", "Content-Length", "1", "Content-Length", "1"], "BAD_REQUEST"],
  ["a signed length", ["Host", "x", "Content-Length", "+1"], "BAD_REQUEST"],
  ["a coding other than chunked", ["Host", "x", "Transfer-Encoding", "gzip, chunked"], "NOT_IMPLEMENTED"],
  [
    "two codings",
    ["Host", "x", "Transfer-Encoding", "chunked", "Transfer-Encoding", "chunked"],
    "BAD_REQUEST",
  ],
  ["another expectation", ["Host", "x", "Expect", "miracles"], "EXPECTATION_FAILED"],
] as const) {
  test(`a request with ${what} is refused`, () => {
    assert.equal(refusalOf([...raw]), code);
  });
}

test("CONNECT and TRACE are refused; HTTP/1.0 may come without a Host but not with a coding", () => {
  assert.equal(refusalOf(["Host", "x"], "CONNECT"), "METHOD_NOT_ALLOWED");
  assert.equal(refusalOf(["Host", "x"], "TRACE"), "METHOD_NOT_ALLOWED");
  assert.equal(refusalOf([], "GET", "1.0"), undefined);
  assert.equal(refusalOf(["Transfer-Encoding", "chunked"], "POST", "1.0"), "BAD_REQUEST");
});

test("a field's kind does not depend on its case", () => {
  const names = fc.constantFrom(
    "connection",
    "te",
    "via",
    "host",
    "x-forwarded-for",
    "cookie",
    "x-anything",
    "trailer",
  );
  fc.assert(
    fc.property(names, fc.infiniteStream(fc.boolean()), (name, upper) => {
      const mixed = [...name].map((letter) => (upper.next().value ? letter.toUpperCase() : letter)).join("");
      assert.equal(kindOf(mixed), kindOf(name));
    }),
  );
});

test("trailers that would change framing, routing or authentication are dropped", () => {
  const raw = [
    "Content-Length",
    "3",
    "X-Sum",
    "1",
    "host",
    "x",
    "Set-Cookie",
    "a",
    "Connection",
    "x",
    "X-Sum",
    "2",
  ];
  assert.deepEqual(trailersToSend(raw), [
    ["X-Sum", "1"],
    ["X-Sum", "2"],
  ]);
});

test("a response keeps its own fields, duplicates and all, and gets the request's id", () => {
  const raw = [
    "Set-Cookie",
    "a=1",
    "set-cookie",
    "b=2",
    "Connection",
    "close, X-Hop",
    "X-Hop",
    "1",
    "Keep-Alive",
    "x",
  ];
  const head = readResponseHead([...raw, "X-Request-Id", "other"], {
    status: 200,
    requestId: "id1",
    mayChunk: true,
  });
  assert.deepEqual(head.fields, ["Set-Cookie", "a=1", "set-cookie", "b=2", "X-Request-Id", "id1"]);
});

test("a 204 says nothing of a length, and trailers are announced only where they can follow", () => {
  const read = (raw: string[], status: number, mayChunk: boolean) =>
    readResponseHead(raw, { status, requestId: "i", mayChunk }).fields.slice(0, -2);
  assert.deepEqual(read(["Content-Length", "0"], 204, false), []);
  assert.deepEqual(read(["Trailer", "X"], 200, true), ["Trailer", "X"]);
  assert.deepEqual(read(["Trailer", "X"], 200, false), []);
  assert.deepEqual(read(["Trailer", "X", "Content-Length", "1"], 200, true), ["Content-Length", "1"]);
});
