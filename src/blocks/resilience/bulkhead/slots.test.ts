import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Slots, type Waiting } from "./slots.ts";

class One implements Waiting<One> {
  ahead: One | undefined = undefined;
  behind: One | undefined = undefined;
}

test("never more hold a slot than there are, never more wait than may, and whoever came first goes first", () => {
  const step = fc.record({ do: fc.constantFrom("come", "come", "end", "leave"), which: fc.nat() });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(step, { maxLength: 120, size: "max" }),
      (concurrent, queue, steps) => {
        const slots = new Slots<One>(concurrent, queue);
        let held = 0;
        const line: One[] = [];
        for (const one of steps) {
          if (one.do === "come") {
            if (slots.take()) {
              assert.deepEqual([held < concurrent, line.length], [true, 0]);
              held++;
              continue;
            }
            assert.equal(held, concurrent);
            const waiter = new One();
            assert.equal(slots.wait(waiter), line.length < queue);
            if (line.length < queue) line.push(waiter);
          } else if (one.do === "end" && held > 0) {
            const next = slots.giveBack();
            assert.equal(next, line.shift());
            if (!next) held--;
          } else if (one.do === "leave" && line.length > 0) {
            for (const left of line.splice(one.which % line.length, 1)) slots.leaveLine(left);
          }
          assert.deepEqual([slots.held, slots.waiting], [held, line.length]);
        }
        // Nobody is lost: as places are given back, all who wait are served.
        while (line.length > 0) assert.equal(slots.giveBack(), line.shift());
        for (; held > 0; held--) assert.equal(slots.giveBack(), undefined);
        assert.deepEqual([slots.held, slots.waiting], [0, 0]);
      },
    ),
  );
});

test("numbers out of their range are told by name", () => {
  for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => new Slots(bad, 0), /bulkhead: concurrent has to be a whole number of at least 1/);
  }
  for (const bad of [-1, 0.5, Number.NaN]) assert.throws(() => new Slots(1, bad), /bulkhead: queue/);
});
