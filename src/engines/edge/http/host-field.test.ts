import assert from "node:assert/strict";
import { test } from "node:test";
import { isHostField } from "./host-field.ts";

for (const good of [
  "x",
  "example.org",
  "EXAMPLE.org.",
  "xn--bcher-kva.example",
  "a_b.example:8080",
  "192.0.2.1:80",
  "example.org:",
  "example.org:0",
  "example.org:65535",
  "example.org:00080",
  "[::1]",
  "[2001:db8::7]:443",
  "[::ffff:192.0.2.1]",
]) {
  test(`${good} names a host`, () => {
    assert.equal(isHostField(good), true);
  });
}

for (const [what, bad] of [
  ["nothing", ""],
  ["a port alone", ":80"],
  ["a dot alone", "."],
  ["two hosts in a list", "a, b"],
  ["two hosts in a list without a blank", "a,b"],
  ["two ports", "a:80:81"],
  ["a port with letters", "a:80a"],
  ["a port with a sign", "a:+80"],
  ["a port that no protocol has", "a:65536"],
  ["a port too long to count", `a:${"9".repeat(400)}`],
  ["a name before an @", "user@a"],
  ["a name and a word before an @", "user:word@a"],
  ["a path", "a/b"],
  ["a scheme", "http://a"],
  ["a query", "a?b"],
  ["a fragment", "a#b"],
  ["a blank within", "a b"],
  ["a tab within", "a\tb"],
  ["a backslash", "a\\b"],
  ["a percent sign", "a%2eb"],
  ["quotes", '"a"'],
  ["markup", "<a>"],
  ["a byte beyond ASCII", "b\xfccher"],
  ["brackets that do not close", "[::1"],
  ["brackets with a name in them", "[example]"],
  ["brackets with a zone in them", "[fe80::1%25eth0]"],
  ["empty brackets", "[]"],
  ["something behind the brackets", "[::1]a"],
  ["an address without brackets", "2001:db8::7"],
] as const) {
  test(`a Host of ${what} is refused`, () => {
    assert.equal(isHostField(bad), false);
  });
}
