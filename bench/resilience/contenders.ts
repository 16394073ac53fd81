import Bottleneck from "bottleneck";
import {
  ConsecutiveBreaker,
  bulkhead as cockatielBulkhead,
  circuitBreaker as cockatielCircuitBreaker,
  retry as cockatielRetry,
  timeout as cockatielTimeout,
  ExponentialBackoff,
  handleAll,
  SamplingBreaker,
  TimeoutStrategy,
  wrap,
} from "cockatiel";
import OpossumBreaker from "opossum";
import pLimit from "p-limit";
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

const TIMEOUT_MS = 2_000;
const FAILURES = 5;
const CONCURRENT = 10;
/** Each takes tens of microseconds. */
const BOTTLENECK_CALLS = 10_000;

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

const cockatielBreaker = () =>
  cockatielCircuitBreaker(handleAll, {
    halfOpenAfter: 3_600_000,
    breaker: new ConsecutiveBreaker(FAILURES),
  });

/** Each policy on the happy path, but for `refused`. */
export const contenders = {
  bare: () => awaited(work),

  "ours: breaker": () => {
    const ours = policy(circuitBreaker({ trip: consecutiveFailures(FAILURES) }));
    return awaited(() => ours.run(work));
  },
  "cockatiel: breaker": () => {
    const theirs = cockatielBreaker();
    return awaited(() => theirs.execute(work));
  },
  "opossum: breaker": () => {
    const theirs = new OpossumBreaker(work, { timeout: false });
    return awaited(() => theirs.fire());
  },

  "ours: breaker over a time window": () => {
    const ours = policy(circuitBreaker());
    return awaited(() => ours.run(work));
  },
  "cockatiel: breaker over a time window": () => {
    const breaker = new SamplingBreaker({ threshold: 0.5, duration: 10_000, minimumRps: 2 });
    const theirs = cockatielCircuitBreaker(handleAll, { halfOpenAfter: 5_000, breaker });
    return awaited(() => theirs.execute(work));
  },

  "ours: refused": () => {
    const ours = policy(circuitBreaker({ trip: consecutiveFailures(FAILURES), openMs: 3_600_000 }));
    return refused(() => ours.run(failingWork));
  },
  "cockatiel: refused": () => {
    const theirs = cockatielBreaker();
    return refused(() => theirs.execute(failingWork));
  },
  "opossum: refused": () => {
    const options = { timeout: false, resetTimeout: 3_600_000, volumeThreshold: FAILURES } as const;
    const theirs = new OpossumBreaker(failingWork, options);
    return refused(() => theirs.fire());
  },

  "ours: retry": () => {
    const ours = policy(retry());
    return awaited(() => ours.run(work));
  },
  "cockatiel: retry": () => {
    const theirs = cockatielRetry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() });
    return awaited(() => theirs.execute(work));
  },

  "ours: bulkhead": () => {
    const ours = policy(bulkhead({ concurrent: CONCURRENT, queue: CONCURRENT }));
    return awaited(() => ours.run(work));
  },
  "cockatiel: bulkhead": () => {
    const theirs = cockatielBulkhead(CONCURRENT, CONCURRENT);
    return awaited(() => theirs.execute(work));
  },
  "p-limit: bulkhead": () => {
    const theirs = pLimit(CONCURRENT);
    return awaited(() => theirs(work));
  },
  "bottleneck: bulkhead": () => {
    const theirs = new Bottleneck({ maxConcurrent: CONCURRENT, highWater: CONCURRENT });
    return { kind: "awaited", calls: BOTTLENECK_CALLS, call: () => theirs.schedule(work) };
  },

  "ours: timeout": () => {
    const ours = policy(timeout(TIMEOUT_MS));
    return awaited(() => ours.run(work));
  },
  "cockatiel: timeout": () => {
    const theirs = cockatielTimeout(TIMEOUT_MS, TimeoutStrategy.Aggressive);
    return awaited(() => theirs.execute(work));
  },
  "opossum: timeout": () => {
    const theirs = new OpossumBreaker(work, { timeout: TIMEOUT_MS });
    return awaited(() => theirs.fire());
  },
  "ours: timeout, signal used": () => {
    const ours = policy(timeout(TIMEOUT_MS));
    return awaited(() => ours.run(listeningWork));
  },
  "cockatiel: timeout, signal used": () => {
    const theirs = cockatielTimeout(TIMEOUT_MS, TimeoutStrategy.Aggressive);
    return awaited(() => theirs.execute(listeningWork));
  },

  "ours: composed": () => {
    const trip = consecutiveFailures(FAILURES);
    const ours = policy(retry(), circuitBreaker({ trip }), timeout(TIMEOUT_MS));
    return awaited(() => ours.run(work));
  },
  "cockatiel: composed": () => {
    const theirs = wrap(
      cockatielRetry(handleAll, { maxAttempts: 3, backoff: new ExponentialBackoff() }),
      cockatielBreaker(),
      cockatielTimeout(TIMEOUT_MS, TimeoutStrategy.Aggressive),
    );
    return awaited(() => theirs.execute(work));
  },
} satisfies Contenders;
