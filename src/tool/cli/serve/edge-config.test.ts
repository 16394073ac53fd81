import assert from "node:assert/strict";
import { test } from "node:test";
import { edgeConfigOf } from "./edge-config.ts";

const options = { host: "127.0.0.1", port: 8080, to: [], routes: [] };

test("servers named by --to share what no route takes", () => {
  const config = edgeConfigOf({ ...options, to: ["http://127.0.0.1:3000", "http://[::1]:3001"] });
  assert.deepEqual(config, {
    listeners: [{ host: "127.0.0.1", port: 8080, routes: [{ path: "/*", to: "/*" }] }],
    upstreams: {
      "/*": {
        endpoints: [
          { id: "127.0.0.1:3000", host: "127.0.0.1", port: 3000 },
          { id: "[::1]:3001", host: "::1", port: 3001 },
        ],
      },
    },
  });
});

test("routes of one path share its servers, and a health path is checked on all", () => {
  const config = edgeConfigOf({
    ...options,
    routes: ["/api/*=http://a:1", "/api/*=http://b", "/exact=http://c:3"],
    health: "/healthz",
  });
  assert.deepEqual(
    config.listeners[0]?.routes.map(({ path }) => path),
    ["/api/*", "/exact"],
  );
  assert.deepEqual(config.upstreams["/api/*"], {
    endpoints: [
      { id: "a:1", host: "a", port: 1 },
      { id: "b", host: "b", port: 80 },
    ],
    health: { path: "/healthz" },
  });
});

test("servers may be reached by TLS, and so may the edge, with certificates of its own, in several processes", () => {
  const config = edgeConfigOf({
    ...options,
    to: ["https://a", "https://b:8443"],
    authorityFolder: "/tmp/authority",
    workers: 2,
  });
  assert.deepEqual(config.upstreams["/*"], {
    endpoints: [
      { id: "a", host: "a", port: 443 },
      { id: "b:8443", host: "b", port: 8443 },
    ],
    tls: {},
  });
  assert.deepEqual(config.listeners[0]?.tls, { local: { folder: "/tmp/authority" } });
  assert.equal(config.workers, 2);
});

test("what is no route, no address, or leads nowhere is refused with an example", () => {
  const wrong = [
    { ...options },
    { ...options, routes: ["/api/*"] },
    { ...options, routes: ["=http://a"] },
    { ...options, to: ["ftp://a"] },
    { ...options, to: ["http://a", "https://b"] },
    { ...options, to: ["127.0.0.1:3000"] },
    { ...options, to: ["http://a/path"] },
    { ...options, to: ["http://user:secret@a"] },
  ];
  for (const one of wrong) assert.throws(() => edgeConfigOf(one), { code: "BAD_ARGUMENT" });
});
