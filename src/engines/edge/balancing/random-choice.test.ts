import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import { RandomChoice } from "./random-choice.ts";
import { countsOf, type Member, membersOf, picks } from "./testing/member.ts";

const DRAWS = 4_000;

/** Six standard deviations, and one for whole numbers. */
function isLikely(count: number, share: number): boolean {
  return Math.abs(count - DRAWS * share) <= 6 * Math.sqrt(DRAWS * share * (1 - share)) + 1;
}

test("each member is drawn as often as its weight among those that can be used says", () => {
  const memberArb = fc.record({
    weight: fc.integer({ min: 1, max: 50 }),
    isUp: fc.boolean(),
    share: fc.constantFrom(1, 1, 0.1),
  });
  fc.assert(
    fc.property(fc.array(memberArb, { minLength: 1, maxLength: 12 }), fc.integer(), (states, seed) => {
      const members = membersOf(states.map(({ weight }) => weight));
      members.forEach((member, at) => {
        member.isUp = at === 0 || (states[at]?.isUp ?? true);
        member.share = states[at]?.share ?? 1;
      });
      const balancer = new RandomChoice<Member>(seededRandom(seed));
      balancer.replace(members);
      const able = members.filter(({ isUp }) => isUp);
      const total = able.reduce((sum, member) => sum + member.weightAt(0), 0);
      countsOf(members, picks(balancer, DRAWS)).forEach((count, at) => {
        const member = members[at];
        assert.ok(member);
        assert.ok(isLikely(count, member.isUp ? member.weightAt(0) / total : 0), `${member.id}: ${count}`);
      });
    }),
    { numRuns: 30 },
  );
});

test("one able member among many that refuse is found, with no more than one question to each", () => {
  const members = membersOf(Array(200).fill(1));
  for (const member of members) member.isUp = member.id === "c";
  const balancer = new RandomChoice<Member>(seededRandom(1));
  balancer.replace(members);
  assert.deepEqual(
    picks(balancer, 1).map(({ id }) => id),
    ["c"],
  );
  assert.ok(members.every(({ asked }) => asked <= 1));
});
