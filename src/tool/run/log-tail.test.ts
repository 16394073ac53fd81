import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LogEvent, LogTail, TAIL_LINES_MAX } from "./log-tail.ts";

function line(part: string, timeMs: number, text = `line ${timeMs}`): LogEvent {
  return { type: "log", timeMs, part, replica: part, stream: "stdout", text };
}

describe("a log tail", () => {
  test("gives the last lines of all parts in the order of their times", () => {
    const tail = new LogTail();
    for (const event of [line("a", 1), line("b", 2), line("a", 3), line("b", 4)]) tail.add(event);
    assert.deepEqual(
      tail.read([], 3).map(({ timeMs }) => timeMs),
      [2, 3, 4],
    );
    assert.deepEqual(
      tail.read(["a"], 10).map(({ timeMs }) => timeMs),
      [1, 3],
    );
    assert.deepEqual(tail.read([], 0), []);
    assert.deepEqual(tail.read(["unknown"], 10), []);
  });

  test("lets a part that floods push out its own lines alone", () => {
    const tail = new LogTail();
    tail.add(line("quiet", 0));
    for (let timeMs = 1; timeMs <= 10_000; timeMs++) tail.add(line("loud", timeMs));
    assert.equal(tail.read(["quiet"], 10).length, 1);
    const loud = tail.read(["loud"], 100_000);
    assert.equal(loud.length, TAIL_LINES_MAX);
    assert.equal(loud.at(-1)?.timeMs, 10_000);
  });

  test("holds at most half a million characters of a part, keeping the newest", () => {
    const tail = new LogTail();
    for (let timeMs = 1; timeMs <= 500; timeMs++) tail.add(line("loud", timeMs, "x".repeat(16_000)));
    const kept = tail.read(["loud"], 1_000);
    assert.ok(kept.reduce((sum, { text }) => sum + text.length, 0) <= 512 * 1024 + 16_000);
    assert.equal(kept.at(-1)?.timeMs, 500);
  });
});
