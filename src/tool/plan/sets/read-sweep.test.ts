import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readQuantity } from "../../design/quantities/measure.ts";
import { SIZE } from "../../design/quantities/size.ts";
import { PlanError } from "../errors.ts";
import { cachedShop, modelOf } from "../review/testing/rule-case.ts";
import { readSweep, sweepValues } from "./index.ts";

const ranges: readonly [text: string, values: string][] = [
  ["1,2,5", "1 2 5"],
  ["power-of-two,random", "power-of-two random"],
  ["1..8", "1 2 3 4 5 6 7 8"],
  ["3..3", "3"],
  ["1..9:2", "1 3 5 7 9"],
  ["1..10:4", "1 5 9"],
  ["1..3,8,2..4", "1 2 3 8 4"],
  ["16MiB..1GiB:x2", "16MiB 32MiB 64MiB 128MiB 256MiB 512MiB 1GiB"],
  ["16MiB..1GiB", "16MiB 32MiB 64MiB 128MiB 256MiB 512MiB 1GiB"],
  ["1GiB..2GiB:256MiB", "1GiB 1.25GiB 1.5GiB 1.75GiB 2GiB"],
  ["1k..1M:x10", "1k 10k 100k 1M"],
  ["100ms..1s:300ms", "100ms 400ms 700ms 1s"],
  ["99%..99.3%:0.1", "99% 99.1% 99.2% 99.3%"],
  ["0..1:0.25", "0 0.25 0.5 0.75 1"],
  ["0.5..4:x2", "0.5 1 2 4"],
  ["1..100", "1 2 3 5 8 13 22 36 60 100"],
  ["10..55", "10 15 20 25 30 35 40 45 50 55"],
  ["100/s..1k/s", "100/s 129/s 167/s 215/s 278/s 359/s 464/s 599/s 774/s 1k/s"],
];

for (const [text, values] of ranges) {
  test(`${text} is ${values}`, () => {
    const read = readSweep(`a.b=${text}`);
    assert.deepEqual([read.path, read.values.join(" ")], ["a.b", values]);
  });
}

const refusals: readonly [text: string, message: RegExp][] = [
  ["a.b", /sets nothing/],
  ["a=", /sets nothing/],
  ["a=1..", /"1\.\." is no range/],
  ["a=..5", /"\.\.5" is no range/],
  ["a=1..2..3", /is no range/],
  ["a=1..2:", /is no range/],
  ["a=5..1", /ends before it begins/],
  ["a=1..5:0", /"0" is no step/],
  ["a=1..5:x1", /"x1" is no step/],
  ["a=1..5:x", /"x" is no step/],
  ["a=0..5:x2", /begins above 0/],
  ["a=1MiB..5s", /no quantities of one kind/],
  ["a=one..two", /no quantities of one kind/],
  ["a=1MiB..1GiB:5s", /no quantities of one kind/],
  ["a=1..1000:1", /more than 100 values/],
  ["a=1,,2", /a value is empty/],
];

for (const [text, message] of refusals) {
  test(`${text} is refused`, () => {
    assert.throws(() => readSweep(text), { name: "PlanError", code: "BAD_SETTING", message });
  });
}

test("the values of a range rise from its beginning to its end, and there are never more than 100", () => {
  const size = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom("B", "kB", "KiB", "MiB", "GB"));
  const step = fc.constantFrom("", ":x2", ":x1.5", ":1MiB", ":10B");
  fc.assert(
    fc.property(size, size, step, (from, to, by) => {
      let values: readonly number[];
      try {
        values = readSweep(`a=${from.join("")}..${to.join("")}${by}`).values.map(
          (value) => readQuantity(SIZE, value).value ?? Number.NaN,
        );
      } catch (thrown) {
        assert.ok(thrown instanceof PlanError, String(thrown));
        return;
      }
      const end = readQuantity(SIZE, to.join("")).value ?? 0;
      assert.equal(values[0], readQuantity(SIZE, from.join("")).value);
      assert.ok(values.length <= 100);
      for (const [at, value] of values.entries()) {
        assert.ok(value <= end * (1 + 1e-9), `${value} after ${end}`);
        assert.ok(at === 0 || value >= (values[at - 1] ?? 0));
      }
    }),
  );
});

test("a sweep along what a design has not is refused before anything is planned", () => {
  const model = modelOf(cachedShop());
  assert.deepEqual(sweepValues(model, "hot.memory=1MiB,2MiB").values, ["1MiB", "2MiB"]);
  assert.throws(() => sweepValues(model, "hot.memmory=1MiB"), { code: "UNKNOWN_SETTING" });
  // What does not fit is told as one of the values.
  assert.deepEqual(sweepValues(model, "hot.memory=1B,2MiB").values, ["1B", "2MiB"]);
});
