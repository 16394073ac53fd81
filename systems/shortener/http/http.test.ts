import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { createJournal } from "../journal.ts";
import { readSettings } from "../settings.ts";
import { clientOf } from "./client-address.ts";
import { originOf, requestIdOf } from "./exchange.ts";
import { Router } from "./router.ts";

const requestWith = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;
const handler = () => ({ status: 200, headers: {}, body: "" });

test("a router finds the route that fits, and names the methods of a path that has others", () => {
  const router = new Router([
    { method: "GET", path: "/a/:one/b", handler },
    { method: "POST", path: "/a", handler },
    { method: "GET", path: "/assets/*", handler },
  ]);
  const parametersOf = (method: string, path: string) => {
    const match = router.match(method, path);
    return match.kind === "found" ? match.parameters : match.kind;
  };
  assert.deepEqual(parametersOf("GET", "/a/x/b"), ["x"]);
  assert.deepEqual(parametersOf("HEAD", "/a/x/b"), ["x"]);
  assert.deepEqual(parametersOf("GET", "/assets/deep/er"), ["deep/er"]);
  for (const path of ["/", "/a/", "/a/x", "/a/x/b/", "//a", "/A", ""])
    assert.equal(parametersOf("GET", path), "nothing");
  assert.deepEqual(router.match("GET", "/a"), { kind: "wrong-method", allow: ["POST"] });
});

test("short URLs are where PUBLIC_URL says, or else where the client's proxy or the client said", () => {
  const headers = {
    host: "Sho.rt:8080",
    "x-forwarded-host": "a.example, b.example",
    "x-forwarded-proto": "https",
  };
  assert.equal(originOf(requestWith(headers), "https://my.link"), "https://my.link");
  assert.equal(originOf(requestWith(headers), undefined), "https://a.example");
  assert.equal(originOf(requestWith({ host: "Sho.rt:8080" }), undefined), "http://sho.rt:8080");
  assert.equal(originOf(requestWith({ host: "[::1]:8080" }), undefined), "http://[::1]:8080");
});

test("a host that is none never becomes part of an answer", () => {
  for (const host of ["evil.example/path", 'a"b', "a b", "<script>", "", "-", "a@b", "x".repeat(300)]) {
    assert.equal(originOf(requestWith({ "x-forwarded-host": host }), undefined), "http://localhost", host);
  }
});

test("a request keeps its caller's id where that can stand in a log", () => {
  const draw = () => "drawn";
  assert.equal(requestIdOf(requestWith({ "x-request-id": "a.B:c-1_2" }), draw), "a.B:c-1_2");
  for (const id of ["", "a b", "a\nb", "x".repeat(129), '"']) {
    assert.equal(requestIdOf(requestWith({ "x-request-id": id }), draw), "drawn");
  }
});

test("a client is who the proxy in front says it is, and not who it says itself", () => {
  const clientWith = (forwarded: string | undefined, remoteAddress: string | undefined) =>
    clientOf({
      headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
      socket: { remoteAddress },
    } as unknown as IncomingMessage);
  assert.equal(clientWith("192.0.2.7", "127.0.0.1"), "192.0.2.7");
  assert.equal(clientWith("198.51.100.1, 203.0.113.9 ,192.0.2.7", "127.0.0.1"), "192.0.2.7");
  assert.equal(clientWith(undefined, "192.0.2.8"), "192.0.2.8");
  assert.equal(clientWith(undefined, "::ffff:192.0.2.8"), "192.0.2.8");
  assert.equal(clientWith(undefined, undefined), "");
  for (const none of ["", ",", "unknown", "192.0.2.7:80", "192.0.2.7,", "999.1.1.1", "x".repeat(10_000)])
    assert.equal(clientWith(none, "192.0.2.8"), "192.0.2.8", none.slice(0, 20));
});

test("all addresses of one IPv6 network of 64 bits are one client, however they are written", () => {
  const clientAt = (address: string) =>
    clientOf({ headers: {}, socket: { remoteAddress: address } } as unknown as IncomingMessage);
  for (const address of [
    "2001:db8:0:a::1",
    "2001:0DB8:0:A:ffff:0:1:2",
    "2001:db8:0:a::",
    "2001:db8::a:1:2:192.0.2.1",
  ])
    assert.equal(clientAt(address), "2001:db8:0:a::/64", address);
  assert.equal(clientAt("2001:db8:0:b::1"), "2001:db8:0:b::/64");
  assert.equal(clientAt("2001:db8::1"), "2001:db8:0:0::/64");
  assert.equal(clientAt("::1"), "0:0:0:0::/64");
  assert.equal(clientAt("1:2:3:4:5:6:7::"), "1:2:3:4::/64");
  assert.equal(clientAt("::2:3:4:5:6:7:8"), "0:2:3:4::/64");
  assert.equal(clientAt("fe80::1%a:b:c:d:e:f:g:h:i::j"), "fe80:0:0:0::/64");
});

test("settings name the variable that is wrong, and never the password in it", () => {
  const good = { PORT: "3000", LINKS_URL: "postgres://a:b@c/d", HOT_URL: "redis://:pw@c:1" };
  assert.equal(readSettings(good).host, "127.0.0.1");
  assert.equal(readSettings({ ...good, PUBLIC_URL: "https://sho.rt/" }).publicUrl, "https://sho.rt");
  assert.equal(readSettings(good).createsPerMinute, 1_200);
  assert.equal(readSettings({ ...good, CREATES_PER_MINUTE: "0" }).createsPerMinute, 0);
  for (const [name, value] of [
    ["PORT", "http"],
    ["LINKS_URL", "mysql://user:secret@host/db"],
    ["HOT_URL", undefined],
    ["PUBLIC_URL", "https://sho.rt/path"],
    ["CREATES_PER_MINUTE", "many"],
    ["CREATES_PER_MINUTE", "-1"],
    ["CREATES_PER_MINUTE", "1e9"],
  ] as const) {
    assert.throws(
      () => readSettings({ ...good, [name]: value }),
      (thrown: Error) => thrown.message.includes(name) && !thrown.message.includes("secret"),
    );
  }
});

test("the journal writes a line once a second at most, and says how often it was needed", () => {
  let nowMs = 0;
  const lines: string[] = [];
  const journal = createJournal({ nowMs: () => nowMs, write: (line) => lines.push(line) });
  for (let time = 0; time < 5; time++) journal.error("away", { cause: new Error("no\nanswer") });
  nowMs = 1_000;
  journal.error("away");
  assert.equal(lines.length, 2);
  for (const line of lines) assert.equal(line.indexOf("\n"), line.length - 1, "one line");
  assert.equal(JSON.parse(lines[1] ?? "").repeated, 4);
});
