import type { Attributes, MetricData, NumberPoint } from "../otlp/model.ts";
import { AttributeSets } from "./attribute-sets.ts";
import {
  ATTRIBUTE_SETS_MAX,
  type BoundCounter,
  type BoundGauge,
  type BoundUpDownCounter,
  type Collected,
  type Counter,
  type Gauge,
  type InstrumentOptions,
  type UpDownCounter,
} from "./instrument.ts";

class CounterPoint implements BoundCounter {
  readonly attributes: Attributes;
  startUs: number | undefined = undefined;
  value = 0;
  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }
  add(value = 1): void {
    // Neither NaN nor infinity: a sum would never be rid of them.
    if (value > 0 && value < Number.POSITIVE_INFINITY) this.value += value;
  }
}

class UpDownPoint implements BoundUpDownCounter {
  readonly attributes: Attributes;
  startUs: number | undefined = undefined;
  value = 0;
  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }
  add(value: number): void {
    if (Number.isFinite(value)) this.value += value;
  }
}

class GaugePoint implements BoundGauge {
  readonly attributes: Attributes;
  value = Number.NaN;
  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }
  record(value: number): void {
    this.value = value;
  }
}

/** A counter that is collected. Pure. */
export class CountingCounter implements Counter, Collected {
  readonly #head: Head;
  readonly #sets: AttributeSets<CounterPoint>;
  constructor(name: string, options: InstrumentOptions) {
    this.#head = headOf(name, options);
    this.#sets = new AttributeSets(limitOf(options), (attributes) => new CounterPoint(attributes));
  }
  add(value?: number, attributes?: Attributes): void {
    this.#sets.get(attributes).add(value);
  }
  with(attributes: Attributes): BoundCounter {
    return this.#sets.get(attributes);
  }
  forget(attributes: Attributes): void {
    this.#sets.forget(attributes);
  }
  collect(_startUs: number, timeUs: number, newSinceUs: number): MetricData | undefined {
    const points = pointsOf(this.#sets.points(), newSinceUs, timeUs);
    return points && { ...this.#head, kind: "sum", temporality: "cumulative", monotonic: true, points };
  }
}

/** A sum that rises and falls, and is collected. Pure. */
export class CountingUpDownCounter implements UpDownCounter, Collected {
  readonly #head: Head;
  readonly #sets: AttributeSets<UpDownPoint>;
  constructor(name: string, options: InstrumentOptions) {
    this.#head = headOf(name, options);
    this.#sets = new AttributeSets(limitOf(options), (attributes) => new UpDownPoint(attributes));
  }
  add(value: number, attributes?: Attributes): void {
    this.#sets.get(attributes).add(value);
  }
  with(attributes: Attributes): BoundUpDownCounter {
    return this.#sets.get(attributes);
  }
  forget(attributes: Attributes): void {
    this.#sets.forget(attributes);
  }
  collect(_startUs: number, timeUs: number, newSinceUs: number): MetricData | undefined {
    const points = pointsOf(this.#sets.points(), newSinceUs, timeUs);
    return points && { ...this.#head, kind: "sum", temporality: "cumulative", monotonic: false, points };
  }
}

/** A gauge that is collected: the last value of each set of attributes. Pure. */
export class KeepingGauge implements Gauge, Collected {
  readonly #head: Head;
  readonly #sets: AttributeSets<GaugePoint>;
  constructor(name: string, options: InstrumentOptions) {
    this.#head = headOf(name, options);
    this.#sets = new AttributeSets(limitOf(options), (attributes) => new GaugePoint(attributes));
  }
  record(value: number, attributes?: Attributes): void {
    this.#sets.get(attributes).record(value);
  }
  with(attributes: Attributes): BoundGauge {
    return this.#sets.get(attributes);
  }
  forget(attributes: Attributes): void {
    this.#sets.forget(attributes);
  }
  collect(_startUs: number, timeUs: number, newSinceUs: number): MetricData | undefined {
    const points = pointsOf(this.#sets.points(), newSinceUs, timeUs);
    return points && { ...this.#head, kind: "gauge", points };
  }
}

/** What stands above a metric's points. */
export type Head = Pick<MetricData, "name" | "description" | "unit">;

export function headOf(name: string, { description = "", unit = "" }: InstrumentOptions): Head {
  return { name, description, unit };
}

export function limitOf({ attributeSetsMax = ATTRIBUTE_SETS_MAX }: InstrumentOptions): number {
  if (Number.isInteger(attributeSetsMax) && attributeSetsMax >= 2) return attributeSetsMax;
  throw new RangeError(`attributeSetsMax has to be a whole number of 2 or more, not ${attributeSetsMax}`);
}

/**
 * Undefined where there is none: a metric without points says nothing. Points that hold no number yet are left out. One that remembers since when
 * it counts is told so: since `newSinceUs` when it is collected for the first time.
 */
export function pointsOf(
  counted: readonly {
    readonly attributes: Attributes;
    readonly value: number;
    startUs?: number | undefined;
  }[],
  newSinceUs: number,
  timeUs: number,
): NumberPoint[] | undefined {
  const points: NumberPoint[] = [];
  for (const point of counted) {
    const { attributes, value } = point;
    point.startUs ??= newSinceUs;
    if (Number.isFinite(value))
      points.push({ attributes, startUs: point.startUs, timeUs, value, exemplars: [] });
  }
  return points.length > 0 ? points : undefined;
}
