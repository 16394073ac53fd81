import { Histogram } from "../engine/index.ts";
import { FAILURE_KINDS } from "./outcome.ts";

/** A line of a chart. */
export interface NamedSeries {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly (number | null)[];
}

/** Windows that a run may have. */
export const WINDOWS_MAX = 500;

/** What happens in each window of a run: counts, latencies, and what is sampled at each window's end. In memory that depends on their number alone. Pure. */
export class Windows {
  readonly windowMs: number;
  readonly #outcomes: number[] = new Array(FAILURE_KINDS.length + 1).fill(0);
  readonly #latencies = new Histogram();
  readonly #lines = new Map<string, { readonly unit: string; readonly values: (number | null)[] }>();
  #offered = 0;
  #closed = 0;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  arrived(): void {
    this.#offered++;
  }

  ended(outcome: number, latencyMs: number): void {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    if (outcome === 0) this.#latencies.record(latencyMs);
  }

  /** A window of `elapsedMs` is over: takes down what happened in it, and what `sampled` tells of it. */
  close(
    elapsedMs: number,
    sampled: Iterable<readonly [name: string, unit: string, value: number | null]>,
  ): void {
    const seconds = elapsedMs / 1_000;
    const answered = this.#outcomes[0] ?? 0;
    this.#add("offered", "per-second", this.#offered / seconds);
    this.#add("answered", "per-second", answered / seconds);
    for (const [at, kind] of FAILURE_KINDS.entries())
      this.#add(kind, "per-second", (this.#outcomes[at + 1] ?? 0) / seconds);
    this.#add("p50", "ms", answered > 0 ? this.#latencies.quantile(0.5) : null);
    this.#add("p99", "ms", answered > 0 ? this.#latencies.quantile(0.99) : null);
    for (const [name, unit, value] of sampled) this.#add(name, unit, value);
    this.#closed++;
    this.#offered = 0;
    this.#outcomes.fill(0);
    this.#latencies.reset();
  }

  series(): readonly NamedSeries[] {
    return [...this.#lines].map(([name, { unit, values }]) => ({ name, unit, values }));
  }

  #add(name: string, unit: string, value: number | null): void {
    let line = this.#lines.get(name);
    if (!line) {
      line = { unit, values: new Array(this.#closed).fill(null) };
      this.#lines.set(name, line);
    }
    line.values.push(value);
  }
}
