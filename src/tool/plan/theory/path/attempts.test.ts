import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { budgetedShare, hedged, withRetries, withTimeout } from "./attempts.ts";
import { constantTime, timeOfService } from "./laws.ts";
import {
  AT_ONCE,
  answeredAfter,
  answeredShare,
  eitherOf,
  failedAfter,
  forgiven,
  inShare,
  NEVER,
  type Outcome,
  repeated,
  then,
  together,
} from "./outcome.ts";
import { meanSeconds, percentileSeconds, type ResponseTime, shareAbove } from "./response-time.ts";

function near(got: number, wanted: number, relative: number, what = ""): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${what} ${got}, not ${wanted}`);
}

function law(time: ResponseTime | undefined): ResponseTime {
  assert.ok(time !== undefined);
  return time;
}

const exponential = answeredAfter(timeOfService({ kind: "exponential", meanSeconds: 1 }));
const now = constantTime(0);

test("an exponential call that is given up after t fails with e^-t, and is answered by the law cut off there", () => {
  for (const t of [0.3, 1, 3]) {
    const call = withTimeout(exponential, t);
    near(call.failedShare, Math.exp(-t), 0.005);
    near(meanSeconds(law(call.failed)), t, 1e-12);
    near(meanSeconds(law(call.answered)), 1 - (t * Math.exp(-t)) / (1 - Math.exp(-t)), 0.005);
    assert.ok(percentileSeconds(law(call.answered), 0.999) <= t);
  }
});

test("a timeout that nobody reaches changes nothing, and one for what never comes fails always", () => {
  assert.equal(withTimeout(exponential, 60), exponential);
  const stuck = withTimeout(NEVER, 2);
  assert.equal(stuck.failedShare, 1);
  assert.equal(stuck.answered, undefined);
  near(meanSeconds(law(stuck.failed)), 2, 1e-12);
});

test("retries multiply by 1 + p + p² …, fail with p^n, and take the time of what failed before", () => {
  const attempt = withTimeout(exponential, 1);
  const p = attempt.failedShare;
  const { outcome, mean } = withRetries(attempt, [constantTime(0.5), constantTime(0.5)]);
  near(mean, 1 + p + p * p, 1e-9);
  near(outcome.failedShare, p ** 3, 1e-9);
  const answered = meanSeconds(law(attempt.answered));
  const shares = [1 - p, p * (1 - p), p * p * (1 - p)];
  const all = shares.reduce((sum, share) => sum + share, 0);
  const wanted = shares.reduce((sum, share, n) => sum + (share / all) * (answered + n * 1.5), 0);
  near(meanSeconds(law(outcome.answered)), wanted, 1e-3);
  near(meanSeconds(law(outcome.failed)), 3 + 2 * 0.5, 1e-3);
});

test("a budget keeps retries within its ratio, and lets all through where they are fewer", () => {
  assert.equal(budgetedShare(0.05, 3, 0.2), 1);
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 10 }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (failedShare, retries, ratio) => {
        const share = budgetedShare(failedShare, retries, ratio);
        const attempt: Outcome = eitherOf([
          { share: failedShare, outcome: failedAfter(now) },
          { share: 1 - failedShare, outcome: AT_ONCE },
        ]);
        const { mean } = withRetries(
          attempt,
          Array.from({ length: retries }, () => now),
          share,
        );
        assert.ok(mean - 1 <= ratio + 1e-5, `${mean - 1} retries, of ${ratio}`);
      },
    ),
  );
});

test("a hedge after d makes an exponential tail e^-t up to there and e^-(2t - d) behind", () => {
  const { time, extraShare } = hedged(law(exponential.answered), 1);
  near(extraShare, Math.exp(-1), 0.005);
  for (const t of [0.5, 1.5, 2, 3]) {
    near(shareAbove(time, t), Math.exp(-(t < 1 ? t : 2 * t - 1)), 0.03, `${t}`);
  }
});

test("what is one after the other fails if one does; what is at once too; what is optional never does", () => {
  const flaky = eitherOf([
    { share: 0.1, outcome: failedAfter(constantTime(2)) },
    { share: 0.9, outcome: answeredAfter(constantTime(1)) },
  ]);
  near(then(flaky, flaky).failedShare, 1 - 0.81, 1e-9);
  near(meanSeconds(law(then(flaky, flaky).failed)), (0.1 * 2 + 0.09 * 3) / 0.19, 1e-9);
  near(together([flaky, flaky, flaky]).failedShare, 1 - 0.9 ** 3, 1e-9);
  near(repeated(flaky, 3).failedShare, 1 - 0.9 ** 3, 1e-9);
  near(repeated(flaky, 0.5).failedShare, 0.05, 1e-9);
  near(meanSeconds(law(repeated(answeredAfter(constantTime(1)), 2.5).answered)), 2.5, 1e-9);
  const without = forgiven(flaky);
  assert.equal(without.failedShare, 0);
  near(meanSeconds(law(without.answered)), 0.9 + 0.2, 1e-9);
});

test("what waits for ever makes all that is behind it wait for ever, in its share of cases", () => {
  assert.equal(then(exponential, NEVER).stuckShare, 1);
  assert.equal(then(NEVER, exponential).stuckShare, 1);
  assert.equal(together([exponential, NEVER]).stuckShare, 1);
  const some = inShare(0.25, NEVER);
  near(some.stuckShare, 0.25, 1e-12);
  near(answeredShare(then(some, exponential)), 0.75, 1e-12);
  near(meanSeconds(law(then(some, exponential).answered)), 1, 1e-3);
  assert.equal(forgiven(NEVER).stuckShare, 1);
});

test("whatever is composed of outcomes, their shares are shares, and no law is missing", () => {
  const leaf: fc.Arbitrary<Outcome> = fc.constantFrom(
    AT_ONCE,
    NEVER,
    exponential,
    failedAfter(constantTime(0.1)),
    withTimeout(exponential, 0.7),
  );
  const { tree } = fc.letrec<{ tree: Outcome }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => then(a, b)),
      fc.tuple(tie("tree"), tie("tree")).map(([a, b]) => together([a, b])),
      fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), tie("tree"))
        .map(([share, a]) => inShare(share, a)),
      fc
        .tuple(fc.double({ min: 0, max: 3, noNaN: true }), tie("tree"))
        .map(([times, a]) => repeated(a, times)),
      tie("tree").map((a) => withTimeout(a, 2)),
      tie("tree").map((a) => withRetries(a, [now, now], 0.7).outcome),
      tie("tree").map((a) => forgiven(a)),
    ),
  }));
  fc.assert(
    fc.property(tree, ({ answered, failed, failedShare, stuckShare }) => {
      assert.ok(failedShare >= 0 && stuckShare >= 0 && failedShare + stuckShare <= 1 + 1e-9);
      if (failedShare > 0) assert.ok(failed !== undefined);
      if (failedShare + stuckShare < 1 - 1e-6) assert.ok(answered !== undefined);
      if (answered !== undefined) assert.ok(percentileSeconds(answered, 0.5) >= 0);
    }),
    { numRuns: 200 },
  );
});
