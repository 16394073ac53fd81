import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FigureUnit } from "../figure.ts";
import { boundText, shareText, valueText } from "./figure-text.ts";

test("a figure has three or four digits and its unit", () => {
  const expected: [number | undefined, FigureUnit, string][] = [
    [2314.81, "per-second", "2,315/s"],
    [0.25, "per-second", "0.25/s"],
    [1_234_567, "per-second", "1.23M/s"],
    [2e-16, "ms", "0 ms"],
    [0.000312, "ms", "312 ns"],
    [0.0123, "ms", "12.3 µs"],
    [12.34, "ms", "12.3 ms"],
    [1_234, "ms", "1.23 s"],
    [5 * 31_536_000_000, "ms", "5 years"],
    [64 * 1024 ** 2, "bytes", "64 MiB"],
    [1.5 * 1024 ** 3, "bytes", "1.5 GiB"],
    [1_000_000_000, "bytes", "1 GB"],
    [5_480_000_000_000, "bytes", "5.48 TB"],
    [512, "bytes", "512 B"],
    [1.712276451005651e65, "bytes", "1.71e+47 EB"],
    [1_000_000_000, "bytes-per-day", "1 GB/day"],
    [200_000_000, "count", "200M"],
    [99_999, "count", "99,999"],
    [52.56, "minutes-per-year", "52.6 min a year"],
    [1_240, "price-per-month", "1,240 a month"],
    [1, "cores", "1 core"],
    [0.42, "cores", "0.42 cores"],
    [undefined, "ms", "–"],
    [Number.NaN, "ms", "–"],
    [Number.POSITIVE_INFINITY, "ms", "∞"],
  ];
  for (const [value, unit, text] of expected) assert.equal(valueText(value, unit), text);
});

test("a share near the whole shows how much is missing", () => {
  const expected: [number, string][] = [
    [0.45, "45%"],
    [0.0523, "5.23%"],
    [0.9512, "95.1%"],
    [0.9999, "99.99%"],
    [0.99985, "99.985%"],
    [0.999999, "99.9999%"],
    [1 - 3e-13, "99.999999999%"],
    [1, "100%"],
    [0, "0%"],
    [1.25, "125%"],
  ];
  for (const [share, text] of expected) assert.equal(shareText(share), text);
});

test("a share below the whole is never written as the whole, nor as more than it is", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.99, max: 1 - 1e-9, noNaN: true }), (share) => {
      const written = Number(shareText(share).slice(0, -1)) / 100;
      assert.ok(written < 1 && written <= share + 1e-9, `${share}: ${shareText(share)}`);
    }),
  );
});

test("a bound says which way it holds", () => {
  assert.equal(boundText({ bound: "at-most", required: 200, unit: "ms" }), "at most 200 ms");
  assert.equal(boundText({ bound: "at-least", required: 0.9999, unit: "share" }), "at least 99.99%");
});
