import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../blocks/time/index.ts";
import type { RouteConfig } from "../config/index.ts";
import { compileRoute, compileRoutes } from "./compiled-route.ts";
import { editFields } from "./field-edits.ts";

const surroundings = { upstreamOf: (name: string) => ({ name }), random: seededRandom(1) };

function compiled(route: Omit<RouteConfig, "path"> & { path?: string }) {
  return compileRoute({ path: "/*", ...route }, surroundings);
}

test("a route that only leads somewhere has nothing else to be asked about", () => {
  const { name, to, retries, ...rest } = compiled({ to: "a" });
  assert.deepEqual([name, to], ["/*", { name: "a" }]);
  assert.deepEqual(retries, { attempts: 1, perTryMs: undefined, statuses: undefined, idempotent: false });
  const { needsHost, ...others } = rest;
  assert.equal(needsHost, false);
  assert.deepEqual([...new Set(Object.values(others))], [undefined]);
});

test("all compiled routes have the same fields in the same order, so that reading them stays cheap", () => {
  const keys = [
    compiled({ to: "a" }),
    compiled({ to: [{ to: "a", weight: 1 }], mirror: { to: "b" }, rewrite: { path: "/x" } }),
    compiled({ redirect: { to: "/x" } }),
    compiled({ answer: { status: 204 } }),
  ].map((route) => Object.keys(route).join());
  assert.equal(new Set(keys).size, 1);
});

test("a route is named by what it matches, unless it has a name", () => {
  assert.equal(compiled({ to: "a", name: "all" }).name, "all");
  const match = { path: "/orders/*", host: "api.example.com", methods: ["POST"], to: "a" };
  assert.equal(compiled(match).name, "POST api.example.com/orders/*");
  assert.equal(
    compiled({
      ...match,
      host: ["a", "b"],
      query: [{ name: "v", equals: "2" }],
      headers: [{ name: "x-canary" }, { name: "x-old", absent: true }, { name: "x-a", prefix: "b" }],
    }).name,
    "POST a,b/orders/*?v=2 x-canary !x-old x-a: b*",
  );
});

test("redirects and rewrites are functions of the target and its Host", () => {
  const redirect = compiled({ redirect: { to: "https://{host}{path}" } });
  assert.equal(redirect.redirect?.status, 308);
  assert.equal(redirect.redirect?.location("/a?b", "x.org:80"), "https://x.org/a?b");
  assert.equal(redirect.needsHost, true);
  const rewrite = compiled({ path: "/api/*", to: "a", rewrite: { path: "/{rest}", host: "inner" } });
  assert.equal(rewrite.rewrite?.("/api/x?y", undefined), "/x?y");
  assert.equal(rewrite.rewriteHost, "inner");
  assert.equal(rewrite.needsHost, false);
});

test("fields are set in the place of the client's own, whatever their case, and an empty value takes them away", () => {
  const { requestFields } = compiled({
    to: "a",
    rewrite: { requestHeaders: { "X-Tenant": "t", cookie: "", "X-New": "1" } },
  });
  assert.ok(requestFields);
  const fields = ["Cookie", "a", "Accept", "*/*", "x-tenant", "evil", "COOKIE", "b", "X-TENANT", "worse"];
  editFields(requestFields, fields);
  assert.deepEqual(fields, ["Accept", "*/*", "X-Tenant", "t", "X-New", "1"]);
  assert.equal(compiled({ to: "a", rewrite: { responseHeaders: {} } }).responseFields, undefined);
});

test("a fixed answer has its length in bytes, and none where the status has no body", () => {
  const { answer } = compiled({ answer: { status: 503, body: "zurück" } });
  assert.deepEqual(answer?.fields, ["Content-Type", "text/plain; charset=utf-8", "Content-Length", "7"]);
  assert.equal(answer?.body.toString(), "zurück");
  for (const status of [204, 304]) assert.deepEqual(compiled({ answer: { status } }).answer?.fields, []);
  assert.deepEqual(compiled({ answer: { status: 200 } }).answer?.fields, ["Content-Length", "0"]);
});

test("a mirror copies its share of the requests", () => {
  const { mirror } = compiled({ to: "a", mirror: { to: "b", share: 0.1 } });
  let copied = 0;
  for (let count = 0; count < 10_000; count++) if (mirror?.draw()) copied++;
  // Four standard deviations: the square root of 10,000 · 0.1 · 0.9 is 30.
  assert.ok(Math.abs(copied - 1_000) < 120, String(copied));
  const all = compiled({ to: "a", mirror: { to: "b" } }).mirror;
  assert.deepEqual([all?.to, all?.draw()], [{ name: "b" }, true]);
});

test("a table of compiled routes finds them, and the same one for the same request", () => {
  const table = compileRoutes(
    [{ path: "/*", to: "a", timeouts: { totalMs: 5 }, bodyBytes: 7 }],
    surroundings,
  );
  const asked = { method: "GET", host: undefined, fields: [] };
  const routing = table.route("/x", asked);
  assert.ok(routing.kind === "routed");
  assert.deepEqual([routing.to.totalMs, routing.to.idleMs, routing.to.bodyBytes], [5, undefined, 7]);
  assert.equal(table.route("/y?z", asked), routing);
});
