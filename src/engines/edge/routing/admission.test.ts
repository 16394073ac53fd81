import assert from "node:assert/strict";
import { test } from "node:test";
import { readRequestHead } from "../exchange/request-head.ts";
import { admit } from "./admission.ts";
import { RouteTable } from "./route-table.ts";

const router = new RouteTable([{ path: "/api/*", to: "api" }]);
const hop = { clientAddress: "127.0.0.1", trusted: false, name: "trestle-test" };

function admission(url: string, fields: string[] = ["Host", "here"]) {
  return admit(readRequestHead("POST", "1.1", fields, hop), url, router, 10);
}

test("a request for a route goes there, in origin form", () => {
  assert.deepEqual(admission("http://here/api/x?y"), { kind: "admitted", to: "api", target: "/api/x?y" });
});

test("what cannot be trusted ends its connection; what merely leads nowhere does not", () => {
  const told = (url: string, fields?: string[]) => {
    const outcome = admission(url, fields);
    return outcome.kind === "refused" ? [outcome.answer.code, outcome.ends] : outcome.kind;
  };
  assert.deepEqual(told("/api/x", ["Host", "a", "Host", "b"]), ["BAD_REQUEST", true]);
  assert.deepEqual(told("http://there/api/x"), ["BAD_REQUEST", true]);
  assert.deepEqual(told("/api/x", ["Host", "here", "Content-Length", "11"]), ["BODY_TOO_LARGE", true]);
  assert.deepEqual(told("/elsewhere"), ["NO_ROUTE", false]);
  assert.deepEqual(told("/api/../x"), ["AMBIGUOUS_TARGET", false]);
});
