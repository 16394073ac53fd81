import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { SimulatedClock, systemClock } from "../../../time/index.ts";
import { rateLimiter } from "../../rate-limit/local-limiter.ts";
import type { Decision, RateLimiter, Reservation, Reserves } from "../../rate-limit/rate-limiter.ts";
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
} from "../../rate-limit/rule.ts";
import { ANSWER_LENGTH, type Answer, answerFrom } from "../answer.ts";
import { StoreKeys } from "../store-keys.ts";
import { StoreLine } from "../store-line.ts";
import { StoredRule, type Verb } from "../stored-rule.ts";
import { type ConnectedStore, connectStore } from "../testing/connected-store.ts";
import { RedisServer } from "../testing/redis-server.ts";

/** The time as the last argument, and keys that outlive the test: the server's own clock does not move with the schedule. */
const ARGUMENT_TIME_LUA = `
local now = tonumber(ARGV[#ARGV])
local LIFE_MS_MIN = 60000
`;

let server: RedisServer;
let connected: ConnectedStore;
before(async () => {
  server = await RedisServer.start();
  connected = await connectStore("ioredis", server.url);
});
after(async () => {
  await connected.close();
  await server[Symbol.asyncDispose]();
});

type Step =
  | { readonly verb: "take" | "peek" | "penalize" | "reward"; readonly units: number }
  | { readonly verb: "reserve"; readonly units: number; readonly waitMsMax: number }
  | { readonly verb: "cancel"; readonly which: number }
  | { readonly verb: "wait"; readonly ms: number };

const units = fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 12 }));
const someUnits = fc.oneof(
  { weight: 3, arbitrary: units },
  { weight: 1, arbitrary: fc.constantFrom(0.5, 2.25, 0.1) },
);
const change = fc.record({
  verb: fc.constantFrom(
    "take" as const,
    "take" as const,
    "take" as const,
    "peek" as const,
    "penalize" as const,
    "reward" as const,
  ),
  units: someUnits,
});
const reservation = fc.record({
  verb: fc.constant("reserve" as const),
  units,
  waitMsMax: fc.constantFrom(0, 400, 3_000, Number.MAX_SAFE_INTEGER / 1_000),
});
const wait = fc.record({
  verb: fc.constant("wait" as const),
  ms: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(0.001, 0.25, 999, 1_000, 2_000, 10_000)),
});
const cancel = fc.record({ verb: fc.constant("cancel" as const), which: fc.nat(5) });

/** How many schedules per rule, and how many steps at most in each. */
const RUNS = 60;
const STEPS_MAX = 40;
let runs = 0;

/** Runs both over one schedule, and compares each answer. */
async function compare(rule: Rule, steps: readonly Step[]): Promise<void> {
  const clock = new SimulatedClock();
  const local = rateLimiter(rule, { clock });
  const stored = new StoredRule(rule, ARGUMENT_TIME_LUA);
  const keys = new StoreKeys(`run${runs++}:`, stored.marks).of("key");
  const line = new StoreLine(connected.store, systemClock, 5_000, (_, cause) => assert.fail(String(cause)));
  const ask = async (verb: Verb, units: number, extra = 0, place = 0): Promise<Answer> => {
    const nowUs = Math.round(clock.wallMs() * 1_000);
    const words = [...stored.words(verb, units, extra, place), String(nowUs)];
    const numbers = await line.run(stored.script, keys, words, ANSWER_LENGTH);
    assert.ok(numbers, "no answer");
    return answerFrom(numbers, stored.capacities);
  };
  const reserved: { units: number; ours: Answer; theirs: Reservation }[] = [];
  for (const [index, step] of steps.entries()) {
    const at = `step ${index} ${JSON.stringify(step)} at ${clock.monotonicMs()}`;
    if (step.verb === "wait") await clock.advance(step.ms);
    else if (step.verb === "cancel") {
      const [one] = reserved.splice(step.which % Math.max(1, reserved.length), 1);
      if (!one) continue;
      one.theirs.cancel();
      await ask("cancel", one.units, one.ours.dueUs, one.ours.placeUs);
    } else if (step.verb === "reserve") {
      if (!canReserve(local)) continue;
      const theirs = local.reserve("key", step.units, { waitMsMax: step.waitMsMax });
      const ours = await ask("reserve", step.units, step.waitMsMax * 1_000);
      same(ours.decision, theirs, at);
      if (theirs.allowed) reserved.push({ units: step.units, ours, theirs });
    } else {
      const theirs = local[step.verb]("key", step.units);
      const ours = await ask(step.verb, step.units);
      same(ours.decision, theirs, at);
      if (step.verb === "take") assert.equal(ours.granted, theirs.allowed ? step.units : 0, at);
    }
  }
}

function canReserve(limiter: RateLimiter<true>): limiter is RateLimiter<true> & Reserves<true> {
  return "reserve" in limiter;
}

/** Equal but for the server's times, which are whole microseconds. */
function same(ours: Decision, theirs: Decision, at: string): void {
  const text = `${at}\nstore ${JSON.stringify(ours)}\nlocal ${JSON.stringify(theirs)}`;
  assert.equal(ours.allowed, theirs.allowed, text);
  assert.equal(ours.limit, theirs.limit, text);
  assert.equal(ours.remaining, theirs.remaining, text);
  for (const name of ["resetAfterMs", "retryAfterMs", "delayMs"] as const) {
    if (ours[name] === theirs[name]) continue;
    assert.ok(Math.abs(ours[name] - theirs[name]) <= 0.002, `${name}: ${text}`);
  }
}

const RULES: readonly [string, Rule][] = [
  ["a token bucket", tokenBucket({ limit: 10, windowMs: 1_000, burst: 5 })],
  [
    "GCRA, with a drip that is no whole number of microseconds",
    gcra({ limit: 7, windowMs: 1_000, burst: 13 }),
  ],
  ["a leaky meter", leakyMeter({ limit: 10, windowMs: 2_000 })],
  ["a leaky queue", leakyQueue({ limit: 10, windowMs: 1_000, queue: 6 })],
  ["a fixed window", fixedWindow({ limit: 10, windowMs: 1_000 })],
  ["a sliding log", slidingLog({ limit: 10, windowMs: 1_000 })],
  ["a sliding counter", slidingCounter({ limit: 10, windowMs: 1_000 })],
  [
    "tiers",
    tiers(
      tokenBucket({ limit: 5, windowMs: 250 }),
      fixedWindow({ limit: 12, windowMs: 1_000 }),
      slidingLog({ limit: 30, windowMs: 3_000 }),
      slidingCounter({ limit: 40, windowMs: 10_000 }),
    ),
  ],
];

for (const [name, rule] of RULES) {
  test(`${name} decides in the store as it does locally, step by step`, async () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      { weight: 6, arbitrary: change },
      { weight: 3, arbitrary: wait },
      { weight: 3, arbitrary: reservation },
      { weight: 1, arbitrary: cancel },
    );
    const schedules = fc.array(step, { maxLength: STEPS_MAX, size: "max" });
    await fc.assert(
      fc.asyncProperty(schedules, (steps) => compare(rule, steps)),
      { numRuns: RUNS },
    );
  });
}

test("a store's clock that steps back keeps nobody waiting for longer than it says, refused or not", async () => {
  const rate = { limit: 5, windowMs: 1_000 };
  for (const rule of [tokenBucket(rate), leakyQueue(rate), fixedWindow(rate), slidingCounter(rate)]) {
    const stored = new StoredRule(rule, ARGUMENT_TIME_LUA);
    const keys = new StoreKeys(`back ${rule.kind}:`, stored.marks).of("key");
    const line = new StoreLine(connected.store, systemClock, 5_000, undefined);
    let nowMs = Date.UTC(2026, 0, 1);
    const take = async (verb: Verb = "take") => {
      const words = [...stored.words(verb, 1), String(nowMs * 1_000)];
      const numbers = await line.run(stored.script, keys, words, ANSWER_LENGTH);
      return answerFrom(numbers ?? [], stored.capacities).decision;
    };
    while ((await take()).allowed);
    nowMs -= 3_600_000;
    assert.equal((await take("peek")).allowed, false, rule.kind);
    const { allowed, retryAfterMs } = await take();
    assert.equal(allowed, false, `${rule.kind}: a step is no gift`);
    assert.ok(retryAfterMs <= 2_000, rule.kind);
    nowMs += Math.ceil(retryAfterMs);
    assert.equal((await take()).allowed, true, rule.kind);
  }
});
