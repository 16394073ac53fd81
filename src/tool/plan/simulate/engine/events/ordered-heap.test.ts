import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OrderedHeap } from "./ordered-heap.ts";

test("whatever is added and removed, the least comes first, and of equals the one that came first", () => {
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant("add" as const), key: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("take" as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("remove" as const), which: fc.nat(1_000) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400, size: "max" }), (steps) => {
      const heap = new OrderedHeap();
      let expected: { key: number; order: number; entry: number }[] = [];
      for (const [order, one] of steps.entries()) {
        if (one.do === "add") {
          const entry = heap.add(one.key);
          assert.ok(entry >= 0 && entry < heap.capacity);
          assert.ok(!expected.some((other) => other.entry === entry), "an entry is given out twice");
          expected.push({ key: one.key, order, entry });
          expected.sort((a, b) => a.key - b.key || a.order - b.order);
        } else if (one.do === "take") {
          assert.equal(heap.leastKey, expected[0]?.key ?? Number.POSITIVE_INFINITY);
          assert.equal(heap.takeLeast(), expected.shift()?.entry ?? -1);
        } else {
          const gone = expected[one.which % Math.max(1, expected.length)];
          assert.equal(heap.remove(gone?.entry ?? 63), gone !== undefined);
          if (gone) assert.equal(heap.has(gone.entry), false);
          expected = expected.filter((other) => other !== gone);
        }
        assert.equal(heap.size, expected.length);
        for (const { key, entry } of expected) assert.equal(heap.keyOf(entry), key);
      }
      while (expected.length > 0) assert.equal(heap.takeLeast(), expected.shift()?.entry);
      assert.equal(heap.takeLeast(), -1);
    }),
    { numRuns: 200 },
  );
});

test("a heap grows up to its limit, refuses beyond it, and takes again what has become free", () => {
  const heap = new OrderedHeap(100);
  for (let key = 0; key < 100; key++) assert.ok(heap.add(key) >= 0);
  assert.equal(heap.add(1), -1);
  assert.equal(heap.size, 100);
  assert.equal(heap.remove(42), true);
  assert.equal(heap.remove(42), false);
  assert.equal(heap.add(7), 42);
  assert.equal(new OrderedHeap(1).add(1), 0);
  assert.throws(() => new OrderedHeap(0), RangeError);
});

test("a million entries that come and go take the room of those that are there at once", () => {
  const heap = new OrderedHeap();
  for (let at = 0; at < 1_000_000; at++) {
    const kept = heap.add(at);
    heap.remove(heap.add(at + 0.5));
    if (at >= 10) heap.takeLeast();
    assert.ok(kept < 64);
  }
  assert.equal(heap.capacity, 64);
});
