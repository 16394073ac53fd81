import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LeastConnections } from "./least-connections.ts";
import { countsOf, type Member, membersOf, picks } from "./testing/member.ts";

const loadsArb = fc.array(fc.record({ inFlight: fc.nat(30), weight: fc.integer({ min: 1, max: 20 }) }), {
  minLength: 1,
  maxLength: 12,
});

function started(loads: readonly { inFlight: number; weight: number }[], weighted: boolean) {
  const members = membersOf(loads.map(({ weight }) => weight));
  members.forEach((member, at) => {
    member.inFlight = loads[at]?.inFlight ?? 0;
  });
  const balancer = new LeastConnections<Member>({ weighted });
  balancer.replace(members);
  return { members, balancer };
}

test("nobody is chosen who has more under way than the least, while requests come and go in any order", () => {
  fc.assert(
    fc.property(loadsArb, fc.array(fc.option(fc.nat(11)), { maxLength: 100 }), (loads, steps) => {
      const { members, balancer } = started(loads, false);
      for (const leaving of steps) {
        const gone = leaving === null ? undefined : members[leaving];
        if (gone && gone.inFlight > 0) gone.inFlight -= 1;
        const [picked] = picks(balancer, 1);
        assert.ok(picked);
        assert.equal(picked.inFlight, Math.min(...members.map(({ inFlight }) => inFlight)));
        picked.inFlight += 1;
      }
    }),
  );
});

test("weighted: nobody is chosen who has more under way for its weight than the least", () => {
  fc.assert(
    fc.property(loadsArb, fc.nat(100), (loads, draws) => {
      const { members, balancer } = started(loads, true);
      for (let draw = 0; draw < draws; draw++) {
        const [picked] = picks(balancer, 1);
        assert.ok(picked);
        for (const { inFlight, weight } of members) {
          // Compared as whole numbers: a/b is at most c/d.
          assert.ok(picked.inFlight * weight <= inFlight * picked.weight);
        }
        picked.inFlight += 1;
      }
    }),
  );
});

test("of those that can be used only, the least is chosen", () => {
  const { members, balancer } = started(
    [
      { inFlight: 0, weight: 1 },
      { inFlight: 5, weight: 1 },
      { inFlight: 3, weight: 1 },
    ],
    false,
  );
  const [idle, , third] = members;
  assert.ok(idle && third);
  assert.deepEqual(balancer.pick({ nowMs: 0, hash: undefined }, [idle]), third);
  idle.isUp = false;
  assert.deepEqual(picks(balancer, 1), [third]);
});

test("members that are equally busy take turns, so that an idle upstream is shared out", () => {
  const even = started(Array(5).fill({ inFlight: 0, weight: 7 }), false);
  assert.deepEqual(countsOf(even.members, picks(even.balancer, 50)), [10, 10, 10, 10, 10]);
  const weighted = started(
    [
      { inFlight: 0, weight: 3 },
      { inFlight: 0, weight: 1 },
    ],
    true,
  );
  assert.deepEqual(countsOf(weighted.members, picks(weighted.balancer, 40)), [30, 10]);
});
