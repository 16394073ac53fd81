import type { Clock } from "../../time/clock.ts";
import { Epoch } from "../epoch.ts";
import type { MetricData } from "../otlp/model.ts";
import type { TraceContext } from "../trace/trace-context.ts";
import type { ExemplarSource } from "./exemplars.ts";
import { ExponentialHistogram } from "./exponential-histogram.ts";
import { BucketHistogram, HTTP_DURATION_BOUNDS_S } from "./histogram.ts";
import type {
  Collected,
  Counter,
  Gauge,
  Histogram,
  InstrumentOptions,
  Observation,
  UpDownCounter,
} from "./instrument.ts";
import { Observed, type ObservedKind } from "./observed.ts";
import { CountingCounter, CountingUpDownCounter, KeepingGauge } from "./sums.ts";

/** How a histogram parts its values. */
export type HistogramOptions = InstrumentOptions &
  (
    | {
        /** Upper bounds that rise; a value on a bound counts below it. Default: those advised for HTTP's durations in seconds. */
        readonly bounds?: readonly number[];
      }
    | {
        /** Buckets that find their bounds themselves: for whatever has no known range. */
        readonly exponential: true;
        /** 2 or more. Default 160. */
        readonly bucketsMax?: number;
      }
  );

/**
 * Makes the instruments of a program. The same name gives the same instrument; a name that is another kind of instrument already
 * is a `TypeError`.
 */
export interface Meter {
  /** False where nothing is ever collected, and so nothing kept: what only serves to measure may be left out. */
  readonly isOn: boolean;
  counter(name: string, options?: InstrumentOptions): Counter;
  upDownCounter(name: string, options?: InstrumentOptions): UpDownCounter;
  gauge(name: string, options?: InstrumentOptions): Gauge;
  histogram(name: string, options?: HistogramOptions): Histogram;
  /**
   * An instrument that is asked at each collection, for what is counted elsewhere already: totals since the beginning for a
   * `counter`. What the callback throws leaves the metric out of that collection. A second one of the same name takes its place.
   */
  observed(name: string, kind: ObservedKind, options: InstrumentOptions, observe: Observation): void;
  /** Is called before each collection: to set several gauges from one reading. What it throws is dropped. */
  beforeCollection(callback: () => void): void;
}

/** A meter that is collected. */
export interface CollectedMeter extends Meter {
  /** All metrics that have points, cumulative since the meter was made. */
  collect(): MetricData[];
}

export interface MeterOptions {
  readonly clock: Clock;
  /** The span under way, where spans are followed: histograms take their examples from sampled ones. */
  readonly sampledContext?: () => TraceContext | undefined;
  /**
   * Whether histograms find their bounds themselves, whatever is advised for them (OpenTelemetry's
   * `base2_exponential_bucket_histogram` as the default aggregation). Default false.
   */
  readonly exponential?: boolean;
}

/** A meter that keeps what it measures until it is collected. Bounded by the instruments made and their sets of attributes. Pure. */
export function createMeter({
  clock,
  sampledContext = () => undefined,
  exponential = false,
}: MeterOptions): CollectedMeter {
  const epoch = new Epoch(clock);
  const startUs = epoch.nowUs();
  let lastUs = startUs;
  const source: ExemplarSource = { sampledContext, nowUs: () => epoch.nowUs() };
  const instruments = new Map<string, Collected>();
  const callbacks: (() => void)[] = [];

  const once = <Kind extends Collected>(
    name: string,
    kind: abstract new (...parameters: never) => Kind,
    make: () => Kind,
  ): Kind => {
    const known = instruments.get(name);
    if (known instanceof kind) return known;
    if (known) throw new TypeError(`there is a metric "${name}" already, of another kind`);
    const made = make();
    instruments.set(name, made);
    return made;
  };

  return {
    isOn: true,
    counter: (name, options = {}) => once(name, CountingCounter, () => new CountingCounter(name, options)),
    upDownCounter: (name, options = {}) =>
      once(name, CountingUpDownCounter, () => new CountingUpDownCounter(name, options)),
    gauge: (name, options = {}) => once(name, KeepingGauge, () => new KeepingGauge(name, options)),
    histogram(name, options = {}) {
      if (exponential || "exponential" in options)
        return once(name, ExponentialHistogram, () => new ExponentialHistogram(name, options, source));
      const { bounds = HTTP_DURATION_BOUNDS_S } = options;
      return once(name, BucketHistogram, () => new BucketHistogram(name, { ...options, bounds }, source));
    },
    observed(name, kind, options, observe) {
      const known = instruments.get(name);
      if (known && !(known instanceof Observed))
        throw new TypeError(`there is a metric "${name}" already, of another kind`);
      instruments.set(name, new Observed(name, kind, options, observe));
    },
    beforeCollection: (callback) => void callbacks.push(callback),
    collect() {
      for (const callback of callbacks) ignoringErrors(callback);
      const timeUs = epoch.nowUs();
      const metrics: MetricData[] = [];
      for (const instrument of instruments.values()) {
        const metric = ignoringErrors(() => instrument.collect(startUs, timeUs, lastUs));
        if (metric) metrics.push(metric);
      }
      lastUs = timeUs;
      return metrics;
    },
  };
}

/** What is asked for its figures may be ill: that must not silence the others. */
function ignoringErrors<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

const NOTHING_BOUND = { add() {}, record() {} };
const NOTHING = { ...NOTHING_BOUND, forget() {}, with: () => NOTHING_BOUND };

/** A meter of which nothing is collected: every instrument is one that does nothing. */
export const noMeter: Meter = Object.freeze({
  isOn: false,
  counter: () => NOTHING,
  upDownCounter: () => NOTHING,
  gauge: () => NOTHING,
  histogram: () => NOTHING,
  observed() {},
  beforeCollection() {},
});
