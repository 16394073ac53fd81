import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../../blocks/time/index.ts";
import { MemoryOutput } from "../testing/memory-terminal.ts";
import { numbersOf, type PlanFlags } from "./flags.ts";
import { Progress } from "./progress.ts";

test("numbers have the units of a design, and a bare one counts the base unit", () => {
  assert.deepEqual(numbersOf({}), { seed: 1 });
  assert.equal(numbersOf({ load: "9k/s" }).loadPerSecond, 9_000);
  assert.equal(numbersOf({ load: "9000" }).loadPerSecond, 9_000);
  const { seed, durationMs } = numbersOf({ simulate: true, seed: "7", duration: "10min" });
  assert.deepEqual([seed, durationMs], [7, 600_000]);
});

test("what is wrong or does not go together is told with the mend", () => {
  const mistakes: [PlanFlags, RegExp][] = [
    [{ load: "fast" }, /^--load: "fast" is not a rate\. Write a rate such as/],
    [{ load: "0" }, /^--load: it is a rate above 0/],
    [{ load: "9/week" }, /^--load: .*unknown unit/],
    [{ seed: "7" }, /^--seed: it says how to simulate: add --simulate$/],
    [{ fail: ["links@1s+1s"] }, /^--fail: .*--simulate/],
    [{ simulate: true, seed: "-1" }, /^--seed: it is a whole number/],
    [{ simulate: true, duration: "0" }, /^--duration: it is a time from 1 ms/],
    [{ simulate: true, duration: "2years" }, /^--duration: /],
    [{ markdown: true }, /^--markdown: .*--against/],
    [{ markdown: true, against: "main", json: true }, /^--markdown: .*either/],
    [{ explain: true, against: "main" }, /^--explain: /],
  ];
  for (const [flags, message] of mistakes)
    assert.throws(() => numbersOf(flags), { code: "BAD_ARGUMENT", message });
});

test("progress is told after a second, on a terminal alone, and leaves no trace", async () => {
  const clock = new SimulatedClock();
  const err = new MemoryOutput({ isTerminal: true });
  const progress = new Progress({ clock, err });
  progress.say("simulating", 0.1);
  assert.equal(err.text, "");
  await clock.advance(1_000);
  progress.say("simulating", 0.429);
  progress.say("simulating", 0.43);
  assert.equal(err.text, "\r\x1b[Ksimulating: 42%");
  progress.done();
  assert.equal(err.text, "\r\x1b[Ksimulating: 42%\r\x1b[K");
  const pipe = new MemoryOutput();
  const unseen = new Progress({ clock, err: pipe });
  await clock.advance(2_000);
  unseen.say("simulating", 0.5);
  unseen.done();
  assert.equal(pipe.text, "");
});
