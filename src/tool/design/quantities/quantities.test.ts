import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { COUNT, formatCount } from "./count.ts";
import { DURATION, formatDuration } from "./duration.ts";
import { type Measure, readQuantity } from "./measure.ts";
import { formatRate, RATE } from "./rate.ts";
import { formatShare, SHARE } from "./share.ts";
import { formatSize, SIZE } from "./size.ts";

const read = (measure: Measure, written: unknown) => readQuantity(measure, written).value;
const MEASURES = [
  { name: "size", measure: SIZE, format: formatSize },
  { name: "count", measure: COUNT, format: formatCount },
  { name: "duration", measure: DURATION, format: formatDuration },
  { name: "rate", measure: RATE, format: formatRate },
  { name: "share", measure: SHARE, format: formatShare },
];

describe("reading", () => {
  test("a size has decimal and binary units, with or without a blank", () => {
    assert.equal(read(SIZE, "64 MiB"), 67_108_864);
    assert.equal(read(SIZE, "64MiB"), 67_108_864);
    assert.equal(read(SIZE, "64 MB"), 64_000_000);
    assert.equal(read(SIZE, "1.5 kB"), 1_500);
    assert.equal(read(SIZE, "0.3 B"), 0);
    assert.equal(read(SIZE, 12), 12);
  });

  test("a count has k, M, B and T, and may do without", () => {
    assert.equal(read(COUNT, "10M"), 10_000_000);
    assert.equal(read(COUNT, "0.57k"), 570);
    assert.equal(read(COUNT, "2 B"), 2e9);
    assert.equal(read(COUNT, "200"), 200);
    assert.equal(read(COUNT, 1.5), 1.5);
  });

  test("a duration goes from microseconds to years of 365 days, and twelve months are a year", () => {
    assert.equal(read(DURATION, "500 us"), 0.5);
    assert.equal(read(DURATION, "200 ms"), 200);
    assert.equal(read(DURATION, "1.1 s"), 1_100);
    assert.equal(read(DURATION, "1 hour"), 3_600_000);
    assert.equal(read(DURATION, "5 years"), 5 * 365 * 86_400_000);
    assert.equal(read(DURATION, "12 months"), read(DURATION, "1 year"));
  });

  test("a share of so many nines is exactly the number that one would write", () => {
    assert.equal(read(SHARE, "99.99%"), 0.9999);
    assert.equal(read(SHARE, "99.999999999%"), 0.99999999999);
    assert.equal(read(SHARE, "50 %"), 0.5);
  });

  test("a rate is per second, minute, hour or day", () => {
    assert.equal(read(RATE, "100/s"), 100);
    assert.equal(read(RATE, "90/min"), 1.5);
    assert.equal(read(RATE, "7k/s"), 7_000);
    assert.equal(read(RATE, "200M/day"), 200e6 / 86_400);
  });

  test("a wrong unit is told together with the one that was probably meant", () => {
    const mend = (measure: Measure, written: string) => {
      const reading = readQuantity(measure, written);
      return "mend" in reading ? /"(.+?)"/.exec(reading.mend)?.[1] : undefined;
    };
    assert.equal(mend(SIZE, "64 MIB"), "64 MiB");
    assert.equal(mend(SIZE, "64 M"), "64 MB");
    assert.equal(mend(COUNT, "10K"), "10k");
    assert.equal(mend(COUNT, "10G"), "10B");
    assert.equal(mend(DURATION, "5 µs"), "5 us");
    assert.equal(mend(DURATION, "5 yeras"), "5 years");
    assert.equal(mend(RATE, "5rps"), "5/s");
    assert.equal(mend(SHARE, "5 percent"), "5%");
  });

  test("what is no quantity is refused: other types, signs, blanks inside, other digits, endless text", () => {
    const wrong = [
      ..."-1 s|1 s s|s|1,5 s|1_000 s|٣ s|0x10 s|1..2 s|1e999 s|1e9999 s|NaN| |1 toString|1 __proto__".split(
        "|",
      ),
      "",
      `${"9".repeat(500)} s`,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      null,
      undefined,
      [1],
      {},
      1n,
      true,
    ];
    for (const written of wrong) {
      for (const { measure } of MEASURES) assert.equal(read(measure, written), undefined, String(written));
    }
  });

  test("anything at all is either read as a number that is not negative, or told with a mend", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^\d+ ?[a-zA-Z%/]*$/)),
        (written) => {
          for (const { measure } of MEASURES) {
            const reading = readQuantity(measure, written);
            if (reading.value === undefined) assert.ok(reading.wrong !== "" && reading.mend.endsWith("."));
            else assert.ok(Number.isFinite(reading.value) && reading.value >= 0);
          }
        },
      ),
    );
  });
});

describe("writing", () => {
  test("the largest unit that reads well is taken", () => {
    assert.equal(formatSize(67_108_864), "64 MiB");
    assert.equal(formatSize(64_000_000), "64 MB");
    assert.equal(formatSize(0), "0 B");
    assert.equal(formatCount(10_000_000), "10M");
    assert.equal(formatCount(7), "7");
    assert.equal(formatDuration(200), "200 ms");
    assert.equal(formatDuration(90_000), "1.5 min");
    assert.equal(formatDuration(86_400_000), "1 day");
    assert.equal(formatDuration(5 * 365 * 86_400_000), "5 years");
    assert.equal(formatShare(0.9999), "99.99%");
    assert.equal(formatShare(0.99999999999), "99.999999999%");
    assert.equal(formatRate(2_300), "2.3k/s");
    assert.equal(formatRate(100 / 60), "100/min");
  });

  for (const { name, measure, format } of MEASURES) {
    test(`reading what was written of a ${name} gives exactly the same value`, () => {
      const value = fc.oneof(
        fc.nat(),
        fc.nat().map((ten) => ten * 1_000),
        fc.double({ min: 0, max: 1e15, noNaN: true }).map((one) => (measure.whole ? Math.round(one) : one)),
      );
      fc.assert(fc.property(value, (one) => assert.equal(read(measure, format(one)), one)));
    });
  }
});
