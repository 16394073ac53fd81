import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mg1 } from "./mg1.ts";
import { mmc } from "./mmc.ts";
import { type ServiceTime, serviceMean } from "./service-time.ts";

function near(got: number, wanted: number, relative: number): void {
  assert.ok(Math.abs(got - wanted) <= relative * Math.abs(wanted), `${got}, not ${wanted}`);
}

test("with exponential service it is M/M/1, up to p99.999 and a load of 0.9999", () => {
  for (const load of [0.3, 0.8, 0.95, 0.9999]) {
    const general = mg1({ arrivalsPerSecond: load, service: { kind: "exponential", meanSeconds: 1 } });
    const markov = mmc({ arrivalsPerSecond: load, serviceSeconds: 1, servers: 1 });
    near(general.meanSojournSeconds, markov.meanSojournSeconds, 1e-10);
    for (const fraction of [0.5, 0.9, 0.99, 0.999, 0.99999]) {
      near(general.sojournPercentile(fraction), markov.sojournPercentile(fraction), 1e-5);
      near(general.waitPercentile(fraction) + 1e-9, markov.waitPercentile(fraction) + 1e-9, 1e-5);
    }
  }
});

/** Erlang's law of the M/D/1 wait for a service of 1 (1909): exact, but its terms cancel where λt is large. */
function erlangWaitTail(load: number, t: number): number {
  let sum = 0;
  for (let k = 0; k <= t; k++) {
    let term = Math.exp(load * (t - k));
    for (let j = 1; j <= k; j++) term *= (-load * (t - k)) / j;
    sum += term;
  }
  return 1 - (1 - load) * sum;
}

test("with constant service the waits follow Erlang's formula for M/D/1", () => {
  for (const load of [0.3, 0.8, 0.95]) {
    const queue = mg1({ arrivalsPerSecond: load, service: { kind: "deterministic", meanSeconds: 1 } });
    for (const t of [0.3, 0.9, 1, 1.3, 2, 2.5, 4, 7, 11]) {
      const error = Math.abs(queue.waitTail(t) - erlangWaitTail(load, t));
      // The kink after one service is the one place at which the inversion is not as good as elsewhere.
      assert.ok(error < (t === 1 ? 5e-4 : 5e-5), `${error} at ${t} under ${load}`);
      near(queue.sojournTail(t + 1), queue.waitTail(t), 1e-9);
    }
    assert.equal(queue.sojournTail(0.99), 1);
  }
});

test("constant service halves the mean wait", () => {
  // Kleinrock, "Queueing Systems", vol. I, eq. 5.72: x̄ ρ / (2 (1 - ρ)).
  const queue = mg1({ arrivalsPerSecond: 0.8, service: { kind: "deterministic", meanSeconds: 1 } });
  near(queue.meanWaitSeconds, 2, 1e-12);
  const p99 = queue.waitPercentile(0.99);
  near(erlangWaitTail(0.8, p99), 0.01, 1e-4);
});

test("Kleinrock's hyperexponential example waits as the book's density says", () => {
  // Vol. I, section 5.7: b(x) = ¼ λ e^-λx + ¾ (2λ) e^-2λx, ρ = 5/8; w(y) = ⅜ u0(y) + (3λ/32) (e^-1.5λy + 3 e^-0.5λy).
  const queue = mg1({
    arrivalsPerSecond: 1,
    service: {
      kind: "hyperexponential",
      branches: [
        { share: 0.25, meanSeconds: 1 },
        { share: 0.75, meanSeconds: 0.5 },
      ],
    },
  });
  near(queue.utilisation, 5 / 8, 1e-14);
  near(queue.meanWaitSeconds, 7 / 6, 1e-12);
  for (const t of [0.1, 0.5, 1, 3, 10]) {
    near(queue.waitTail(t), Math.exp(-1.5 * t) / 16 + (9 / 16) * Math.exp(-0.5 * t), 1e-6);
  }
});

test("M/E2/1 waits as the two roots of its transform say", () => {
  // (1 - ρ) s / (s - λ + λ (2μ / (2μ + s))²) with λ = 0.8 and μ = 1 has denominators s² + 3.2 s + 0.8 beside s.
  const load = 0.8;
  const root = Math.sqrt(3.2 * 3.2 - 4 * 0.8);
  const [fast, slow] = [(3.2 + root) / 2, (3.2 - root) / 2];
  // Residues of (1 - ρ) (2 + s)² / ((s + fast) (s + slow)): weights of the exponentials in the density.
  const weight = (rate: number, other: number) => ((1 - load) * (2 - rate) ** 2) / (other - rate);
  const tail = (t: number) =>
    (weight(fast, slow) / fast) * Math.exp(-fast * t) + (weight(slow, fast) / slow) * Math.exp(-slow * t);
  const queue = mg1({
    arrivalsPerSecond: load,
    service: { kind: "erlang", meanSeconds: 1, stages: 2 },
  });
  near(tail(0), load, 1e-12);
  near(queue.meanWaitSeconds, 3, 1e-12);
  for (const t of [0.2, 1, 4, 12]) near(queue.waitTail(t), tail(t), 1e-6);
  near(tail(queue.waitPercentile(0.99)), 0.01, 1e-6);
});

const anyService: fc.Arbitrary<ServiceTime> = fc.oneof(
  fc.constant<ServiceTime>({ kind: "exponential", meanSeconds: 1 }),
  fc.constant<ServiceTime>({ kind: "deterministic", meanSeconds: 1 }),
  fc.integer({ min: 1, max: 20 }).map((stages): ServiceTime => ({ kind: "erlang", meanSeconds: 1, stages })),
  fc
    .double({ min: 0.1, max: 4, noNaN: true })
    .map((scv): ServiceTime => ({ kind: "gamma", meanSeconds: 1, scv })),
  fc.constantFrom(0.25, 1, 4).map((scv): ServiceTime => ({ kind: "log-normal", meanSeconds: 1, scv })),
  fc.constant<ServiceTime>({
    kind: "empirical",
    points: [
      { share: 0.9, meanSeconds: 0.5 },
      { share: 0.1, meanSeconds: 5.5 },
    ],
  }),
);

test("the integral of the wait's tail is the mean of Pollaczek and Khinchine, for every law", () => {
  fc.assert(
    fc.property(anyService, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (service, load) => {
      const queue = mg1({ arrivalsPerSecond: load / serviceMean(service), service });
      // Steps that grow, since some of the tails are long.
      let integral = load * 1e-3;
      let from = load;
      for (let t = 1e-3; from > 1e-7; t *= 1.04) {
        const to = queue.waitTail(t * 1.04);
        integral += 0.5 * (from + to) * 0.04 * t;
        from = to;
      }
      assert.ok(Math.abs(integral / queue.meanWaitSeconds - 1) < 0.02, `${service.kind} ${load}`);
    }),
    { numRuns: 25 },
  );
});

test("tails fall, of the time in system from 1, and a time in system is longer than a wait", () => {
  fc.assert(
    fc.property(anyService, fc.double({ min: 0.05, max: 0.99, noNaN: true }), (service, load) => {
      const queue = mg1({ arrivalsPerSecond: load / serviceMean(service), service });
      let last = 1;
      for (const t of [0.25, 0.75, 1.5, 3, 6, 12, 25, 50]) {
        const tail = queue.sojournTail(t);
        assert.ok(tail <= last + 1e-6 && tail >= queue.waitTail(t) - 1e-6, `${service.kind} ${load} ${t}`);
        last = tail;
      }
    }),
    { numRuns: 40 },
  );
});

test("an empirical law of one point is constant service", () => {
  const point = mg1({
    arrivalsPerSecond: 0.7,
    service: { kind: "empirical", points: [{ share: 1, meanSeconds: 1 }] },
  });
  const constant = mg1({ arrivalsPerSecond: 0.7, service: { kind: "deterministic", meanSeconds: 1 } });
  for (const t of [0.5, 2.5, 6]) near(point.waitTail(t), constant.waitTail(t), 1e-12);
});

test("too much load is an answer, and no load waits for nothing", () => {
  const service: ServiceTime = { kind: "log-normal", meanSeconds: 0.1, scv: 2 };
  const over = mg1({ arrivalsPerSecond: 11, service });
  assert.equal(over.stable, false);
  near(over.utilisation, 1.1, 1e-12);
  const idle = mg1({ arrivalsPerSecond: 0, service });
  assert.equal(idle.waitPercentile(0.99), 0);
  assert.equal(idle.meanSojournSeconds, 0.1);
});
