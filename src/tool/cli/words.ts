import type { State } from "../run/index.ts";

/** A duration for people: `40 ms`, `1.4 s`, `30 s`, `3 min`, `5 h`, `2 days`. */
export function duration(ms: number): string {
  if (ms < 100) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 59_500) return `${Math.round(ms / 1000)} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.round(hours / 24)} days`;
}

/** Memory for people, in the units in which it is bounded: `47 MiB`, `1.2 GiB`. */
export function memory(bytes: number): string {
  const mebi = bytes / 1024 ** 2;
  return mebi < 1024 ? `${Math.round(mebi)} MiB` : `${(mebi / 1024).toFixed(1)} GiB`;
}

/** The time of day, local, to the second. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => `${n}`.padStart(2, "0"))
    .join(":");
}

/** `1 replica`, `2 replicas`, `3 processes`. */
export function count(n: number, noun: string): string {
  return `${n} ${n === 1 ? noun : noun.endsWith("s") ? `${noun}es` : `${noun}s`}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A state in one or two words, for a table. */
export function stateWord(state: State): string {
  switch (state.is) {
    case "failed":
      return state.looping ? "crash loop" : "failed";
    case "gave-up":
      return "failed";
    default:
      return state.is;
  }
}

/**
 * A state in a sentence's worth of words: whom it waits for, what is missing, why it failed and what happens next.
 * `forMs` is how long it has lasted.
 */
export function stateSentence(state: State, forMs = 0): string {
  switch (state.is) {
    case "waiting":
      return `waits for ${state.for}`;
    case "starting":
      return `starting: waits for ${state.for}`;
    case "failed":
      return state.looping
        ? `crash loop: ${state.reason}, again and again; next try in ${duration(state.retryInMs - forMs)}`
        : `${state.reason}; starts again in ${duration(state.retryInMs - forMs)}`;
    case "gave-up":
      return `failed: ${state.reason}`;
    default:
      return state.is;
  }
}
