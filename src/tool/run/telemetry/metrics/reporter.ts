import type { Attributes, Batch, MetricData, Temporality } from "../../../../blocks/telemetry/otlp/model.ts";
import { SimulatedClock } from "../../../../blocks/time/index.ts";
import type { PartDirectory } from "../part-directory.ts";
import { MetricStore, type MetricStoreOptions } from "./metric-store.ts";

/** For tests: takes names as they are said. */
export const plainDirectory: PartDirectory = {
  senderOf(resource) {
    const part = String(resource["service.name"] ?? "outside");
    return { part, replica: String(resource["service.instance.id"] ?? part) };
  },
  peerOf: () => undefined,
};

export const SECOND_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/** For tests: a store on a clock that is moved by hand. */
export function simulatedStore(limits: Partial<MetricStoreOptions> = {}): {
  clock: SimulatedClock;
  store: MetricStore;
} {
  const clock = new SimulatedClock();
  return { clock, store: new MetricStore({ clock, directory: plainDirectory, ...limits }) };
}

/** For tests: a program with an SDK, which counts and reports as OpenTelemetry's do. */
export class Reporter {
  readonly #clock: SimulatedClock;
  readonly #store: MetricStore;
  readonly #temporality: Temporality;
  readonly #resource: Attributes;
  readonly #counts = new Map<string, { attributes: Attributes; value: number }>();
  readonly #histograms = new Map<string, { attributes: Attributes; counts: number[]; sum: number }>();
  #startUs: number;

  constructor(store: MetricStore, clock: SimulatedClock, temporality: Temporality, replica = "web.1") {
    this.#store = store;
    this.#clock = clock;
    this.#temporality = temporality;
    this.#resource = { "service.name": replica.split(".")[0] ?? "", "service.instance.id": replica };
    this.#startUs = clock.wallMs() * 1000;
  }

  /** Adds to the counter `hits`. */
  count(value: number, attributes: Attributes = {}): void {
    const key = JSON.stringify(attributes);
    const entry = this.#counts.get(key) ?? { attributes, value: 0 };
    entry.value += value;
    this.#counts.set(key, entry);
  }

  /** Adds to the histogram `took`, in seconds. */
  took(seconds: number, attributes: Attributes = {}): void {
    const key = JSON.stringify(attributes);
    const entry = this.#histograms.get(key) ?? {
      attributes,
      counts: new Array<number>(SECOND_BOUNDS.length + 1).fill(0),
      sum: 0,
    };
    const place = SECOND_BOUNDS.findIndex((bound) => seconds <= bound);
    const bucket = place < 0 ? SECOND_BOUNDS.length : place;
    entry.counts[bucket] = (entry.counts[bucket] ?? 0) + 1;
    entry.sum += seconds;
    this.#histograms.set(key, entry);
  }

  /** Sends what an SDK sends at its interval. */
  report(exemplar?: { value: number; traceId: string }): void {
    const timeUs = this.#clock.wallMs() * 1000;
    const startUs = this.#startUs;
    const exemplars = exemplar ? [{ ...exemplar, timeUs, spanId: "00f067aa0ba902b7" }] : [];
    const items: MetricData[] = [
      {
        name: "hits",
        description: "",
        unit: "{hit}",
        kind: "sum",
        monotonic: true,
        temporality: this.#temporality,
        points: [...this.#counts.values()].map((each) => ({ ...each, startUs, timeUs, exemplars: [] })),
      },
      {
        name: "took",
        description: "How long it took.",
        unit: "s",
        kind: "histogram",
        temporality: this.#temporality,
        points: [...this.#histograms.values()].map(({ attributes, counts, sum }) => ({
          attributes,
          counts: [...counts],
          sum,
          count: counts.reduce((total, each) => total + each, 0),
          bounds: [...SECOND_BOUNDS],
          startUs,
          timeUs,
          exemplars,
        })),
      },
    ];
    this.send(items);
    if (this.#temporality === "cumulative") return;
    this.#startUs = timeUs;
    for (const entry of this.#counts.values()) entry.value = 0;
    for (const entry of this.#histograms.values()) {
      entry.counts.fill(0);
      entry.sum = 0;
    }
  }

  /** Sends these metrics as they are. */
  send(items: readonly MetricData[]): void {
    const batch: Batch<MetricData> = {
      resource: { attributes: this.#resource },
      scope: { name: "", version: "" },
      items,
    };
    this.#store.take(batch);
  }

  /** The process begins anew: its totals are lost, and what it had not reported too. */
  restart(): void {
    this.#startUs = this.#clock.wallMs() * 1000;
    this.#counts.clear();
    this.#histograms.clear();
  }
}
