import type { Call } from "./call/call.ts";
import type { ResilienceErrorCode } from "./errors.ts";
import type { Counters } from "./observer.ts";
import type { World } from "./world.ts";

/**
 * A step of a call. It always returns a promise of the platform and never throws: what the work throws is a rejection. A
 * layer may return the very promise that it got, and watch it beside: that is the cheapest.
 */
export type Handler = (call: Call) => Promise<unknown>;

/**
 * What a layer does with failures, which decides where it may stand. `recovers`: turns every failure into a value, or fails in
 * a way of its own. `may-recover`: turns some into values and lets others through. `judges`: acts on failures, so nothing inside
 * of it may hide them. `bounds`: limits time, rate or concurrency.
 */
export type LayerRole = "recovers" | "may-recover" | "judges" | "bounds";

/**
 * One concern of a policy: makes a handler of the one inside of it. The state belongs to the layer, so that a layer used in
 * two policies (one circuit breaker for one dependency) is shared by them.
 *
 * `Adds`: values that it may answer with in place of the work's. `Code`: errors of its own. `Accepts`: the values of the work
 * that it can deal with.
 */
export interface Layer<
  Adds = unknown,
  Code extends ResilienceErrorCode = ResilienceErrorCode,
  Accepts = never,
  Role extends LayerRole = LayerRole,
> {
  /** Names it in errors and events: `retry`, `timeout`, or what its options say. */
  readonly name: string;
  readonly role: Role;
  readonly counters: Counters;
  wrap(next: Handler, world: World): Handler;
  /** Never there: carries the types. */
  readonly types?: LayerTypes<Adds, Code, Accepts>;
}

/** The types of a layer, as properties that inference can find. */
export interface LayerTypes<Adds, Code, Accepts> {
  readonly adds: Adds;
  readonly code: Code;
  readonly accepts: (value: Accepts) => void;
}
