/** What an edge has counted since it began. Pure. */

import type { ExchangeObserver, ExchangeRecord } from "./exchange-record.ts";
import { ListenerMeter } from "./listener-meter.ts";
import {
  type MeteredNames,
  type MetricSource,
  type MetricsSnapshot,
  SampleCollector,
} from "./metrics-snapshot.ts";
import { RouteMeter } from "./route-meter.ts";
import { StatusPlaces } from "./status-places.ts";
import { UpstreamMeter } from "./upstream-meter.ts";

/** The route of requests for which none was found, or whose route has been removed since. */
const NO_ROUTE = "";

/**
 * Counts exchanges by route, upstream and endpoint, as the configuration names them: what it does not name is never a label, so
 * that no client can make the metrics grow.
 */
export class EdgeMetrics implements ExchangeObserver {
  readonly #places = new StatusPlaces();
  readonly #sources: readonly MetricSource[];
  readonly #unrouted = new RouteMeter(this.#places);
  #routes: ReadonlyMap<string, RouteMeter> = new Map([[NO_ROUTE, this.#unrouted]]);
  #upstreams: ReadonlyMap<string, UpstreamMeter> = new Map();
  #listeners = new Map<string, ListenerMeter>();

  /** Where it is given, a snapshot holds what is only told where telemetry is sent, and what this has to tell. */
  details: MetricSource | undefined;

  /** `sources` are asked whenever a snapshot is taken. */
  constructor(sources: readonly MetricSource[] = []) {
    this.#sources = sources;
  }

  /** Counts by these names from now on. Counts of names that stay go on; those of names that are gone are forgotten. */
  configure(names: MeteredNames): void {
    const routes = new Map([[NO_ROUTE, this.#unrouted]]);
    for (const name of names.routes) {
      routes.set(name, this.#routes.get(name) ?? routes.get(name) ?? new RouteMeter(this.#places));
    }
    const upstreams = new Map<string, UpstreamMeter>();
    for (const [name, endpoints] of names.upstreams) {
      const meter = this.#upstreams.get(name) ?? new UpstreamMeter();
      meter.configure(endpoints);
      upstreams.set(name, meter);
    }
    const listeners = new Map<string, ListenerMeter>();
    for (const name of names.listeners) listeners.set(name, this.listener(name));
    this.#routes = routes;
    this.#upstreams = upstreams;
    this.#listeners = listeners;
  }

  /** The meter of a listener, by `host:port`; made when there is none. A listener asks for it once, when it opens. */
  listener(name: string): ListenerMeter {
    const kept = this.#listeners.get(name);
    if (kept) return kept;
    const made = new ListenerMeter();
    this.#listeners.set(name, made);
    return made;
  }

  exchangeDone(record: ExchangeRecord): void {
    const { route, upstream } = record;
    const meter = route === undefined ? this.#unrouted : this.#routes.get(route);
    (meter ?? this.#unrouted).count(record);
    if (upstream !== undefined) this.#upstreams.get(upstream)?.count(record);
  }

  snapshot(): MetricsSnapshot {
    const collector = new SampleCollector();
    for (const [name, meter] of this.#routes) meter.collect(name, collector, this.details !== undefined);
    for (const [name, meter] of this.#upstreams) meter.collect(name, collector);
    for (const [name, meter] of this.#listeners) meter.collect(name, collector);
    for (const source of this.#sources) source.collect(collector);
    this.details?.collect(collector);
    return collector.snapshot();
  }
}
