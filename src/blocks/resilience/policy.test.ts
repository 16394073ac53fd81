import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResilienceErrorCode } from "./errors.ts";
import { fallback } from "./fallback/fallback.ts";
import { lastGood } from "./fallback/last-good.ts";
import { hedge } from "./hedge/hedge.ts";
import type { Layer, LayerRole } from "./layer.ts";
import { type Policy, policy } from "./policy.ts";
import { retry } from "./retry/retry.ts";
import { timeout } from "./timeout.ts";

/** A layer for the types alone. */
function layer<Adds, Code extends ResilienceErrorCode, Accepts, Role extends LayerRole>(
  name: string,
  role: Role,
): Layer<Adds, Code, Accepts, Role> {
  return { name, role, counters: {}, wrap: (next) => next };
}

const breaker = () => layer<never, "CIRCUIT_OPEN", unknown, "judges">("breaker", "judges");
const byDefault = () => "default" as const;
const lastCount = () => lastGood<number>({ ageMsMax: 1_000 });

type Is<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

test("the types know what a policy adds and which errors of its own it lets through", async () => {
  const bounded = policy(timeout(100), breaker());
  holds<Is<typeof bounded, Policy<never, "TIMED_OUT" | "DEADLINE_EXCEEDED" | "CIRCUIT_OPEN", unknown>>>();
  const covered = policy(timeout(100), fallback(byDefault), retry(), breaker());
  holds<Is<typeof covered, Policy<"default", "TIMED_OUT" | "DEADLINE_EXCEEDED", unknown>>>();
  const plain = policy();
  holds<Is<typeof plain, Policy<never, never, unknown>>>();
  const value = await covered.run(() => 7);
  holds<Is<typeof value, number | "default">>();
  const settled = await bounded.settle(async () => "text");
  if (settled.kind === "refused")
    holds<Is<typeof settled.error.code, "TIMED_OUT" | "DEADLINE_EXCEEDED" | "CIRCUIT_OPEN">>();
  assert.deepEqual(settled, { kind: "done", value: "text" });
});

test("a fallback that may have no answer lets the errors inside of it through, in the types too", () => {
  type Partly<Adds, Accepts> = Policy<Adds, "TIMED_OUT" | "DEADLINE_EXCEEDED" | "CIRCUIT_OPEN", Accepts>;
  const stale = policy(fallback(lastCount()), timeout(100), breaker());
  holds<Is<typeof stale, Partly<number, number>>>();
  const some = policy(fallback({ when: () => true }, byDefault), timeout(100), breaker());
  holds<Is<typeof some, Partly<"default", unknown>>>();
  const unsure: { when?: (error: unknown) => boolean } = {};
  const perhaps = policy(fallback(unsure, byDefault), timeout(100), breaker());
  holds<Is<typeof perhaps, Partly<"default", unknown>>>();
  const named = policy(
    fallback({ name: "prices" }, lastCount(), async () => "none" as const),
    breaker(),
  );
  holds<Is<typeof named, Policy<number | "none", never, number>>>();
});

test("an error from inside of a fallback that answers all is told as a failure, should a step throw it again", async () => {
  const refusing = policy(timeout(1));
  const late = () => new Promise<number>(() => {});
  assert.equal((await refusing.settle(late)).kind, "refused");
  const rethrowing = policy(
    fallback(({ error }): 0 => {
      throw error;
    }),
    timeout(1),
  );
  holds<Is<typeof rethrowing, Policy<0, never, unknown>>>();
  assert.equal((await rethrowing.settle(late)).kind, "failed");
  const partly = policy(fallback({ when: () => false }, byDefault), timeout(1));
  assert.equal((await partly.settle(late)).kind, "refused");
});

test("a wrong composition does not compile", () => {
  const wrong = () => {
    // @ts-expect-error: the fallback hides failures from the breaker
    policy(breaker(), fallback(byDefault));
    // @ts-expect-error: from a retry
    policy(retry(), fallback(byDefault));
    // @ts-expect-error: from a hedge, and even if it has no answer at times
    policy(hedge(), fallback(lastCount()));
    // @ts-expect-error: however deep
    policy(timeout(100), breaker(), timeout(50), fallback(byDefault));
    // @ts-expect-error: not a layer
    policy(42);
    // @ts-expect-error: the last good value is a number
    void policy(fallback(lastCount())).run(() => "text");
    // @ts-expect-error: who expects a number or the work's own value might get "default"
    const numeric: Policy<number> = policy(fallback());
    // @ts-expect-error: the last good value is a number, and work of any kind would be let in
    const open: Policy<number> = policy(lastGood());
    void [numeric, open];
    // @ts-expect-error: milliseconds
    timeout("2 s");
  };
  assert.equal(typeof wrong, "function");
});
