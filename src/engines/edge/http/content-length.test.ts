import assert from "node:assert/strict";
import { test } from "node:test";
import { plainContentLength, readContentLength } from "./content-length.ts";

test("a length is digits, as many as can be counted exactly, and nothing else", () => {
  for (const [value, length] of [
    ["0", 0],
    ["42", 42],
    ["00042", 42],
    ["999999999999999", 999_999_999_999_999],
    ["1000000000000000", -1],
    ["", -1],
    ["+1", -1],
    ["-1", -1],
    ["1 ", -1],
    [" 1", -1],
    ["1,1", -1],
    ["0x1", -1],
    ["1e3", -1],
    ["1.0", -1],
    ["١", -1],
  ] as const) {
    assert.equal(readContentLength(value), length, JSON.stringify(value));
  }
});

test("a length goes on without noughts before it", () => {
  assert.deepEqual(["0", "10", "010", "000"].map(plainContentLength), ["0", "10", "10", "0"]);
});
