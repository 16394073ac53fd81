import type {
  HistogramReading,
  MetricReader,
  MetricWriter,
  OwnSample,
  Selection,
} from "../../metric-reader.ts";

/** Metrics as whoever measured them told them, each value kept as it is: the plainest of stores, for tests of what reads them. */
export class MemoryMetrics implements MetricReader, MetricWriter {
  readonly #clock: () => number;
  readonly #counts: Kept[] = [];
  readonly #values: Kept[] = [];
  readonly #gauges = new Map<string, Kept>();
  readonly #totals = new Map<string, number>();

  /** `clock` tells the wall time that the age of gauges is reckoned by. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  gauge(sample: OwnSample): void {
    this.#gauges.set(keyOf(sample), { ...sample, weight: 1 });
  }

  counter(sample: OwnSample): void {
    const before = this.#totals.get(keyOf(sample)) ?? 0;
    this.#totals.set(keyOf(sample), sample.value);
    const rise = sample.value < before ? sample.value : sample.value - before;
    this.#counts.push({ ...sample, weight: rise });
  }

  observe(sample: OwnSample & { readonly weight?: number }): void {
    this.#values.push({ ...sample, weight: sample.weight ?? 1 });
  }

  increase(of: Selection, fromMs: number, toMs: number): number {
    return sumOf(this.#within(of, fromMs, toMs));
  }

  increaseBy(of: Selection, attribute: string, fromMs: number, toMs: number): ReadonlyMap<string, number> {
    const groups = groupedBy(this.#within(of, fromMs, toMs), attribute);
    return new Map([...groups].map(([value, kept]) => [value, sumOf(kept)]));
  }

  histogram(of: Selection, fromMs: number, toMs: number): HistogramReading | undefined {
    const kept = this.#values.filter((one) => matches(one, of) && one.timeMs > fromMs && one.timeMs <= toMs);
    return kept.length > 0 ? readingOf(kept) : undefined;
  }

  histogramBy(
    of: Selection,
    attribute: string,
    fromMs: number,
    toMs: number,
  ): ReadonlyMap<string, HistogramReading> {
    const kept = this.#values.filter((one) => matches(one, of) && one.timeMs > fromMs && one.timeMs <= toMs);
    return new Map([...groupedBy(kept, attribute)].map(([value, some]) => [value, readingOf(some)]));
  }

  last(of: Selection, maxAgeMs = 30_000): number | undefined {
    const kept = this.#fresh(of, maxAgeMs);
    return kept.length > 0 ? kept.reduce((sum, { value }) => sum + value, 0) : undefined;
  }

  lastBy(of: Selection, attribute: string, maxAgeMs = 30_000): ReadonlyMap<string, number> {
    const groups = groupedBy(this.#fresh(of, maxAgeMs), attribute);
    return new Map([...groups].map(([key, kept]) => [key, kept.reduce((sum, { value }) => sum + value, 0)]));
  }

  /** What is told is known at once. */
  reportedUntilMs(): number {
    return this.#clock();
  }

  #within(of: Selection, fromMs: number, toMs: number): Kept[] {
    return [...this.#counts, ...this.#values].filter(
      (one) => matches(one, of) && one.timeMs > fromMs && one.timeMs <= toMs,
    );
  }

  #fresh(of: Selection, maxAgeMs: number): Kept[] {
    const oldestMs = this.#clock() - maxAgeMs;
    return [...this.#gauges.values()].filter((one) => matches(one, of) && one.timeMs >= oldestMs);
  }
}

interface Kept extends OwnSample {
  readonly weight: number;
}

function matches(sample: Kept, { name, part, replica, where = {} }: Selection): boolean {
  if (typeof name === "string" ? sample.name !== name : !name.includes(sample.name)) return false;
  if (part !== undefined && sample.part !== part) return false;
  if (replica !== undefined && sample.replica !== replica) return false;
  return Object.entries(where).every(([key, wanted]) => {
    const value = sample.attributes?.[key];
    if (value === undefined) return false;
    return wanted.endsWith("*") ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
  });
}

function groupedBy(kept: readonly Kept[], attribute: string): Map<string, Kept[]> {
  const groups = new Map<string, Kept[]>();
  for (const one of kept) {
    const value =
      attribute === "part" || attribute === "replica" ? one[attribute] : one.attributes?.[attribute];
    if (value === undefined) continue;
    const group = groups.get(value);
    if (group) group.push(one);
    else groups.set(value, [one]);
  }
  return groups;
}

function readingOf(kept: readonly Kept[]): HistogramReading {
  const sorted = [...kept].sort((one, other) => one.value - other.value);
  const count = sumOf(kept);
  return {
    count,
    sum: kept.reduce((sum, { value, weight }) => sum + value * weight, 0),
    percentile(rank) {
      let below = 0;
      for (const { value, weight } of sorted) {
        below += weight;
        if (below >= rank * count) return value;
      }
      return sorted.at(-1)?.value ?? 0;
    },
    above: (limit) => sumOf(kept.filter(({ value }) => value > limit)),
  };
}

function sumOf(kept: readonly Kept[]): number {
  return kept.reduce((sum, { weight }) => sum + weight, 0);
}

function keyOf({ name, part, replica, attributes = {} }: OwnSample): string {
  return JSON.stringify([name, part, replica, Object.entries(attributes).sort()]);
}
