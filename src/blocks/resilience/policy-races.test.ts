import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { SimulatedClock } from "../time/index.ts";
import { sourceOf } from "./call/abort-source.ts";
import { deadline } from "./deadline/deadline-layer.ts";
import { type Policy, policy } from "./policy.ts";
import { retry } from "./retry/retry.ts";
import { timeout } from "./timeout.ts";

const forEver = () => new Promise<never>(() => {});
const policies: Record<string, () => Policy<never, "TIMED_OUT" | "DEADLINE_EXCEEDED">> = {
  "no layers": () => policy(),
  "a timeout": () => policy(timeout(1_000)),
  "a deadline around a retry around a timeout": () => policy(deadline(5_000), retry(), timeout(1_000)),
};

/** A promise of another library. */
function thenableOf(then: (resolve: (value: string) => void) => void): PromiseLike<string> {
  // biome-ignore lint/suspicious/noThenProperty: to have one is what makes it a thenable
  return Object.fromEntries([["then", then]]) as unknown as PromiseLike<string>;
}

/** A promise of a library that extends the platform's, as that of `zx`, whose `then` throws at times. */
function halted(): Promise<never> {
  class Halted extends Promise<never> {
    // biome-ignore lint/suspicious/noThenProperty: it is what libraries do
    override then(): never {
      // Of a kind that no retry waits for.
      throw new TypeError("halted");
    }
  }
  return new Halted(() => {});
}

for (const [name, make] of Object.entries(policies)) {
  const inWorld = () => {
    const clock = new SimulatedClock();
    return { clock, subject: make().with({ clock }) };
  };

  test(`${name}: aborted before, the work does not begin`, async () => {
    const { subject } = inWorld();
    let runs = 0;
    const settled = await subject.settle(() => runs++, { signal: AbortSignal.abort("before") });
    assert.deepEqual(settled, { kind: "aborted", reason: "before" });
    assert.equal(runs, 0);
  });

  test(`${name}: aborted meanwhile, the caller and the work hear the reason at once`, async () => {
    const { clock, subject } = inWorld();
    for (const given of ["why", { a: 1 }, undefined]) {
      const controller = new AbortController();
      const heard = Promise.withResolvers<unknown>();
      const call = subject.settle(
        ({ signal }) => {
          signal.addEventListener("abort", () => heard.resolve(signal.reason));
          return forEver();
        },
        { signal: controller.signal },
      );
      controller.abort(given);
      const { reason } = controller.signal;
      assert.deepEqual(await call, { kind: "aborted", reason });
      assert.equal(await heard.promise, reason);
      assert.equal(sourceOf(controller.signal).listeners, 0);
    }
    await clock.advance(10_000);
    assert.equal(clock.pendingTimers, 0);
  });

  test(`${name}: aborted by its own work, it is aborted, whatever the work returns or throws`, async () => {
    const { clock, subject } = inWorld();
    for (const work of [() => 1, () => Promise.reject(new Error("late")), forEver]) {
      const controller = new AbortController();
      const settled = await subject.settle(
        () => {
          controller.abort("mine");
          return work();
        },
        { signal: controller.signal },
      );
      assert.deepEqual(settled, { kind: "aborted", reason: "mine" });
    }
    assert.equal(clock.pendingTimers, 0);
  });

  test(`${name}: aborted after, nothing changes and nothing is heard`, async () => {
    const { subject } = inWorld();
    const controller = new AbortController();
    let signal: AbortSignal | undefined;
    const call = subject.settle(
      (context) => {
        signal = context.signal;
        return "value";
      },
      { signal: controller.signal },
    );
    assert.deepEqual(await call, { kind: "done", value: "value" });
    controller.abort();
    assert.equal(signal?.aborted, false);
    assert.equal(sourceOf(controller.signal).listeners, 0);
  });

  test(`${name}: whatever the work returns, its caller gets what await gives`, async () => {
    const { subject } = inWorld();
    const thenable = thenableOf((resolve) => resolve("thenable"));
    const hostile = thenableOf(() => {
      throw new TypeError("hostile");
    });
    assert.equal(await subject.run(() => thenable), "thenable");
    assert.equal(await subject.run(() => undefined), undefined);
    assert.equal(await subject.run(async () => null), null);
    const rejected = subject.run(() => hostile);
    await assert.rejects(rejected, /hostile/);
    const subclassed = subject.run(halted);
    await assert.rejects(subclassed, /halted/);
  });
}

test("work that fails after its call has ended is nobody's unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    for (const make of Object.values(policies)) {
      const clock = new SimulatedClock();
      const controller = new AbortController();
      const late = async () => {
        await clock.sleep(20_000);
        throw new Error("late");
      };
      const given = make().with({ clock }).settle(late, { signal: controller.signal });
      const timed = policy(timeout(10), retry({ attempts: 1 }), timeout(5))
        .with({ clock })
        .settle(late);
      await clock.advance(10);
      controller.abort("gone");
      await clock.advance(30_000);
      assert.deepEqual(await given, { kind: "aborted", reason: "gone" });
      assert.equal((await timed).kind, "refused");
    }
    assert.deepEqual(unhandled, []);
  } finally {
    process.off("unhandledRejection", note);
  }
});

test("the errors of policies within the work are failures of the work, not refusals", async () => {
  const clock = new SimulatedClock();
  const inner = policy(timeout(10)).with({ clock });
  const outer = policy(timeout(100)).with({ clock });
  const settled = outer.settle(() => inner.run(forEver));
  await clock.advance(10);
  const { kind } = await settled;
  assert.equal(kind, "failed");
});

test("calls that are over can be collected, although their signal and their policy live on", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const { signal } = new AbortController();
  const subject = policy(retry(), timeout(1_000));
  const results: WeakRef<object>[] = [];
  for (let call = 0; call < 100; call++) {
    const value = await subject.run(
      (context) => ({ context, signal: call % 2 === 0 ? context.signal : undefined }),
      { signal },
    );
    results.push(new WeakRef(value), new WeakRef(value.context));
  }
  const alive = () => results.filter((result) => result.deref() !== undefined).length;
  for (let tries = 0; tries < 20 && alive() > 2; tries++) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
  // The last may still stand in a register.
  assert.ok(alive() <= 2, `${alive()} of ${results.length} are alive`);
});

test("on the machine's clock, calls that are over leave nothing that keeps the process alive", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  const subject = policy(deadline(60_000), retry(), timeout(30_000));
  await Promise.all(Array.from({ length: 1_000 }, () => subject.run(async () => 1)));
  assert.equal(timers(), before);
});

test("a process with an idle policy ends by itself", async () => {
  const entry = join(import.meta.dirname, "index.ts");
  const program = `
    import { deadline, policy, retry, timeout } from ${JSON.stringify(entry)};
    const subject = policy(deadline(60_000), retry(), timeout(30_000));
    await subject.run(async () => 1);
    await subject.run(async ({ signal }) => signal.aborted, { signal: new AbortController().signal });
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", program], {
    stdio: ["ignore", "inherit", "inherit"],
    timeout: 10_000,
  });
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
