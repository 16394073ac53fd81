import type { MetricInfo } from "../../../control-api/metrics.ts";
import type { BucketLayout } from "./bucket-layout.ts";
import { type Metric, Series } from "./series.ts";
import type { Account } from "./strip.ts";
import { type Tier, Track } from "./track.ts";

/** What a table may hold. */
export interface TableLimits {
  /** In all. */
  readonly seriesMax: number;
  /** Of one part, so that one whose attributes explode does not push out others. */
  readonly seriesPerPartMax: number;
  /** By an estimate that tests hold against the heap. */
  readonly bytesMax: number;
  /** From the finest to the coarsest. */
  readonly tiers: readonly Tier[];
  /** A series that said nothing for so long is forgotten. */
  readonly forgetAfterMs: number;
}

/** Who a series is. */
export interface SeriesIdentity {
  readonly name: string;
  readonly part: string;
  readonly kind: MetricInfo["kind"];
  readonly unit: string;
  readonly description: string;
  readonly replica: string;
  /** Name, value, name, value; by name. */
  readonly attributes: readonly string[];
  readonly layout: BucketLayout | undefined;
}

/** What a series costs beside the text that it is known by and its samples. Measured. */
const SERIES_BYTES = 1_300;
const EXEMPLAR_BYTES = 160;
const ATTRIBUTE_BYTES = 24;
/** A series that is silent for so long makes room for a new one when there is no other. */
const REPLACEABLE_AFTER_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 10_000;
/** A machine's clock that goes back further than this was set: what is kept lies in a future that would hide all that comes. */
const CLOCK_SET_BACK_MS = 60_000;
/** How a tier that is too large is shortened, down to so many steps of its own. */
const SHORTER = 0.75;
const STEPS_MIN = 120;

/** All series of a run, found by key, by name, and counted by part. Pure. */
export class SeriesTable {
  readonly limits: TableLimits;
  /** Points that were refused, by reason: `part-full`, `store-full`. */
  readonly refused = new Map<string, number>();
  readonly #byKey = new Map<string, Series>();
  readonly #byName = new Map<string, Metric[]>();
  readonly #perPart = new Map<string, number>();
  /** Parts of which some series were refused: of their new series nobody knows how long they have been. */
  readonly #refusedParts = new Set<string>();
  readonly #accounts: readonly Account[];
  readonly #reachMs: number[];
  #fixedBytes = 0;
  #exemplarBytes = 0;
  #sweptMs = 0;
  /** When and where room was last looked for in vain. */
  #searchedMs = -1;
  #searchedPart: string | undefined;

  constructor(limits: TableLimits) {
    this.limits = limits;
    this.#accounts = limits.tiers.map(() => ({ bytes: 0 }));
    this.#reachMs = limits.tiers.map(({ reachMs }) => reachMs);
  }

  get size(): number {
    return this.#byKey.size;
  }

  get bytes(): number {
    let bytes = this.#fixedBytes + this.#exemplarBytes;
    for (const account of this.#accounts) bytes += account.bytes;
    return bytes;
  }

  /** The oldest moment of which something is known; undefined when nothing is. */
  get fromMs(): number | undefined {
    let first: number | undefined;
    for (const series of this.#byKey.values()) {
      const fromMs = series.track.fromMs ?? (series.lastMs || undefined);
      if (fromMs !== undefined) first = Math.min(first ?? fromMs, fromMs);
    }
    return first;
  }

  /** The metrics of a name, one for each part (and kind, where parts disagree). */
  metricsOf(name: string): readonly Metric[] {
    return this.#byName.get(name) ?? NO_METRICS;
  }

  /** Every metric, by name as they came. */
  *metrics(): IterableIterator<Metric> {
    for (const metrics of this.#byName.values()) yield* metrics;
  }

  all(): IterableIterator<Series> {
    return this.#byKey.values();
  }

  find(key: string): Series | undefined {
    return this.#byKey.get(key);
  }

  /** Whether a part's series were refused before. */
  hasRefused(part: string): boolean {
    return this.#refusedParts.has(part);
  }

  /** Takes in a new series; undefined (and counted) when there is no room for it. */
  create(key: string, identity: SeriesIdentity, nowMs: number): Series | undefined {
    const { limits } = this;
    const ofPart = this.#perPart.get(identity.part) ?? 0;
    const isPartFull = ofPart >= limits.seriesPerPartMax;
    if (isPartFull || this.size >= limits.seriesMax) {
      if (!this.#replaceSilent(isPartFull ? identity.part : undefined, nowMs)) {
        this.#refuse(identity.part, isPartFull ? "part-full" : "store-full");
        return undefined;
      }
    }
    const folding = identity.kind === "gauge" ? "last" : "add";
    const track = new Track(limits.tiers, folding, identity.layout !== undefined, this.#accounts);
    const metric = this.#metricOf(identity);
    const series = new Series(metric, identity.replica, identity.attributes, identity.layout, track);
    metric.series.add(series);
    this.#byKey.set(key, series);
    this.#perPart.set(identity.part, (this.#perPart.get(identity.part) ?? 0) + 1);
    this.#fixedBytes += fixedBytes(key, series);
    return series;
  }

  /** Forgets what is old and keeps within the bytes. To be called with whatever comes; does something now and then. */
  sweep(nowMs: number): void {
    const isDue = Math.abs(nowMs - this.#sweptMs) >= SWEEP_EVERY_MS;
    if (!isDue && this.bytes <= this.limits.bytesMax) return;
    if (isDue) {
      if (nowMs < this.#sweptMs - CLOCK_SET_BACK_MS)
        for (const series of this.#byKey.values()) series.rewind(nowMs);
      this.#sweptMs = nowMs;
      this.#exemplarBytes = 0;
      for (const [key, series] of this.#byKey) {
        if (nowMs - series.lastMs > this.limits.forgetAfterMs) this.#forget(key, series);
        else this.#exemplarBytes += (series.exemplars?.points.length ?? 0) * EXEMPLAR_BYTES;
      }
      this.#lengthen();
      this.#drop(nowMs);
    }
    this.#makeRoom(nowMs);
  }

  /** While there is room, a tier that was shortened grows back. */
  #lengthen(): void {
    if (this.bytes > 0.7 * this.limits.bytesMax) return;
    this.limits.tiers.forEach(({ reachMs }, tier) => {
      this.#reachMs[tier] = Math.min(reachMs, (this.#reachMs[tier] ?? reachMs) * 1.02);
    });
  }

  #drop(nowMs: number): void {
    for (const series of this.#byKey.values()) series.track.dropBefore(nowMs, this.#reachMs);
  }

  /** Shortens the tier that takes most until all fits; when none can be shorter, the series silent for longest go. */
  #makeRoom(nowMs: number): void {
    while (this.bytes > this.limits.bytesMax && this.size > 0) {
      let largest: number | undefined;
      this.#accounts.forEach(({ bytes }, tier) => {
        const stepMs = this.limits.tiers[tier]?.stepMs ?? 0;
        if ((this.#reachMs[tier] ?? 0) <= stepMs * STEPS_MIN) return;
        if (largest === undefined || bytes > (this.#accounts[largest]?.bytes ?? 0)) largest = tier;
      });
      if (largest === undefined) {
        this.#forgetShare(0.1);
        continue;
      }
      this.#reachMs[largest] = (this.#reachMs[largest] ?? 0) * SHORTER;
      this.#drop(nowMs);
    }
  }

  #forgetShare(share: number): void {
    this.#exemplarBytes *= 1 - share;
    const oldest = [...this.#byKey].sort(([, one], [, other]) => one.lastMs - other.lastMs);
    for (const [key, series] of oldest.slice(0, Math.ceil(oldest.length * share))) {
      this.#forget(key, series);
      this.#refuse(series.metric.part, "store-full");
    }
  }

  /** Forgets one series that has been silent for a while; false when there is none. */
  #replaceSilent(part: string | undefined, nowMs: number): boolean {
    let found: [string, Series] | undefined;
    // Looked for anew with each sweep alone: a flood of new attributes must not cost a walk over all series for each of them.
    if (this.#searchedMs === this.#sweptMs && this.#searchedPart === part) return false;
    for (const entry of this.#byKey) {
      const [, series] = entry;
      if (part !== undefined && series.metric.part !== part) continue;
      if (nowMs - series.lastMs < REPLACEABLE_AFTER_MS) continue;
      if (!found || series.lastMs < found[1].lastMs) found = entry;
    }
    if (found) this.#forget(...found);
    else {
      this.#searchedMs = this.#sweptMs;
      this.#searchedPart = part;
    }
    return found !== undefined;
  }

  #refuse(part: string, reason: string): void {
    this.#refusedParts.add(part);
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }

  #forget(key: string, series: Series): void {
    const { metric } = series;
    this.#byKey.delete(key);
    series.isForgotten = true;
    series.track.release();
    this.#fixedBytes -= fixedBytes(key, series);
    const left = (this.#perPart.get(metric.part) ?? 1) - 1;
    if (left > 0) this.#perPart.set(metric.part, left);
    else {
      this.#perPart.delete(metric.part);
      this.#refusedParts.delete(metric.part);
    }
    metric.series.delete(series);
    if (metric.series.size > 0) return;
    const others = this.metricsOf(metric.name).filter((each) => each !== metric);
    if (others.length > 0) this.#byName.set(metric.name, others);
    else this.#byName.delete(metric.name);
  }

  #metricOf({ name, part, kind, unit, description }: SeriesIdentity): Metric {
    let metrics = this.#byName.get(name);
    if (!metrics) {
      metrics = [];
      this.#byName.set(name, metrics);
    }
    let metric = metrics.find((each) => each.part === part && each.kind === kind);
    if (!metric) {
      metric = { name, part, kind, unit, description, series: new Set() };
      metrics.push(metric);
    }
    return metric;
  }
}

const NO_METRICS: readonly Metric[] = [];

/** The key is held twice: as it is, and in the names and values that it is made of. */
function fixedBytes(key: string, series: Series): number {
  const buckets = series.layout?.bounds ? 500 + series.layout.size * 16 : series.layout ? 1_000 : 0;
  return SERIES_BYTES + 2 * key.length + ATTRIBUTE_BYTES * series.attributes.length + buckets;
}
