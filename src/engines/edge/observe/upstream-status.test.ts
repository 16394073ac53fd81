import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { endpointStatus, upstreamStatus } from "./testing/statuses.ts";
import { mergeStatus, type UpstreamStatus } from "./upstream-status.ts";

test("what workers say of an endpoint is one word where they agree, else mixed, and counts add up", () => {
  const up = endpointStatus({ state: "up", inFlight: 1, connections: 2, since: 5, reason: "passed a check" });
  const down = endpointStatus({ state: "down", inFlight: 2, connections: 1, since: 9, reason: "is gone" });
  const worker = (...endpoints: (typeof up)[]) => [upstreamStatus({ pending: 1, endpoints })];
  assert.deepEqual(mergeStatus([worker(up), worker(down)]), [
    upstreamStatus({
      pending: 2,
      endpoints: [
        endpointStatus({ state: "mixed", inFlight: 3, connections: 3, since: 9, reason: "is gone" }),
      ],
    }),
  ]);
  assert.equal(mergeStatus([worker(up), worker(up)])[0]?.endpoints[0]?.state, "up");
});

const states = fc.constantFrom<"up" | "down" | "ejected">("up", "down", "ejected");
const count = fc.nat(100);
const anyStatus: fc.Arbitrary<readonly UpstreamStatus[]> = fc.uniqueArray(
  fc
    .record({
      name: fc.constantFrom("shop", "stock"),
      pending: count,
      endpoints: fc.uniqueArray(
        fc
          .record({
            id: fc.constantFrom("a", "b"),
            state: states,
            since: fc.nat(2),
            reason: fc.constantFrom("x", "y"),
            inFlight: count,
          })
          .map(endpointStatus),
        { selector: ({ id }) => id },
      ),
    })
    .map(upstreamStatus),
  { selector: ({ name }) => name },
);

test("what workers say merges to the same in any order and grouping", () => {
  const sorted = (status: readonly UpstreamStatus[]) =>
    status
      .map((one) => ({ ...one, endpoints: [...one.endpoints].sort((a, b) => (a.id < b.id ? -1 : 1)) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  fc.assert(
    fc.property(anyStatus, anyStatus, anyStatus, (a, b, c) => {
      const all = sorted(mergeStatus([a, b, c]));
      assert.deepEqual(sorted(mergeStatus([c, b, a])), all);
      assert.deepEqual(sorted(mergeStatus([a, mergeStatus([b, c])])), all);
      assert.deepEqual(sorted(mergeStatus([a])), sorted(a));
    }),
  );
});
