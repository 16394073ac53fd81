import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import fc from "fast-check";
import { SimulatedClock, seededRandom } from "../../time/index.ts";
import { FlowError } from "../errors.ts";
import { type Admission, type AdmissionQueue, admissionQueue } from "./admission-queue.ts";

const PRIORITIES = ["background", "low", "normal", "critical"] as const;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Asks for a place and notes what becomes of it. */
function ask(queue: AdmissionQueue, options: Parameters<AdmissionQueue["enter"]>[0] = {}) {
  const asked: { place?: Admission; error?: unknown; times: number } = { times: 0 };
  queue.enter(options).then(
    (place) => {
      asked.times++;
      asked.place = place;
    },
    (error: unknown) => {
      asked.times++;
      asked.error = error;
    },
  );
  return asked;
}

function reasonOf(error: unknown): unknown {
  assert.ok(error instanceof FlowError);
  assert.equal(error.code, "OVERLOADED");
  assert.ok(error.retryable);
  return error.details.reason;
}

test("on any schedule places and room are never overdrawn, no place stays empty while somebody waits, and everybody is answered once", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("enter" as const), priority: fc.nat(3), withSignal: fc.boolean() }),
    fc.record({ do: fc.constant("release" as const), which: fc.nat(100) }),
    fc.record({ do: fc.constant("abort" as const), which: fc.nat(100) }),
    fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 0, max: 60 }) }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 5 }),
      fc.array(step, { maxLength: 60, size: "max" }),
      async (concurrent, capacity, steps) => {
        const clock = new SimulatedClock();
        const queue = admissionQueue({ concurrent, capacity, clock });
        const all: (ReturnType<typeof ask> & {
          abort?: AbortController;
          enteredMs: number;
          endedMs?: number;
        })[] = [];
        for (const one of steps) {
          if (one.do === "advance") await clock.advance(one.ms);
          if (one.do === "enter") {
            const abort = one.withSignal ? new AbortController() : undefined;
            const priority = PRIORITIES[one.priority] ?? "normal";
            const asked = ask(queue, { priority, ...(abort && { signal: abort.signal }) });
            all.push(Object.assign(asked, { enteredMs: clock.monotonicMs(), ...(abort && { abort }) }));
          }
          const held = all.filter(({ place }) => place);
          const waiting = all.filter(({ times }) => times === 0);
          if (one.do === "release" && held.length > 0) {
            const { place } = held[one.which % held.length] ?? {};
            place?.release();
            place?.release();
            for (const asked of held) if (asked.place === place) delete asked.place;
          }
          if (one.do === "abort" && waiting.length > 0) waiting[one.which % waiting.length]?.abort?.abort();
          await settled();
          const nowHeld = all.filter(({ place }) => place).length;
          const nowWaiting = all.filter(({ times }) => times === 0);
          assert.equal(queue.admitted, nowHeld);
          assert.equal(queue.waiting, nowWaiting.length);
          assert.ok(nowHeld <= concurrent && nowWaiting.length <= capacity);
          assert.ok(nowWaiting.length === 0 || nowHeld === concurrent);
          assert.equal(clock.pendingTimers, nowWaiting.length === 0 ? 0 : 1);
          for (const { enteredMs } of nowWaiting) assert.ok(clock.monotonicMs() - enteredMs < 100);
        }
        await clock.advance(1_000);
        for (const { times, abort } of all) {
          assert.equal(times, 1);
          if (abort) assert.equal(getEventListeners(abort.signal, "abort").length, 0);
        }
        assert.equal(queue.oldestWaitMs, 0);
      },
    ),
    { numRuns: 150 },
  );
});

test("while all is well, those of one priority are served in order of their coming, and the more urgent first", async () => {
  const clock = new SimulatedClock();
  const queue = admissionQueue({ concurrent: 1, clock });
  const first = await queue.enter();
  const order: string[] = [];
  const wait = async (name: string, priority: (typeof PRIORITIES)[number]) => {
    using _place = await queue.enter({ priority });
    order.push(name);
  };
  const all = [
    wait("background", "background"),
    wait("normal 1", "normal"),
    wait("critical 1", "critical"),
    wait("normal 2", "normal"),
    wait("critical 2", "critical"),
    wait("low", "low"),
  ];
  assert.equal(queue.waiting, 6);
  first.release();
  await Promise.all(all);
  assert.deepEqual(order, ["critical 1", "critical 2", "normal 1", "normal 2", "low", "background"]);
  assert.equal(queue.admitted, 0);
});

/** Twice as many calls as two places can serve, 10 ms each, for two seconds; how long those waited who were served. */
async function overload(queue: AdmissionQueue, clock: SimulatedClock) {
  const random = seededRandom(4);
  const waitsMs: number[] = [];
  const ended: Promise<void>[] = [];
  let turnedAway = 0;
  const call = async () => {
    const enteredMs = clock.monotonicMs();
    try {
      using _place = await queue.enter();
      waitsMs.push(clock.monotonicMs() - enteredMs);
      await clock.sleep(10);
    } catch (thrown) {
      assert.equal(reasonOf(thrown) === "full", false);
      turnedAway++;
    }
  };
  while (clock.monotonicMs() < 2_000) {
    ended.push(call());
    await clock.advance(-Math.log(1 - random()) * 2.5);
  }
  const { isOverloaded } = queue;
  await clock.advance(1_000);
  await Promise.all(ended);
  return { waitsMs, turnedAway, isOverloaded };
}

test("under twice the load, places stay busy and those served have waited for twice the target at most", async () => {
  const clock = new SimulatedClock();
  const queue = admissionQueue({ concurrent: 2, clock });
  const { waitsMs, turnedAway } = await overload(queue, clock);
  assert.ok(waitsMs.length >= 0.95 * 400, `${waitsMs.length} served of the 400 that could be`);
  assert.ok(turnedAway > 300);
  // The first interval, when it may yet be a burst, is served in order of coming.
  const later = waitsMs.slice(60).sort((one, other) => one - other);
  assert.ok((later.at(-1) ?? 0) <= 10, `${later.at(-1)} ms`);
  assert.ok((later[Math.floor(later.length / 2)] ?? 0) <= 5, "half of them have waited less than the target");
  assert.equal(clock.pendingTimers, 0);
  assert.equal(queue.admitted, 0);
});

test("overload ends with the load: an interval after it the order is that of coming again", async () => {
  const clock = new SimulatedClock();
  const queue = admissionQueue({ concurrent: 2, clock });
  assert.ok((await overload(queue, clock)).isOverloaded);
  (await queue.enter()).release();
  await clock.advance(100);
  (await queue.enter()).release();
  assert.equal(queue.isOverloaded, false);
});

test("when those inside hang, those who wait are turned away after an interval", async () => {
  const clock = new SimulatedClock();
  const queue = admissionQueue({ concurrent: 1, clock, intervalMs: 50 });
  await queue.enter();
  const asked = ask(queue, { priority: "critical" });
  await clock.advance(49);
  assert.equal(asked.times, 0);
  assert.equal(queue.oldestWaitMs, 49);
  await clock.advance(1);
  assert.equal(reasonOf(asked.error), "waited");
  assert.equal(queue.waiting, 0);
  assert.equal(clock.pendingTimers, 0);
});

test("in a full room the more urgent take the place of the oldest of the least urgent, and equals are refused", async () => {
  const clock = new SimulatedClock();
  const queue = admissionQueue({ concurrent: 1, capacity: 3, clock });
  await queue.enter();
  const [old, young, low] = [
    ask(queue, { priority: "background" }),
    ask(queue, { priority: "background" }),
    ask(queue, { priority: "low" }),
  ];
  const refused = ask(queue, { priority: "background" });
  const critical = ask(queue, { priority: "critical" });
  await settled();
  assert.equal(reasonOf(refused.error), "full");
  assert.equal(reasonOf(old?.error), "displaced");
  assert.deepEqual([young?.times, low?.times, critical.times], [0, 0, 0]);
  assert.equal(queue.waiting, 3);
});

test("an abort ends the wait with its reason, and one from before lets nobody in", async () => {
  const clock = new SimulatedClock();
  const queue = admissionQueue({ concurrent: 1, clock });
  const aborted = AbortSignal.abort(new Error("gone"));
  await assert.rejects(queue.enter({ signal: aborted }), /gone/);
  const place = await queue.enter();
  const abort = new AbortController();
  const asked = ask(queue, { signal: abort.signal });
  abort.abort("no error at all");
  await settled();
  assert.equal(asked.error, "no error at all");
  place.release();
  assert.deepEqual([queue.admitted, queue.waiting, clock.pendingTimers], [0, 0, 0]);
});

test("a hundred thousand wait at once, and each step stays cheap", async () => {
  const clock = new SimulatedClock();
  const queue = admissionQueue({ concurrent: 1, capacity: 100_000, clock });
  const first = await queue.enter();
  let served = 0;
  const all = Array.from({ length: 100_000 }, async (_, index) => {
    const place = await queue.enter({ priority: PRIORITIES[index % 4] ?? "normal" });
    served++;
    place.release();
  });
  assert.equal(queue.waiting, 100_000);
  first.release();
  await Promise.all(all);
  assert.equal(served, 100_000);
  assert.deepEqual([queue.admitted, queue.waiting, clock.pendingTimers], [0, 0, 0]);
});

test("options that cannot be are refused by name", () => {
  assert.throws(() => admissionQueue({ concurrent: 0 }), /concurrent/);
  assert.throws(() => admissionQueue({ concurrent: 1, capacity: -1 }), /capacity/);
  assert.throws(() => admissionQueue({ concurrent: 1, targetMs: -1 }), /targetMs/);
  assert.throws(() => admissionQueue({ concurrent: 1, intervalMs: 2 ** 31 }), /intervalMs/);
});
