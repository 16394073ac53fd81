import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { roundTicks, shareOf, withinWhole, zoomed } from "./time-window.ts";

describe("a window on a stretch of time", () => {
  const whole = { fromMs: 100, toMs: 200 };

  test("is moved in where it hangs over, and is never longer than the whole", () => {
    assert.deepEqual(withinWhole({ fromMs: 90, toMs: 110 }, whole), { fromMs: 100, toMs: 120 });
    assert.deepEqual(withinWhole({ fromMs: 190, toMs: 230 }, whole), { fromMs: 160, toMs: 200 });
    assert.deepEqual(withinWhole({ fromMs: 0, toMs: 900 }, whole), whole);
  });

  test("that is zoomed keeps the moment under the pointer where it was", () => {
    assert.deepEqual(zoomed(whole, whole, 150, 0.5), { fromMs: 125, toMs: 175 });
    assert.deepEqual(zoomed({ fromMs: 125, toMs: 175 }, whole, 150, 10), whole);
  });

  test("stays within the whole whatever is done to it", () => {
    const moment = fc.double({ min: -1_000, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(
        moment,
        moment,
        moment,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (one, other, at, factor) => {
          const window = withinWhole({ fromMs: Math.min(one, other), toMs: Math.max(one, other) }, whole);
          for (const { fromMs, toMs } of [window, zoomed(window, whole, at, factor)]) {
            assert.ok(fromMs >= 100 && toMs <= 200 + 1e-9 && toMs > fromMs);
          }
        },
      ),
    );
  });

  test("shows of a stretch what lies in it", () => {
    assert.deepEqual(shareOf({ fromMs: 50, toMs: 150 }, whole), { left: 0, width: 0.5 });
    assert.deepEqual(shareOf({ fromMs: 150, toMs: 150 }, whole), { left: 0.5, width: 0 });
    assert.equal(shareOf({ fromMs: 10, toMs: 90 }, whole), undefined);
    assert.deepEqual(shareOf({ fromMs: 5, toMs: 5 }, { fromMs: 5, toMs: 5 }), { left: 0, width: 1 });
  });

  test("has its ticks at round moments, no more than fit", () => {
    assert.deepEqual(roundTicks({ fromMs: 0, toMs: 10 }, 5), [0, 2, 4, 6, 8, 10]);
    assert.deepEqual(roundTicks({ fromMs: 3, toMs: 47 }, 5), [10, 20, 30, 40]);
    assert.deepEqual(roundTicks({ fromMs: 0, toMs: 0 }, 5), []);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 6 }), fc.integer({ min: 1, max: 12 }), (toMs, count) => {
        const ticks = roundTicks({ fromMs: 0, toMs }, count);
        assert.ok(ticks.length >= 1 && ticks.length <= count + 1);
      }),
    );
  });
});
