import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SharedNames } from "./shared-names.ts";

test("a shared name is the name itself, cut to 256 characters", () => {
  const names = new SharedNames();
  for (let at = 0; at < 2_000; at++) assert.equal(names.of(`name ${at}`), `name ${at}`);
  assert.equal(names.of("x".repeat(1_000)), "x".repeat(256));
  assert.equal(names.of("constructor"), "constructor");
});

test("a shared name keeps no longer text in memory that it was a part of", () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  assert.ok(typeof collect === "function");
  const names = new SharedNames();
  collect();
  const before = process.memoryUsage().heapUsed;
  const held = Array.from({ length: 50 }, (_, at) =>
    names.of(Buffer.alloc(400_000, String(at)).toString().slice(0, 100)),
  );
  collect();
  assert.equal(held.length, 50);
  assert.ok(process.memoryUsage().heapUsed - before < 2_000_000);
});
