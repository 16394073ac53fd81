import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { RouteMatchConfig } from "../config/index.ts";
import { RouteTable, type Routing } from "./route-table.ts";

function tableOf(...matches: RouteMatchConfig[]): RouteTable<RouteMatchConfig> {
  return new RouteTable(matches.map((match) => ({ match, to: match })));
}

interface Asked {
  readonly method?: string;
  readonly host?: string;
  readonly fields?: readonly string[];
}

function ask<Route>(
  table: RouteTable<Route>,
  target: string,
  { method = "GET", host, fields = [] }: Asked = {},
): Routing<Route> {
  return table.route(target, { method, host, fields });
}

function pathTo(table: RouteTable<RouteMatchConfig>, target: string, asked?: Asked): string {
  const routing = ask(table, target, asked);
  return routing.kind === "routed" ? routing.to.path : routing.kind;
}

test("an exact path comes before a prefix, and a longer prefix before a shorter one, in whatever order they stand", () => {
  const table = tableOf({ path: "/*" }, { path: "/api/*" }, { path: "/api/a/top" }, { path: "/api/a/*" });
  for (const [target, path] of [
    ["/", "/*"],
    ["/apis", "/*"],
    ["/api", "/api/*"],
    ["/api/", "/api/*"],
    ["/api/x/a", "/api/*"],
    ["/api/a", "/api/a/*"],
    ["/api/a/b/c?d", "/api/a/*"],
    ["/api/a/top", "/api/a/top"],
    ["/api/a/top/", "/api/a/*"],
  ] as const)
    assert.equal(pathTo(table, target), path, target);
});

test("segment by segment, a literal comes before a parameter and a parameter before a star", () => {
  const table = tableOf(
    { path: "/users/*" },
    { path: "/users/:id" },
    { path: "/users/me" },
    { path: "/:kind/me/posts" },
    { path: "/users/:id/posts" },
  );
  assert.equal(pathTo(table, "/users/me"), "/users/me");
  assert.equal(pathTo(table, "/users/7"), "/users/:id");
  assert.equal(pathTo(table, "/users/me/posts"), "/users/:id/posts");
  assert.equal(pathTo(table, "/teams/me/posts"), "/:kind/me/posts");
  assert.equal(pathTo(table, "/users/7/posts/1"), "/users/*");
  assert.equal(pathTo(table, "/users/"), "/users/*");
  assert.equal(pathTo(table, "/teams/7"), "none");
});

test("the host comes before the path: its name, then the longest wildcard, then any", () => {
  const table = new RouteTable(
    ["a.example.com", "*.example.com", "*.b.example.com", undefined].map((host) => ({
      match: { path: host === "*.example.com" ? "/exact" : "/*", ...(host && { host }) },
      to: host ?? "any",
    })),
  );
  const hostTo = (host: string | undefined, target = "/exact") => {
    const routing = ask(table, target, host === undefined ? {} : { host });
    return routing.kind === "routed" ? routing.to : routing.kind;
  };
  assert.equal(hostTo("a.example.com"), "a.example.com");
  assert.equal(hostTo("A.Example.Com.:8080"), "a.example.com");
  assert.equal(hostTo("x.example.com"), "*.example.com");
  assert.equal(hostTo("x.b.example.com"), "*.b.example.com");
  assert.equal(hostTo("y.x.c.example.com"), "*.example.com");
  assert.equal(hostTo("x.example.com", "/other"), "any");
  for (const host of ["example.com", ".example.com", "xexample.com", "a.example.com.evil.org", "", undefined])
    assert.equal(hostTo(host), "any", String(host));
  assert.equal(hostTo(`${"a.".repeat(5000)}example.com`), "any");
});

test("of the routes of one host and path the one with most conditions is tried first, and leaves to the next what it does not take", () => {
  const table = new RouteTable([
    { match: { path: "/*" }, to: "all" },
    { match: { path: "/*", methods: ["POST"] }, to: "posts" },
    { match: { path: "/*", headers: [{ name: "X-Canary" }] }, to: "canary" },
    {
      match: {
        path: "/*",
        headers: [{ name: "x-canary", equals: "2" }],
        query: [{ name: "v", prefix: "1" }],
      },
      to: "both",
    },
    { match: { path: "/*", contentTypes: ["image/*", "application/json"] }, to: "typed" },
    { match: { path: "/a/*", headers: [{ name: "x-tenant", absent: true }] }, to: "nobody's" },
  ]);
  const to = (target: string, method: string, ...fields: string[]) => {
    const routing = ask(table, target, { method, fields });
    return routing.kind === "routed" ? routing.to : routing.kind;
  };
  assert.equal(to("/", "GET"), "all");
  assert.equal(to("/", "POST"), "posts");
  assert.equal(to("/", "GET", "x-cAnary", ""), "canary");
  assert.equal(to("/", "POST", "x-canary", "2"), "posts");
  assert.equal(to("/?v=2&v=1", "GET", "x-canary", "2"), "canary");
  assert.equal(to("/?v=12&v=2", "GET", "x-canary", "2"), "both");
  assert.equal(to("/?%76=%31", "GET", "x-canary", "2"), "both");
  assert.equal(to("/", "PUT", "Content-Type", "Application/JSON; charset=utf-8"), "typed");
  assert.equal(to("/", "PUT", "Content-Type", "image/png"), "typed");
  assert.equal(to("/", "PUT", "Content-Type", "text/html"), "all");
  assert.equal(to("/a/b", "GET"), "nobody's");
  assert.equal(to("/a/b", "GET", "X-Tenant", "t"), "all");
});

test("a field that is sent twice is one value with a comma, and passes for nobody's who sends it once (RFC 9110, section 5.3)", () => {
  const table = tableOf({ path: "/*", headers: [{ name: "x-role", equals: "admin" }] });
  assert.equal(pathTo(table, "/", { fields: ["X-Role", "admin"] }), "/*");
  assert.equal(pathTo(table, "/", { fields: ["X-Role", "admin", "x-role", "user"] }), "none");
  assert.equal(pathTo(table, "/", { fields: ["X-Role", "user", "x-role", "admin"] }), "none");
});

test("a path whose routes take other methods tells which; a route for GET takes HEAD (RFC 9110, sections 9.3.2 and 15.5.6)", () => {
  const table = tableOf(
    { path: "/orders", methods: ["GET"] },
    { path: "/orders", methods: ["POST"], headers: [{ name: "x-key" }] },
    { path: "/orders", methods: ["DELETE"], host: "admin.example.com" },
    { path: "/:thing", methods: ["PUT", "GET"] },
  );
  assert.equal(pathTo(table, "/orders", { method: "HEAD" }), "/orders");
  assert.deepEqual(ask(table, "/orders", { method: "OPTIONS" }), {
    kind: "method-not-allowed",
    allow: "GET, HEAD, PUT",
  });
  assert.deepEqual(
    ask(table, "/orders", { method: "OPTIONS", host: "admin.example.com", fields: ["X-Key", "1"] }),
    {
      kind: "method-not-allowed",
      allow: "DELETE, POST, GET, HEAD, PUT",
    },
  );
  assert.equal(pathTo(table, "/orders", { method: "PUT" }), "/:thing");
  assert.equal(pathTo(table, "/orders/1", { method: "PUT" }), "none");
});

test("a target that can be read so that it leads to another route is refused", () => {
  const table = tableOf({ path: "/*" }, { path: "/admin/*" }, { path: "/users/:id" });
  assert.equal(pathTo(table, "/a%2Fb"), "/*");
  assert.equal(pathTo(table, "/%61dmin/x"), "/admin/*");
  assert.equal(pathTo(table, "/users/a%20b?x=%2F"), "/users/:id");
  for (const target of [
    "/admin%2Fx",
    "//admin/x",
    "/\\admin/x",
    "/%5cadmin",
    "/users/a%2Fb",
    "/users//a",
    "/a/..",
    "*",
  ])
    assert.equal(pathTo(table, target), "refused", target);
  assert.equal(pathTo(tableOf({ path: "/admin", methods: ["PUT"] }), "//admin"), "refused");
});

test("a question about the server as a whole goes to the route that takes all, and to no other (RFC 9112, section 3.2.4)", () => {
  assert.equal(pathTo(tableOf({ path: "/*" }, { path: "/" }), "*", { method: "OPTIONS" }), "/*");
  assert.equal(pathTo(tableOf({ path: "/a/*" }, { path: "/" }), "*", { method: "OPTIONS" }), "none");
});

/** How specific a path is beside another that takes the same requests: smaller is more. `0` literal, `1` parameter, `2` star. */
function shapeOf(path: string): string {
  return path
    .split("/")
    .slice(1)
    .map((segment) => (segment === "*" ? "2" : segment.startsWith(":") ? "1" : "0"))
    .join("");
}

function slowPathMatch(pattern: string, path: string): boolean {
  const wanted = pattern.split("/").slice(1);
  const given = path.split("/").slice(1);
  const isPrefix = wanted.at(-1) === "*";
  if (isPrefix) wanted.pop();
  if (isPrefix ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every((segment, at) => (segment.startsWith(":") ? given[at] !== "" : given[at] === segment));
}

/** 0 for the name itself, then less for longer wildcards; undefined when the host does not fit. */
function hostRank(wanted: string | undefined, host: string): number | undefined {
  if (wanted === undefined) return 1_000;
  if (!wanted.startsWith("*.")) return wanted === host ? 0 : undefined;
  return host.endsWith(wanted.slice(1)) && host.length > wanted.length - 1 ? 500 - wanted.length : undefined;
}

/** What a table has to answer: sorts all routes by what they have in common with the request, and takes the first that fits. */
function slowRoute(matches: readonly RouteMatchConfig[], path: string, asked: Required<Asked>): unknown {
  const fitting = matches
    .map((match, at) => ({ match, at, rank: hostRank(match.host as string | undefined, asked.host) }))
    .filter(({ match, rank }) => rank !== undefined && slowPathMatch(match.path, path))
    .filter(({ match }) =>
      (match.headers ?? []).every(({ name, equals }) => {
        const at = asked.fields.indexOf(name);
        return at >= 0 && (equals === undefined || asked.fields[at + 1] === equals);
      }),
    )
    .sort((one, other) => {
      const [ones, others] = [shapeOf(one.match.path), shapeOf(other.match.path)];
      const count = ({ methods, headers = [] }: RouteMatchConfig) => (methods ? 1 : 0) + headers.length;
      const methods = ({ match }: { match: RouteMatchConfig }) => (match.methods ? 0 : 1);
      return (
        (one.rank ?? 0) - (other.rank ?? 0) ||
        (ones < others ? -1 : ones > others ? 1 : 0) ||
        count(other.match) - count(one.match) ||
        methods(one) - methods(other) ||
        one.at - other.at
      );
    });
  const takes = ({ match: { methods } }: { match: RouteMatchConfig }) =>
    methods === undefined ||
    methods.includes(asked.method) ||
    (asked.method === "HEAD" && methods.includes("GET"));
  return fitting.find(takes)?.match ?? (fitting.length > 0 ? "method-not-allowed" : "none");
}

test("whatever the routes and the request, the table agrees with a search through every route", () => {
  const name = fc.constantFrom("a", "b", "ab", "c.d");
  const pattern = fc
    .tuple(fc.array(fc.oneof(name, fc.constantFrom(":", "*")), { maxLength: 4 }), fc.boolean())
    .map(([names, isOpen]) => {
      const hasStar = isOpen && !names.includes(":");
      const segments = names.map((one, at) => (one === ":" ? `:p${at}` : one === "*" ? "a" : one));
      return `/${[...segments, ...(hasStar ? ["*"] : [])].join("/")}`;
    });
  const match = fc.record(
    {
      path: pattern,
      host: fc.constantFrom("x.org", "a.x.org", "*.x.org", "*.a.x.org"),
      methods: fc.subarray(["GET", "POST", "PUT"], { minLength: 1 }),
      headers: fc.array(
        fc.record(
          { name: fc.constantFrom("h", "i"), equals: fc.constantFrom("1", "2") },
          { requiredKeys: ["name"] },
        ),
        { minLength: 1, maxLength: 2 },
      ),
    },
    { requiredKeys: ["path"] },
  );
  const path = fc
    .tuple(fc.array(name, { maxLength: 5 }), fc.boolean())
    .map(([names, slash]) => `/${names.join("/")}${slash && names.length > 0 ? "/" : ""}`);
  const asked = fc.record({
    host: fc.constantFrom("x.org", "a.x.org", "b.a.x.org", "other"),
    method: fc.constantFrom("GET", "HEAD", "POST", "PATCH"),
    fields: fc.constantFrom([], ["h", "1"], ["h", "2", "i", "1"]),
  });
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(match, { maxLength: 40, size: "max" }),
      fc.array(fc.tuple(path, asked), { minLength: 1, maxLength: 10 }),
      (matches, requests) => {
        const table = tableOf(...(matches as RouteMatchConfig[]));
        for (const [target, request] of requests) {
          const routing = ask(table, target, request);
          const found = routing.kind === "routed" ? routing.to : routing.kind;
          kinds.set(routing.kind, (kinds.get(routing.kind) ?? 0) + 1);
          assert.equal(found, slowRoute(matches as RouteMatchConfig[], target, request));
        }
      },
    ),
    { numRuns: 1_000 },
  );
  // The law would hold of a table that never finds anything, if that were all that was ever asked for.
  for (const kind of ["routed", "method-not-allowed", "none"]) assert.ok((kinds.get(kind) ?? 0) > 300, kind);
});
