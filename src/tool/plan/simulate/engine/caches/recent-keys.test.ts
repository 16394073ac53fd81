import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Zipf } from "../distributions/zipf.ts";
import { Streams } from "../random/streams.ts";
import { RecentKeys } from "./recent-keys.ts";

test("the least recently used key makes room, one past its time is gone, and one that is removed frees its place", () => {
  const cache = new RecentKeys(2);
  cache.put(1);
  cache.put(2, 100);
  assert.equal(cache.has(1), true);
  cache.put(3);
  assert.deepEqual([cache.has(1), cache.has(2), cache.has(3), cache.size], [true, false, true, 2]);
  cache.put(3, 50);
  assert.equal(cache.has(3, 49), true);
  assert.equal(cache.has(3, 50), false);
  assert.equal(cache.size, 1);
  assert.deepEqual([cache.remove(1), cache.remove(1), cache.size], [true, false, 0]);
  cache.put(4);
  cache.clear();
  assert.deepEqual([cache.has(4), cache.size], [false, 0]);
  assert.throws(() => new RecentKeys(0), RangeError);
});

test("it holds what a list in order of use would hold", () => {
  const step = fc.record({ what: fc.constantFrom("has", "put", "remove"), key: fc.nat(12) });
  const steps = fc.array(step, { maxLength: 200, size: "max" });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 8 }), (all, most) => {
      const cache = new RecentKeys(most);
      let expected: number[] = [];
      for (const { what, key } of all) {
        const isThere = expected.includes(key);
        if (what === "has") assert.equal(cache.has(key), isThere);
        if (what === "remove") assert.equal(cache.remove(key), isThere);
        if (what === "put") cache.put(key);
        if (what === "remove" || isThere) expected = expected.filter((other) => other !== key);
        if (what === "put" || (what === "has" && isThere)) expected = [key, ...expected].slice(0, most);
        assert.equal(cache.size, expected.length);
      }
    }),
  );
});

/**
 * Che's approximation of what an LRU cache hits (Che, Tung and Wang, "Hierarchical web caching systems", 2002): a key is there when it
 * was asked for within the time in which as many different keys as the cache holds are asked for.
 */
function cheHits(keys: number, exponent: number, entries: number): number {
  const weights = Float64Array.from({ length: keys }, (_, rank) => (rank + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const held = (time: number) =>
    weights.reduce((sum, weight) => sum - Math.expm1((-weight / total) * time), 0);
  let low = 0;
  let high = keys;
  while (held(high) < entries) high *= 2;
  for (let at = 0; at < 50; at++) {
    const middle = (low + high) / 2;
    if (held(middle) < entries) low = middle;
    else high = middle;
  }
  return weights.reduce((sum, weight) => sum - (weight / total) * Math.expm1((-weight / total) * high), 0);
}

for (const exponent of [0.7, 0.9, 1, 1.2]) {
  for (const part of [0.001, 0.01, 0.1, 0.5]) {
    test(`a cache of ${part * 100} % of the keys, by Zipf's law with ${exponent}, hits within a point of Che's approximation`, () => {
      const keys = 20_000;
      const cache = new RecentKeys(keys * part);
      const zipf = new Zipf({ keys, exponent });
      const random = new Streams(1).of("keys");
      let hits = 0;
      const warmUp = 100_000;
      const asked = 200_000;
      for (let at = -warmUp; at < asked; at++) {
        const key = zipf.draw(random);
        if (!cache.has(key)) cache.put(key);
        else if (at >= 0) hits++;
      }
      const due = cheHits(keys, exponent, keys * part);
      assert.ok(Math.abs(hits / asked - due) < 0.01, `${hits / asked}, not ${due}`);
    });
  }
}
