import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import type { BalanceConfig } from "../config/index.ts";
import { balancerOf, neededKey } from "./balancers.ts";
import { countsOf, hashOfKey, type Member, membersOf, picks } from "./testing/member.ts";

const KEY = { from: "ip" } as const;
const ALL: readonly (BalanceConfig | undefined)[] = [
  undefined,
  { algorithm: "round-robin" },
  { algorithm: "weighted-round-robin" },
  { algorithm: "least-connections" },
  { algorithm: "weighted-least-connections" },
  { algorithm: "least-response-time" },
  { algorithm: "random" },
  { algorithm: "power-of-two" },
  { algorithm: "ip-hash" },
  { algorithm: "consistent-hash", key: KEY },
  { algorithm: "consistent-hash", key: KEY, loadFactor: 0 },
];

/** Everything that can befall a balancer between two draws. */
const stepArb = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant("draw" as const), key: fc.option(fc.nat(50)) }) },
  fc.record({ what: fc.constant("tried" as const), mask: fc.nat(255) }),
  fc.record({ what: fc.constant("turn" as const), mask: fc.constantFrom(0, 7, 255, 0x55) }),
  fc.record({
    what: fc.constant("warm" as const),
    mask: fc.nat(255),
    share: fc.constantFrom(0, 0.01, 0.3, 1),
  }),
  fc.record({ what: fc.constant("load" as const), at: fc.nat(7), inFlight: fc.nat(20) }),
  fc.record({ what: fc.constant("answer" as const), at: fc.nat(7), ms: fc.nat(500), failed: fc.boolean() }),
  fc.record({ what: fc.constant("replace" as const), mask: fc.nat(255), turned: fc.boolean() }),
);

for (const config of ALL) {
  const name = config
    ? `${config.algorithm}${"loadFactor" in config ? " without a bound" : ""}`
    : "the default";

  test(`${name}: finds somebody whenever somebody admits, asks nobody twice, and stops at the first yes`, () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(weights, fc.array(stepArb, { maxLength: 80 }), fc.integer(), (weights, steps, seed) => {
        const all = membersOf(weights);
        const balancer = balancerOf<Member>(config, seededRandom(seed));
        let present: readonly Member[] = all.slice(0, 3);
        balancer.replace(present);
        const draw = (nowMs: number, hash: number | undefined, tried?: Member[]) => {
          for (const member of all) member.asked = 0;
          const picked = balancer.pick({ nowMs, hash }, tried);
          const able = present.filter((member) => member.isUp && !tried?.includes(member));
          if (picked) assert.ok(able.includes(picked));
          else assert.deepEqual(able, []);
          for (const member of all) {
            if (member === picked) assert.equal(member.asked, 1);
            else assert.ok(member.asked === 0 || (member.asked === 1 && !member.isUp));
            if (tried?.includes(member) || !present.includes(member)) assert.equal(member.asked, 0);
          }
        };
        steps.forEach((step, nowMs) => {
          const member = "at" in step ? all[step.at] : undefined;
          const some = "mask" in step ? all.filter((_, at) => step.mask & (1 << at)) : [];
          if (step.what === "draw") draw(nowMs, step.key === null ? undefined : hashOfKey(step.key));
          else if (step.what === "tried") draw(nowMs, hashOfKey(nowMs), some);
          else if (step.what === "replace") {
            present = step.turned ? some.reverse() : some;
            balancer.replace(present);
          } else if (step.what === "turn") for (const one of all) one.isUp = some.includes(one);
          else if (step.what === "warm") for (const one of some) one.share = step.share;
          else if (!member) return;
          else if (step.what === "load") member.inFlight = step.inFlight;
          else balancer.answered?.(member, step.ms, nowMs, step.failed);
        });
        draw(1_000, undefined);
      }),
      { numRuns: 40 },
    );
  });

  test(`${name}: a member that starts slowly gets about its share, an idle upstream's too`, () => {
    const members = membersOf([1, 1, 1, 1]);
    const [slow] = members;
    assert.ok(slow);
    slow.share = 0.25;
    const balancer = balancerOf<Member>(config, seededRandom(7));
    balancer.replace(members);
    const picked: Member[] = [];
    for (let draw = 0; draw < 13_000; draw++) {
      const member = balancer.pick({ nowMs: draw, hash: hashOfKey(draw) });
      assert.ok(member);
      balancer.answered?.(member, 10, draw);
      picked.push(member);
    }
    const [slowly = 0, ...others] = countsOf(members, picked);
    // A weight of a quarter beside three of 1 is owed 1,000; of its keys alone, a quarter would be 812.
    assert.ok(slowly > 750 && slowly < 1_150, `${slowly} of 13,000`);
    for (const count of others) assert.ok(count > 3_600 && count < 4_500, `${count} of 13,000`);
  });

  test(`${name}: members that all start slowly share everything alike`, () => {
    const members = membersOf([1, 1, 1]);
    for (const member of members) member.share = 0.05;
    const balancer = balancerOf<Member>(config, seededRandom(8));
    balancer.replace(members);
    const counts = countsOf(
      members,
      picks(balancer, 9_000, (member, nowMs) => balancer.answered?.(member, 10, nowMs)),
    );
    for (const count of counts) assert.ok(count > 2_700 && count < 3_300, `${counts}`);
  });
}

test("only algorithms that know keys ask for one", () => {
  const asking = ALL.filter((config) => neededKey(config) !== undefined);
  assert.deepEqual(
    new Set(asking.map((config) => config?.algorithm)),
    new Set(["ip-hash", "consistent-hash"]),
  );
  assert.deepEqual(neededKey({ algorithm: "consistent-hash", key: { from: "header", name: "X-User" } }), {
    from: "header",
    name: "X-User",
  });
});
