import assert from "node:assert/strict";
import { test } from "node:test";
import { beginsHttp2, opensHttp2 } from "./preface.ts";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

test("the preface is known by its first eighteen bytes, and any part of them may become it", () => {
  for (let length = 0; length <= PREFACE.length; length++) {
    assert.equal(beginsHttp2(PREFACE.subarray(0, length)), true, String(length));
    assert.equal(opensHttp2(PREFACE.subarray(0, length)), length >= 18, String(length));
  }
});

test("a request of HTTP/1.1 is none, however near it comes", () => {
  for (const text of [
    "GET / HTTP/1.1\r\n",
    "PRI / HTTP/2.0\r\n\r\n",
    "PRI * HTTP/1.1\r\n\r\n",
    "PROPFIND / HTTP/1.1\r\n",
  ]) {
    assert.equal(beginsHttp2(Buffer.from(text)), false, text);
    assert.equal(opensHttp2(Buffer.from(text)), false, text);
  }
});
