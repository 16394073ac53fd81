import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConsistentHash } from "./consistent-hash.ts";
import { countsOf, hashOfKey, keysOf, type Member, membersOf } from "./testing/member.ts";

function started(members: readonly Member[], loadFactor?: number): ConsistentHash<Member> {
  const balancer = new ConsistentHash<Member>({ loadFactor });
  balancer.replace(members);
  return balancer;
}

const countArb = fc.integer({ min: 2, max: 12 });

test("a key goes to the same member in every process and after every replacement that changes nothing", () => {
  const members = membersOf([1, 2, 3, 4]);
  const balancer = started(members);
  const before = keysOf(balancer, 500).map(({ id }) => id);
  balancer.replace(membersOf([1, 2, 3, 4]));
  assert.deepEqual(
    keysOf(balancer, 500).map(({ id }) => id),
    before,
  );
  assert.deepEqual(
    keysOf(started(membersOf([1, 2, 3, 4]).reverse()), 500).map(({ id }) => id),
    before,
  );
});

test("a member more takes its share, a member less gives it back, and fewer than one and a half percent move besides", () => {
  fc.assert(
    fc.property(countArb, (count) => {
      const members = membersOf(Array(count + 1).fill(1));
      const balancer = started(members.slice(0, count), 0);
      const few = keysOf(balancer, 4_000);
      balancer.replace(members);
      const more = keysOf(balancer, 4_000);
      const fresh = members[count];
      const taken = more.filter((member) => member === fresh).length;
      const share = 1 / (count + 1);
      assert.ok(Math.abs(taken - 4_000 * share) < 6 * Math.sqrt(4_000 * share));
      const others = more.filter((member, key) => member !== few[key] && member !== fresh).length;
      assert.ok(others < 60, `${others} of 4,000 keys moved between ${count} that stayed`);
      balancer.replace(members.slice(0, count));
      assert.deepEqual(keysOf(balancer, 4_000), few);
    }),
    { numRuns: 10 },
  );
});

test("a member that refuses moves only its own keys, which are spread over the others", () => {
  const members = membersOf(Array(5).fill(1));
  const [down] = members;
  assert.ok(down);
  const balancer = started(members, 0);
  const before = keysOf(balancer, 8_000);
  down.isUp = false;
  const after = keysOf(balancer, 8_000);
  const moved = after.filter((member, key) => member !== before[key]);
  assert.equal(moved.length, before.filter((member) => member === down).length);
  for (const count of countsOf(members.slice(1), moved)) assert.ok(Math.abs(count - 400) < 120, `${count}`);
});

test("nobody is given a request that puts it above the bound, while requests come, few keys of them hot, and go", () => {
  const stepsArb = fc.array(fc.record({ key: fc.nat(3), ends: fc.nat() }), { maxLength: 300, size: "max" });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }),
      stepsArb,
      fc.constantFrom(1.0625, 1.25, 2),
      (weights, steps, loadFactor) => {
        const members = membersOf(weights);
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const balancer = started(members, loadFactor);
        const underWay: Member[] = [];
        for (const { key, ends } of steps) {
          // Two come for one that ends, until two hundred are under way.
          if (ends % 3 === 0 || underWay.length > 200) {
            const [ended] = underWay.splice(ends % Math.max(1, underWay.length), 1);
            if (ended) ended.inFlight -= 1;
          }
          const member = balancer.pick({ nowMs: 0, hash: hashOfKey(key) });
          assert.ok(member, "somebody always has room");
          member.inFlight += 1;
          underWay.push(member);
          // Of factors that are sums of powers of two, products are exact.
          const bound = Math.ceil((loadFactor * underWay.length * member.weight) / total);
          assert.ok(member.inFlight <= bound, `${member.inFlight} of at most ${bound}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("with a bound, a key whose member is full goes to the same next one, and comes home when there is room", () => {
  const members = membersOf([1, 1, 1, 1]);
  const balancer = started(members);
  const hash = hashOfKey(17);
  const home = balancer.pick({ nowMs: 0, hash });
  assert.ok(home);
  home.inFlight = 10;
  const next = balancer.pick({ nowMs: 0, hash });
  assert.ok(next && next !== home);
  assert.equal(balancer.pick({ nowMs: 0, hash }), next);
  home.inFlight = 0;
  assert.equal(balancer.pick({ nowMs: 0, hash }), home);
});

test("without a bound, one hot key stays where it is, however much is under way there", () => {
  const balancer = started(membersOf([1, 1, 1]), 0);
  const picked = new Set(
    Array.from({ length: 500 }, () => {
      const member = balancer.pick({ nowMs: 0, hash: hashOfKey(3) });
      if (member) member.inFlight += 1;
      return member;
    }),
  );
  assert.equal(picked.size, 1);
});

test("those who cannot be used do not count for the fair share: the last one left gets everything", () => {
  const members = membersOf([1, 1, 1]);
  const [last, ...others] = members;
  assert.ok(last);
  for (const member of others) member.isUp = false;
  const balancer = started(members);
  for (let request = 0; request < 100; request++) {
    assert.equal(balancer.pick({ nowMs: 0, hash: hashOfKey(request) }), last);
    last.inFlight += 1;
  }
  assert.equal(balancer.pick({ nowMs: 0, hash: 1 }, [last]), undefined);
});

test("a slow start brings a member its keys little by little, each of them once, and moves no others", () => {
  const members = membersOf([1, 1, 1]);
  const [slow] = members;
  assert.ok(slow);
  const balancer = started(members, 0);
  slow.share = 0.01;
  let before = keysOf(balancer, 2_000);
  for (const share of [0.1, 0.4, 0.7, 1]) {
    slow.share = share;
    const now = keysOf(balancer, 2_000);
    now.forEach((member, key) => {
      if (member !== before[key]) assert.equal(member, slow);
    });
    const had = now.filter((member) => member === slow).length;
    assert.ok(Math.abs(had - (2_000 * share) / 3) < 110, `${had} at ${share}`);
    before = now;
  }
});
