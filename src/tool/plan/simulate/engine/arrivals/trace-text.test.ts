import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readTrace, type TraceReading } from "./trace-text.ts";

function timesOf(reading: TraceReading): number[] {
  assert.equal(reading.kind, "read");
  return reading.kind === "read" ? [...reading.timesMs] : [];
}

test("a trace is a time a line, with a heading, remarks and further columns", () => {
  const text = "time,path\n# of last night\n1000.5,/a\r\n\n1010,/b,200\n1002 /c\n";
  assert.deepEqual(timesOf(readTrace(text)), [0, 1.5, 9.5]);
  assert.deepEqual(timesOf(readTrace("1.5\n2\n", "s")), [0, 500]);
  assert.deepEqual(timesOf(readTrace("2026-01-31T12:00:00.250Z\n2026-01-31T12:00:00Z\t/x")), [0, 250]);
});

test("a line that is no time is told by its number", () => {
  assert.deepEqual(readTrace("1\n2\nsoon\n"), {
    kind: "mistaken",
    mistake: {
      line: 3,
      wrong: '"soon" is neither a number nor a date as in 2026-01-31T12:00:00.000Z',
    },
  });
  assert.equal(readTrace("").kind, "mistaken");
  assert.equal(readTrace("time\n").kind, "mistaken");
  assert.equal(readTrace("1\n1e999\n").kind, "mistaken");
});

test("whatever the text is, it is read or refused, in rising order from 0", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(fc.double()).map((all) => all.join("\n")),
      ),
      (text) => {
        const reading = readTrace(text);
        if (reading.kind === "mistaken") return;
        const times = [...reading.timesMs];
        assert.equal(times[0], 0);
        for (const [at, timeMs] of times.entries()) assert.ok(timeMs >= (times[at - 1] ?? 0));
      },
    ),
  );
});
