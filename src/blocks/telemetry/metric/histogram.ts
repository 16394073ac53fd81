import type { Attributes, HistogramPoint, MetricData } from "../otlp/model.ts";
import type { TraceContext } from "../trace/trace-context.ts";
import { AttributeSets } from "./attribute-sets.ts";
import { type ExemplarSource, Exemplars } from "./exemplars.ts";
import type { BoundHistogram, Collected, Histogram, InstrumentOptions } from "./instrument.ts";
import { type Head, headOf, limitOf } from "./sums.ts";

/** What OpenTelemetry advises for `http.server.request.duration` and `http.client.request.duration`, in seconds. */
export const HTTP_DURATION_BOUNDS_S: readonly number[] = Object.freeze([
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
]);

/** What it advises for `db.client.operation.duration`, in seconds. */
export const DB_DURATION_BOUNDS_S: readonly number[] = Object.freeze([
  0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10,
]);

/** More buckets than this are no histogram any longer. */
const BOUNDS_MAX = 500;

class BucketsPoint implements BoundHistogram {
  readonly attributes: Attributes;
  readonly #bounds: Float64Array;
  readonly #counts: Float64Array;
  readonly #exemplars: Exemplars;
  #sum = 0;
  #startUs: number | undefined;

  constructor(attributes: Attributes, bounds: Float64Array, source: ExemplarSource) {
    this.attributes = attributes;
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
    this.#exemplars = new Exemplars(bounds.length + 1, source);
  }

  record(value: number, context?: TraceContext): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return;
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (value > (bounds[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    this.#counts[low] = (this.#counts[low] ?? 0) + 1;
    this.#sum += value;
    this.#exemplars.offer(low, value, context);
  }

  collect(newSinceUs: number, timeUs: number, bounds: readonly number[]): HistogramPoint {
    this.#startUs ??= newSinceUs;
    const startUs = this.#startUs;
    const counts = Array.from(this.#counts);
    const count = counts.reduce((sum, one) => sum + one, 0);
    const exemplars = this.#exemplars.take();
    return { attributes: this.attributes, startUs, timeUs, count, sum: this.#sum, bounds, counts, exemplars };
  }
}

/** A histogram over given bounds, which is collected. Pure. */
export class BucketHistogram implements Histogram, Collected {
  readonly #head: Head;
  readonly #bounds: readonly number[];
  readonly #sets: AttributeSets<BucketsPoint>;

  constructor(
    name: string,
    options: InstrumentOptions & { readonly bounds: readonly number[] },
    source: ExemplarSource,
  ) {
    this.#head = headOf(name, options);
    this.#bounds = checkedBounds(options.bounds);
    const bounds = Float64Array.from(options.bounds);
    this.#sets = new AttributeSets(
      limitOf(options),
      (attributes) => new BucketsPoint(attributes, bounds, source),
    );
  }

  record(value: number, attributes?: Attributes, context?: TraceContext): void {
    this.#sets.get(attributes).record(value, context);
  }

  with(attributes: Attributes): BoundHistogram {
    return this.#sets.get(attributes);
  }

  forget(attributes: Attributes): void {
    this.#sets.forget(attributes);
  }

  collect(_startUs: number, timeUs: number, newSinceUs: number): MetricData | undefined {
    const points = this.#sets.points().map((point) => point.collect(newSinceUs, timeUs, this.#bounds));
    if (points.length === 0) return undefined;
    return { ...this.#head, kind: "histogram", temporality: "cumulative", points };
  }
}

function checkedBounds(bounds: readonly number[]): readonly number[] {
  const rise = bounds.every(
    (bound, index) => Number.isFinite(bound) && !(bound <= (bounds[index - 1] ?? -Infinity)),
  );
  if (rise && bounds.length <= BOUNDS_MAX) return Object.freeze([...bounds]);
  throw new RangeError(`bounds have to be at most ${BOUNDS_MAX} numbers that rise, not ${bounds.join(", ")}`);
}
