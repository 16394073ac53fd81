import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock } from "../../time/index.ts";
import { sourceOf } from "../call/abort-source.ts";
import { PolicyError } from "../errors.ts";
import { policy } from "../policy.ts";
import { bulkhead } from "./bulkhead.ts";

const isFull = (reason: string) => (error: unknown) =>
  error instanceof PolicyError && error.code === "BULKHEAD_FULL" && error.details.reason === reason;

/** Lets what can happen now happen. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { work: () => promise, resolve, reject };
}

test("over random schedules: never too many under way or waiting, first come first served, and every call ends once", async () => {
  const step = fc.record({
    do: fc.constantFrom("call", "call", "call", "end", "fail", "abort", "advance"),
    which: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 4 }),
      fc.array(step, { maxLength: 40, size: "max" }),
      async (concurrent, queue, steps) => {
        const clock = new SimulatedClock();
        const layer = bulkhead({ concurrent, queue, waitMsMax: 100 });
        const guarded = policy(layer).with({ clock });
        const underWay: { id: number; end: ReturnType<typeof held> }[] = [];
        const begun: number[] = [];
        const aborts: AbortController[] = [];
        const results: Promise<unknown>[] = [];
        for (const [id, one] of steps.entries()) {
          if (one.do === "call") {
            const end = held();
            const abort = new AbortController();
            aborts.push(abort);
            const work = () => {
              const entry = { id, end };
              begun.push(id);
              underWay.push(entry);
              assert.ok(underWay.length <= concurrent, `${underWay.length} under way`);
              return end.work().finally(() => underWay.splice(underWay.indexOf(entry), 1));
            };
            results.push(guarded.run(work, { signal: abort.signal }).catch((error) => error));
          } else if (one.do === "advance") await clock.advance(one.which % 60);
          else if (one.do === "abort") aborts[one.which % Math.max(1, aborts.length)]?.abort("given up");
          else {
            const entry = underWay[one.which % Math.max(1, underWay.length)];
            if (one.do === "end") entry?.end.resolve("done");
            else entry?.end.reject(undefined);
          }
          await turn();
          assert.ok(layer.waiting <= queue && layer.inFlight <= concurrent);
          assert.equal(layer.inFlight, underWay.length);
          assert.ok(layer.waiting === 0 || layer.inFlight === concurrent);
        }
        while (underWay.length > 0 || layer.waiting > 0) {
          for (const { end } of [...underWay]) end.resolve("done");
          await turn();
        }
        await Promise.all(results);
        assert.deepEqual(
          begun,
          begun.toSorted((one, other) => one - other),
        );
        assert.deepEqual([layer.inFlight, layer.waiting, clock.pendingTimers], [0, 0, 0]);
        for (const { signal } of aborts) assert.equal(sourceOf(signal).listeners, 0);
      },
    ),
    { numRuns: 60 },
  );
});

test("what finds it full is refused at once, and told so", async () => {
  const events: unknown[] = [];
  const layer = bulkhead({ concurrent: 1, name: "orders" });
  const guarded = policy(layer).with({ observer: (event) => events.push(event) });
  const first = held();
  const running = guarded.run(first.work);
  await assert.rejects(
    guarded.run(() => "never"),
    isFull("full"),
  );
  assert.deepEqual(events, [{ kind: "refused", layer: "orders", code: "BULKHEAD_FULL" }]);
  first.resolve("done");
  assert.equal(await running, "done");
  assert.deepEqual(layer.counters, { calls: 2, queued: 0, refused: 1 });
});

test("a place is free again before the caller hears how the call ended, whether it throws, rejects or returns", async () => {
  const layer = bulkhead({ concurrent: 1 });
  const guarded = policy(layer);
  const works: (() => unknown)[] = [
    () => "value",
    () => {
      throw new Error("at once");
    },
    async () => "later",
    () => Promise.reject(undefined),
    () => Promise.reject("text"),
  ];
  for (const work of works) {
    await guarded.run(work).then(
      () => assert.equal(layer.inFlight, 0),
      () => assert.equal(layer.inFlight, 0),
    );
  }
});

test("a call that waited too long is refused, and frees its place in the line", async () => {
  const clock = new SimulatedClock();
  const layer = bulkhead({ concurrent: 1, queue: 1, waitMsMax: 50 });
  const guarded = policy(layer).with({ clock });
  const first = held();
  const running = guarded.run(first.work);
  const late = assert.rejects(
    guarded.run(() => "never"),
    isFull("waited-too-long"),
  );
  await clock.advance(49);
  assert.equal(layer.waiting, 1);
  await clock.advance(1);
  await late;
  assert.equal(layer.waiting, 0);
  const second = guarded.run(() => "second");
  first.resolve("first");
  assert.deepEqual(await Promise.all([running, second]), ["first", "second"]);
  assert.equal(clock.pendingTimers, 0);
});

test("a call that is given up before, while it waits, or just as it is served never begins, and holds no place", async () => {
  const clock = new SimulatedClock();
  const layer = bulkhead({ concurrent: 1, queue: 5, waitMsMax: 50 });
  const guarded = policy(layer).with({ clock });
  const first = held();
  const running = guarded.run(first.work);
  let begun = 0;
  const never = () => {
    begun++;
  };
  await assert.rejects(
    guarded.run(never, { signal: AbortSignal.abort("before") }),
    (reason) => reason === "before",
  );
  const leaving = new AbortController();
  const waiting = guarded.run(never, { signal: leaving.signal });
  leaving.abort("while");
  await assert.rejects(waiting, (reason) => reason === "while");
  assert.equal(layer.waiting, 0);
  const served = new AbortController();
  const unlucky = guarded.run(never, { signal: served.signal });
  const last = guarded.run(() => "last");
  first.resolve("first");
  // Its place is handed over in a reaction of the first one's end: give it up right after.
  void first.work().then(() => served.abort("served"));
  await assert.rejects(unlucky, (reason) => reason === "served");
  assert.deepEqual(await Promise.all([running, last]), ["first", "last"]);
  assert.deepEqual([begun, layer.inFlight, layer.waiting, clock.pendingTimers], [0, 0, 0, 0]);
});

test("work that waited begins in its own caller's asynchronous context", async () => {
  const request = new AsyncLocalStorage<string>();
  const guarded = policy(bulkhead({ concurrent: 1, queue: 10 }));
  const calls = ["a", "b", "c"].map((id) =>
    request.run(id, () =>
      guarded.run(async () => {
        await turn();
        return `${id} as ${request.getStore()}`;
      }),
    ),
  );
  assert.deepEqual(await Promise.all(calls), ["a as a", "b as b", "c as c"]);
});

test("work may call its own bulkhead while there is room, and with a wait limit it does not wait for itself for ever", async () => {
  const clock = new SimulatedClock();
  const guarded = policy(bulkhead({ concurrent: 2, queue: 1, waitMsMax: 10 })).with({ clock });
  assert.equal(await guarded.run(() => guarded.run(() => "inner")), "inner");
  const tooDeep = assert.rejects(
    guarded.run(() => guarded.run(() => guarded.run(() => "never"))),
    isFull("waited-too-long"),
  );
  await clock.advance(10);
  await tooDeep;
});

test("10,000 calls at once: each is served or refused, in order, and nothing is left", async () => {
  const layer = bulkhead({ concurrent: 100, queue: 4_900 });
  const guarded = policy(layer);
  let served = 0;
  let refused = 0;
  let outOfOrder = 0;
  const calls = Array.from({ length: 10_000 }, (_, index) =>
    guarded
      .run(async () => index)
      .then(
        (value) => {
          if (value !== served++) outOfOrder++;
        },
        () => refused++,
      ),
  );
  await Promise.all(calls);
  assert.deepEqual([served, refused, outOfOrder], [5_000, 5_000, 0]);
  assert.deepEqual([layer.inFlight, layer.waiting], [0, 0]);
});

test("a limit to the wait that no timer can keep is told", () => {
  for (const waitMsMax of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => bulkhead({ concurrent: 1, waitMsMax }), /bulkhead: waitMsMax has to be/);
  assert.throws(() => bulkhead({ concurrent: 0 }), /bulkhead: concurrent/);
});
