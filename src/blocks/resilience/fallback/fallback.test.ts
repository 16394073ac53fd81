import assert from "node:assert/strict";
import { test } from "node:test";
import { SimulatedClock } from "../../time/index.ts";
import { sourceOf } from "../call/abort-source.ts";
import { PolicyError } from "../errors.ts";
import type { PolicyEvent } from "../observer.ts";
import { policy } from "../policy.ts";
import { retry } from "../retry/retry.ts";
import { timeout } from "../timeout.ts";
import { fallback } from "./fallback.ts";
import { lastGood } from "./last-good.ts";

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

test("steps answer in order: the first that has an answer", async () => {
  const events: PolicyEvent[] = [];
  const asked: unknown[] = [];
  const layer = fallback(
    ({ error, context }) => {
      asked.push([error, context.key]);
      throw new Error("no answer");
    },
    async () => "second",
    () => "never",
  );
  const calls = policy(layer).with({ observer: (event) => events.push(event) });
  assert.equal(await calls.run(() => "fresh"), "fresh");
  assert.equal(await calls.run(() => Promise.reject("down"), { key: "a" }), "second");
  assert.deepEqual(asked, [["down", "a"]]);
  assert.deepEqual(layer.counters, { calls: 2, failures: 1, answered: 1 });
  assert.deepEqual(events, [{ kind: "fell-back", layer: "fallback", step: 1, error: "down" }]);
});

test("fresh, then stale while it is young, then the default", async () => {
  const clock = new SimulatedClock();
  let isUp = true;
  let price = 10;
  const work = async () => (isUp ? price : Promise.reject(new Error("down")));
  const calls = policy(fallback(lastGood<number>({ ageMsMax: 60_000 }), () => 0)).with({ clock });
  assert.equal(await calls.run(work, { key: "tea" }), 10);
  price = 12;
  await clock.advance(1_000);
  assert.equal(await calls.run(work, { key: "tea" }), 12);
  isUp = false;
  await clock.advance(60_000);
  assert.equal(await calls.run(work, { key: "tea" }), 12);
  assert.equal(await calls.run(work, { key: "coffee" }), 0, "another key's value is nobody else's");
  await clock.advance(1);
  assert.equal(await calls.run(work, { key: "tea" }), 0);
});

test("calls without a key are neither kept nor answered from what was kept", async () => {
  const calls = policy(fallback(lastGood<string>({ ageMsMax: 1_000 })));
  assert.equal(await calls.run(() => "for one user"), "for one user");
  await assert.rejects(
    calls.run(async () => {
      throw new Error("for another");
    }),
    /for another/,
  );
});

test("when all steps fail the last error is thrown, and what failed first is its cause", async () => {
  const down = new Error("down");
  const last = new Error("last");
  const calls = policy(
    fallback(
      () => {
        throw new Error("first");
      },
      async () => {
        throw last;
      },
    ),
  );
  assert.deepEqual(await outcome(calls.run(() => Promise.reject(down))), { error: last });
  assert.equal(last.cause, down);
  // The same error again, as a constant would be: its cause stays.
  await outcome(calls.run(() => Promise.reject(new Error("later"))));
  assert.equal(last.cause, down);
});

test("no circle of causes is made, and nothing that is frozen or no error is touched", async () => {
  const root = new Error("root");
  const outer = new Error("outer", { cause: root });
  const rooted = policy(
    fallback(() => {
      throw root;
    }),
  );
  assert.deepEqual(await outcome(rooted.run(() => Promise.reject(outer))), { error: root });
  assert.equal(root.cause, undefined);
  for (const thrown of [Object.freeze(new Error("frozen")), undefined, "text", null]) {
    const calls = policy(
      fallback(() => {
        throw thrown;
      }),
    );
    assert.deepEqual(await outcome(calls.run(() => Promise.reject(outer))), { error: thrown });
  }
});

test("a step passes by throwing the failure again, and the failure goes through when all pass", async () => {
  const down = new Error("down");
  const pass = ({ error }: { error: unknown }): never => {
    throw error;
  };
  assert.deepEqual(await outcome(policy(fallback(pass, pass)).run(() => Promise.reject(down))), {
    error: down,
  });
  assert.equal(down.cause, undefined);
  assert.equal(await policy(fallback(pass, () => 1)).run(() => Promise.reject(down)), 1);
});

test("`when` lets other failures through", async () => {
  const layer = fallback({ name: "prices", when: (error) => error === "known" }, () => "default");
  assert.equal(layer.name, "prices");
  const calls = policy(layer);
  assert.equal(await calls.run(() => Promise.reject("known")), "default");
  assert.deepEqual(await outcome(calls.run(() => Promise.reject("other"))), { error: "other" });
  assert.equal(layer.counters.failures, 1);
  const throwing = policy(
    fallback(
      {
        when: () => {
          throw new Error("of its own");
        },
      },
      () => 1,
    ),
  );
  await assert.rejects(
    throwing.run(() => Promise.reject("any")),
    /of its own/,
  );
});

test("it answers to what the layers inside of it refuse, and to work that throws at once or throws nothing", async () => {
  const clock = new SimulatedClock();
  const calls = policy(
    fallback(({ error }) => (error instanceof PolicyError ? error.code : String(error))),
    retry(),
    timeout(100),
  ).with({ clock });
  const late = outcome(calls.run(() => new Promise(() => {})));
  const thrown = outcome(
    calls.run(() => {
      throw undefined;
    }),
  );
  await clock.advance(10_000);
  assert.deepEqual(await Promise.all([late, thrown]), [{ value: "TIMED_OUT" }, { value: "undefined" }]);
  assert.equal(clock.pendingTimers, 0);
});

test("an aborted call is not answered, whenever the abort comes", async () => {
  const asked: string[] = [];
  const controller = new AbortController();
  const calls = policy(
    fallback(
      () => {
        asked.push("first");
        controller.abort("enough");
        throw new Error("no answer");
      },
      () => {
        asked.push("second");
        return "default";
      },
    ),
  );
  const { signal } = controller;
  assert.deepEqual(await outcome(calls.run(() => Promise.reject("down"), { signal })), { error: "enough" });
  assert.deepEqual(asked, ["first"]);
  assert.deepEqual(await outcome(calls.run(() => 1, { signal })), { error: "enough" });
  assert.equal(sourceOf(signal).listeners, 0);
  const other = new AbortController();
  const during = outcome(
    calls.run(
      (context) =>
        new Promise((_, reject) =>
          context.signal.addEventListener("abort", () => reject(context.signal.reason)),
        ),
      { signal: other.signal },
    ),
  );
  other.abort("during");
  assert.deepEqual(await during, { error: "during" });
  assert.deepEqual(asked, ["first"]);
});

test("an observer that throws, and a step that calls the same policy, do no harm", async () => {
  const calls = policy(
    fallback(({ context }) =>
      context.key ? "inner" : calls.run(() => Promise.reject("again"), { key: "a" }),
    ),
  ).with({
    observer: () => {
      throw new Error("watcher");
    },
  }) as ReturnType<typeof policy>;
  assert.equal(await calls.run(() => Promise.reject("down")), "inner");
});

test("10,000 calls at once, all failing, are all answered", async () => {
  const calls = policy(fallback(lastGood<number>({ ageMsMax: 1_000, keysMax: 10 }), () => -1));
  const values = await Promise.all(
    Array.from({ length: 10_000 }, () =>
      calls.run((): Promise<number> => Promise.reject("down"), { key: "a" }),
    ),
  );
  assert.ok(values.every((value) => value === -1));
});

test("what is no step is named", () => {
  // @ts-expect-error: at least one
  assert.throws(() => fallback(), /at least one step/);
  // @ts-expect-error: at least one, beside the options
  assert.throws(() => fallback({ name: "empty" }), /at least one step/);
  // @ts-expect-error: a value is no step
  assert.throws(() => fallback(() => 1, 42), /a step has to be a function/);
});
