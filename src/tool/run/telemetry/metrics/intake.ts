import type {
  Attributes,
  Batch,
  Exemplar,
  ExponentialHistogramPoint,
  HistogramPoint,
  MetricData,
  NumberPoint,
  Temporality,
} from "../../../../blocks/telemetry/otlp/model.ts";
import type { MetricInfo } from "../../../control-api/metrics.ts";
import type { PartDirectory, Sender } from "../part-directory.ts";
import { Baselines, type Rise } from "./baseline.ts";
import { type BucketLayout, EXPONENTIAL_LAYOUT, LayoutTable } from "./bucket-layout.ts";
import { copyExplicit, explicitFell, explicitRise, explicitTotal } from "./explicit.ts";
import { copyExponential, exponentialFell, exponentialRise, exponentialTotal } from "./exponential.ts";
import { ReportTimes } from "./report-times.ts";
import type { Series } from "./series.ts";
import { attributeList, KEY_SEPARATOR } from "./series-key.ts";
import type { SeriesTable } from "./series-table.ts";
import type { Entry } from "./strip.ts";
import { quietEntry } from "./track.ts";

const NAME_LENGTH_MAX = 256;
const DESCRIPTION_LENGTH_MAX = 512;
const UNIT_LENGTH_MAX = 32;

type Point = NumberPoint | HistogramPoint | ExponentialHistogramPoint;

/** A metric of one sender, while its points are taken. */
interface Incoming {
  readonly name: string;
  readonly kind: MetricInfo["kind"];
  readonly unit: string;
  readonly description: string;
  readonly part: string;
  readonly replica: string;
  readonly keyStart: string;
  /** Measured by a client: its attributes say where the called part listens. */
  readonly isOfClient: boolean;
}

const OF_CLIENT = /^(http|db|rpc|messaging)\.client\./;

/** Turns what is reported over OTLP into series. Pure: the time is passed in. */
export class Intake {
  /** Points that were not taken, by reason: `malformed`, `late`. What the table refused is counted there. */
  readonly refused = new Map<string, number>();
  readonly times: ReportTimes;
  readonly layouts = new LayoutTable();
  readonly #table: SeriesTable;
  readonly #directory: PartDirectory;
  readonly #entry: Entry = { value: 0, used: 0, ids: [], counts: [] };
  #received = 0;
  #nowMs = 0;

  constructor(table: SeriesTable, directory: PartDirectory, nowMs: number) {
    this.#table = table;
    this.#directory = directory;
    this.times = new ReportTimes(nowMs);
  }

  /** How many points have come, refused ones too. */
  get received(): number {
    return this.#received;
  }

  take(batch: Batch<MetricData>, nowMs: number): void {
    this.#nowMs = nowMs;
    const sender = this.#directory.senderOf(batch.resource.attributes);
    for (const metric of batch.items) this.#metric(metric, sender);
  }

  #metric(metric: MetricData, sender: Sender): void {
    this.#received += metric.points.length;
    const [first] = metric.points;
    if (first) this.times.note(sender.part, sender.replica, first.timeUs);
    switch (metric.kind) {
      case "gauge": {
        const incoming = incomingOf(metric, "gauge", sender);
        for (const point of metric.points) this.#gauge(incoming, point, false);
        return;
      }
      case "sum": {
        const incoming = incomingOf(metric, metric.monotonic ? "counter" : "gauge", sender);
        const isDelta = metric.temporality === "delta";
        for (const point of metric.points) {
          if (metric.monotonic) this.#counter(incoming, point, isDelta);
          else this.#gauge(incoming, point, isDelta);
        }
        return;
      }
      case "histogram": {
        const incoming = incomingOf(metric, "histogram", sender);
        for (const point of metric.points) this.#explicit(incoming, point, metric.temporality);
        return;
      }
      case "exponential-histogram": {
        const incoming = incomingOf(metric, "histogram", sender);
        for (const point of metric.points) this.#exponential(incoming, point, metric.temporality);
      }
    }
  }

  /** What goes up and down: a delta of it changes the value before. */
  #gauge(incoming: Incoming, point: NumberPoint, isDelta: boolean): void {
    if (!Number.isFinite(point.value)) {
      this.#refuse("malformed");
      return;
    }
    const series = this.#seriesOf(incoming, point, undefined);
    if (!series) return;
    const timeMs = this.times.timeMs(point.timeUs, this.#nowMs);
    if (timeMs < series.lastMs && !isDelta) {
      this.#refuse("late");
      return;
    }
    series.setValue(timeMs, isDelta ? series.lastValue + point.value : point.value);
  }

  #counter(incoming: Incoming, point: NumberPoint, isDelta: boolean): void {
    if (!Number.isFinite(point.value) || point.value < 0) {
      this.#refuse("malformed");
      return;
    }
    const series = this.#seriesOf(incoming, point, undefined);
    if (!series) return;
    const entry = this.#entry;
    entry.used = 0;
    entry.value = point.value;
    if (isDelta) {
      this.#addDelta(series, point);
      return;
    }
    series.numberBaselines ??= new Baselines(itself);
    const rise = series.numberBaselines.note(point.startUs, point.timeUs, point.value, isLess);
    if (rise.is === "since") entry.value = point.value - rise.total;
    if (rise.is !== "old") series.numberBaselines.settle(point.value);
    this.#addRise(series, point, rise);
  }

  #explicit(incoming: Incoming, point: HistogramPoint, temporality: Temporality): void {
    const total = explicitTotal(point);
    const layout = total && this.layouts.explicit(point.bounds);
    if (!layout) {
      this.#refuse("malformed");
      return;
    }
    const series = this.#seriesOf(incoming, point, layout);
    if (!series) return;
    if (temporality === "delta") {
      explicitRise(undefined, total, this.#entry);
      this.#addDelta(series, point);
    } else {
      series.explicitBaselines ??= new Baselines(copyExplicit);
      const rise = series.explicitBaselines.note(point.startUs, point.timeUs, total, explicitFell);
      explicitRise(rise.is === "since" ? rise.total : undefined, total, this.#entry);
      if (rise.is !== "old") series.explicitBaselines.settle(total);
      this.#addRise(series, point, rise);
    }
    this.#exemplars(series, point.exemplars);
  }

  #exponential(incoming: Incoming, point: ExponentialHistogramPoint, temporality: Temporality): void {
    const total = exponentialTotal(point);
    if (!total) {
      this.#refuse("malformed");
      return;
    }
    const series = this.#seriesOf(incoming, point, EXPONENTIAL_LAYOUT);
    if (!series) return;
    if (temporality === "delta") {
      exponentialRise(undefined, total, this.#entry);
      this.#addDelta(series, point);
    } else {
      series.exponentialBaselines ??= new Baselines(copyExponential);
      const rise = series.exponentialBaselines.note(point.startUs, point.timeUs, total, exponentialFell);
      exponentialRise(rise.is === "since" ? rise.total : undefined, total, this.#entry);
      if (rise.is !== "old") series.exponentialBaselines.settle(total);
      this.#addRise(series, point, rise);
    }
    this.#exemplars(series, point.exemplars);
  }

  /** Adds what the entry says of a cumulative report. */
  #addRise(series: Series, point: Point, rise: Rise<unknown>): void {
    const timeMs = this.times.timeMs(point.timeUs, this.#nowMs);
    switch (rise.is) {
      case "old":
        this.#refuse("late");
        return;
      case "first": {
        const { part } = series.metric;
        const sinceMs = this.times.knownSinceMs(part, series.replica, point.startUs, point.timeUs);
        if (sinceMs === undefined || this.#table.hasRefused(part)) series.addFirst(timeMs, this.#entry);
        else series.addAmount(sinceMs, timeMs, this.#entry);
        return;
      }
      case "new":
        this.#addFrom(series, Math.floor(point.startUs / 1000), timeMs);
        return;
      case "since":
        this.#addFrom(series, 0, timeMs);
    }
  }

  /** Adds an amount that says itself since when it was counted. Where its sender reported before without it, it was 0. */
  #addDelta(series: Series, point: Point): void {
    const timeMs = this.times.timeMs(point.timeUs, this.#nowMs);
    const startMs = Math.floor(point.startUs / 1000);
    const { toMs } = series.track;
    if (toMs !== undefined && startMs > toMs && startMs < timeMs) {
      const wasSilent = this.times.reportedAt(series.metric.part, series.replica, point.startUs);
      if (wasSilent) series.track.add(toMs, startMs, quietEntry());
    }
    this.#addFrom(series, startMs, timeMs);
  }

  /** Adds the entry for the time since the report before, or since `startMs` where that is later. */
  #addFrom(series: Series, startMs: number, timeMs: number): void {
    const toMs = series.track.toMs ?? 0;
    // A start that is unknown, or lies in the future by the clock of someone else, tells nothing.
    const sinceMs = startMs < timeMs ? Math.max(toMs, startMs) : toMs;
    series.addAmount(sinceMs > 0 ? sinceMs : timeMs - 1_000, timeMs, this.#entry);
  }

  #seriesOf(incoming: Incoming, point: Point, layout: BucketLayout | undefined): Series | undefined {
    const attributes = attributeList(
      incoming.isOfClient ? this.#withPeer(point.attributes) : point.attributes,
    );
    let key = `${incoming.keyStart}${attributes.join(KEY_SEPARATOR)}`;
    if (layout) key += `${KEY_SEPARATOR}${layoutKey(layout)}`;
    const known = this.#table.find(key);
    if (known) return known;
    return this.#table.create(key, { ...incoming, attributes, layout }, this.#nowMs);
  }

  /** Ports change from run to run, and mean nothing to a reader: what is called is kept by the name of the part as well. */
  #withPeer(attributes: Attributes): Attributes {
    if (attributes["trestle.peer"] !== undefined) return attributes;
    const peer = this.#directory.peerOf(attributes);
    return peer === undefined ? attributes : { ...attributes, "trestle.peer": peer };
  }

  #exemplars(series: Series, exemplars: readonly Exemplar[]): void {
    for (const { timeUs, value, traceId } of exemplars) {
      if (traceId === "" || !Number.isFinite(value)) continue;
      series.addExemplar(this.times.timeMs(timeUs, this.#nowMs), value, traceId);
    }
  }

  #refuse(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1);
  }
}

/** Tells histograms of different bounds apart, which are otherwise alike: their counts cannot be subtracted. */
export function layoutKey(layout: BucketLayout): string {
  return layout.bounds ? layout.bounds.join(" ") : "exponential";
}

/** The beginning of a key: all but the attributes and the layout. */
export function keyStartOf(name: string, part: string, replica: string, kind: MetricInfo["kind"]): string {
  return `${name}${KEY_SEPARATOR}${part}${KEY_SEPARATOR}${replica}${KEY_SEPARATOR}${kind}${KEY_SEPARATOR}`;
}

function incomingOf(metric: MetricData, kind: MetricInfo["kind"], { part, replica }: Sender): Incoming {
  const name = metric.name.slice(0, NAME_LENGTH_MAX);
  return {
    name,
    kind,
    unit: metric.unit.slice(0, UNIT_LENGTH_MAX),
    description: metric.description.slice(0, DESCRIPTION_LENGTH_MAX),
    part,
    replica,
    keyStart: keyStartOf(name, part, replica, kind),
    isOfClient: OF_CLIENT.test(name),
  };
}

function itself(total: number): number {
  return total;
}

function isLess(before: number, now: number): boolean {
  return now < before;
}
