import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { LogEntry } from "../../control-api/index.ts";
import { EMPTY_BUFFER, type LogBuffer, withNewer, withOlder } from "./log-buffer.ts";

function entries(...ids: number[]): LogEntry[] {
  return ids.map((id) => ({
    id,
    timeMs: id,
    part: "shop",
    replica: "shop.1",
    source: "stdout",
    text: `${id}`,
  }));
}

function idsOf({ entries }: LogBuffer): number[] {
  return entries.map(({ id }) => id);
}

describe("the entries that a page keeps", () => {
  test("lose the oldest to what comes, and say that there are older ones", () => {
    const buffer = withNewer(withNewer(EMPTY_BUFFER, entries(1, 2, 3), 4), entries(4, 5), 4);
    assert.deepEqual(idsOf(buffer), [2, 3, 4, 5]);
    assert.equal(buffer.hasOlder, true);
    assert.equal(buffer.hasNewer, false);
  });

  test("lose the newest to what is read further back, and say that they do not reach to the present", () => {
    const buffer = withOlder(withNewer(EMPTY_BUFFER, entries(7, 8, 9)), entries(5, 6), true, 4);
    assert.deepEqual(idsOf(buffer), [5, 6, 7, 8]);
    assert.deepEqual([buffer.hasOlder, buffer.hasNewer], [true, true]);
    assert.equal(withOlder(buffer, [], false, 4).hasOlder, false);
  });

  test("stand once and in order, however what was searched and what came live overlap", () => {
    const pages = fc.array(fc.array(fc.nat(40), { maxLength: 10 }), { maxLength: 8 });
    fc.assert(
      fc.property(pages, fc.array(fc.boolean()), (added, isOlder) => {
        let buffer = EMPTY_BUFFER;
        added.forEach((ids, at) => {
          buffer = isOlder[at]
            ? withOlder(buffer, entries(...ids), true)
            : withNewer(buffer, entries(...ids));
        });
        assert.deepEqual(
          idsOf(buffer),
          [...new Set(added.flat())].sort((one, other) => one - other),
        );
      }),
    );
  });
});
