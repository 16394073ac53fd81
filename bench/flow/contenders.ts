import {
  adaptiveLimit,
  admissionQueue,
  channel,
  fixedWindow,
  fromIoredis,
  gcra,
  gradient,
  perDay,
  perHour,
  perSecond,
  type Rule,
  rateLimiter,
  sharedRateLimiter,
  slidingCounter,
  slidingLog,
  tiers,
  tokenBucket,
} from "../../src/blocks/flow/index.ts";
import type { Contender, Contenders, KeyDraw } from "../cost/contender.ts";
import { keyAt, LIVE_KEYS } from "../cost/keys.ts";

// Peers are imported where they are measured: loaded beside ours, they had doubled what a decision takes.

/** So high that decisions are measured and not refusals, in a window so long that no key is idle. */
const RATE = perHour(1_000_000);
const SECONDS_PER_HOUR = 3_600;
const CONCURRENT = 10;
/** Each waits for a timer. */
const BOTTLENECK_CALLS = 100;
/** A round trip takes a hundred times as long as a decision here. */
const SHARED_CALLS = 5_000;

/** A limiter of ours that has seen each of the million keys. */
function live(rule: Rule, draw: KeyDraw): Contender {
  const limiter = rateLimiter(rule, { keysMax: LIVE_KEYS });
  for (let index = 0; index < LIVE_KEYS; index++) limiter.take(keyAt(index));
  return { kind: "keyed", draw, decide: (key) => limiter.take(key) };
}

async function liveFlexible(draw: KeyDraw): Promise<Contender> {
  const { RateLimiterMemory } = await import("rate-limiter-flexible");
  const limiter = new RateLimiterMemory({ points: RATE.limit, duration: SECONDS_PER_HOUR });
  for (let index = 0; index < LIVE_KEYS; index++) {
    const taken = limiter.consume(keyAt(index));
    if (index % 10_000 === 0) await taken;
  }
  return { kind: "keyed", draw, decide: (key) => limiter.consume(key) };
}

/** The store that `bench/flow.ts` started. */
async function client() {
  const { Redis } = await import("ioredis");
  return new Redis(process.env.BENCH_STORE_URL ?? "redis://127.0.0.1:6379");
}

const work = async () => 1;

export const contenders = {
  bare: () => ({ kind: "awaited", call: work }),

  "ours: gcra, a thousand busy": () => live(gcra(RATE), "out of a thousand"),
  "ours: token bucket, a thousand busy": () => live(tokenBucket(RATE), "out of a thousand"),
  "rate-limiter-flexible: a thousand busy": () => liveFlexible("out of a thousand"),
  "ours: gcra, by Zipf": () => live(gcra(RATE), "by Zipf's law"),
  "ours: gcra, evenly": () => live(gcra(RATE), "evenly"),
  "ours: fixed window, by Zipf": () => live(fixedWindow(RATE), "by Zipf's law"),
  "ours: sliding counter, by Zipf": () => live(slidingCounter(RATE), "by Zipf's law"),
  "ours: sliding log, by Zipf": () => live(slidingLog(perHour(10)), "by Zipf's law"),
  "ours: tiers, by Zipf": () =>
    live(tiers(tokenBucket(perSecond(10)), tokenBucket(perDay(1_000))), "by Zipf's law"),
  "rate-limiter-flexible: by Zipf": () => liveFlexible("by Zipf's law"),
  "rate-limiter-flexible: evenly": () => liveFlexible("evenly"),

  "ours: admission": () => {
    const queue = admissionQueue({ concurrent: CONCURRENT });
    return {
      kind: "awaited",
      call: async () => {
        const admission = await queue.enter();
        const value = await work();
        admission.release();
        return value;
      },
    };
  },
  "p-limit: admission": async () => {
    const { default: pLimit } = await import("p-limit");
    const limit = pLimit(CONCURRENT);
    return { kind: "awaited", call: () => limit(work) };
  },
  "bottleneck: admission": async () => {
    const { default: Bottleneck } = await import("bottleneck");
    const limiter = new Bottleneck({ maxConcurrent: CONCURRENT });
    return { kind: "awaited", calls: BOTTLENECK_CALLS, call: () => limiter.schedule(work) };
  },
  "ours: adaptive limit": () => {
    const gate = adaptiveLimit({ law: gradient() });
    let nowMs = 0;
    return {
      kind: "awaited",
      call: async () => {
        const enteredMs = nowMs++;
        if (!gate.enter(enteredMs, "normal")) return 0;
        const value = await work();
        gate.leave(nowMs, enteredMs, "succeeded");
        return value;
      },
    };
  },
  "ours: channel": () => {
    const items = channel<number>({ capacity: 64, whenFull: "drop-newest" });
    return {
      kind: "awaited",
      call: () => {
        items.send(1);
        return items.receive();
      },
    };
  },

  "ours: shared fixed window": async () => {
    const store = fromIoredis(await client());
    const limiter = sharedRateLimiter(fixedWindow(RATE), { store, whenLost: "closed", timeoutMs: 1_000 });
    return { kind: "awaited", calls: SHARED_CALLS, call: () => limiter.take("user:1") };
  },
  "ours: shared gcra": async () => {
    const store = fromIoredis(await client());
    const limiter = sharedRateLimiter(gcra(RATE), { store, whenLost: "closed", timeoutMs: 1_000 });
    return { kind: "awaited", calls: SHARED_CALLS, call: () => limiter.take("user:1") };
  },
  "rate-limiter-flexible: shared": async () => {
    const { RateLimiterRedis } = await import("rate-limiter-flexible");
    const options = { points: RATE.limit, duration: SECONDS_PER_HOUR };
    const limiter = new RateLimiterRedis({ storeClient: await client(), ...options });
    return { kind: "awaited", calls: SHARED_CALLS, call: () => limiter.consume("user:1") };
  },
} satisfies Contenders;
