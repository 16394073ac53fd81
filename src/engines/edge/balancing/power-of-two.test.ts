import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import type { Balancer } from "./balancer.ts";
import { PowerOfTwo } from "./power-of-two.ts";
import { RandomChoice } from "./random-choice.ts";
import { countsOf, type Member, membersOf, picks } from "./testing/member.ts";

/** The most that one of `count` members has after so many requests, none of which ends. */
function mostOf(balancer: Balancer<Member>, count: number, requests: number): number {
  const members = membersOf(Array(count).fill(1));
  balancer.replace(members);
  picks(balancer, requests, (member) => {
    member.inFlight += 1;
  });
  return Math.max(...members.map(({ inFlight }) => inFlight));
}

test("the fullest has at most log2 log2 n and a little more than its fair share, where lots alone give it many times that", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const bound = 100 + Math.log2(Math.log2(100)) + 2;
      const two = mostOf(new PowerOfTwo(seededRandom(seed)), 100, 10_000);
      const lots = mostOf(new RandomChoice(seededRandom(seed)), 100, 10_000);
      assert.ok(two <= bound, `${two} with two choices`);
      assert.ok(lots > bound + 5, `${lots} with one`);
    }),
    { numRuns: 20 },
  );
});

test("the busiest of all is never chosen: the two that are drawn are different", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 10 }), fc.integer(), (count, seed) => {
      const members = membersOf(Array(count).fill(1));
      const [busiest] = members;
      assert.ok(busiest);
      busiest.inFlight = 1;
      const balancer = new PowerOfTwo<Member>(seededRandom(seed));
      balancer.replace(members);
      assert.ok(!picks(balancer, 200).includes(busiest));
    }),
  );
});

test("idle members are chosen by weight; busy ones have as much under way as their weights say", () => {
  const members = membersOf([1, 2, 5]);
  const balancer = new PowerOfTwo<Member>(seededRandom(5));
  balancer.replace(members);
  const [a = 0, b = 0, c = 0] = countsOf(members, picks(balancer, 8_000));
  assert.ok(
    Math.abs(a - 1_000) < 200 && Math.abs(b - 2_000) < 250 && Math.abs(c - 5_000) < 300,
    `${a} ${b} ${c}`,
  );
  picks(balancer, 8_000, (member) => {
    member.inFlight += 1;
  });
  for (const { inFlight, weight } of members)
    assert.ok(Math.abs(inFlight - 1_000 * weight) < 30, `${inFlight}`);
});

test("when the better of the two refuses, somebody else is found, down to the last", () => {
  const members = membersOf([1, 1, 1, 1]);
  members.forEach((member, at) => {
    member.inFlight = at;
    member.isUp = at === 3;
  });
  const balancer = new PowerOfTwo<Member>(seededRandom(6));
  balancer.replace(members);
  assert.deepEqual(picks(balancer, 1), [members[3]]);
});
