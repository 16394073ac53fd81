import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWERS, type AnswerCode } from "../answers.ts";
import { grpcAnswerParts, grpcStatusOf, isGrpcRequest } from "./grpc-answer.ts";

/** The value of a field. */
function fieldOf(headers: readonly string[], name: string): string | undefined {
  return headers[headers.indexOf(name) + 1];
}

test("an answer of the edge's own is a status of 200, and trailers in the place of a body", () => {
  const parts = grpcAnswerParts({ code: "UPSTREAM_UNAVAILABLE" }, "id-1");
  assert.equal(parts.status, 200);
  assert.equal(parts.body.length, 0);
  assert.equal(fieldOf(parts.headers, "grpc-status"), "14");
  assert.equal(fieldOf(parts.headers, "X-Request-Id"), "id-1");
  assert.ok(!parts.headers.includes("Content-Length"));
});

test("statuses are those that gRPC gives proxies' answers, and closer where the edge knows more", () => {
  const known: Record<number, number> = {
    404: 12,
    429: 14,
    502: 14,
    503: 14,
    504: 4,
    413: 8,
    431: 8,
    500: 2,
  };
  for (const [status, code] of Object.entries(known))
    assert.equal(grpcStatusOf(Number(status)), code, status);
  for (const code of Object.keys(ANSWERS) as AnswerCode[])
    assert.notEqual(fieldOf(grpcAnswerParts({ code }, "x").headers, "grpc-status"), "0", code);
});

test("a message is percent-encoded, whatever it says", () => {
  const parts = grpcAnswerParts({ code: "BAD_REQUEST", message: "100% Grün\r\n" }, "x");
  assert.equal(fieldOf(parts.headers, "grpc-message"), "100%25 Gr%C3%BCn%0D%0A");
});

test("a request of gRPC is told by its content type, in whatever case its name is", () => {
  assert.ok(isGrpcRequest(["Host", "a", "Content-Type", "application/grpc+json"]));
  assert.ok(!isGrpcRequest(["Host", "a", "content-type", "text/plain"]));
  assert.ok(!isGrpcRequest([]));
});
