import { systemClock } from "../../../time/index.ts";
import type { Rule } from "../../rate-limit/rule.ts";
import type { LeaseOptions } from "../leases.ts";
import type { RespStore } from "../resp-store.ts";
import { sharedConcurrencyLimiter } from "../shared-concurrency-limiter.ts";
import { sharedRateLimiter } from "../shared-rate-limiter.ts";
import { type ClientName, type ConnectedStore, connectStore } from "./connected-store.ts";

/** What a worker process is told to do. Takes go on until `attempts` are made or `forMs` is over. */
export type Job =
  | { readonly do: "connect"; readonly client: ClientName; readonly url: string }
  | {
      readonly do: "take";
      readonly rule: Rule;
      readonly key: string;
      readonly attempts: number;
      readonly forMs: number;
      readonly lease?: LeaseOptions;
    }
  | { readonly do: "hold"; readonly key: string; readonly limit: number; readonly attempts: number }
  | { readonly do: "hold and hang"; readonly key: string; readonly limit: number; readonly leaseMs: number };

/** What it did. Moments are in milliseconds of the machine's monotonic clock, before the question and after the answer. */
export interface JobDone {
  /** When something was admitted: between the two. For holds: surely held between the two. */
  readonly admitted: readonly (readonly [number, number])[];
  readonly attempts: number;
  /** Commands that were sent to the store. */
  readonly commands: number;
  readonly degraded: number;
}

/** How many takes a worker has under way at once. */
const AT_ONCE = 4;
const TIMEOUT_MS = 10_000;

let connected: ConnectedStore | undefined;
let commands = 0;

const counted: RespStore = {
  command(words, key) {
    commands++;
    if (!connected) throw new Error("not connected");
    return connected.store.command(words, key);
  },
};

/**
 * The machine's monotonic clock, which all processes read alike. A process's own time origin would not do: it is made of two
 * readings, and a process that is made to wait between them has its moments off by as much.
 */
const now = () => Number(process.hrtime.bigint()) / 1e6;

async function done(job: Job): Promise<JobDone> {
  const admitted: [number, number][] = [];
  const result = { admitted, attempts: 0, commands: 0, degraded: 0 };
  const before = commands;
  if (job.do === "connect") connected = await connectStore(job.client, job.url);
  else if (job.do === "take") {
    const { rule, key, attempts, forMs, lease } = job;
    const settings = { store: counted, whenLost: "closed", timeoutMs: TIMEOUT_MS } as const;
    await using limiter = sharedRateLimiter(rule, { ...settings, ...(lease && { lease }) });
    const endsAt = now() + forMs;
    const hammer = async () => {
      while (result.attempts < attempts && now() < endsAt) {
        result.attempts++;
        const from = now();
        const decision = await limiter.take(key);
        if (decision.degraded) result.degraded++;
        if (decision.allowed) admitted.push([from, now()]);
        // A refused lease is answered at once: others want their turn.
        else if (lease) await systemClock.sleep(1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, hammer));
  } else {
    const { key, limit } = job;
    const leaseMs = job.do === "hold" ? 60_000 : job.leaseMs;
    const settings = { store: counted, whenLost: "closed", timeoutMs: TIMEOUT_MS } as const;
    const limiter = sharedConcurrencyLimiter({ limit, leaseMs }, settings);
    if (job.do === "hold and hang") await limiter.take(key, limit);
    else
      for (; result.attempts < job.attempts; result.attempts++) {
        const hold = await limiter.take(key);
        if (!hold.allowed) continue;
        const from = now();
        if (result.attempts % 2 === 0) await systemClock.sleep(1);
        admitted.push([from, now()]);
        await hold.release();
      }
  }
  return { ...result, commands: commands - before };
}

process.on("message", (job: Job) => {
  done(job).then(
    (result) => process.send?.(result),
    (thrown) => process.send?.({ failed: String(thrown?.stack ?? thrown) }),
  );
});
