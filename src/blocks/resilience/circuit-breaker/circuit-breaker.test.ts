import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { bulkhead } from "../bulkhead/bulkhead.ts";
import { sourceOf } from "../call/abort-source.ts";
import { PolicyError } from "../errors.ts";
import type { PolicyEvent } from "../observer.ts";
import { policy } from "../policy.ts";
import { timeout } from "../timeout.ts";
import { circuitBreaker } from "./circuit-breaker.ts";
import { consecutiveFailures } from "./consecutive-failures.ts";
import { countWindow } from "./count-window.ts";
import { FaultyCircuitStore } from "./testing/faulty-circuit-store.ts";
import { MemoryCircuitStore } from "./testing/memory-circuit-store.ts";

const isOpen = (error: unknown) => error instanceof PolicyError && error.code === "CIRCUIT_OPEN";

/** Rejects with what is no error. */
const fails = () => Promise.reject("ill");

function world() {
  const clock = new SimulatedClock();
  const events: PolicyEvent[] = [];
  return { clock, events, observer: (event: PolicyEvent) => void events.push(event) };
}

test("it opens, refuses without calling, tries after its time, and closes; and tells of it", async () => {
  const { clock, events, observer } = world();
  const breaker = circuitBreaker({ trip: consecutiveFailures(2), openMs: 100, trials: 1, name: "prices" });
  const guarded = policy(breaker).with({ clock, observer });
  for (let call = 0; call < 2; call++) await assert.rejects(guarded.run(fails), (error) => error === "ill");
  assert.equal(breaker.state, "open");
  await clock.advance(40);
  await assert.rejects(
    guarded.run(() => assert.fail("it was called")),
    (error) =>
      isOpen(error) && (error as PolicyError).retryAfterMs === 60 && (error as PolicyError).by === breaker,
  );
  await clock.advance(60);
  assert.equal(await guarded.run(() => "well"), "well");
  assert.equal(breaker.state, "closed");
  assert.deepEqual(events, [
    { kind: "circuit-changed", layer: "prices", from: "closed", to: "open" },
    { kind: "refused", layer: "prices", code: "CIRCUIT_OPEN" },
    { kind: "circuit-changed", layer: "prices", from: "open", to: "half-open" },
    { kind: "circuit-changed", layer: "prices", from: "half-open", to: "closed" },
  ]);
  const counted = { calls: 4, succeeded: 1, failed: 2, ignored: 0, slow: 0, refused: 1, opened: 1 };
  assert.deepEqual(breaker.counters, counted);
  assert.equal(clock.pendingTimers, 0);
});

test("by default the first errors do not open it: it takes half of at least 20 calls", async () => {
  const { clock } = world();
  const breaker = circuitBreaker();
  const guarded = policy(breaker).with({ clock });
  for (let call = 0; call < 19; call++) await guarded.run(fails).catch(() => {});
  assert.equal(breaker.state, "closed");
  await guarded.run(fails).catch(() => {});
  assert.equal(breaker.state, "open");
});

test("whatever the work does wrong counts as a failure: throwing, rejecting with an error, with nothing, with a thenable", async () => {
  const works: (() => unknown)[] = [
    () => {
      throw new Error("at once");
    },
    () => Promise.reject(undefined),
    async () => {
      throw "text";
    },
    // biome-ignore lint/suspicious/noThenProperty: this is the hostile thing under test
    () => ({ then: (_: unknown, reject: (reason: unknown) => void) => reject(null) }),
  ];
  for (const work of works) {
    const breaker = circuitBreaker({ trip: consecutiveFailures(1) });
    await assert.rejects(async () => policy(breaker).run(work));
    assert.equal(breaker.state, "open");
  }
});

test("a caller who gives up says nothing of the dependency, and gives its trial's place back", async () => {
  const { clock } = world();
  const breaker = circuitBreaker({ trip: consecutiveFailures(1), openMs: 100, trials: 1 });
  const guarded = policy(breaker).with({ clock });
  const waits = (signal: AbortSignal) =>
    guarded.run((context) => new Promise((_, reject) => context.signal.addEventListener("abort", reject)), {
      signal,
    });
  const first = new AbortController();
  const given = waits(first.signal);
  first.abort("enough");
  await assert.rejects(given, (reason) => reason === "enough");
  await assert.rejects(waits(AbortSignal.abort("before")), (reason) => reason === "before");
  assert.equal(breaker.state, "closed");
  await assert.rejects(guarded.run(fails));
  await clock.advance(100);
  const second = new AbortController();
  const trial = waits(second.signal);
  await assert.rejects(
    guarded.run(() => "no place"),
    isOpen,
  );
  second.abort("enough");
  await assert.rejects(trial);
  assert.equal(await guarded.run(() => "well"), "well");
  assert.equal(breaker.state, "closed");
  for (const { signal } of [first, second]) assert.equal(sourceOf(signal).listeners, 0);
});

test("a timeout counts against the dependency, inside of the breaker and around it", async () => {
  const { clock } = world();
  const never = (context: { signal: AbortSignal }) =>
    new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(new Error("aborted"))));
  for (const order of ["inside", "around"] as const) {
    const breaker = circuitBreaker({ trip: consecutiveFailures(1) });
    const layers = order === "inside" ? ([breaker, timeout(10)] as const) : ([timeout(10), breaker] as const);
    const call = assert.rejects(
      policy(...layers)
        .with({ clock })
        .run(never),
      { code: "TIMED_OUT" },
    );
    await clock.advance(10);
    await call;
    assert.equal(breaker.state, "open", order);
  }
  assert.equal(clock.pendingTimers, 0);
});

test("what an inner bulkhead refuses never reached the dependency, and does not count", async () => {
  const breaker = circuitBreaker({ trip: consecutiveFailures(1) });
  const guarded = policy(breaker, bulkhead({ concurrent: 1 }));
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = guarded.run(() => promise);
  await assert.rejects(
    guarded.run(() => "never"),
    { code: "BULKHEAD_FULL" },
  );
  resolve();
  await first;
  assert.equal(breaker.state, "closed");
  assert.equal(breaker.counters.ignored, 1);
});

test("an error that is none of the dependency's counts as a success; a judge that throws counts as a failure", async () => {
  const lenient = circuitBreaker({
    trip: consecutiveFailures(1),
    isFailure: (error) => error !== "not found",
  });
  await assert.rejects(policy(lenient).run(() => Promise.reject("not found")));
  assert.deepEqual([lenient.state, lenient.counters.succeeded], ["closed", 1]);
  const broken = circuitBreaker({
    trip: consecutiveFailures(1),
    isFailure: () => {
      throw new Error("the judge");
    },
  });
  await assert.rejects(policy(broken).run(fails), (error) => error === "ill");
  assert.equal(broken.state, "open");
});

test("slow calls open it, though they succeed", async () => {
  const { clock } = world();
  const breaker = circuitBreaker({ trip: countWindow({ calls: 2, slowAfterMs: 50, slowShare: 1 }) });
  const guarded = policy(breaker).with({ clock });
  for (let call = 0; call < 2; call++) {
    const slow = guarded.run(() => clock.sleep(51));
    await clock.advance(51);
    await slow;
  }
  assert.deepEqual([breaker.state, breaker.counters.slow], ["open", 2]);
});

test("forced, it holds, and the same breaker is shared by the policies that it stands in", async () => {
  const breaker = circuitBreaker({ trip: consecutiveFailures(1) });
  const [one, other] = [policy(breaker), policy(timeout(1_000), breaker)];
  breaker.force("open");
  await assert.rejects(
    other.run(() => "never"),
    (error) => isOpen(error) && (error as PolicyError).retryAfterMs === undefined,
  );
  breaker.force("closed");
  await assert.rejects(one.run(fails), (error) => error === "ill");
  assert.equal(breaker.state, "forced-closed");
  breaker.force(undefined);
  await assert.rejects(one.run(fails), (error) => error === "ill");
  await assert.rejects(
    other.run(() => "never"),
    isOpen,
  );
});

test("work may call through its own breaker, and an observer that throws disturbs nobody", async () => {
  const breaker = circuitBreaker({ trip: consecutiveFailures(1) });
  const guarded = policy(breaker).with({
    observer: () => {
      throw new Error("the observer");
    },
  });
  assert.equal(await guarded.run(() => guarded.run(() => "inner")), "inner");
  await assert.rejects(
    guarded.run(() => guarded.run(fails)),
    (error) => error === "ill",
  );
  await assert.rejects(
    guarded.run(() => "never"),
    isOpen,
  );
});

test("10,000 calls at once that fail while it was closed open it once, and the trials are few when its time is over", async () => {
  const { clock } = world();
  const breaker = circuitBreaker({ openMs: 100 });
  const guarded = policy(breaker).with({ clock });
  const flood = async (calls: number, work: () => unknown) => {
    let got = 0;
    const called = () => {
      got++;
      return work();
    };
    await Promise.allSettled(Array.from({ length: calls }, () => guarded.run(called)));
    return got;
  };
  assert.equal(await flood(10_000, async () => Promise.reject("ill")), 10_000);
  assert.equal(breaker.counters.opened, 1);
  await clock.advance(100);
  assert.equal(await flood(1_000, async () => "well"), 3);
  assert.equal(breaker.state, "closed");
});

test("refusals carry no stack, which would cost ten times the rest of them; other errors keep theirs", async () => {
  const breaker = circuitBreaker();
  breaker.force("open");
  const error: unknown = await policy(breaker)
    .run(() => "never")
    .catch((thrown) => thrown);
  assert.ok(error instanceof PolicyError);
  assert.equal(error.stack?.includes("\n    at "), false);
  assert.match(String(error), /circuit breaker: the circuit is open/);
  assert.match(new Error("other").stack ?? "", /\n {4}at /);
});

test("breakers that share a store open together, and tell it", async () => {
  const { clock, events, observer } = world();
  const store = new FaultyCircuitStore(new MemoryCircuitStore(clock));
  const make = () =>
    circuitBreaker({ trip: consecutiveFailures(3), shared: { store, key: "prices", refreshMs: 100 } });
  const [here, there] = [make(), make()];
  const [one, other] = [policy(here).with({ clock }), policy(there).with({ clock, observer })];
  for (let call = 0; call < 3; call++) await assert.rejects(one.run(fails));
  await clock.advance(1);
  assert.equal(await other.run(() => "the first learns of it"), "the first learns of it");
  await clock.advance(1);
  await assert.rejects(
    other.run(() => "never"),
    isOpen,
  );
  assert.deepEqual(events[0], {
    kind: "circuit-changed",
    layer: "circuit breaker",
    from: "closed",
    to: "open",
  });
  assert.equal(there.counters.opened, 1);
});
