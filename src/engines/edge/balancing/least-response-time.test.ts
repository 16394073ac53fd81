import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../../blocks/time/index.ts";
import { LeastResponseTime } from "./least-response-time.ts";
import { countsOf, Member, membersOf } from "./testing/member.ts";

const DECAY_MS = 1_000;

/** Requests one after the other, one each millisecond, answered at once after what `timeOf` says. Returns who got them. */
function serve(
  balancer: LeastResponseTime<Member>,
  requests: number,
  fromMs: number,
  timeOf: (member: Member) => number,
): Member[] {
  return Array.from({ length: requests }, (_, request) => {
    const nowMs = fromMs + request;
    const member = balancer.pick({ nowMs, hash: undefined });
    assert.ok(member);
    balancer.answered(member, timeOf(member), nowMs);
    return member;
  });
}

function started(weights: readonly number[], seed = 1) {
  const members = membersOf(weights);
  const balancer = new LeastResponseTime<Member>(seededRandom(seed), { decayMs: DECAY_MS });
  balancer.replace(members);
  return { members, balancer };
}

test("of two, the faster is preferred as soon as both have answered, whichever it is and by however much", () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.double({ min: 1.5, max: 1_000, noNaN: true }),
      fc.integer(),
      (first, times, seed) => {
        const { members, balancer } = started([1, 1], seed);
        const fast = members[first ? 0 : 1];
        const slow = members[first ? 1 : 0];
        assert.ok(fast && slow);
        balancer.answered(fast, 2, 0);
        balancer.answered(slow, 2 * times, 0);
        const picked = serve(balancer, 300, 0, (member) => (member === fast ? 2 : 2 * times));
        assert.equal(picked.filter((member) => member === slow).length, 0);
      },
    ),
    { numRuns: 50 },
  );
});

test("a slow answer counts at once and in full, after thousands of quick ones too", () => {
  const { members, balancer } = started([1, 1]);
  const [once, other] = members;
  assert.ok(once && other);
  serve(balancer, 5_000, 0, () => 2);
  balancer.answered(once, 500, 5_000);
  const after = serve(balancer, 500, 5_000, () => 2);
  assert.deepEqual(countsOf(members, after), [0, 500]);
});

test("a member that was slow once is tried again after decayMs · ln(slow / fast), and no sooner", () => {
  fc.assert(
    fc.property(fc.double({ min: 5, max: 500, noNaN: true }), fc.integer(), (times, seed) => {
      const { members, balancer } = started([1, 1], seed);
      const [once] = members;
      assert.ok(once);
      serve(balancer, 50, 0, () => 2);
      balancer.answered(once, 2 * times, 50);
      const untilMs = DECAY_MS * Math.log(times);
      const before = serve(balancer, Math.floor(untilMs - DECAY_MS * 0.06), 50, () => 2);
      assert.ok(!before.includes(once));
      // A twentieth is the margin within which members are alike; and a lot or two.
      const after = serve(balancer, 100 + DECAY_MS * 0.1, 50 + untilMs, () => 2);
      assert.ok(after.includes(once));
    }),
    { numRuns: 30 },
  );
});

test("with answers, the average comes down to their time by a factor of e every decayMs", () => {
  const { members, balancer } = started([1, 1]);
  const [once, steady] = members;
  assert.ok(once && steady);
  balancer.answered(once, 1_000, 0);
  // Its own traffic goes on, at 10 ms each: after t the average is 10 + 990 / e^(t/decay), which passes 20 at 4.6 decays.
  for (let nowMs = 1; nowMs <= 4_500; nowMs++) balancer.answered(once, 10, nowMs);
  balancer.answered(steady, 20, 4_500);
  assert.equal(balancer.pick({ nowMs: 4_500, hash: undefined }), steady);
  for (let nowMs = 4_501; nowMs <= 4_800; nowMs++) balancer.answered(once, 10, nowMs);
  balancer.answered(steady, 20, 4_800);
  assert.equal(balancer.pick({ nowMs: 4_800, hash: undefined }), once);
});

test("what is under way counts: a fast member that is busy enough costs more than a slower idle one", () => {
  const { members, balancer } = started([1, 1]);
  const [fast, slow] = members;
  assert.ok(fast && slow);
  balancer.answered(fast, 10, 0);
  balancer.answered(slow, 45, 0);
  fast.inFlight = 3;
  assert.equal(balancer.pick({ nowMs: 0, hash: undefined }), fast);
  fast.inFlight = 4;
  assert.equal(balancer.pick({ nowMs: 0, hash: undefined }), slow);
});

test("a new member is tried with one request, and with no other until that is answered", () => {
  const { members, balancer } = started([1, 1, 1, 1]);
  serve(balancer, 200, 0, () => 5);
  const fresh = new Member("fresh");
  balancer.replace([...members, fresh]);
  let tried = 0;
  for (let nowMs = 200; nowMs < 1_200; nowMs++) {
    const member = balancer.pick({ nowMs, hash: undefined });
    assert.ok(member);
    if (member !== fresh) balancer.answered(member, 5, nowMs);
    else {
      fresh.inFlight += 1;
      tried += 1;
    }
  }
  assert.equal(tried, 1);
  balancer.answered(fresh, 5, 1_200);
  fresh.inFlight = 0;
  assert.ok(serve(balancer, 200, 1_200, () => 5).filter((member) => member === fresh).length > 20);
});

test("a quick failure is no quick answer", () => {
  const { members, balancer } = started([1, 1]);
  const [failing, sound] = members;
  assert.ok(failing && sound);
  balancer.answered(sound, 50, 0);
  balancer.answered(failing, 0.1, 0, true);
  assert.equal(balancer.pick({ nowMs: 1, hash: undefined }), sound);
});

test("what is known of a member survives a replacement, and answers of members that left are dropped", () => {
  const { members, balancer } = started([1, 1, 1]);
  const [fast, slow, leaver] = members;
  assert.ok(fast && slow && leaver);
  balancer.answered(fast, 1, 0);
  balancer.answered(slow, 100, 0);
  balancer.replace([slow, fast]);
  balancer.answered(leaver, 1, 0);
  assert.deepEqual(new Set(serve(balancer, 50, 0, (member) => (member === fast ? 1 : 100))), new Set([fast]));
});

test("weights decide between members that answer alike", () => {
  const { members, balancer } = started([1, 3, 6]);
  const [a = 0, b = 0, c = 0] = countsOf(
    members,
    serve(balancer, 10_000, 0, () => 20),
  );
  assert.ok(a > 500 && a < 1_500 && b > 2_300 && b < 3_700 && c > 5_300 && c < 6_700, `${a} ${b} ${c}`);
});
