import type { MetricInfo } from "../../../control-api/metrics.ts";
import type { Baselines } from "./baseline.ts";
import type { BucketLayout } from "./bucket-layout.ts";
import { Tally } from "./distribution.ts";
import { ExemplarRing } from "./exemplar-ring.ts";
import type { ExplicitTotal } from "./explicit.ts";
import type { ExponentialTotal } from "./exponential.ts";
import type { Entry } from "./strip.ts";
import type { Track } from "./track.ts";

/** What the series of one metric of one part have in common. */
export interface Metric {
  readonly name: string;
  readonly part: string;
  readonly kind: MetricInfo["kind"];
  readonly unit: string;
  readonly description: string;
  readonly series: Set<Series>;
}

/** A report that covers more time than this is taken to cover the last of it: an older silence was a gap. */
export const REPORT_SPAN_MS_MAX = 5 * 60_000;
/** How long a last value or rate is held beyond its report, in lengths of the reports before, and at most and at least. */
const HOLD_REPORTS = 1.5;
const HOLD_MS_MIN = 2_000;
const HOLD_MS_MAX = 100_000;
/** A gauge's value holds between two reports that are no further apart than so many times the usual, or this. */
const GAP_REPORTS = 3;
const GAP_MS_MIN = 15_000;

/** One line of numbers: a metric of a replica with given attributes. Pure. */
export class Series {
  readonly metric: Metric;
  readonly replica: string;
  /** Name, value, name, value; by name. */
  readonly attributes: readonly string[];
  /** Where the buckets of a histogram lie; undefined of others. */
  readonly layout: BucketLayout | undefined;
  readonly track: Track;
  /** Of counters: the total, as far as it is known. Of histograms: how many values. */
  total = 0;
  /** Of histograms: the sum of all values, and the values by bucket. */
  sum = 0;
  readonly tally: Tally | undefined;
  /** When it was last reported; 0 before the first. */
  lastMs = 0;
  /** Of gauges: what was last reported. */
  lastValue = 0;
  /** The time between its last two reports; 0 when there was but one. */
  intervalMs = 0;
  /** It was forgotten: nothing is to be added any more. */
  isForgotten = false;
  /** What cumulative reports are measured by; each is made when first needed. */
  numberBaselines: Baselines<number> | undefined;
  explicitBaselines: Baselines<ExplicitTotal> | undefined;
  exponentialBaselines: Baselines<ExponentialTotal> | undefined;
  #exemplars: ExemplarRing | undefined;

  constructor(
    metric: Metric,
    replica: string,
    attributes: readonly string[],
    layout: BucketLayout | undefined,
    track: Track,
  ) {
    this.metric = metric;
    this.replica = replica;
    this.attributes = attributes;
    this.layout = layout;
    this.track = track;
    this.tally = layout && new Tally(layout);
  }

  /** The value of an attribute; `part` and `replica` stand for those. Undefined when it has none. */
  label(name: string): string | undefined {
    const { attributes } = this;
    for (let index = 0; index < attributes.length; index += 2) {
      if (attributes[index] === name) return attributes[index + 1];
    }
    if (name === "replica") return this.replica;
    return name === "part" ? this.metric.part : undefined;
  }

  get exemplars(): ExemplarRing | undefined {
    return this.#exemplars;
  }

  addExemplar(timeMs: number, value: number, traceId: string): void {
    this.#exemplars ??= new ExemplarRing();
    this.#exemplars.add(timeMs, value, traceId);
  }

  /** Until when its last value or rate may be taken to go on. */
  heldUntilMs(): number {
    const holdMs = Math.max(HOLD_MS_MIN, Math.min(HOLD_MS_MAX, HOLD_REPORTS * this.intervalMs));
    return this.lastMs + holdMs;
  }

  /** A counter rose by `amount`, or a histogram took what the entry says, between `sinceMs` and `timeMs`. */
  addAmount(sinceMs: number, timeMs: number, entry: Entry): void {
    const fromMs = Math.min(timeMs - 1, Math.max(sinceMs, timeMs - REPORT_SPAN_MS_MAX));
    this.track.add(fromMs, timeMs, entry);
    this.#reported(timeMs);
    this.#count(entry);
  }

  /** What a run's file tells of (fromMs, toMs]. */
  restore(fromMs: number, toMs: number, entry: Entry): void {
    this.track.add(fromMs, toMs, entry);
    this.#reported(toMs);
    if (this.metric.kind === "gauge") this.lastValue = entry.value;
    else this.#count(entry);
  }

  /** The first report of a total that may be old: it is part of the total, and of no time. What follows is measured by it. */
  addFirst(timeMs: number, entry: Entry): void {
    this.#count(entry);
    this.track.begin(timeMs);
    this.#reported(timeMs);
  }

  /** A gauge was read. The value before holds until now, unless it is too old. */
  setValue(timeMs: number, value: number): void {
    if (this.lastMs > 0 && timeMs > this.lastMs) {
      const gapMs = Math.max(GAP_MS_MIN, GAP_REPORTS * this.intervalMs);
      held.value = this.lastValue;
      if (timeMs - this.lastMs <= gapMs || this.intervalMs === 0) this.track.add(this.lastMs, timeMs, held);
      else this.track.add(this.lastMs, Math.min(timeMs, this.heldUntilMs()), held);
    }
    if (timeMs >= this.lastMs) this.lastValue = value;
    this.#reported(timeMs);
  }

  /** Begins anew at an earlier time: the clock was set back. Totals stay, and what reports are measured by. */
  rewind(nowMs: number): void {
    this.track.release();
    if (this.metric.kind !== "gauge") this.track.begin(Math.floor(nowMs));
    this.lastMs = Math.min(this.lastMs, Math.floor(nowMs));
    this.intervalMs = 0;
  }

  /** Into what is known altogether. */
  #count(entry: Entry): void {
    if (!this.tally) {
      this.total += entry.value;
      return;
    }
    this.sum += entry.value;
    for (let index = 0; index < entry.used; index++) {
      const count = entry.counts[index] ?? 0;
      this.tally.add(entry.ids[index] ?? 0, count);
      this.total += count;
    }
  }

  #reported(timeMs: number): void {
    if (timeMs <= this.lastMs) return;
    if (this.lastMs > 0) this.intervalMs = timeMs - this.lastMs;
    this.lastMs = timeMs;
  }
}

const held: Entry = { value: 0, used: 0, ids: [], counts: [] };
