import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RoundRobin } from "./round-robin.ts";
import { countsOf, type Member, membersOf, picks } from "./testing/member.ts";

const weightsArb = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 20 });

test("of n members, each is chosen once in any n draws in a row, whatever its weight", () => {
  fc.assert(
    fc.property(weightsArb, fc.nat(40), (weights, before) => {
      const members = membersOf(weights);
      const balancer = new RoundRobin<Member>();
      balancer.replace(members);
      picks(balancer, before);
      assert.deepEqual(new Set(picks(balancer, members.length)), new Set(members));
    }),
  );
});

test("members that refuse are passed over, and the others stay within one turn of one another", () => {
  fc.assert(
    fc.property(weightsArb, fc.nat(), fc.nat(100), (weights, mask, draws) => {
      const members = membersOf(weights);
      members.forEach((member, at) => {
        member.isUp = at === 0 || (mask & (1 << at)) === 0;
      });
      const balancer = new RoundRobin<Member>();
      balancer.replace(members);
      const counts = countsOf(
        members.filter(({ isUp }) => isUp),
        picks(balancer, draws),
      );
      assert.ok(Math.max(...counts) - Math.min(...counts) <= 1);
    }),
  );
});

test("a replacement leaves the turn where it was, though members around it come and go", () => {
  const [a, b, c, d] = membersOf([1, 1, 1, 1]);
  assert.ok(a && b && c && d);
  const balancer = new RoundRobin<Member>();
  balancer.replace([a, b, c]);
  assert.deepEqual(picks(balancer, 1), [a]);
  // The next is b, which is now behind others.
  balancer.replace([d, a, b, c]);
  assert.deepEqual(picks(balancer, 2), [b, c]);
  // The next would be d, which leaves; a is the first behind it that stays.
  balancer.replace([c, b, a]);
  assert.deepEqual(picks(balancer, 2), [a, c]);
  balancer.replace([d]);
  assert.deepEqual(picks(balancer, 2), [d, d]);
});

test("a member with a quarter of its weight is chosen in every fourth of its turns, exactly", () => {
  const members = membersOf([1, 1, 1]);
  const [slow] = members;
  assert.ok(slow);
  slow.share = 0.25;
  const balancer = new RoundRobin<Member>();
  balancer.replace(members);
  assert.deepEqual(countsOf(members, picks(balancer, 90)), [10, 40, 40]);
  // What it saved up is no debt of the others': warm, it takes part like them.
  slow.share = 1;
  assert.deepEqual(countsOf(members, picks(balancer, 90)), [30, 30, 30]);
});

test("when only slow starters are left, they share the draws by how far they are", () => {
  const members = membersOf([1, 1, 1]);
  const [down, early, late] = members;
  assert.ok(down && early && late);
  down.isUp = false;
  early.share = 0.6;
  late.share = 0.2;
  const balancer = new RoundRobin<Member>();
  balancer.replace(members);
  const [none, more = 0, less = 0] = countsOf(members, picks(balancer, 4_000));
  assert.equal(none, 0);
  assert.ok(Math.abs(more - 3_000) < 200 && Math.abs(less - 1_000) < 200, `${more} and ${less}`);
});
