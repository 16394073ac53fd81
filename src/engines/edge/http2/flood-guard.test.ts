import assert from "node:assert/strict";
import { test } from "node:test";
import { FloodGuard } from "./flood-guard.ts";

test("streams may break, some at once and some each second, and no more", () => {
  const guard = new FloodGuard();
  let broken = 0;
  while (!guard.streamBroke(0)) broken += 1;
  assert.equal(broken, 500);
  const patient = new FloodGuard();
  for (let second = 0; second < 1_000; second++)
    for (let count = 0; count < 50; count++) assert.equal(patient.streamBroke(second * 1_000), false);
});

test("frames that carry nothing are forgiven by those that carry something", () => {
  const guard = new FloodGuard();
  for (let round = 0; round < 10; round++) {
    for (let count = 0; count < 1_000; count++) assert.equal(guard.idleFrame(0), false);
    guard.progress();
  }
  for (let count = 0; count < 1_000; count++) guard.idleFrame(0);
  assert.equal(guard.idleFrame(0), true);
});

test("a frame that carries nothing a few times a second is no flood, for as long as it goes on", () => {
  const guard = new FloodGuard();
  for (let count = 0; count < 100_000; count++) assert.equal(guard.idleFrame(count * 100), false);
});
