import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { seededRandom } from "../../blocks/time/index.ts";
import type { HttpListenerConfig, RouteConfig } from "./config/index.ts";
import { type RunningEdge, startEdge } from "./edge.ts";
import {
  type Answered,
  ask,
  codeIn,
  disposable,
  httpOrigin,
  type Origin,
  readWhole,
} from "./testing/servers.ts";

/** A server that says its name, and what it was asked. */
function named(name: string): Promise<Origin> {
  return httpOrigin(async (incoming, response) => {
    const { body } = await readWhole(incoming);
    const { method, url, headers } = incoming;
    response.setHeader("X-Server", name);
    response.setHeader("X-Inside", "secret");
    response.end(JSON.stringify({ name, method, url, headers, body }));
  });
}

interface Told {
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function told(answer: Answered): Told {
  return JSON.parse(answer.body) as Told;
}

async function edgeWith(
  routes: readonly RouteConfig[],
  origins: Readonly<Record<string, Origin>>,
  listener: Partial<HttpListenerConfig> = {},
): Promise<RunningEdge & AsyncDisposable> {
  const upstreams = Object.entries(origins).map(([name, { port }]) => [
    name,
    { endpoints: [{ id: `${name}.1`, host: "127.0.0.1", port }] },
  ]);
  const config = {
    listeners: [{ host: "127.0.0.1", port: 0, routes, ...listener }],
    upstreams: Object.fromEntries(upstreams),
  };
  return disposable(await startEdge(config, { random: seededRandom(5) }));
}

test("host, path, method, header, query and content type each lead their own way, the most specific first", async () => {
  await using web = await named("web");
  await using api = await named("api");
  await using beta = await named("beta");
  const routes: RouteConfig[] = [
    { path: "/*", to: "web" },
    { path: "/*", host: "api.example.com", to: "api" },
    { path: "/*", host: "*.beta.example.com", to: "beta" },
    { path: "/users/:id/posts", to: "api" },
    { path: "/items", methods: ["POST"], to: "api" },
    { path: "/items", methods: ["GET"], to: "web" },
    { path: "/headers", headers: [{ name: "X-Version", equals: "2" }], to: "beta" },
    { path: "/headers", to: "web" },
    { path: "/query", query: [{ name: "v", prefix: "2" }], to: "beta" },
    { path: "/query", to: "web" },
    { path: "/upload", contentTypes: ["image/*"], to: "beta" },
    { path: "/upload", to: "web" },
  ];
  await using edge = await edgeWith(routes, { web, api, beta });
  const json = ["Content-Type", "application/json"];
  const png = ["Content-Type", "image/png; q=1"];
  for (const [expected, path, method, headers, host] of [
    ["web", "/", "GET", [], "example.com"],
    ["api", "/", "GET", [], "API.example.com:8080"],
    ["beta", "/", "GET", [], "x.beta.example.com"],
    ["api", "/users/7/posts", "GET", [], "example.com"],
    ["web", "/users/7/posts/8", "GET", [], "example.com"],
    ["api", "/items", "POST", [], "example.com"],
    ["web", "/items", "HEAD", [], "example.com"],
    ["beta", "/headers", "GET", ["x-version", "2"], "example.com"],
    ["web", "/headers", "GET", ["x-version", "3"], "example.com"],
    ["beta", "/query?a=1&v=2.5", "GET", [], "example.com"],
    ["web", "/query?v=1", "GET", [], "example.com"],
    ["beta", "/upload", "POST", png, "example.com"],
    ["web", "/upload", "POST", json, "example.com"],
  ] as const) {
    const answer = await askHost(edge.port, host, { path, method, headers });
    assert.equal(answer.headers["x-server"], expected, `${method} ${host}${path} ${headers}`);
  }
});

/** Asks with another `Host` than the edge's address. */
function askHost(
  port: number,
  host: string,
  { path, method, headers }: { path: string; method: string; headers: readonly string[] },
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    request({
      host: "127.0.0.1",
      port,
      method,
      path,
      agent: false,
      headers: ["Host", host, ...headers, ...(method === "POST" ? ["Content-Length", "0"] : [])],
    })
      .on("error", reject)
      .on("response", (response) => resolve(readWhole(response)))
      .end();
  });
}

test("a path that is served by other methods is 405 with what it takes, and one that is not served 404", async () => {
  await using web = await named("web");
  const routes: RouteConfig[] = [
    { path: "/items", methods: ["GET"], to: "web" },
    { path: "/items", methods: ["POST"], to: "web" },
  ];
  await using edge = await edgeWith(routes, { web });
  const refused = await ask(edge.port, { method: "DELETE", path: "/items" });
  assert.deepEqual([refused.status, codeIn(refused)], [405, "METHOD_NOT_ALLOWED"]);
  assert.deepEqual(new Set(refused.headers.allow?.split(", ")), new Set(["GET", "HEAD", "POST"]));
  const none = await ask(edge.port, { path: "/other" });
  assert.deepEqual([none.status, codeIn(none)], [404, "NO_ROUTE"]);
});

test("a split shares requests by weight, and gives nothing to a weight of 0", async () => {
  await using stable = await named("stable");
  await using canary = await named("canary");
  await using off = await named("off");
  const to = [
    { to: "stable", weight: 9 },
    { to: "canary", weight: 1 },
    { to: "off", weight: 0 },
  ];
  await using edge = await edgeWith([{ path: "/*", to }], { stable, canary, off });
  const counts: Record<string, number> = { stable: 0, canary: 0 };
  for (let count = 0; count < 200; count++) {
    const { name } = told(await ask(edge.port));
    counts[name] = (counts[name] ?? 0) + 1;
  }
  assert.deepEqual(Object.keys(counts).sort(), ["canary", "stable"]);
  const { canary: few = 0 } = counts;
  assert.ok(few >= 8 && few <= 36, `the canary had ${few} of 200`);
});

test("a redirect keeps the query unless it has one, and inserts host, path, rest and parameters", async () => {
  const routes: RouteConfig[] = [
    { path: "/secure/*", redirect: { to: "https://{host}{path}" } },
    { path: "/old/*", redirect: { to: "/new/{rest}", status: 301 } },
    { path: "/u/:name", redirect: { to: "/users/{name}?from=short", status: 307 } },
  ];
  await using edge = await edgeWith(routes, {});
  for (const [path, status, location] of [
    ["/secure/a%20b?x=1&y", 308, "https://127.0.0.1/secure/a%20b?x=1&y"],
    ["/old/a/b?q", 301, "/new/a/b?q"],
    ["/u/ann?q", 307, "/users/ann?from=short"],
  ] as const) {
    const answer = await ask(edge.port, { path });
    assert.deepEqual([answer.status, answer.headers.location], [status, location]);
    assert.equal(answer.body, "");
    assert.match(String(answer.headers["x-request-id"]), /./);
  }
  const said = await fetch(`http://127.0.0.1:${edge.port}/secure/a`, { redirect: "manual" });
  assert.equal(said.statusText, "Permanent Redirect");
});

test("a fixed answer is given whole, its fields alone to a HEAD, and whatever the request's body is", async () => {
  const answer = { status: 418, body: "grün", contentType: "text/x-tea" };
  await using edge = await edgeWith(
    [
      { path: "/tea", answer },
      { path: "/none", answer: { status: 204 } },
    ],
    {},
  );
  const given = await ask(edge.port, { path: "/tea", method: "POST", body: "x".repeat(200_000) });
  assert.deepEqual([given.status, Buffer.from(given.body, "latin1").toString()], [418, "grün"]);
  assert.equal(given.headers["content-type"], "text/x-tea");
  const head = await ask(edge.port, { path: "/tea", method: "HEAD" });
  assert.deepEqual([head.status, head.body, head.headers["content-length"]], [418, "", "5"]);
  const none = await ask(edge.port, { path: "/none" });
  assert.deepEqual([none.status, none.headers["content-length"]], [204, undefined]);
});

test("a service sees the path, host and fields that the route gives it, and the client the fields of the answer", async () => {
  await using web = await named("web");
  const rewrite = {
    path: "/inner/{rest}",
    host: "inner.example.com",
    requestHeaders: { "X-Tenant": "acme", Authorization: "" },
    responseHeaders: { "X-Inside": "", "Strict-Transport-Security": "max-age=1" },
  };
  await using edge = await edgeWith([{ path: "/outer/*", to: "web", rewrite }], { web });
  const answer = await ask(edge.port, {
    path: "/outer/a%2Fb?q=1",
    headers: ["Authorization", "Basic x", "x-tenant", "mine"],
  });
  const { url, headers } = told(answer);
  assert.equal(url, "/inner/a%2Fb?q=1");
  assert.deepEqual(
    [headers.host, headers["x-tenant"], headers.authorization, headers["x-forwarded-host"]],
    ["inner.example.com", "acme", undefined, `127.0.0.1:${edge.port}`],
  );
  assert.equal(answer.headers["x-inside"], undefined);
  assert.equal(answer.headers["strict-transport-security"], "max-age=1");
});

test("a route's bound on bodies takes the place of the edge's, be it lower or higher", async () => {
  await using web = await named("web");
  const routes: RouteConfig[] = [
    { path: "/small", to: "web", bodyBytes: 10 },
    { path: "/large", to: "web", bodyBytes: 20_000_000 },
    { path: "/none", to: "web", bodyBytes: 0 },
  ];
  await using edge = await edgeWith(routes, { web });
  const body = "x".repeat(11);
  const refused = await ask(edge.port, { method: "POST", path: "/small", body });
  assert.deepEqual([refused.status, codeIn(refused)], [413, "BODY_TOO_LARGE"]);
  assert.equal((await ask(edge.port, { method: "POST", path: "/small", body: "x".repeat(10) })).status, 200);
  assert.equal((await ask(edge.port, { method: "POST", path: "/none", body: "x" })).status, 413);
  assert.equal((await ask(edge.port, { method: "POST", path: "/none" })).status, 200);
  const large = Buffer.alloc(17_000_000, "x");
  assert.equal((await ask(edge.port, { method: "POST", path: "/large", body: large })).status, 200);
});
