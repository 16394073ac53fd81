import assert from "node:assert/strict";
import { SimulatedClock } from "../time/index.ts";
import { bulkhead } from "./bulkhead/bulkhead.ts";
import { sourceOf } from "./call/abort-source.ts";
import { circuitBreaker } from "./circuit-breaker/circuit-breaker.ts";
import { deadline } from "./deadline/deadline-layer.ts";
import type { ResilienceErrorCode } from "./errors.ts";
import { fallback } from "./fallback/fallback.ts";
import { hedge } from "./hedge/hedge.ts";
import { loadShed } from "./load-shed.ts";
import { type Policy, policy } from "./policy.ts";
import { rateLimited } from "./rate-limited.ts";
import { retry } from "./retry/retry.ts";
import { singleFlight } from "./single-flight.ts";
import { timeout } from "./timeout.ts";

/**
 * Crowds: 10,000 calls at once through each layer, and 100,000 through all of them together, all under one signal. The file is
 * one test, which fails by throwing: `node:test` hooks every promise once it is imported, which makes a crowd several times as
 * dear.
 */
const CALLS = 10_000;
const ALL_CALLS = 100_000;
/** Of them, as many as a layer lets through that bounds them. */
const PLACES = 1_000;

type AnyPolicy = Policy<unknown, ResilienceErrorCode, unknown>;

interface Crowd {
  readonly calls: number;
  /** How many are to end well. */
  readonly done: number;
  readonly make: () => AnyPolicy;
}

const shedding = (places: number) => {
  let left = places;
  return loadShed({ enter: () => left-- > 0, leave: () => {}, retryAfterMs: 1 });
};

const limiting = (places: number) => {
  let left = places;
  return rateLimited({ take: () => ({ allowed: left-- > 0, retryAfterMs: 1, delayMs: 0 }) });
};

const crowd = (make: () => AnyPolicy, done = CALLS): Crowd => ({ make, done, calls: CALLS });

const CROWDS: Readonly<Record<string, Crowd>> = {
  "no layers": crowd(() => policy()),
  timeout: crowd(() => policy(timeout(1_000))),
  deadline: crowd(() => policy(deadline(1_000))),
  retry: crowd(() => policy(retry())),
  hedge: crowd(() => policy(hedge({ after: 100 }))),
  "circuit breaker": crowd(() => policy(circuitBreaker())),
  bulkhead: crowd(() => policy(bulkhead({ concurrent: 100, queue: PLACES - 100 })), PLACES),
  fallback: crowd(() => policy(fallback(() => 0))),
  "load shed": crowd(() => policy(shedding(PLACES)), PLACES),
  "rate limit": crowd(() => policy(limiting(PLACES)), PLACES),
  all: {
    calls: ALL_CALLS,
    done: ALL_CALLS,
    make: () =>
      policy(
        fallback({ when: () => false }, () => 0),
        deadline(5_000),
        shedding(ALL_CALLS),
        limiting(ALL_CALLS),
        retry(),
        hedge({ after: 100 }),
        circuitBreaker(),
        bulkhead({ concurrent: ALL_CALLS / 2, queue: ALL_CALLS / 2 }),
        timeout(500),
      ),
  },
};

/** They all wait for one thing, and get it. */
async function passes({ make, calls, done }: Crowd): Promise<void> {
  const clock = new SimulatedClock();
  const subject = make().with({ clock });
  const { signal } = new AbortController();
  const gate = Promise.withResolvers<unknown>();
  const work = () => gate.promise;
  const all = Array.from({ length: calls }, () => subject.run(work, { signal }));
  gate.resolve(1);
  const settled = await Promise.allSettled(all);
  assert.equal(settled.filter(({ status }) => status === "fulfilled").length, done);
  assert.equal(sourceOf(signal).listeners, 0);
  assert.equal(clock.pendingTimers, 0);
}

/** None ever ends by itself, and all are given up at once: dearer, and so not of more than 20,000. */
async function isGivenUp({ make, calls }: Crowd): Promise<void> {
  const clock = new SimulatedClock();
  const subject = make().with({ clock });
  const controller = new AbortController();
  const { signal } = controller;
  const work = () => new Promise<never>(() => {});
  const all = Array.from({ length: Math.min(calls, 20_000) }, () => subject.run(work, { signal }));
  controller.abort("all");
  for (const { status } of await Promise.allSettled(all)) assert.equal(status, "rejected");
  assert.equal(sourceOf(signal).listeners, 0);
  assert.equal(clock.pendingTimers, 0);
}

/** They all ask for the same. */
async function sharesOneFlight(): Promise<void> {
  const flights = singleFlight<number>();
  const { signal } = new AbortController();
  let begun = 0;
  const work = async () => ++begun;
  const all = Array.from({ length: ALL_CALLS }, (_, index) =>
    flights.run("a", work, index % 2 ? { signal } : {}),
  );
  assert.ok((await Promise.all(all)).every((value) => value === 1));
  assert.equal(flights.size, 0);
  assert.equal(sourceOf(signal).listeners, 0);
}

for (const [name, one] of Object.entries(CROWDS)) {
  for (const course of [passes, isGivenUp]) {
    await course(one).catch((cause: unknown) => {
      throw new Error(`${name}: ${course.name}`, { cause });
    });
  }
}
await sharesOneFlight();
