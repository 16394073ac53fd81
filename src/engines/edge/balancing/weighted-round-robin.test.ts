import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { countsOf, type Member, membersOf, picks } from "./testing/member.ts";
import { WeightedRoundRobin } from "./weighted-round-robin.ts";

const weightsArb = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 10 });

function started(weights: readonly number[]): { members: Member[]; balancer: WeightedRoundRobin<Member> } {
  const members = membersOf(weights);
  const balancer = new WeightedRoundRobin<Member>();
  balancer.replace(members);
  return { members, balancer };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

test("weights of 5, 1 and 1 are spread as nginx spreads them: a a b a c a a", () => {
  const { balancer } = started([5, 1, 1]);
  const order = picks(balancer, 7).map(({ id }) => id);
  assert.equal(order.join(" "), "a a b a c a a");
});

test("in as many draws in a row as the weights sum up to, each member is chosen exactly its weight's times", () => {
  fc.assert(
    fc.property(weightsArb, fc.nat(100), (weights, before) => {
      const { members, balancer } = started(weights);
      picks(balancer, before);
      assert.deepEqual(countsOf(members, picks(balancer, sum(weights))), weights);
    }),
  );
});

test("nobody is ever a whole turn ahead of its weight's share, nor chosen longer in a row than its share needs", () => {
  fc.assert(
    fc.property(weightsArb, (weights) => {
      const { members, balancer } = started(weights);
      const total = sum(weights);
      const counts = new Map<Member, number>();
      let run = 0;
      let last: Member | undefined;
      picks(balancer, 2 * total, (member, draw) => {
        const count = (counts.get(member) ?? 0) + 1;
        counts.set(member, count);
        // At most one request ahead of what its weight had earned by then.
        assert.ok(count - ((draw + 1) * member.weight) / total < 1);
        run = member === last ? run + 1 : 1;
        last = member;
        // Between two draws of the others there is a place for each of its own; the cycle's ends meet.
        const longest = 2 * Math.ceil(member.weight / Math.max(1, total - member.weight));
        if (members.length > 1) assert.ok(run <= longest, `${run} in a row, of weights ${weights}`);
      });
    }),
  );
});

test("what a refusing member misses goes to the others by weight, and back to it when it returns, without a rush", () => {
  const { members, balancer } = started([4, 2, 2]);
  const [first] = members;
  assert.ok(first);
  picks(balancer, 3);
  first.isUp = false;
  assert.deepEqual(countsOf(members, picks(balancer, 400)), [0, 200, 200]);
  first.isUp = true;
  assert.deepEqual(countsOf(members, picks(balancer, 8)), [4, 2, 2]);
});

test("members that stay keep their place in the cycle when others come and go, and new ones neither rush nor wait", () => {
  fc.assert(
    fc.property(weightsArb, fc.array(fc.nat(9), { maxLength: 30 }), (weights, leavers) => {
      const { members, balancer } = started([...weights, 3]);
      let present = members;
      for (const leaver of leavers) {
        picks(balancer, leaver);
        const at = leaver % present.length;
        present = [...present.slice(0, at), ...present.slice(at + 1), ...membersOf([weights[0] ?? 1])];
        balancer.replace(present);
      }
      const total = sum(present.map(({ weight }) => weight));
      const counts = countsOf(present, picks(balancer, total));
      counts.forEach((count, at) => {
        const { weight = 0 } = present[at] ?? {};
        assert.ok(Math.abs(count - weight) <= present.length, `${counts}`);
      });
    }),
  );
});

test("weights that become much smaller leave no debts behind", () => {
  const members = membersOf([1_000, 1_000]);
  const balancer = new WeightedRoundRobin<Member>();
  balancer.replace(members);
  picks(balancer, 1);
  // As an update would: the same members with other weights.
  for (const member of members) member.weight = 1;
  balancer.replace(members);
  const [one = 0, other = 0] = countsOf(members, picks(balancer, 20));
  assert.ok(Math.abs(one - other) <= 4, `${one} and ${other}`);
});
