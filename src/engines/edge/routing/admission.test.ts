import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../blocks/time/index.ts";
import { readRequestHead } from "../exchange/request-head.ts";
import { admit } from "./admission.ts";
import { compileRoutes } from "./compiled-route.ts";

const router = compileRoutes(
  [
    { path: "/api/*", to: "api" },
    { path: "/read", methods: ["GET"], to: "api" },
    { path: "/large", to: "api", bodyBytes: 100 },
    { path: "/moved/*", redirect: { to: "https://{host}/{rest}" } },
  ],
  { upstreamOf: (name) => name, random: seededRandom(1) },
);
const hop = {
  peerAddress: "127.0.0.1",
  trustedHops: 0,
  secure: false,
  clientFields: [],
  name: "trestle-test",
};

function admission(url: string, fields: string[] = ["Host", "here"]) {
  return admit(readRequestHead("POST", "1.1", fields, hop), url, router, 10);
}

test("a request for a route goes there, in origin form", () => {
  const outcome = admission("http://here/api/x?y");
  assert.ok(outcome.kind === "admitted");
  assert.deepEqual([outcome.to.to, outcome.target], ["api", "/api/x?y"]);
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

test("a method that no route of the path takes is answered with those that some route does", () => {
  const outcome = admission("/read");
  assert.deepEqual(outcome, {
    kind: "refused",
    answer: { code: "METHOD_NOT_ALLOWED", allow: "GET, HEAD" },
    ends: false,
  });
});

test("a route's own bound on the body takes the place of the edge's", () => {
  assert.equal(admission("/large", ["Host", "here", "Content-Length", "100"]).kind, "admitted");
  assert.equal(admission("/large", ["Host", "here", "Content-Length", "101"]).kind, "refused");
});

test("a route that inserts the host refuses a request whose Host is no name", () => {
  assert.equal(admission("/moved/x", ["Host", "here:80"]).kind, "admitted");
  for (const host of ["..", "a;b", "a..b"]) {
    const outcome = admission("/moved/x", ["Host", host]);
    assert.ok(outcome.kind === "refused", host);
    assert.equal(outcome.answer.code, "BAD_REQUEST");
    assert.equal(admission("/api/x", ["Host", host]).kind, "admitted");
  }
});
