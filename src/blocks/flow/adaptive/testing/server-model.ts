import type { Gate, Priority } from "../../../resilience/gate.ts";
import type { Random } from "../../../time/index.ts";

/** A pool of servers with a queue in front of them, which takes whatever the gate lets in. */
export interface ServerModel {
  /** Calls served at once. */
  readonly servers: number;
  /** The mean time of a call being served: half of it always, half by chance (exponential). */
  readonly serviceMs: number;
}

export interface Load {
  readonly gate: Gate;
  readonly durationMs: number;
  readonly random: Random;
  /** Calls that come, at random moments, whatever became of the earlier ones. */
  readonly perSecond: (nowMs: number) => number;
  readonly model: (nowMs: number) => ServerModel;
  readonly priority?: () => Priority;
  /** Calls that take longer come back as failed (and are served all the same). Default: never. */
  readonly timeoutMs?: number;
}

export interface Served {
  readonly priority: Priority;
  readonly enteredMs: number;
  readonly endedMs: number;
}

interface Call {
  readonly priority: Priority;
  readonly enteredMs: number;
  readonly endsMs: number;
}

/** Runs an open load through the gate into the servers, on time of its own. What was served, in order of its end. */
export function served(load: Load): Served[] {
  const { gate, random, durationMs, timeoutMs = Number.POSITIVE_INFINITY } = load;
  const served: Served[] = [];
  const waiting: { priority: Priority; enteredMs: number }[] = [];
  let head = 0;
  const busy: Call[] = [];
  const serve = (nowMs: number) => {
    const { servers, serviceMs } = load.model(nowMs);
    while (busy.length < servers && head < waiting.length) {
      const call = waiting[head++];
      if (!call) break;
      const endsMs = nowMs + (serviceMs / 2) * (1 - Math.log(1 - random()));
      insert(busy, { ...call, endsMs });
    }
  };
  let arrivesMs = 0;
  for (;;) {
    const first = busy.at(-1);
    if (first && first.endsMs <= arrivesMs) {
      busy.pop();
      const { enteredMs, endsMs, priority } = first;
      gate.leave(endsMs, enteredMs, endsMs - enteredMs > timeoutMs ? "failed" : "succeeded");
      served.push({ priority, enteredMs, endedMs: endsMs });
      serve(endsMs);
    } else {
      if (arrivesMs >= durationMs) {
        if (!first) return served;
        arrivesMs = Number.POSITIVE_INFINITY;
        continue;
      }
      const priority = load.priority?.() ?? "critical";
      if (gate.enter(arrivesMs, priority)) {
        waiting.push({ priority, enteredMs: arrivesMs });
        serve(arrivesMs);
      }
      arrivesMs += (-Math.log(1 - random()) * 1_000) / load.perSecond(arrivesMs);
    }
  }
}

/** Keeps the calls in order, the next to end at the back. */
function insert(calls: Call[], call: Call): void {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((calls[middle]?.endsMs ?? 0) > call.endsMs) low = middle + 1;
    else high = middle;
  }
  calls.splice(low, 0, call);
}

/** What was served between two moments. */
export function between(calls: readonly Served[], fromMs: number, toMs: number) {
  const within = calls.filter(({ endedMs }) => endedMs >= fromMs && endedMs < toMs);
  const times = within.map(({ enteredMs, endedMs }) => endedMs - enteredMs).sort((one, other) => one - other);
  const quantile = (share: number) =>
    times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  return {
    perSecond: within.length / ((toMs - fromMs) / 1_000),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  };
}
