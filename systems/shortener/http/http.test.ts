import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { createJournal } from "../journal.ts";
import { readSettings } from "../settings.ts";
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

test("settings name the variable that is wrong, and never the password in it", () => {
  const good = { PORT: "3000", LINKS_URL: "postgres://a:b@c/d", HOT_URL: "redis://:pw@c:1" };
  assert.equal(readSettings(good).host, "127.0.0.1");
  assert.equal(readSettings({ ...good, PUBLIC_URL: "https://sho.rt/" }).publicUrl, "https://sho.rt");
  for (const [name, value] of [
    ["PORT", "http"],
    ["LINKS_URL", "mysql://user:secret@host/db"],
    ["HOT_URL", undefined],
    ["PUBLIC_URL", "https://sho.rt/path"],
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
