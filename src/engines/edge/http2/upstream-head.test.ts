import assert from "node:assert/strict";
import { test } from "node:test";
import { areTrailers, readAnswerHead, requestFields } from "./upstream-head.ts";

const REQUEST = {
  method: "POST",
  target: "/a?b",
  hasBody: true,
  chunked: true,
  headerBytes: 1_000,
  headerFields: 100,
  switches: false,
};

test("pseudo-fields come first, Host is one of them, and what speaks of a connection stays behind", () => {
  const fields = [
    ...["X-Name", "v", "Host", "a.example", "Connection", "Upgrade", "Upgrade", "websocket"],
    ...["Transfer-Encoding", "chunked", "Keep-Alive", "x", "TE", "trailers", "Set-X", "1", "Set-X", "2"],
  ];
  assert.deepEqual(requestFields({ ...REQUEST, fields }, "https"), [
    ...[":method", "POST", ":scheme", "https", ":path", "/a?b", ":authority", "a.example"],
    ...["x-name", "v", "te", "trailers", "set-x", "1", "set-x", "2"],
  ]);
});

test("an empty Host is no authority", () => {
  assert.ok(!requestFields({ ...REQUEST, fields: ["Host", ""] }, "http").includes(":authority"));
});

test("an answer's head is read when it is valid and not too large", () => {
  assert.deepEqual(readAnswerHead([":status", "200", "x-a", "b"], 100), {
    status: 200,
    reason: "OK",
    fields: ["x-a", "b"],
    upgrade: undefined,
  });
  assert.equal(readAnswerHead([":status", "299"], 100)?.reason, "");
  for (const raw of [
    ["x-a", "b"],
    [":status", "20"],
    [":status", "2000"],
    [":status", "200", ":status", "200"],
    [":status", "200", "X-A", "b"],
    [":status", "200", "x-a", "b\r\nc: d"],
    [":status", "200", "transfer-encoding", "chunked"],
    [":status", "200", "connection", "close"],
  ])
    assert.equal(readAnswerHead(raw, 100), undefined, raw.join());
  assert.equal(readAnswerHead([":status", "200", "x-a", "b".repeat(100)], 100), undefined);
});

test("trailers have no pseudo-fields", () => {
  assert.equal(areTrailers(["grpc-status", "0"], 100), true);
  assert.equal(areTrailers([":status", "200"], 100), false);
});
