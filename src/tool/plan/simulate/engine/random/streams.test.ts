import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Streams, xoshiro128 } from "./streams.ts";

function first(count: number, random: () => number): number[] {
  return Array.from({ length: count }, random);
}

test("a stream depends on seed and name alone, not on what is drawn besides or asked for before", () => {
  const streams = new Streams(42);
  const alone = first(5, new Streams(42).of("service"));
  first(1_000, streams.of("arrivals"));
  assert.deepEqual(first(5, streams.of("service")), alone);
  assert.notDeepEqual(first(5, streams.of("arrivals")), alone);
  assert.notDeepEqual(first(5, new Streams(43).of("service")), alone);
  assert.notDeepEqual(first(5, new Streams(42 + 2 ** 32).of("service")), alone);
  assert.notDeepEqual(first(5, streams.within("service").of("service")), alone);
  assert.notDeepEqual(first(5, streams.within("a").of("b")), first(5, streams.within("b").of("a")));
  assert.throws(() => new Streams(0.5), RangeError);
});

test("seed 1 draws these numbers, on every machine and in every version", () => {
  assert.deepEqual(first(3, new Streams(1).of("golden")), GOLDEN);
});

const GOLDEN = [0.997785850746754, 0.07665879105412221, 0.4597662198275497];

test("the generator is xoshiro128++: its first words, worked out by hand", () => {
  // From the state 1, 2, 3, 4 the first output is rotl(1 + 4, 7) + 1 = 641, the next 1573767 (the authors' own definition).
  const draw = xoshiro128(1, 2, 3, 4);
  const expected = ((641 >>> 5) * 2 ** 26 + (1_573_767 >>> 6)) / 2 ** 53;
  assert.equal(draw(), expected);
});

test("names that are alike have streams that are not: neighbours fill the unit square evenly", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const streams = new Streams(seed);
      const cells = new Array<number>(64).fill(0);
      for (let name = 0; name < 64; name++) {
        const one = streams.of(`replica ${name}`);
        const other = streams.of(`replica ${name + 1}`);
        for (let draw = 0; draw < 100; draw++) {
          const cell = Math.floor(one() * 8) * 8 + Math.floor(other() * 8);
          cells[cell] = (cells[cell] ?? 0) + 1;
        }
      }
      const chi = cells.reduce((sum, count) => sum + (count - 100) ** 2 / 100, 0);
      // 63 degrees of freedom: above 130 once in a million.
      assert.ok(chi < 130, `chi square ${chi}`);
    }),
    { numRuns: 30, seed: 7 },
  );
});
