import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "../../time/index.ts";
import { rateLimiter } from "./local-limiter.ts";
import type { Decision, RateLimiter, Reserves } from "./rate-limiter.ts";
import {
  fixedWindow,
  gcra,
  leakyMeter,
  leakyQueue,
  type Rule,
  slidingCounter,
  slidingLog,
  tiers,
  tokenBucket,
} from "./rule.ts";
import { HandClock } from "./testing/hand-clock.ts";
import { run, type Step, schedules, worstExcess } from "./testing/schedules.ts";

const LIMIT = 7;
const WINDOW_MS = 100;
const RATE = { limit: LIMIT, windowMs: WINDOW_MS };
const BURST = 4;
const PER_MS = LIMIT / WINDOW_MS;

/** Each rule with what any stretch of time of a length below the window's may see. */
const CASES: readonly { rule: Rule; bound: (lengthMs: number) => number; longestMs: number }[] = [
  ...[tokenBucket, gcra, leakyMeter].map((make) => ({
    rule: make({ ...RATE, burst: BURST }),
    bound: (lengthMs: number) => BURST + lengthMs * PER_MS,
    longestMs: Number.POSITIVE_INFINITY,
  })),
  { rule: slidingLog(RATE), bound: () => LIMIT, longestMs: WINDOW_MS - 1e-4 },
  { rule: fixedWindow(RATE), bound: () => 2 * LIMIT, longestMs: WINDOW_MS - 1e-4 },
  {
    rule: slidingCounter(RATE),
    bound: (lengthMs) => LIMIT * (1 + lengthMs / WINDOW_MS),
    longestMs: WINDOW_MS - 1e-4,
  },
];
const ALL: readonly Rule[] = [
  ...CASES.map(({ rule }) => rule),
  leakyQueue({ ...RATE, queue: 3 }),
  tiers(gcra({ limit: 3, windowMs: 20 }), slidingLog(RATE), fixedWindow({ limit: 20, windowMs: 450 })),
];
const VERBS: readonly Step["verb"][] = [
  "take",
  "take",
  "take",
  "peek",
  "penalize",
  "reward",
  "reserve",
  "reserve",
  "cancel",
  "forget",
];

type Any = RateLimiter<true> & Partial<Reserves<true>>;
function start(rule: Rule): { limiter: Any; clock: HandClock } {
  const clock = new HandClock(Date.UTC(2026, 0, 1) + 37);
  return { clock, limiter: rateLimiter(rule, { clock, random: seededRandom(1) }) };
}

for (const { rule, bound, longestMs } of CASES) {
  test(`${rule.kind}: no stretch of time admits more than its law, whatever is taken, held, given back`, () => {
    fc.assert(
      fc.property(schedules(WINDOW_MS, VERBS), (steps) => {
        const { limiter, clock } = start(rule);
        for (const history of run(limiter, clock, steps).values())
          assert.ok(worstExcess(history, bound, longestMs) < 1e-5);
        assert.ok(limiter.accuracy.admittedPerWindowMax >= bound(WINDOW_MS));
      }),
      { numRuns: 300 },
    );
  });
}

test("leaky-queue: takers leave one after the other, each as many intervals after the one before as that one cost", () => {
  fc.assert(
    fc.property(schedules(WINDOW_MS, ["take", "take", "peek", "penalize", "reserve", "cancel"]), (steps) => {
      const { limiter, clock } = start(leakyQueue({ ...RATE, queue: 3 }));
      for (const { admitted } of run(limiter, clock, steps).values()) {
        const inOrder = admitted.toSorted((one, other) => one.atMs - other.atMs);
        for (const [index, { atMs, cost }] of inOrder.entries()) {
          const next = inOrder[index + 1];
          if (next) assert.ok(next.atMs - atMs > cost / PER_MS - 1e-4);
        }
      }
    }),
    { numRuns: 300 },
  );
});

for (const rule of ALL) {
  test(`${rule.kind}: remaining is never negative and never beyond the limit, and waits are never negative`, () => {
    fc.assert(
      fc.property(schedules(WINDOW_MS, VERBS), (steps) => {
        const { limiter, clock } = start(rule);
        const check = (decision: Decision) => {
          assert.ok(Number.isInteger(decision.remaining));
          assert.ok(decision.remaining >= 0 && decision.remaining <= decision.limit);
          assert.ok(decision.resetAfterMs >= 0 && decision.resetAfterMs < Number.POSITIVE_INFINITY);
          assert.ok(decision.delayMs >= 0);
          assert.equal(decision.allowed, decision.retryAfterMs === 0);
          assert.ok(decision.retryAfterMs >= 0);
        };
        run(limiter, clock, steps, { decided: check });
      }),
      { numRuns: 200 },
    );
  });

  test(`${rule.kind}: waiting for retryAfterMs is enough, and a microsecond less is not`, () => {
    fc.assert(
      fc.property(schedules(WINDOW_MS, VERBS), (steps) => {
        const { limiter, clock } = start(rule);
        run(limiter, clock, steps, {
          refused({ retryAfterMs }, { verb, key, cost }) {
            if (retryAfterMs === Number.POSITIVE_INFINITY || verb !== "take") return;
            const thenMs = clock.nowMs + retryAfterMs;
            if (retryAfterMs > 1e-3) {
              clock.nowMs = thenMs - 1e-3;
              assert.equal(limiter.peek(key, cost).allowed, false);
            }
            clock.nowMs = thenMs;
            assert.equal(limiter.peek(key, cost).allowed, true);
          },
        });
      }),
      { numRuns: 300 },
    );
  });

  test(`${rule.kind}: a peek says what a take then says, and changes nothing`, () => {
    fc.assert(
      fc.property(
        schedules(WINDOW_MS, VERBS),
        fc.double({ min: 0.1, max: 9, noNaN: true }),
        (steps, cost) => {
          const { limiter, clock } = start(rule);
          run(limiter, clock, steps);
          for (const key of ["a", "b", "never seen"]) {
            const said = limiter.peek(key, cost);
            assert.deepEqual(limiter.peek(key, cost), said);
            assert.deepEqual(limiter.take(key, cost), said);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test(`${rule.kind}: after resetAfterMs, left alone, and after forget, a key answers as a new one`, () => {
    fc.assert(
      fc.property(schedules(WINDOW_MS, VERBS), fc.boolean(), (steps, forgets) => {
        const { limiter, clock } = start(rule);
        run(limiter, clock, steps);
        if (forgets) limiter.forget("a");
        else if (rule.kind === "tiers") return;
        else {
          const { allowed, resetAfterMs } = limiter.peek("a", 1e9);
          assert.equal(allowed, false);
          clock.nowMs += resetAfterMs + 1e-6;
        }
        const asNew = limiter.peek("never seen", 1);
        const answer = limiter.peek("a", 1);
        assert.equal(answer.remaining, asNew.remaining);
        assert.equal(answer.allowed, asNew.allowed);
        assert.ok(Math.abs(answer.resetAfterMs - asNew.resetAfterMs) < 1e-4);
        assert.ok(answer.delayMs < 1e-4);
      }),
      { numRuns: 150 },
    );
  });

  test(`${rule.kind}: no reward makes a key richer than a quiet one`, () => {
    fc.assert(
      fc.property(schedules(WINDOW_MS, ["take", "penalize", "reward", "reserve"]), (steps) => {
        const { limiter, clock } = start(rule);
        run(limiter, clock, steps);
        const after = limiter.reward("a", 1e6);
        const quiet = limiter.reward("never seen", 1);
        assert.equal(after.remaining, quiet.remaining);
        assert.equal(after.remaining, Math.floor(after.limit));
      }),
      { numRuns: 100 },
    );
  });

  test(`${rule.kind}: a penalty has to be worked off before anything is taken`, () => {
    const { limiter, clock } = start(rule);
    const { allowed, remaining, retryAfterMs } = limiter.penalize("a", 15);
    assert.deepEqual([allowed, remaining], [false, 0]);
    assert.equal(limiter.take("a").allowed, false);
    clock.nowMs += retryAfterMs;
    assert.equal(limiter.take("a").allowed, true);
  });
}

test("a place that is given back at once, with none held after it, leaves no trace", () => {
  const exact = ALL.filter(({ kind }) => kind !== "sliding-counter" && kind !== "tiers");
  for (const rule of exact) {
    fc.assert(
      fc.property(
        schedules(WINDOW_MS, ["take", "penalize", "reserve"]),
        fc.double({ min: 0.1, max: 4, noNaN: true }),
        (steps, cost) => {
          const { limiter, clock } = start(rule);
          run(limiter, clock, steps);
          const before = limiter.peek("a", 0.5);
          limiter.reserve?.("a", cost).cancel();
          const after = limiter.peek("a", 0.5);
          assert.ok(after.remaining <= before.remaining);
          // A fixed window loses what the place that did not fit had left over.
          if (rule.kind === "fixed-window") return;
          assert.equal(after.allowed, before.allowed);
          assert.equal(after.remaining, before.remaining);
          assert.ok(after.retryAfterMs <= before.retryAfterMs + 1e-4);
        },
      ),
      { numRuns: 100 },
    );
  }
});

test("a place given back before later ones leaves those their cover", () => {
  const clock = new HandClock();
  const limiter = rateLimiter(tokenBucket({ limit: 4, windowMs: 40, burst: 4 }), { clock });
  limiter.take("a", 4);
  const first = limiter.reserve("a", 4);
  const second = limiter.reserve("a", 4);
  assert.deepEqual([first.delayMs, second.delayMs], [40, 80]);
  first.cancel();
  clock.nowMs = 80;
  assert.equal(limiter.take("a", 0.1).allowed, false);
  clock.nowMs = 90;
  assert.equal(limiter.take("a", 1).allowed, true);
});

test("a reservation is refused, and takes nothing, when its wait would be longer than allowed", () => {
  for (const rule of [gcra(RATE), slidingLog(RATE), fixedWindow(RATE), leakyQueue(RATE)] as const) {
    const { clock } = start(rule);
    const limiter = rateLimiter(rule, { clock });
    limiter.take("a", 7);
    const { allowed, retryAfterMs } = limiter.reserve("a", 2, { waitMsMax: 10 });
    assert.equal(allowed, false);
    clock.nowMs += retryAfterMs;
    const held = limiter.reserve("a", 2, { waitMsMax: 10 });
    assert.equal(held.allowed, true);
    assert.ok(Math.abs(held.delayMs - 10) < 1e-4);
    assert.throws(() => limiter.reserve("a", 1, { waitMsMax: -1 }), /waitMsMax has to be .* not -1/);
  }
});

test("tiers take from all or from none", () => {
  fc.assert(
    fc.property(schedules(WINDOW_MS, ["take"]), (steps) => {
      const rules = [gcra({ limit: 3, windowMs: 20 }), slidingLog(RATE)] as const;
      const { limiter, clock } = start(tiers(...rules));
      const alone = rules.map((rule) => rateLimiter(rule, { clock }));
      for (const { key, cost, afterMs } of steps) {
        clock.nowMs += afterMs;
        const said = alone.map((one) => one.peek(key, cost));
        const { allowed, retryAfterMs, remaining } = limiter.take(key, cost);
        assert.equal(
          allowed,
          said.every((one) => one.allowed),
        );
        if (allowed) {
          assert.equal(remaining, Math.min(...said.map((one) => one.remaining)));
          for (const one of alone) one.take(key, cost);
        } else assert.equal(retryAfterMs, Math.max(...said.map((one) => one.retryAfterMs)));
      }
    }),
  );
});

test("whoever plays on the edge gets nearly twice the limit from the counters, and no more", () => {
  for (const rule of [
    slidingCounter({ limit: 100, windowMs: 1_000 }),
    fixedWindow({ limit: 100, windowMs: 1_000 }),
  ]) {
    const clock = new HandClock(Date.UTC(2026, 0, 1));
    const limiter = rateLimiter(rule, { clock });
    let admitted = 0;
    clock.nowMs = 999;
    while (limiter.take("a").allowed) admitted++;
    for (; clock.nowMs < 1_999; clock.nowMs++) while (limiter.take("a").allowed) admitted++;
    assert.ok(admitted >= 198 && admitted <= 200, `${rule.kind} admitted ${admitted}`);
    assert.equal(limiter.accuracy.admittedPerWindowMax, 200);
  }
});
