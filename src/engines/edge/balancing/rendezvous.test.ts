import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Rendezvous } from "./rendezvous.ts";
import { countsOf, hashOfKey, keysOf, type Member, membersOf } from "./testing/member.ts";

const KEYS = 2_000;

function started(members: readonly Member[]): Rendezvous<Member> {
  const balancer = new Rendezvous<Member>();
  balancer.replace(members);
  return balancer;
}

const weightsArb = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 2, maxLength: 12 });

test("a key goes to the same member in every process, in whatever order the members are listed, and again and again", () => {
  fc.assert(
    fc.property(
      weightsArb.chain((weights) =>
        fc.tuple(
          fc.constant(weights),
          fc.shuffledSubarray(membersOf(weights), { minLength: weights.length }),
        ),
      ),
      ([weights, shuffled]) => {
        const one = started(membersOf(weights));
        const first = keysOf(one, 200).map(({ id }) => id);
        assert.deepEqual(
          keysOf(started(shuffled), 200).map(({ id }) => id),
          first,
        );
        assert.deepEqual(
          keysOf(one, 200).map(({ id }) => id),
          first,
        );
      },
    ),
    { numRuns: 30 },
  );
});

test("a member that leaves or refuses moves only its own keys, to the same second choice, and has them back when it returns", () => {
  fc.assert(
    fc.property(weightsArb, fc.nat(), (weights, which) => {
      const members = membersOf(weights);
      const leaver = members[which % members.length];
      assert.ok(leaver);
      const balancer = started(members);
      const before = keysOf(balancer, KEYS);
      leaver.isUp = false;
      const refused = keysOf(balancer, KEYS);
      before.forEach((member, key) => {
        if (member !== leaver) assert.equal(refused[key], member);
      });
      balancer.replace(members.filter((member) => member !== leaver));
      assert.deepEqual(keysOf(balancer, KEYS), refused);
      leaver.isUp = true;
      balancer.replace(members);
      assert.deepEqual(keysOf(balancer, KEYS), before);
    }),
    { numRuns: 20 },
  );
});

test("what a member that refuses had is spread over all others, not heaped on a neighbour", () => {
  const members = membersOf(Array(6).fill(1));
  const [leaver] = members;
  assert.ok(leaver);
  const balancer = started(members);
  const before = keysOf(balancer, 12_000);
  leaver.isUp = false;
  const after = keysOf(balancer, 12_000).filter((_, key) => before[key] === leaver);
  for (const count of countsOf(members.slice(1), after))
    assert.ok(Math.abs(count - 400) < 120, `${count} of 2,000`);
});

test("keys are shared out by weight", () => {
  fc.assert(
    fc.property(weightsArb, (weights) => {
      const members = membersOf(weights);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      countsOf(members, keysOf(started(members), KEYS)).forEach((count, at) => {
        const share = (weights[at] ?? 0) / total;
        assert.ok(Math.abs(count - KEYS * share) < 6 * Math.sqrt(KEYS * share * (1 - share)) + 1);
      });
    }),
    { numRuns: 30 },
  );
});

test("a slow start brings a member its keys little by little, each of them once, and moves no others", () => {
  const members = membersOf([1, 1, 1]);
  const [slow] = members;
  assert.ok(slow);
  const balancer = started(members);
  slow.share = 0.01;
  let before = keysOf(balancer, KEYS);
  for (const share of [0.1, 0.3, 0.6, 1]) {
    slow.share = share;
    const now = keysOf(balancer, KEYS);
    now.forEach((member, key) => {
      if (member !== before[key]) assert.equal(member, slow);
    });
    before = now;
  }
  assert.ok(Math.abs(before.filter((member) => member === slow).length - KEYS / 3) < 130);
});

test("a draw without a key goes to everybody in turn, about", () => {
  const members = membersOf([1, 1]);
  const balancer = started(members);
  const picked = Array.from({ length: 400 }, () => balancer.pick({ nowMs: 0, hash: undefined }));
  assert.ok(Math.abs(picked.filter((member) => member === members[0]).length - 200) < 60);
  assert.equal(balancer.pick({ nowMs: 0, hash: hashOfKey(1) }, members), undefined);
});
