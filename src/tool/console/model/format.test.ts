import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  agoText,
  bytesText,
  coresText,
  countText,
  durationText,
  formatOfUnit,
  formatted,
  msText,
  rateText,
  shareText,
  UNKNOWN,
} from "./format.ts";

test("counts have three significant digits and a letter for the thousands", () => {
  const examples = [
    [0, "0"],
    [0.25, "0.25"],
    [7, "7"],
    [12.34, "12.3"],
    [999.4, "999"],
    [999.9, "1k"],
    [1234, "1.23k"],
    [-1234, "-1.23k"],
    [999_999, "1M"],
    [34_000_000, "34M"],
    [5e18, "5000P"],
  ] as const;
  for (const [value, text] of examples) assert.equal(countText(value), text);
  assert.equal(rateText(1200), "1.2k/s");
});

test("bytes are counted in powers of 1,024, and never shown with four digits", () => {
  const examples = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "0.977 KiB"],
    [1024, "1 KiB"],
    [64 * 2 ** 20, "64 MiB"],
    [1.5 * 2 ** 30, "1.5 GiB"],
  ] as const;
  for (const [value, text] of examples) assert.equal(bytesText(value), text);
});

test("times of waiting are in the unit that people would say", () => {
  const examples = [
    [0, "0 ms"],
    [0.34, "340 µs"],
    [4.21, "4.21 ms"],
    [999.9, "1 s"],
    [1500, "1.5 s"],
    [65_000, "1 min 5 s"],
  ] as const;
  for (const [value, text] of examples) assert.equal(msText(value), text);
  assert.equal(formatted(0.0042, "seconds"), "4.2 ms");
});

test("a share is never rounded up to all, nor down to nothing", () => {
  const examples = [
    [0, "0 %"],
    [1, "100 %"],
    [0.5, "50 %"],
    [0.0042, "0.42 %"],
    [0.00001, "<0.01 %"],
    [0.9999, "99.99 %"],
    [0.999999, "99.9999 %"],
    [0.9999999999, "99.999999 %"],
  ] as const;
  for (const [value, text] of examples) assert.equal(shareText(value), text);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }), (share) => {
      assert.notEqual(shareText(share), "100 %");
      assert.notEqual(shareText(share), "0 %");
    }),
  );
});

test("stretches of time have two units at most", () => {
  const examples = [
    [0, "0 s"],
    [48_400, "48 s"],
    [303_000, "5 min 3 s"],
    [3_600_000, "1 h"],
    [7_800_000, "2 h 10 min"],
    [273_600_000, "3 d 4 h"],
    [-5_000, "-5 s"],
  ] as const;
  for (const [value, text] of examples) assert.equal(durationText(value), text);
  assert.equal(agoText(1_000, 1_500), "now");
  assert.equal(agoText(0, 125_000), "2 min ago");
});

test("what is not known is a dash in every format, and no number makes an odd text", () => {
  const formats = [
    "number",
    "per-second",
    "bytes",
    "bytes-per-second",
    "ms",
    "seconds",
    "share",
    "cores",
    "duration",
  ] as const;
  for (const format of formats) {
    for (const value of [undefined, null, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(formatted(value, format), UNKNOWN);
    }
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (value) => {
        assert.match(formatted(value, format), /^[<\d.]+ ?[\p{L}µ%/]*( \d+ [a-z]+)?$/u);
      }),
    );
  }
});

test("processors in use are cores", () => {
  assert.equal(coresText(0.25), "0.25 cores");
  assert.equal(coresText(1), "1 core");
  assert.equal(coresText(0.001), "<0.01 cores");
});

test("UCUM's units choose their format", () => {
  assert.equal(formatOfUnit("s"), "seconds");
  assert.equal(formatOfUnit("By"), "bytes");
  assert.equal(formatOfUnit("By", true), "bytes-per-second");
  assert.equal(formatOfUnit("{click}", true), "per-second");
  assert.equal(formatOfUnit("1"), "number");
});
