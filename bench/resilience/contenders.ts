import {
  bulkhead,
  type CallContext,
  circuitBreaker,
  consecutiveFailures,
  policy,
  retry,
  timeout,
} from "../../src/blocks/resilience/index.ts";
import type { Contender, Contenders } from "../cost/contender.ts";

// Peers are imported where they are measured, so that each process knows one library alone.

const TIMEOUT_MS = 2_000;
const FAILURES = 5;
const CONCURRENT = 10;
/** Each waits for a timer. */
const BOTTLENECK_CALLS = 100;

/** What every policy is put around. */
const work = async () => 1;
const failingWork = async () => {
  throw FAILURE;
};
const FAILURE = new Error("the work fails");
/** Most work hands the signal on. */
const listeningWork = async ({ signal }: Pick<CallContext, "signal">) => (signal.aborted ? 0 : 1);

const awaited = (call: () => unknown): Contender => ({ kind: "awaited", call });

/** What is refused rejects; that is what is measured. */
const refused = async (call: () => Promise<unknown>): Promise<Contender> => {
  const caught = () => call().catch(() => {});
  for (let count = 0; count < FAILURES; count++) await caught();
  return awaited(caught);
};

async function cockatielBreaker() {
  const { circuitBreaker, ConsecutiveBreaker, handleAll } = await import("cockatiel");
  const breaker = new ConsecutiveBreaker(FAILURES);
  return circuitBreaker(handleAll, { halfOpenAfter: 3_600_000, breaker });
}

async function cockatielRetry() {
  const { ExponentialBackoff, handleAll, retry } = await import("cockatiel");
  return retry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() });
}

async function cockatielTimeout() {
  const { TimeoutStrategy, timeout } = await import("cockatiel");
  return timeout(TIMEOUT_MS, TimeoutStrategy.Aggressive);
}

async function opossum() {
  const { default: Breaker } = await import("opossum");
  return Breaker;
}

/** Each policy on the happy path, but for `refused`. */
export const contenders = {
  bare: () => awaited(work),

  "ours: breaker": () => {
    const ours = policy(circuitBreaker({ trip: consecutiveFailures(FAILURES) }));
    return awaited(() => ours.run(work));
  },
  "cockatiel: breaker": async () => {
    const theirs = await cockatielBreaker();
    return awaited(() => theirs.execute(work));
  },
  "opossum: breaker": async () => {
    const theirs = new (await opossum())(work, { timeout: false });
    return awaited(() => theirs.fire());
  },

  "ours: breaker over a time window": () => {
    const ours = policy(circuitBreaker());
    return awaited(() => ours.run(work));
  },
  "cockatiel: breaker over a time window": async () => {
    const { circuitBreaker, handleAll, SamplingBreaker } = await import("cockatiel");
    const breaker = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 2 });
    const theirs = circuitBreaker(handleAll, { halfOpenAfter: 5_000, breaker });
    return awaited(() => theirs.execute(work));
  },

  "ours: refused": () => {
    const ours = policy(circuitBreaker({ trip: consecutiveFailures(FAILURES), openMs: 3_600_000 }));
    return refused(() => ours.run(failingWork));
  },
  "cockatiel: refused": async () => {
    const theirs = await cockatielBreaker();
    return refused(() => theirs.execute(failingWork));
  },
  "opossum: refused": async () => {
    const options = { timeout: false, resetTimeout: 3_600_000, volumeThreshold: FAILURES } as const;
    const theirs = new (await opossum())(failingWork, options);
    return refused(() => theirs.fire());
  },

  "ours: retry": () => {
    const ours = policy(retry());
    return awaited(() => ours.run(work));
  },
  "cockatiel: retry": async () => {
    const theirs = await cockatielRetry();
    return awaited(() => theirs.execute(work));
  },

  "ours: bulkhead": () => {
    const ours = policy(bulkhead({ concurrent: CONCURRENT, queue: CONCURRENT }));
    return awaited(() => ours.run(work));
  },
  "cockatiel: bulkhead": async () => {
    const cockatiel = await import("cockatiel");
    const theirs = cockatiel.bulkhead(CONCURRENT, CONCURRENT);
    return awaited(() => theirs.execute(work));
  },
  "p-limit: bulkhead": async () => {
    const { default: pLimit } = await import("p-limit");
    const theirs = pLimit(CONCURRENT);
    return awaited(() => theirs(work));
  },
  "bottleneck: bulkhead": async () => {
    const { default: Bottleneck } = await import("bottleneck");
    const theirs = new Bottleneck({ maxConcurrent: CONCURRENT, highWater: CONCURRENT });
    return { kind: "awaited", calls: BOTTLENECK_CALLS, call: () => theirs.schedule(work) };
  },

  "ours: timeout": () => {
    const ours = policy(timeout(TIMEOUT_MS));
    return awaited(() => ours.run(work));
  },
  "cockatiel: timeout": async () => {
    const theirs = await cockatielTimeout();
    return awaited(() => theirs.execute(work));
  },
  "opossum: timeout": async () => {
    const theirs = new (await opossum())(work, { timeout: TIMEOUT_MS });
    return awaited(() => theirs.fire());
  },
  "ours: timeout, signal used": () => {
    const ours = policy(timeout(TIMEOUT_MS));
    return awaited(() => ours.run(listeningWork));
  },
  "cockatiel: timeout, signal used": async () => {
    const theirs = await cockatielTimeout();
    return awaited(() => theirs.execute(listeningWork));
  },

  "ours: composed": () => {
    const trip = consecutiveFailures(FAILURES);
    const ours = policy(retry(), circuitBreaker({ trip }), timeout(TIMEOUT_MS));
    return awaited(() => ours.run(work));
  },
  "cockatiel: composed": async () => {
    const { wrap } = await import("cockatiel");
    const theirs = wrap(await cockatielRetry(), await cockatielBreaker(), await cockatielTimeout());
    return awaited(() => theirs.execute(work));
  },
} satisfies Contenders;
