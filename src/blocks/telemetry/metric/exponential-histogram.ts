import type { Attributes, ExponentialHistogramPoint, MetricData } from "../otlp/model.ts";
import type { TraceContext } from "../trace/trace-context.ts";
import { AttributeSets } from "./attribute-sets.ts";
import { type ExemplarSource, Exemplars } from "./exemplars.ts";
import { bucketOf, ExponentialBuckets } from "./exponential-buckets.ts";
import type { BoundHistogram, Collected, Histogram, InstrumentOptions } from "./instrument.ts";
import { type Head, headOf, limitOf } from "./sums.ts";

/** OpenTelemetry's default. */
export const BUCKETS_MAX = 160;
/** Examples are kept by powers of four, of which so many have a place of their own. */
const EXEMPLARS_MAX = 16;
const EXEMPLAR_SCALE = -1;
const NONE = { offset: 0, counts: [] } as const;

class ExponentialPoint implements BoundHistogram {
  readonly attributes: Attributes;
  readonly #buckets: ExponentialBuckets;
  readonly #exemplars: Exemplars;
  #count = 0;
  #zeroCount = 0;
  #sum = 0;
  #startUs: number | undefined;

  constructor(attributes: Attributes, bucketsMax: number, source: ExemplarSource) {
    this.attributes = attributes;
    this.#buckets = new ExponentialBuckets(bucketsMax);
    this.#exemplars = new Exemplars(EXEMPLARS_MAX, source);
  }

  record(value: number, context?: TraceContext): void {
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) return;
    this.#count++;
    this.#sum += value;
    if (value === 0) {
      this.#zeroCount++;
      return;
    }
    this.#buckets.add(value);
    this.#exemplars.offer(bucketOf(value, EXEMPLAR_SCALE) & (EXEMPLARS_MAX - 1), value, context);
  }

  collect(newSinceUs: number, timeUs: number): ExponentialHistogramPoint {
    this.#startUs ??= newSinceUs;
    const { scale, offset, counts } = this.#buckets;
    return {
      attributes: this.attributes,
      startUs: this.#startUs,
      timeUs,
      count: this.#count,
      sum: this.#sum,
      scale,
      zeroCount: this.#zeroCount,
      positive: { offset, counts: [...counts] },
      negative: NONE,
      exemplars: this.#exemplars.take(),
    };
  }
}

/** A histogram whose buckets find their bounds themselves, which is collected. Pure. */
export class ExponentialHistogram implements Histogram, Collected {
  readonly #head: Head;
  readonly #sets: AttributeSets<ExponentialPoint>;

  constructor(
    name: string,
    options: InstrumentOptions & { readonly bucketsMax?: number },
    source: ExemplarSource,
  ) {
    const { bucketsMax = BUCKETS_MAX } = options;
    if (!(Number.isInteger(bucketsMax) && bucketsMax >= 2))
      throw new RangeError(`bucketsMax has to be a whole number of 2 or more, not ${bucketsMax}`);
    this.#head = headOf(name, options);
    this.#sets = new AttributeSets(
      limitOf(options),
      (attributes) => new ExponentialPoint(attributes, bucketsMax, source),
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
    const points = this.#sets.points().map((point) => point.collect(newSinceUs, timeUs));
    if (points.length === 0) return undefined;
    return { ...this.#head, kind: "exponential-histogram", temporality: "cumulative", points };
  }
}
