import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { SimulatedClock } from "../time/index.ts";
import { sourceOf } from "./call/abort-source.ts";
import { Deadline } from "./deadline/deadline.ts";
import { PolicyError } from "./errors.ts";
import { policy } from "./policy.ts";
import { rateLimited, type Taken, type Takes } from "./rate-limited.ts";

const YES: Taken = { allowed: true, retryAfterMs: 0, delayMs: 0 };

/** Answers as it is told, and notes who asked. */
function limiter(...answers: (Taken | Promise<Taken>)[]) {
  const asked: string[] = [];
  const takes: Takes = {
    take(key, cost) {
      asked.push(`${key} ${cost}`);
      return answers.shift() ?? YES;
    },
  };
  return { takes, asked };
}

const isLimited = (retryAfterMs: number) => (error: unknown) =>
  error instanceof PolicyError && error.code === "RATE_LIMITED" && error.retryAfterMs === retryAfterMs;

test("what the limiter does not allow is not called, and is told when to come again; at once or from afar", async () => {
  const no: Taken = { allowed: false, retryAfterMs: 40, delayMs: 0 };
  const events: unknown[] = [];
  const { takes } = limiter(no, Promise.resolve(no), Promise.resolve(YES));
  const layer = rateLimited(takes, { name: "sms" });
  const limited = policy(layer).with({ observer: (event) => events.push(event) });
  for (let call = 0; call < 2; call++)
    await assert.rejects(
      limited.run(() => assert.fail("it was called")),
      isLimited(40),
    );
  assert.equal(await limited.run(() => "sent"), "sent");
  assert.deepEqual(events, Array(2).fill({ kind: "refused", layer: "sms", code: "RATE_LIMITED" }));
  assert.deepEqual(layer.counters, { calls: 3, refused: 2, delayed: 0 });
});

test("a call counts against its own key and for 1, unless the options say otherwise", async () => {
  const { takes, asked } = limiter();
  await policy(rateLimited(takes)).run(() => 1);
  await policy(rateLimited(takes)).run(() => 1, { key: "anna" });
  const options = { key: () => "all", cost: ({ attempt }: { attempt: number }) => attempt * 10 };
  await policy(rateLimited(takes, options)).run(() => 1, { key: "anna" });
  assert.deepEqual(asked, [" 1", "anna 1", "all 10"]);
});

test("where the limiter queues, the call waits for its turn", async () => {
  const clock = new SimulatedClock();
  const { takes } = limiter({ ...YES, delayMs: 25 });
  const layer = rateLimited(takes);
  const begun = policy(layer)
    .with({ clock })
    .run(() => clock.monotonicMs());
  await clock.advance(30);
  assert.equal(await begun, 25);
  assert.deepEqual(layer.counters, { calls: 1, refused: 0, delayed: 1 });
  assert.equal(clock.pendingTimers, 0);
});

test("a turn that comes at or after the deadline is refused at once", async () => {
  const clock = new SimulatedClock();
  const deadline = new Deadline(20, clock);
  for (const delayMs of [20, 21]) {
    const limited = policy(rateLimited(limiter({ ...YES, delayMs }).takes)).with({ clock });
    await assert.rejects(
      limited.run(() => assert.fail("it was called"), { deadline }),
      isLimited(delayMs),
    );
  }
  const limited = policy(rateLimited(limiter({ ...YES, delayMs: 19 }).takes)).with({ clock });
  const inTime = limited.run(() => "in time", { deadline });
  await clock.advance(19);
  assert.equal(await inTime, "in time");
});

test("a turn that comes later than any timer can wait is refused", async () => {
  const delayMs = 2 ** 31;
  const limited = policy(rateLimited(limiter({ ...YES, delayMs }).takes));
  await assert.rejects(
    limited.run(() => assert.fail("it was called")),
    isLimited(delayMs),
  );
});

test("a call that is given up while the limiter is asked or while it waits is not called", async () => {
  const clock = new SimulatedClock();
  const { promise, resolve } = Promise.withResolvers<Taken>();
  const { takes } = limiter(promise, { ...YES, delayMs: 25 });
  const limited = policy(rateLimited(takes)).with({ clock });
  let called = 0;
  for (const give of [() => resolve(YES), () => {}]) {
    const abort = new AbortController();
    const given = assert.rejects(
      limited.run(() => called++, { signal: abort.signal }),
      (reason) => reason === "enough",
    );
    abort.abort("enough");
    give();
    await given;
    await clock.advance(30);
    assert.equal(sourceOf(abort.signal).listeners, 0);
  }
  assert.deepEqual([called, clock.pendingTimers], [0, 0]);
});

test("what the limiter, its key or its cost throws is what the call rejects with", async () => {
  const throws = () => {
    throw "no limiter";
  };
  for (const limited of [
    policy(rateLimited({ take: throws })),
    policy(rateLimited({ take: () => Promise.reject("no limiter") })),
    policy(rateLimited(limiter().takes, { key: throws })),
    policy(rateLimited(limiter().takes, { cost: throws })),
  ])
    await assert.rejects(
      limited.run(() => assert.fail("it was called")),
      (error) => error === "no limiter",
    );
  // @ts-expect-error: no answer at all
  const mute = policy(rateLimited({ take: () => undefined }));
  const call = mute.run(() => assert.fail("it was called"));
  await assert.rejects(call, TypeError);
});

test("work that waited runs in its own caller's asynchronous context, and may call the same policy", async () => {
  const request = new AsyncLocalStorage<string>();
  const clock = new SimulatedClock();
  const { takes } = limiter({ ...YES, delayMs: 5 }, Promise.resolve(YES));
  const limited = policy(rateLimited(takes)).with({ clock });
  const calls = ["a", "b"].map((id) =>
    request.run(id, () => limited.run(() => limited.run(() => request.getStore()))),
  );
  await clock.advance(5);
  assert.deepEqual(await Promise.all(calls), ["a", "b"]);
});

test("of 10,000 calls at once exactly those that are allowed are called", async () => {
  let left = 1_000;
  const limited = policy(rateLimited({ take: () => (left-- > 0 ? YES : { ...YES, allowed: false }) }));
  let called = 0;
  await Promise.allSettled(Array.from({ length: 10_000 }, () => limited.run(() => called++)));
  assert.equal(called, 1_000);
});
