import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { OutlierConfig } from "../config/index.ts";
import { ejectedMax, OutlierDetector, type OutlierPolicy, outlierPolicyOf } from "./outlier.ts";

function policy(config: OutlierConfig = {}): OutlierPolicy {
  const made = outlierPolicyOf(config);
  assert.ok(made);
  return made;
}

const never = { consecutiveErrors: 0, failureShare: 0 } as const;

test("five failures in a row are too many, and a success between them begins the count anew", () => {
  const detector = new OutlierDetector(policy());
  for (let count = 0; count < 4; count++) assert.equal(detector.failed(count), undefined);
  detector.succeeded(4);
  for (let count = 0; count < 4; count++) assert.equal(detector.failed(5), undefined);
  assert.equal(detector.failed(6), "failed 5 requests in a row");
  // An endpoint that was spared is proposed again by the next.
  assert.equal(detector.failed(7), "failed 6 requests in a row");
});

test("without a policy, and with both counts off, nobody is ever to be ejected", () => {
  for (const made of [undefined, policy(never)]) {
    const detector = new OutlierDetector(made);
    for (let count = 0; count < 1_000; count++) assert.equal(detector.failed(count), undefined);
  }
  assert.equal(outlierPolicyOf(false), undefined);
});

test("a share of failures counts from the minimum of requests on, and only within the interval", () => {
  const made = policy({ consecutiveErrors: 0, failureShare: 0.5, minimumRequests: 10, intervalMs: 1_000 });
  const detector = new OutlierDetector(made);
  for (let count = 0; count < 9; count++) {
    const reason = count % 2 === 0 ? detector.failed(10) : detector.succeeded(10);
    assert.equal(reason, undefined);
  }
  assert.equal(detector.failed(20), "failed 50 % or more of its requests within 1000 ms");

  const later = new OutlierDetector(made);
  for (let count = 0; count < 9; count++) later.failed(0);
  assert.equal(later.failed(1_100), undefined);
});

test("law: less than the share of failures in every window ejects nobody", () => {
  const made = policy({ consecutiveErrors: 0, failureShare: 0.5, minimumRequests: 1, intervalMs: 1_000 });
  const gaps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.boolean()), { maxLength: 200 });
  fc.assert(
    fc.property(gaps, (calls) => {
      const detector = new OutlierDetector(made);
      let nowMs = 0;
      for (const [gapMs, failureLast] of calls) {
        nowMs += gapMs;
        // One failure behind two successes or three, in the same instant: never half of what a window holds.
        if (!failureLast) assert.equal(detector.succeeded(nowMs), undefined);
        assert.equal(detector.succeeded(nowMs), undefined);
        assert.equal(detector.succeeded(nowMs), undefined);
        assert.equal(detector.failed(nowMs), undefined);
      }
    }),
  );
});

test("the n-th time out takes n times as long, up to the longest", () => {
  const detector = new OutlierDetector(policy({ ejectionMs: 100, maxEjectionMs: 250, intervalMs: 1_000 }));
  let nowMs = 0;
  const took = [1, 2, 3, 4].map(() => {
    const outMs = detector.eject(nowMs);
    nowMs += outMs;
    assert.equal(detector.returns(nowMs - 1), false);
    assert.equal(detector.isEjected, true);
    assert.equal(detector.returns(nowMs), true);
    assert.equal(detector.isEjected, false);
    return outMs;
  });
  assert.deepEqual(took, [100, 200, 250, 250]);
});

test("each interval that an endpoint was in forgets one time out", () => {
  const detector = new OutlierDetector(policy({ ejectionMs: 100, maxEjectionMs: 1_000, intervalMs: 1_000 }));
  let nowMs = 0;
  const out = () => {
    const outMs = detector.eject(nowMs);
    nowMs += outMs;
    assert.ok(detector.returns(nowMs));
    return outMs;
  };
  assert.deepEqual([out(), out(), out()], [100, 200, 300]);
  nowMs += 999;
  assert.equal(out(), 400);
  nowMs += 2_000;
  assert.equal(out(), 300);
  nowMs += 1e9;
  assert.equal(out(), 100);
});

test("ejections beyond the longest time are not held against an endpoint for longer", () => {
  const detector = new OutlierDetector(policy({ ejectionMs: 100, maxEjectionMs: 300, intervalMs: 1_000 }));
  let nowMs = 0;
  for (let count = 0; count < 50; count++) {
    nowMs += detector.eject(nowMs);
    detector.returns(nowMs);
  }
  nowMs += 3_000;
  assert.equal(detector.eject(nowMs), 100);
});

test("what fails while an endpoint is out is not counted, and it returns with nothing held against it", () => {
  const detector = new OutlierDetector(policy({ consecutiveErrors: 3 }));
  for (let count = 0; count < 3; count++) detector.failed(0);
  detector.eject(0);
  for (let count = 0; count < 10; count++) assert.equal(detector.failed(1), undefined);
  assert.ok(detector.returns(30_000));
  assert.equal(detector.failed(30_001), undefined);
  assert.equal(detector.failed(30_002), undefined);
  assert.match(detector.failed(30_003) ?? "", /3 requests in a row/);
});

test("another policy keeps what was counted and who is out; none at all brings everybody back", () => {
  const detector = new OutlierDetector(policy());
  for (let count = 0; count < 4; count++) detector.failed(0);
  assert.equal(detector.judgeBy(policy({ ejectionMs: 1_000 })), false);
  assert.match(detector.failed(0) ?? "", /5 requests in a row/);
  detector.eject(0);
  assert.equal(detector.judgeBy(policy({ ejectionMs: 5 })), false);
  assert.equal(detector.returns(999), false);
  assert.equal(detector.judgeBy(undefined), true);
  assert.equal(detector.isEjected, false);
});

test("at most the share may be out, but one of two always, and none with a share of 0", () => {
  const of = (maxEjectedShare: number, count: number) => ejectedMax(policy({ maxEjectedShare }), count);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 10].map((count) => of(0.5, count)),
    [0, 0, 1, 1, 2, 5],
  );
  assert.deepEqual(
    [1, 2, 9, 10, 20].map((count) => of(0.1, count)),
    [0, 1, 1, 1, 2],
  );
  assert.equal(of(0.29, 100), 29);
  assert.deepEqual(
    [1, 5].map((count) => of(1, count)),
    [1, 5],
  );
  assert.deepEqual(
    [1, 5].map((count) => of(0, count)),
    [0, 0],
  );
});
