import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "./nearest.ts";

test("a slip of the pen finds the word that was meant", () => {
  const words = ["replicas", "run", "routes", "to"];
  assert.equal(nearest("replica", words), "replicas");
  assert.equal(nearest("replicsa", words), "replicas");
  assert.equal(nearest("Replicas", words), "replicas");
  assert.equal(nearest("too", words), "to");
});

test("another word finds nothing", () => {
  assert.equal(nearest("colour", ["replicas", "run", "routes"]), undefined);
  assert.equal(nearest("", ["run"]), undefined);
  assert.equal(nearest("x".repeat(10_000), ["run"]), undefined);
});
