/** One half-open phase: its trials, and how those ended that have. */
export class HalfOpen {
  readonly kind = "half-open";
  readonly openings: number;
  readonly #underWay = new Set<Trial>();
  ended = 0;
  failures = 0;
  slow = 0;

  constructor(openings: number) {
    this.openings = openings;
  }

  /** Trials that were let through and not given back. */
  get begun(): number {
    return this.#underWay.size + this.ended;
  }

  begin(nowMs: number): Trial {
    const trial: Trial = { kind: "trial", phase: this, begunMs: nowMs };
    this.#underWay.add(trial);
    return trial;
  }

  /** False when the trial no longer counts. */
  note(trial: Trial, failed: boolean, slow: boolean): boolean {
    if (!this.#underWay.delete(trial)) return false;
    this.ended++;
    if (failed) this.failures++;
    if (slow) this.slow++;
    return true;
  }

  giveBack(trial: Trial): void {
    this.#underWay.delete(trial);
  }

  /** Takes those that began by then as failed; whether there were any. */
  loseOlderThan(begunMs: number): boolean {
    const endedBefore = this.ended;
    for (const trial of this.#underWay) {
      // The set is in order of their beginning.
      if (trial.begunMs > begunMs) break;
      this.note(trial, true, false);
    }
    return this.ended > endedBefore;
  }
}

/** One call through a half-open circuit. */
export interface Trial {
  readonly kind: "trial";
  readonly phase: HalfOpen;
  readonly begunMs: number;
}
