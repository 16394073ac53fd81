import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import type { RouteConfig } from "../config/index.ts";
import { compileRoutes } from "./compiled-route.ts";
import { problemsOfRoutes } from "./route-problems.ts";

const isUpstream = (name: string) => name === "a" || name === "b";

function placesOf(...routes: unknown[]): string[] {
  return problemsOfRoutes(routes, "routes", isUpstream).map(({ place }) => place.replace("routes[0]", ""));
}

const full = {
  name: "orders of the canary",
  path: "/orders/:id",
  host: ["api.example.com", "*.example.org", "[::1]", "my_service"],
  methods: ["GET", "POST", "M-SEARCH"],
  headers: [
    { name: "X-A", equals: "" },
    { name: "X-B", prefix: "x" },
    { name: "X-C", absent: true },
    { name: "X-D" },
  ],
  query: [{ name: "v", equals: "2" }],
  contentTypes: ["application/json", "image/*", "application/vnd.x+json"],
  to: [
    { to: "a", weight: 0 },
    { to: "b", weight: 1 },
  ],
  rewrite: {
    path: "/v2/{id}",
    host: "inner:8080",
    requestHeaders: { "X-From": "edge", "X-Forwarded-Proto": "https", Cookie: "" },
    responseHeaders: { "Strict-Transport-Security": "max-age=1" },
  },
  mirror: { to: "a", share: 0.5 },
  timeouts: { responseMs: 1, totalMs: 2, idleMs: 3 },
  retries: { attempts: 0, perTryMs: 1, statuses: [503], idempotent: true },
  bodyBytes: 0,
} as const satisfies RouteConfig;

test("sound routes have no problems, and a table can be made of them", () => {
  const routes: RouteConfig[] = [
    full,
    { path: "/*", redirect: { to: "https://{host}{path}", status: 301 } },
    { path: "/health", answer: { status: 200, body: "up", contentType: "text/plain" } },
    { path: "/", to: "a", rewrite: { responseHeaders: { "X-A": "b" } } },
  ];
  for (const path of ["/a", "/a/", "/a/*", "/a.b/~c/*", "/.well-known/x", "/a:b", "/:_x1/y"])
    routes.push({ path, to: "a" });
  assert.deepEqual(problemsOfRoutes(routes, "routes", isUpstream), []);
  compileRoutes(routes, { upstreamOf: (name) => name, random: seededRandom(1) });
});

for (const [place, change] of [
  ...[
    "",
    "a",
    "*",
    "/a*",
    "/*/a",
    "/**",
    "/a/**",
    "//",
    "/a//b",
    "/a//",
    "/./b",
    "/a/../b",
    "/a/..",
    "/a%20b",
    "/a?b",
  ].map((path) => [".path", { path, to: "a" }] as const),
  ...["/a/:x/*", "/:x/:x", "/:", "/:1", "/:a-b", "/:path", "/:rest", "/é", 7, undefined].map(
    (path) => [".path", { path, to: "a" }] as const,
  ),
  [".path", { path: "/a".repeat(33), to: "a" }],
  [".path", { path: "/:a/:b/:c/:d/:e/:f/:g/:h/:i", to: "a" }],
  ...["", "*", "*.", "a.*", "*a.org", "a..b", "https://a", "a/b", "a:80", "[::1]:80", "-a", 7].map(
    (host) => [".host", { path: "/", to: "a", host }] as const,
  ),
  [".host", { path: "/", to: "a", host: [] }],
  [".host[1]", { path: "/", to: "a", host: ["a", "a"] }],
  ...["get", "", "GE T", "TRACE", "CONNECT", 7].map(
    (method) => [".methods[0]", { path: "/", to: "a", methods: [method] }] as const,
  ),
  [".methods", { path: "/", to: "a", methods: [] }],
  [".methods", { path: "/", to: "a", methods: "GET" }],
  [".method", { path: "/", to: "a", method: "GET" }],
  [".headers[0].name", { path: "/", to: "a", headers: [{ name: "a b" }] }],
  [".headers[0].name", { path: "/", to: "a", headers: [{ name: "Host", equals: "x" }] }],
  [".headers[0].name", { path: "/", to: "a", headers: [{ name: "Upgrade" }] }],
  [".headers[0]", { path: "/", to: "a", headers: [{ name: "a", equals: "x", prefix: "x" }] }],
  [".headers[0].equals", { path: "/", to: "a", headers: [{ name: "a", equals: 1 }] }],
  [".headers[0].absent", { path: "/", to: "a", headers: [{ name: "a", absent: false }] }],
  [".headers[0].value", { path: "/", to: "a", headers: [{ name: "a", value: "x" }] }],
  [".query[0].name", { path: "/", to: "a", query: [{ name: "" }] }],
  [".query", { path: "/", to: "a", query: {} }],
  ...["json", "*/*", "text/html; charset=utf-8", "text/"].map(
    (type) => [".contentTypes[0]", { path: "/", to: "a", contentTypes: [type] }] as const,
  ),
  ["", { path: "/" }],
  ["", { path: "/", to: "a", redirect: { to: "/x" } }],
  [".to", { path: "/", to: "toString" }],
  [".to", { path: "/", to: [] }],
  [".to", { path: "/", to: [{ to: "a", weight: 0 }] }],
  [".to[0].to", { path: "/", to: [{ to: "c", weight: 1 }] }],
  [".to[1].to", { path: "/", to: ["a", "a"].map((to) => ({ to, weight: 1 })) }],
  [
    ".to[1].weight",
    {
      path: "/",
      to: [
        { to: "a", weight: 1 },
        { to: "b", weight: 0.5 },
      ],
    },
  ],
  [".to[1].weight", { path: "/", to: [{ to: "a", weight: 1 }, { to: "b" }] }],
  [".redirect.to", { path: "/", redirect: { to: "/{rest}" } }],
  [".redirect.to", { path: "/", redirect: {} }],
  [".redirect.status", { path: "/", redirect: { to: "/x", status: 304 } }],
  [".answer.status", { path: "/", answer: { status: 100 } }],
  [".answer.body", { path: "/", answer: { status: 204, body: "x" } }],
  [".answer.contentType", { path: "/", answer: { status: 200, contentType: "a\r\nb" } }],
  [".mirror", { path: "/", answer: { status: 200 }, mirror: { to: "a" } }],
  [".rewrite.path", { path: "/", redirect: { to: "/x" }, rewrite: { path: "/x" } }],
  [".rewrite.path", { path: "/", to: "a", rewrite: { path: "/{rest}" } }],
  [".rewrite.host", { path: "/", to: "a", rewrite: { host: "a b" } }],
  ...["Content-Length", "connection", "Transfer-Encoding", "Host", "Via", "a b", ""].map(
    (name) =>
      [
        `.rewrite.requestHeaders.${name}`,
        { path: "/", to: "a", rewrite: { requestHeaders: { [name]: "x" } } },
      ] as const,
  ),
  ...["a\r\nb", " a", "a ", "é", 7].map(
    (value) =>
      [
        ".rewrite.responseHeaders.X",
        { path: "/", to: "a", rewrite: { responseHeaders: { X: value } } },
      ] as const,
  ),
  [
    ".rewrite.requestHeaders.x-a",
    { path: "/", to: "a", rewrite: { requestHeaders: { "X-A": "1", "x-a": "2" } } },
  ],
  [".mirror.share", { path: "/", to: "a", mirror: { to: "b", share: 0 } }],
  [".mirror.to", { path: "/", to: "a", mirror: { to: "c" } }],
  [".timeouts.totalMs", { path: "/", to: "a", timeouts: { totalMs: 0 } }],
  [".timeouts.idleMs", { path: "/", to: "a", timeouts: { idleMs: 2 ** 31 } }],
  [".timeouts.responseMS", { path: "/", to: "a", timeouts: { responseMS: 1 } }],
  [".retries.attempts", { path: "/", to: "a", retries: { attempts: 11 } }],
  [".retries.statuses", { path: "/", to: "a", retries: { statuses: [200] } }],
  [".retries.idempotent", { path: "/", to: "a", retries: { idempotent: 1 } }],
  [".bodyBytes", { path: "/", to: "a", bodyBytes: -1 }],
  [".name", { path: "/", to: "a", name: "" }],
  ["", null],
] as readonly (readonly [string, unknown])[]) {
  test(`a wrong ${place || "route"} is told by that name alone: ${JSON.stringify(change)?.slice(0, 90)}`, () => {
    assert.deepEqual(placesOf(change), [place]);
  });
}

test("two routes that take the same requests are told of, however they are written; one more condition makes them two", () => {
  const one = {
    path: "/a/:x",
    host: ["x.org", "y.org"],
    methods: ["GET", "PUT"],
    headers: [{ name: "H" }],
    to: "a",
  };
  const same = {
    path: "/a/:other",
    host: "Y.ORG.",
    methods: ["PUT", "GET"],
    headers: [{ name: "h" }],
    to: "b",
  };
  assert.deepEqual(placesOf(one, same), ["routes[1].path"]);
  assert.deepEqual(placesOf({ path: "/*", to: "a" }, { path: "/*", to: "a" }), ["routes[1].path"]);
  for (const other of [
    { ...same, host: "z.org" },
    { ...same, host: "*.org" },
    { ...same, methods: ["GET"] },
    { ...same, headers: [{ name: "h", equals: "1" }] },
    { ...same, query: [{ name: "q" }] },
    { ...same, path: "/a/x" },
  ])
    assert.deepEqual(placesOf(one, other), []);
});

test("problems say what is wrong and how to mend it, and no value at all makes them throw", () => {
  assert.equal(problemsOfRoutes(undefined, "routes", isUpstream).length, 1);
  const keys = Object.keys(full);
  const route = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue(), { maxKeys: 6 });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.array(route)), (routes) => {
      for (const { place, problem, mend } of problemsOfRoutes(routes, "routes", isUpstream)) {
        assert.ok(place.startsWith("routes"));
        assert.ok(problem.length > 4 && mend.length > 4);
      }
    }),
    { numRuns: 500 },
  );
});
