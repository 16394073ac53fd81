import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { BATCH_MS, BatchWriter, BUFFER_BYTES_MAX } from "./batch-writer.ts";
import { MemoryTarget } from "./testing/memory-target.ts";

function scene(pieceBytes?: number) {
  const clock = new SimulatedClock();
  const target = new MemoryTarget(pieceBytes);
  const writer = new BatchWriter(target, clock, (dropped) => `dropped ${dropped};\n`);
  return { clock, target, writer };
}

test("lines are written together: after a while, or when a piece is full", async () => {
  const { clock, target, writer } = scene(100);
  writer.add("one\n");
  writer.add("two\n");
  await clock.advance(BATCH_MS - 1);
  assert.equal(target.text, "");
  await clock.advance(1);
  assert.equal(target.text, "one\ntwo\n");
  assert.deepEqual(target.writes, [8]);
  const long = `${"x".repeat(59)}\n`;
  writer.add(long);
  writer.add(long);
  assert.deepEqual(target.writes, [8, 60], "the second did not fit behind the first");
  assert.equal(clock.pendingTimers, 0, "it keeps no process alive");
});

test("a line that is longer than a piece is written whole", async () => {
  const { clock, target, writer } = scene(100);
  const line = `${"ä".repeat(200)}\n`;
  writer.add("before\n");
  writer.add(line);
  await clock.advance(BATCH_MS);
  assert.equal(target.text, `before\n${line}`);
});

test("a target that takes nothing costs bounded memory, and what was dropped is told before the next line", async () => {
  const { clock, target, writer } = scene(64 * 1024);
  target.isHeld = true;
  const line = `${"x".repeat(999)}\n`;
  for (let at = 0; at < 10_000; at++) writer.add(line);
  assert.ok(writer.heldBytes <= BUFFER_BYTES_MAX);
  assert.ok(writer.linesTotal >= (BUFFER_BYTES_MAX / 1_000) * 0.9);
  const dropped = writer.droppedTotal;
  assert.equal(writer.linesTotal + dropped, 10_000);
  target.release();
  writer.add("after\n");
  await clock.advance(BATCH_MS);
  assert.deepEqual(target.lines.slice(writer.linesTotal - 1), [`dropped ${dropped};`, "after"]);
  assert.equal(writer.droppedTotal, dropped);
});

test("what was dropped is told even when no line follows", async () => {
  const { clock, target, writer } = scene(64 * 1024);
  target.isHeld = true;
  const line = `${"x".repeat(999)}\n`;
  for (let at = 0; at < 5_000; at++) writer.add(line);
  target.release();
  await clock.advance(BATCH_MS);
  assert.equal(target.lines.at(-1), `dropped ${writer.droppedTotal};`);
});

test("after a failure what could not be written is counted, and half a line stays apart from the next", async () => {
  const { clock, target, writer } = scene();
  target.failsAfterBytes = 6;
  writer.add("one\n");
  writer.add("two\n");
  writer.add("three\n");
  await clock.advance(BATCH_MS);
  assert.equal(target.text, "one\ntw");
  assert.equal(writer.droppedTotal, 2);
  target.failsAfterBytes = undefined;
  writer.add("four\n");
  await clock.advance(BATCH_MS);
  assert.equal(target.text, "one\ntw", "the target is left alone for a while");
  await clock.advance(1_000);
  assert.equal(target.text, "one\ntw\ndropped 2;\nfour\n");
});

test("closing writes what is left, closes the target once, and takes nothing more", async () => {
  const { target, writer } = scene();
  writer.add("one\n");
  await Promise.all([writer.close(1_000), writer.close(1_000)]);
  writer.add("late\n");
  assert.equal(target.text, "one\n");
  assert.equal(target.closed, 1);
  assert.equal(writer.droppedTotal, 1);
});

test("closing waits for a slow target, for no longer than it is told to", async () => {
  const { clock, target, writer } = scene(100);
  target.isHeld = true;
  for (let at = 0; at < 10; at++) writer.add(`${"x".repeat(50)}\n`);
  let closed = false;
  const closing = writer.close(1_000).then(() => {
    closed = true;
  });
  await clock.advance(999);
  assert.equal(closed, false);
  await clock.advance(1);
  await closing;
  assert.equal(writer.droppedTotal, 10);
  assert.equal(target.closed, 1);
});

test("whatever the target does, lines come out whole, in order, and every line that is missing is told", async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 60 }).map((lines) => ({ lines })) },
    fc.constant({ hold: true }),
    fc.constant({ release: true }),
    fc.integer({ min: 0, max: 300 }).map((failsAfterBytes) => ({ failsAfterBytes })),
    fc.constant({ mend: true }),
    fc.integer({ min: 1, max: 3_000 }).map((ms) => ({ ms })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { clock, target, writer } = scene(128);
      let number = 0;
      for (const one of steps) {
        if ("lines" in one) for (let at = 0; at < one.lines; at++) writer.add(`line ${number++};\n`);
        if ("hold" in one) target.isHeld = true;
        if ("release" in one) target.release();
        if ("failsAfterBytes" in one) target.failsAfterBytes = one.failsAfterBytes;
        if ("mend" in one) target.failsAfterBytes = undefined;
        if ("ms" in one) await clock.advance(one.ms);
      }
      target.failsAfterBytes = undefined;
      target.release();
      await clock.advance(2_000);
      writer.add(`line ${number++};\n`);
      await writer.close(1_000);
      let told = 0;
      let last = -1;
      const whole = target.lines.filter((line) => /^(line|dropped) \d+;$/.test(line));
      for (const line of whole) {
        const value = Number.parseInt(line.slice(line.indexOf(" ")), 10);
        if (line.startsWith("dropped")) told += value;
        else {
          assert.ok(value > last, "out of order");
          last = value;
        }
      }
      assert.equal(last, number - 1);
      const written = whole.filter((line) => line.startsWith("line")).length;
      assert.equal(written + told, number);
      assert.equal(writer.droppedTotal, told);
    }),
    { numRuns: 100 },
  );
});
