import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isMalformed, type PathPattern, parsePath } from "./path-pattern.ts";
import { RouteTable } from "./route-table.ts";
import { readTarget } from "./target.ts";
import { expandTarget, parseRedirect, parseRewrite, type TargetTemplate } from "./target-template.ts";

function patternOf(path: string): PathPattern {
  const pattern = parsePath(path);
  assert.ok(!isMalformed(pattern));
  return pattern;
}

function sound(template: ReturnType<typeof parseRewrite>): TargetTemplate {
  assert.ok(!isMalformed(template), JSON.stringify(template));
  return template;
}

function rewritten(path: string, to: string, target: string, host?: string): string {
  return expandTarget(sound(parseRewrite(to, patternOf(path))), target, host);
}

function redirected(path: string, to: string, target: string, host?: string): string {
  return expandTarget(sound(parseRedirect(to, patternOf(path))), target, host);
}

test("a rewritten path is made of what came, as it came, and keeps the query", () => {
  assert.equal(rewritten("/api/*", "/{rest}", "/api/a%2Fb/c;d?x=/y&z"), "/a%2Fb/c;d?x=/y&z");
  assert.equal(rewritten("/api/*", "/v2/{rest}", "/api"), "/v2/");
  assert.equal(rewritten("/api/*", "/v2/{rest}", "/api/?q"), "/v2/?q");
  assert.equal(rewritten("/*", "/v2{path}", "/a/b"), "/v2/a/b");
  assert.equal(rewritten("/*", "{path}", "/"), "/");
  assert.equal(rewritten("/u/:id/p/:post", "/{post}.json/of-{id}", "/u/7/p/%41?a"), "/%41.json/of-7?a");
  assert.equal(rewritten("/u/:id", "/{id}", "/u/7?a=/b"), "/7?a=/b");
  assert.equal(rewritten("/u/*", "/v/{rest}", "/u?a=/b"), "/v/?a=/b");
  assert.equal(rewritten("/*", "/sites/{host}/{rest}", "/a", "X.Example.org:80"), "/sites/x.example.org/a");
  assert.equal(rewritten("/a/b/*", "/fixed", "/a/b/c?d"), "/fixed?d");
});

test("a prefix that is taken away leaves one slash, not two", () => {
  assert.equal(rewritten("/api/*", "/{rest}", "/api/x"), "/x");
  assert.equal(rewritten("/api/*", "/{rest}", "/api//x"), "/x");
  assert.equal(rewritten("/api/*", "/{rest}", "/api/\\x"), "/x");
  assert.equal(rewritten("/*", "{path}", "//x"), "/x");
});

test("a redirect keeps the query unless it has its own, and puts a fragment last", () => {
  assert.equal(redirected("/*", "https://{host}{path}", "/a?b", "x.org:8080"), "https://x.org/a?b");
  assert.equal(redirected("/old/*", "/new/{rest}", "/old/a/b?c"), "/new/a/b?c");
  assert.equal(redirected("/old/*", "/new?from=old", "/old/a?c"), "/new?from=old");
  assert.equal(
    redirected("/old/*", "https://www.{host}:8443/{rest}#top", "/old/a?c", "x"),
    "https://www.x:8443/a?c#top",
  );
  assert.equal(redirected("/*", "https://x.org", "*"), "https://x.org");
  assert.equal(redirected("/*", "https://x.org{path}", "*"), "https://x.org/");
});

test("nothing that a client sends leads a redirect to another host", () => {
  assert.equal(redirected("/old/*", "/{rest}", "/old//evil.org"), "/evil.org");
  assert.equal(redirected("/old/*", "/{rest}", "/old/\\/evil.org"), "/evil.org");
  assert.equal(redirected("/*", "{path}", "//evil.org"), "/evil.org");
  for (const host of ["x.org@evil.org", "x.org/evil", "..", "x.org\r\nA: b", "", undefined])
    assert.equal(redirected("/*", "https://{host}{path}", "/a", host), "https://invalid/a");
  for (const to of [
    "https://{name}/",
    "https://x.org{rest}",
    "https://{name}.x.org/",
    "//x.org/",
    "/\\x",
    "{rest}",
  ]) {
    assert.ok(isMalformed(parseRedirect(to, patternOf("/:name"))), to);
  }
  assert.ok(isMalformed(parseRedirect("https://x.org{rest}", patternOf("/*"))));
});

test("what is inserted into a query stays one value", () => {
  assert.equal(
    redirected("/t/:tag", "/search?q={tag}&x=1", "/t/a&x=2;+%26?y"),
    "/search?q=a%26x%3D2%3B%2B%26&x=1",
  );
});

for (const [path, to] of [
  ["/a", "/{rest}"],
  ["/a/*", "/{other}"],
  ["/a/*", "/{rest"],
  ["/a/*", "/}"],
  ["/a/*", "/{}"],
  ["/a/*", "x/{rest}"],
  ["/a/*", ""],
  ["/a/*", "/a b"],
  ["/a/*", "/a\r\nb"],
  ["/a/*", "/%zz"],
  ["/a/*", "/é"],
  ["/a/*", "/x?y"],
  ["/a/*", "/x#y"],
  ["/a/*", "/../{rest}"],
  ["/a/*", "/x/.{rest}"],
  ["/a/*", "/x/{rest}."],
  ["/a/*", "/x/.{path}"],
  ["/:n", "/.{n}"],
] as const) {
  test(`of the route ${path} the rewrite ${JSON.stringify(to)} is refused`, () => {
    const parsed = parseRewrite(to, patternOf(path));
    assert.ok(isMalformed(parsed));
    assert.ok(parsed.problem.length > 5 && parsed.mend.length > 5);
  });
}

for (const [path, inserts] of [
  ["/p/*", ["{rest}", "{path}", "{host}"]],
  ["/:n/:m", ["{n}", "{m}", "{path}"]],
  ["/:n", ["{n}"]],
] as const) {
  test(`whatever a sound template for ${path} and a client's target are, the result is one path without dot segments, behind one slash`, () => {
    const piece = fc.constantFrom(...inserts, "/", ".", "a", "-", ";", "%2E", "%2f", "..");
    const template = fc.array(piece, { maxLength: 5 }).map((pieces) => `/${pieces.join("")}`);
    const sent = fc.constantFrom(
      "/",
      "//",
      ".",
      "..",
      "a",
      "%2F",
      "%2e",
      "\\",
      "%5C",
      ";",
      "%3b",
      "?",
      "&",
      "%",
    );
    const target = fc
      .tuple(fc.constantFrom("/", "/p/", "/p"), fc.array(sent, { maxLength: 6 }))
      .map(([start, pieces]) => start + pieces.join(""));
    const table = new RouteTable([{ match: { path }, to: path }]);
    let expanded = 0;
    fc.assert(
      fc.property(template, target, (text, asked) => {
        const parsed = parseRewrite(text, patternOf(path));
        if (isMalformed(parsed)) return;
        if (table.route(asked, { method: "GET", host: undefined, fields: [] }).kind !== "routed") return;
        expanded++;
        const result = expandTarget(parsed, asked, "x.org");
        assert.equal(readTarget(result).kind, "path", `${text} for ${asked} is ${result}`);
        assert.doesNotMatch(result, /^\/[/\\]/);
        const query = asked.indexOf("?");
        assert.ok(query < 0 || result.endsWith(asked.slice(query)));
      }),
      { numRuns: 2_500 },
    );
    assert.ok(expanded > 40, String(expanded));
  });
}
