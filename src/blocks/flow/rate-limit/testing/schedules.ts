import fc from "fast-check";
import type { Decision, RateLimiter, Reservation, Reserves } from "../rate-limiter.ts";
import type { HandClock } from "./hand-clock.ts";

/** What a random schedule does next. */
export interface Step {
  readonly verb: "take" | "peek" | "penalize" | "reward" | "reserve" | "cancel" | "forget" | "wait";
  readonly key: "a" | "b";
  readonly cost: number;
  readonly afterMs: number;
}

/** Random schedules: costs that are whole or not, pauses around the edges of windows of `windowMs`. */
export function schedules(windowMs: number, verbs: readonly Step["verb"][]): fc.Arbitrary<Step[]> {
  const step = fc.record({
    verb: fc.constantFrom(...verbs),
    key: fc.constantFrom("a" as const, "a" as const, "b" as const),
    cost: fc.oneof(
      fc.constant(1),
      fc.integer({ min: 1, max: 6 }),
      fc.double({ min: 0.1, max: 4, noNaN: true }),
    ),
    afterMs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: Math.ceil(windowMs / 8) }),
      fc.double({ min: 0, max: windowMs / 2, noNaN: true }),
      fc.constantFrom(windowMs, windowMs - 1, windowMs * 2.5),
    ),
  });
  return fc.array(step, { minLength: 1, maxLength: 60, size: "max" });
}

/** Units that were let through at a moment. */
export interface Admission {
  readonly atMs: number;
  readonly cost: number;
}

/** What happened to one key. */
export interface History {
  admitted: Admission[];
  rewarded: Admission[];
}

/** What a run calls as it goes. */
export interface Watcher {
  decided?(decision: Decision, step: Step): void;
  /** A take or reservation was refused; it may move the clock on. */
  refused?(decision: Decision, step: Step): void;
}

/** Runs a schedule, and gives back what each key was let through since it was last forgotten. */
export function run(
  limiter: RateLimiter<true> & Partial<Reserves<true>>,
  clock: HandClock,
  steps: readonly Step[],
  watcher: Watcher = {},
): Map<string, History> {
  const histories = new Map<string, History>();
  const held: { reservation: Reservation; admission: Admission; history: History }[] = [];
  for (const step of steps) {
    clock.nowMs += step.afterMs;
    const history = histories.get(step.key) ?? { admitted: [], rewarded: [] };
    histories.set(step.key, history);
    const nowMs = clock.nowMs;
    let decision: Decision | undefined;
    if (step.verb === "take") decision = limiter.take(step.key, step.cost);
    else if (step.verb === "peek") limiter.peek(step.key, step.cost);
    else if (step.verb === "penalize") watcher.decided?.(limiter.penalize(step.key, step.cost), step);
    else if (step.verb === "reward") {
      watcher.decided?.(limiter.reward(step.key, step.cost), step);
      history.rewarded.push({ atMs: nowMs, cost: step.cost });
    } else if (step.verb === "forget") {
      limiter.forget(step.key);
      histories.set(step.key, { admitted: [], rewarded: [] });
      held.length = 0;
    } else if (step.verb === "cancel") {
      const last = held.splice(Math.floor(step.cost) % Math.max(1, held.length), 1)[0];
      last?.reservation.cancel();
      last?.reservation.cancel();
      if (last && last.admission.atMs >= nowMs)
        last.history.admitted = last.history.admitted.filter((one) => one !== last.admission);
    } else if (step.verb === "reserve" && limiter.reserve) {
      const reservation = limiter.reserve(step.key, step.cost);
      decision = reservation;
      const admission = { atMs: nowMs + reservation.delayMs, cost: step.cost };
      if (reservation.allowed) {
        history.admitted.push(admission);
        held.push({ reservation, admission, history });
      }
    }
    if (!decision) continue;
    watcher.decided?.(decision, step);
    if (!decision.allowed) watcher.refused?.(decision, step);
    else if (step.verb === "take") history.admitted.push({ atMs: nowMs + decision.delayMs, cost: step.cost });
  }
  return histories;
}

/**
 * By how much the worst interval goes beyond `bound(length)`, which is told the length between its first and last admission;
 * rewards within it count against it. Below 0 when none does. Tries every pair of admissions.
 */
export function worstExcess(
  history: History,
  bound: (lengthMs: number) => number,
  longestMs: number,
): number {
  const admitted = history.admitted.toSorted((one, other) => one.atMs - other.atMs);
  let worst = Number.NEGATIVE_INFINITY;
  for (const [index, first] of admitted.entries()) {
    let sum = 0;
    for (const last of admitted.slice(index)) {
      const lengthMs = last.atMs - first.atMs;
      if (lengthMs > longestMs) break;
      sum += last.cost;
      const back = history.rewarded
        .filter(({ atMs }) => atMs >= first.atMs && atMs <= last.atMs)
        .reduce((total, { cost }) => total + cost, 0);
      worst = Math.max(worst, sum - back - bound(lengthMs));
    }
  }
  return worst;
}
