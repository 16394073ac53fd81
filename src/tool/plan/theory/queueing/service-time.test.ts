import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  logNormalFromPercentiles,
  type ServiceTime,
  serviceMean,
  serviceScv,
  serviceTail,
  serviceTimeOfMoments,
} from "./service-time.ts";
import { serviceGap } from "./service-transform.ts";

test("a law made from a mean and a variation has them, and its tail integrates to them", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 10, noNaN: true }),
      fc.double({ min: 0, max: 9, noNaN: true }),
      (mean, scv) => {
        const service = serviceTimeOfMoments(mean, scv);
        assert.ok(Math.abs(serviceMean(service) / mean - 1) < 1e-12);
        assert.ok(Math.abs(serviceScv(service) - scv) < 1e-8);
        let integral = 0;
        const step = mean / 100;
        for (let n = 0; n < 10_000; n++) integral += step * serviceTail(service, (n + 0.5) * step);
        assert.ok(Math.abs(integral / mean - 1) < 0.02, `${integral} of ${mean}, ${scv}`);
      },
    ),
    { numRuns: 30 },
  );
});

test("a log-normal law made from its median and its p99 has them", () => {
  const service = logNormalFromPercentiles({ p50Seconds: 0.004, p99Seconds: 0.06 });
  assert.ok(Math.abs(serviceTail(service, 0.004) - 0.5) < 1e-10);
  assert.ok(Math.abs(serviceTail(service, 0.06) - 0.01) < 1e-10);
  assert.throws(() => logNormalFromPercentiles({ p50Seconds: 2, p99Seconds: 2 }), RangeError);
});

test("near 0 the gap of a transform is s times the mean, whatever the law", () => {
  const laws: readonly ServiceTime[] = [
    { kind: "exponential", meanSeconds: 2 },
    { kind: "deterministic", meanSeconds: 2 },
    { kind: "erlang", meanSeconds: 2, stages: 4 },
    { kind: "gamma", meanSeconds: 2, scv: 3 },
    { kind: "log-normal", meanSeconds: 2, scv: 3 },
    serviceTimeOfMoments(2, 5),
  ];
  for (const law of laws) {
    const gap = serviceGap(law, { re: 1e-9, imStep: 1e-9, count: 3 });
    for (let k = 0; k < 3; k++) {
      assert.ok(Math.abs((gap.re[k] ?? 0) / 2e-9 - 1) < 1e-7, law.kind);
      assert.ok(Math.abs((gap.im[k] ?? 0) - k * 2e-9) < 1e-16, law.kind);
    }
  }
});

test("numbers outside their ranges are refused", () => {
  assert.throws(() => serviceMean({ kind: "exponential", meanSeconds: 0 }), RangeError);
  assert.throws(() => serviceMean({ kind: "erlang", meanSeconds: 1, stages: 0 }), RangeError);
  assert.throws(() => serviceMean({ kind: "log-normal", meanSeconds: 1, scv: 101 }), RangeError);
  assert.throws(
    () => serviceMean({ kind: "empirical", points: [{ share: 0.5, meanSeconds: 1 }] }),
    RangeError,
  );
  assert.throws(() => serviceTimeOfMoments(1, -1), RangeError);
});
