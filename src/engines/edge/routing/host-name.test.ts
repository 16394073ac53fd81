import assert from "node:assert/strict";
import { test } from "node:test";
import { firstWildcardDot, hostName, isHostName } from "./host-name.ts";
import { queryValue } from "./query-value.ts";

test("a host is its name, in lower case, without port and without the dot at its end", () => {
  for (const [host, name] of [
    ["x.org", "x.org"],
    ["X.Org.:8080", "x.org"],
    ["x.org:", "x.org"],
    ["[::1]:80", "[::1]"],
    ["[::1]", "[::1]"],
    ["x.org:80:90", "x.org:80"],
    ["x.org:evil", "x.org:evil"],
    ["", ""],
    [".", ""],
    ["a".repeat(300), ""],
    [undefined, ""],
  ] as const)
    assert.equal(hostName(host), name, host);
});

test("names are labels or addresses, and nothing that could end a host early", () => {
  for (const name of ["a", "a.b", "xn--a-b.org", "my_service", "127.0.0.1", "[::1]"])
    assert.ok(isHostName(name), name);
  for (const name of ["", ".", "..", "a..b", "a.", "-a", "a@b", "a/b", "a b", "a:1", "[x]", "a%41", "é"])
    assert.ok(!isHostName(name), name);
});

test("only so many of a host's last labels are tried as wildcards have, and one label is left before them", () => {
  assert.equal(firstWildcardDot("a.b.c.d", 2), 3);
  assert.equal(firstWildcardDot("a.b.c.d", 9), 1);
  assert.equal(firstWildcardDot("a", 2), -1);
  assert.equal(firstWildcardDot(".a", 2), -1);
  assert.equal(firstWildcardDot("", 2), -1);
});

test("a query is read as forms send it, and its first value counts", () => {
  for (const [target, value] of [
    ["/", undefined],
    ["/?", undefined],
    ["/?a=1", undefined],
    ["/?v", ""],
    ["/?v=", ""],
    ["/?a&&v=1&v=2", "1"],
    ["/?vv=1&v=a=b", "a=b"],
    ["/?%76=a+b%20%C3%A9", "a b é"],
    ["/?v=%zz+", "%zz+"],
    ["/?a?v=1", undefined],
  ] as const)
    assert.equal(queryValue(target, 1, "v"), value, target);
});
