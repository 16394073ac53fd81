import type { Trace } from "./trace.ts";

/** So many of each name are kept as its slowest. */
const SLOWEST_OF_A_NAME = 10;
/** So many names are told apart; of any beyond, none counts as slow. */
const NAMES_MAX = 1_000;

/** The slowest traces of each root's name. Pure. */
export class SlowestTraces {
  /** By the name of the top span, the fastest of the slow ones first. */
  readonly #byName = new Map<string, Trace[]>();

  /** Whether it is one of the slowest of its name; then it is one of them from now on. Calls back for one that it puts out. */
  offer(trace: Trace, onPutOut: (trace: Trace) => void): boolean {
    const name = trace.top?.name ?? "";
    this.remove(trace);
    let slowest = this.#byName.get(name);
    if (!slowest) {
      if (this.#byName.size >= NAMES_MAX) return false;
      slowest = [];
      this.#byName.set(name, slowest);
    }
    const fastest = slowest[0];
    if (slowest.length >= SLOWEST_OF_A_NAME && fastest) {
      if (fastest.durationUs >= trace.durationUs) return false;
      slowest.shift();
      fastest.slowAs = undefined;
      onPutOut(fastest);
    }
    trace.slowAs = name;
    slowest.push(trace);
    slowest.sort((one, other) => one.durationUs - other.durationUs);
    return true;
  }

  /** Takes one out that is no longer kept, or has changed. */
  remove(trace: Trace): void {
    if (trace.slowAs === undefined) return;
    const slowest = this.#byName.get(trace.slowAs);
    const at = slowest?.indexOf(trace) ?? -1;
    if (slowest && at >= 0) slowest.splice(at, 1);
    if (slowest?.length === 0) this.#byName.delete(trace.slowAs);
    trace.slowAs = undefined;
  }
}
