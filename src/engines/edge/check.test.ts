import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWERS, type AnswerCode, answerBytes, answerParts } from "./answers.ts";
import { checkConfig } from "./check.ts";
import type { EdgeConfig } from "./config/index.ts";
import { EDGE_ERRORS, EdgeError, type EdgeErrorCode } from "./errors.ts";

const good = {
  listeners: [{ host: "127.0.0.1", port: 80, routes: [{ path: "/*", to: "a" }] }],
  upstreams: { a: { endpoints: [{ id: "a.1", host: "127.0.0.1", port: 1 }], health: { path: "/healthz" } } },
} satisfies EdgeConfig;
const [listener] = good.listeners;
assert.ok(listener);
const withRoute = (path: string, to = "a") => ({
  ...good,
  listeners: [{ ...listener, routes: [{ path, to }] }],
});
const withEndpoints = (...endpoints: object[]) => ({ ...good, upstreams: { a: { endpoints } } });

test("a sound configuration passes, as does an upstream without endpoints", () => {
  checkConfig(good);
  checkConfig({ ...good, upstreams: { a: { endpoints: [] } } });
  for (const path of ["/", "/*", "/a", "/a/", "/a/*", "/a.b/~c/*", "/.well-known/x"])
    checkConfig(withRoute(path));
});

for (const [place, config] of [
  ["config", null],
  ["listeners ", {}],
  ["listeners ", { ...good, listeners: [] }],
  ["listeners[0].host", { ...good, listeners: [{ ...listener, host: "" }] }],
  ["listeners[0].port", { ...good, listeners: [{ ...listener, port: 65_536 }] }],
  ["listeners[1].port", { ...good, listeners: [listener, { ...listener }] }],
  ["listeners[0].routes", { ...good, listeners: [{ ...listener, routes: undefined }] }],
  ["listeners[0].routes[0].path", withRoute("a")],
  ["listeners[0].routes[0].path", withRoute("/a*")],
  ["listeners[0].routes[0].path", withRoute("/*/a")],
  ["listeners[0].routes[0].path", withRoute("/a//b")],
  ["listeners[0].routes[0].path", withRoute("/a/../b")],
  ["listeners[0].routes[0].path", withRoute("/a%20b")],
  ["listeners[0].routes[0].path", withRoute("/a?b")],
  ["listeners[0].routes[0].to", withRoute("/", "b")],
  ["listeners[0].routes[0].to", withRoute("/", "toString")],
  [
    "listeners[0].routes[1].path",
    { ...good, listeners: [{ ...listener, routes: [...listener.routes, ...listener.routes] }] },
  ],
  ["upstreams.a.endpoints ", { ...good, upstreams: { a: {} } }],
  ["upstreams.a.endpoints[0].id", withEndpoints({ id: "", host: "h", port: 1 })],
  [
    "upstreams.a.endpoints[1].id",
    withEndpoints({ id: "x", host: "h", port: 1 }, { id: "x", host: "h", port: 2 }),
  ],
  ["upstreams.a.endpoints[0].host", withEndpoints({ id: "x", port: 1 })],
  ["upstreams.a.endpoints[0].port", withEndpoints({ id: "x", host: "h", port: 0 })],
  ["upstreams.a.health.path", { ...good, upstreams: { a: { endpoints: [], health: { path: "x" } } } }],
  [
    "upstreams.a.health.intervalMs",
    { ...good, upstreams: { a: { endpoints: [], health: { path: "/", intervalMs: 0 } } } },
  ],
  ["limits.headerBytes", { ...good, limits: { headerBytes: 0 } }],
  ["limits.bodyBytes", { ...good, limits: { bodyBytes: -1 } }],
  ["limits.idleTimeoutMs", { ...good, limits: { idleTimeoutMs: Number.NaN } }],
] as const) {
  test(`a configuration with a wrong ${place.trim()} is refused by that name: ${JSON.stringify(config)?.slice(0, 60)}`, () => {
    assert.throws(
      () => checkConfig(config as unknown as EdgeConfig),
      (thrown: unknown) =>
        thrown instanceof EdgeError && thrown.code === "INVALID_CONFIG" && thrown.message.startsWith(place),
    );
  });
}

test("each error of the table can be made, and carries its own code", () => {
  for (const code of Object.keys(EDGE_ERRORS) as EdgeErrorCode[]) {
    assert.equal(new EdgeError(code, "x").code, code);
    assert.ok(EDGE_ERRORS[code].message.length > 10);
  }
});

test("each answer of the table is a whole HTTP/1.1 message with the envelope in it", () => {
  for (const code of Object.keys(ANSWERS) as AnswerCode[]) {
    const bytes = answerBytes(answerParts({ code }, "id1", "https://x.org/errors")).toString();
    const [head = "", body = ""] = bytes.split("\r\n\r\n");
    assert.match(head, new RegExp(`^HTTP/1.1 ${ANSWERS[code].status} [A-Z][A-Za-z ]+\r\n`));
    assert.match(head, new RegExp(`Content-Length: ${body.length}\r\n`));
    assert.doesNotMatch(head, / Error\r\n/);
    assert.deepEqual(JSON.parse(body), {
      error: {
        code,
        message: ANSWERS[code].message,
        details: [],
        request_id: "id1",
        documentation_url: `https://x.org/errors#${code}`,
      },
    });
  }
});
