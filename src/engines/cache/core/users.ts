/** Who uses a cache, by the password that was shown, and how much. Pure. */

/**
 * Upper bounds in seconds of what one command takes: 1, 2 and 5 of each power of ten from a microsecond on. A value on a bound lies
 * below it; the last bucket has none.
 */
export const COMMAND_BOUNDS_S: readonly number[] = Object.freeze([
  0.000_001, 0.000_002, 0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5, 0.001, 0.002,
  0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1,
]);

/** What one user has asked for since the cache began. */
export class User {
  readonly name: string;
  commands = 0;
  hits = 0;
  misses = 0;
  /** Open now. */
  connections = 0;
  /** Commands by how long they took, of those that were timed: one more than there are bounds, the last one without. */
  readonly durations = new Float64Array(COMMAND_BOUNDS_S.length + 1);
  /** What the timed ones took together. */
  durationSumMs = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Counts a command that was timed, for as many as it stands for. */
  timed(durationMs: number, weight: number): void {
    const seconds = durationMs / 1_000;
    let bucket = 0;
    while (bucket < COMMAND_BOUNDS_S.length && seconds > (COMMAND_BOUNDS_S[bucket] as number)) bucket++;
    this.durations[bucket] = (this.durations[bucket] as number) + weight;
    this.durationSumMs += durationMs * weight;
  }
}
