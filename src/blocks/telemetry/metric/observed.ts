import type { Attributes, MetricData } from "../otlp/model.ts";
import { AttributeSets } from "./attribute-sets.ts";
import type { Collected, InstrumentOptions, Observation } from "./instrument.ts";
import { type Head, headOf, limitOf, pointsOf } from "./sums.ts";

/** Which metric the values make: `counter` are totals that only rise, `upDownCounter` sums, `gauge` anything else. */
export type ObservedKind = "counter" | "upDownCounter" | "gauge";

/** An instrument that is asked at collection, for what is counted elsewhere already. Nothing is kept between. Pure. */
export class Observed implements Collected {
  readonly #head: Head;
  readonly #kind: ObservedKind;
  readonly #limit: number;
  readonly #observe: Observation;

  constructor(name: string, kind: ObservedKind, options: InstrumentOptions, observe: Observation) {
    this.#head = headOf(name, options);
    this.#kind = kind;
    this.#limit = limitOf(options);
    this.#observe = observe;
  }

  collect(startUs: number, timeUs: number): MetricData | undefined {
    const adds = this.#kind !== "gauge";
    const sets = new AttributeSets(this.#limit, (attributes: Attributes) => ({
      attributes,
      value: Number.NaN,
    }));
    this.#observe((value, attributes) => {
      const point = sets.get(attributes);
      // What is told twice, or overflows, is a part of a sum; of what is not summed, the last counts.
      point.value = adds && Number.isFinite(point.value) ? point.value + value : value;
    });
    const points = pointsOf(sets.points(), startUs, timeUs);
    if (!points) return undefined;
    if (!adds) return { ...this.#head, kind: "gauge", points };
    const monotonic = this.#kind === "counter";
    return { ...this.#head, kind: "sum", temporality: "cumulative", monotonic, points };
  }
}
