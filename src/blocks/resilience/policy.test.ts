import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResilienceErrorCode } from "./errors.ts";
import type { Layer, LayerRole } from "./layer.ts";
import { type Policy, policy } from "./policy.ts";
import { timeout } from "./timeout.ts";

/** A layer for the types alone. */
function layer<Adds, Code extends ResilienceErrorCode, Accepts, Role extends LayerRole>(
  name: string,
  role: Role,
): Layer<Adds, Code, Accepts, Role> {
  return { name, role, counters: {}, wrap: (next) => next };
}

const fallback = () => layer<"default", never, unknown, "recovers">("fallback", "recovers");
const lastGood = () => layer<number, never, number, "recovers">("last good", "recovers");
const breaker = () => layer<never, "CIRCUIT_OPEN", unknown, "judges">("breaker", "judges");

type Is<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

test("the types know what a policy adds and which errors of its own it lets through", async () => {
  const bounded = policy(timeout(100), breaker());
  holds<Is<typeof bounded, Policy<never, "TIMED_OUT" | "CIRCUIT_OPEN", unknown>>>();
  const covered = policy(timeout(100), fallback(), breaker());
  holds<Is<typeof covered, Policy<"default", "TIMED_OUT", unknown>>>();
  const value = await covered.run(() => 7);
  holds<Is<typeof value, number | "default">>();
  const settled = await bounded.settle(async () => "text");
  if (settled.kind === "refused") holds<Is<typeof settled.error.code, "TIMED_OUT" | "CIRCUIT_OPEN">>();
  assert.deepEqual(settled, { kind: "done", value: "text" });
});

test("a wrong composition does not compile", () => {
  const wrong = () => {
    // @ts-expect-error: the fallback hides failures from the breaker
    policy(breaker(), fallback());
    // @ts-expect-error: however deep
    policy(timeout(100), breaker(), timeout(50), fallback());
    // @ts-expect-error: not a layer
    policy(42);
    // @ts-expect-error: the last good value is a number
    void policy(lastGood()).run(() => "text");
    // @ts-expect-error: milliseconds
    timeout("2 s");
  };
  assert.equal(typeof wrong, "function");
});
