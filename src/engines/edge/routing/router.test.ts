import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Router } from "./router.ts";

function routerOf(...paths: string[]): Router<string> {
  return new Router(paths.map((path) => ({ path, to: path })));
}

test("an exact route comes before a prefix, and a longer prefix before a shorter one", () => {
  const router = routerOf("/*", "/api/*", "/api/links/*", "/api/links/top");
  assert.equal(router.match("/"), "/*");
  assert.equal(router.match("/apis"), "/*");
  assert.equal(router.match("/api"), "/api/*");
  assert.equal(router.match("/api/"), "/api/*");
  assert.equal(router.match("/api/x/links"), "/api/*");
  assert.equal(router.match("/api/links"), "/api/links/*");
  assert.equal(router.match("/api/links/a/b"), "/api/links/*");
  assert.equal(router.match("/api/links/top"), "/api/links/top");
  assert.equal(router.match("/api/links/top/x"), "/api/links/*");
});

test("without a route that takes all, other paths lead nowhere", () => {
  const router = routerOf("/api/*", "/health");
  assert.equal(router.match("/"), undefined);
  assert.equal(router.match("/health/x"), undefined);
  assert.equal(router.match("/healthy"), undefined);
  assert.equal(router.match("/API"), undefined);
  assert.deepEqual(router.route("/nothing?x"), { kind: "none" });
});

test("a target that can be read so that it leads to another route is refused", () => {
  const router = routerOf("/*", "/admin/*");
  assert.deepEqual(router.route("/a%2Fb"), { kind: "routed", to: "/*" });
  assert.deepEqual(router.route("/%61dmin/x"), { kind: "routed", to: "/admin/*" });
  for (const target of ["/admin%2Fx", "//admin/x", "/\\admin/x", "/%5cadmin"]) {
    assert.equal(router.route(target).kind, "refused", target);
  }
});

/** What the router must answer, by looking at every route. */
function slowMatch(paths: readonly string[], path: string): string | undefined {
  if (paths.includes(path)) return path;
  return paths
    .filter((route) => route.endsWith("/*"))
    .filter((route) => path === route.slice(0, -2) || path.startsWith(route.slice(0, -1)))
    .sort((one, other) => other.length - one.length)[0];
}

test("the router agrees with a search through every route", () => {
  const segments = fc.array(fc.constantFrom("a", "b", "ab", "c.d"), { maxLength: 4 });
  const route = fc
    .tuple(segments, fc.boolean())
    .map(([names, prefix]) => (prefix ? `/${[...names, "*"].join("/")}` : `/${names.join("/")}`));
  const path = fc
    .tuple(fc.array(fc.constantFrom("a", "b", "ab", "c.d", ""), { maxLength: 6 }), fc.boolean())
    .map(([names, slash]) => `/${names.join("/")}${slash ? "/" : ""}`);
  fc.assert(
    fc.property(fc.uniqueArray(route, { maxLength: 8 }), path, (paths, asked) => {
      assert.equal(routerOf(...paths).match(asked), slowMatch(paths, asked));
    }),
    { numRuns: 500 },
  );
});
