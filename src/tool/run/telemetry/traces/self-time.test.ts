import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { selfTimes, type TimedSpan } from "./self-time.ts";

function span(
  id: string,
  parent: string | undefined,
  part: string,
  startUs: number,
  endUs: number,
): TimedSpan {
  return { spanId: id, parentSpanId: parent, part, startUs, endUs };
}

const anySpans = fc.array(
  fc
    .record({
      spanId: fc.constantFrom(..."abcdefgh"),
      parentSpanId: fc.option(fc.constantFrom(..."abcdefgh"), { nil: undefined }),
      part: fc.constantFrom("x", "y", "z"),
      startUs: fc.nat(60),
      lasts: fc.nat(40),
    })
    .map(({ lasts, ...one }) => ({ ...one, endUs: one.startUs + lasts })),
  { maxLength: 12 },
);

/** The same, microsecond by microsecond. */
function countedOut(spans: readonly TimedSpan[]): Map<string, number> {
  const times = new Map<string, number>();
  const ordered = [...spans].sort((one, other) => one.startUs - other.startUs);
  for (const { part } of ordered) times.set(part, 0);
  for (let us = 0; us < 100; us++) {
    const runs = ({ startUs, endUs }: TimedSpan) => startUs <= us && us < endUs;
    const busy = new Set(
      spans
        .filter(
          (one) => runs(one) && !spans.some((child) => child.parentSpanId === one.spanId && runs(child)),
        )
        .map(({ part }) => part),
    );
    for (const part of busy) times.set(part, (times.get(part) ?? 0) + 1);
  }
  return times;
}

describe("the time that a part had to itself", () => {
  test("leaves out what its children took, and counts what ran side by side once", () => {
    const spans = [
      span("1", undefined, "edge", 0, 100),
      span("2", "1", "shop", 10, 90),
      span("3", "2", "shop", 20, 40),
      span("4", "2", "shop", 30, 50),
      span("5", "2", "cache", 60, 70),
    ];
    assert.deepEqual(
      [...selfTimes(spans)],
      [
        ["edge", 20],
        ["shop", 70],
        ["cache", 10],
      ],
    );
  });

  test("is what counting microsecond by microsecond gives, for spans in any order and with parents in circles", () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        assert.deepEqual(selfTimes(spans), countedOut(spans));
      }),
      { numRuns: 500 },
    );
  });
});
