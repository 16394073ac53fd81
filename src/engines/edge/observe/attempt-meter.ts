/** Counts attempts with upstreams: what became of each, and how soon. Pure. */

import { type DurationCell, durationCell, observeDuration } from "./duration-cell.ts";
import type { TraceFacts } from "./exchange-record.ts";
import type { MetricSource, SampleCollector } from "./metrics-snapshot.ts";

/** Told of each attempt once, when its answer begins or it has failed. On the hot path. */
export interface AttemptObserver {
  /** `status` is 0 where there was no answer; `error` says then why not. `trace`: the attempt's, where it is told. */
  attemptDone(
    upstream: string,
    endpoint: string,
    status: number,
    error: string | undefined,
    durationMs: number,
    trace: TraceFacts | undefined,
  ): void;
}

/** Statuses of one endpoint that are told apart; what an upstream makes up beyond counts for its class. */
const CELLS_MAX = 64;

/**
 * By upstream, endpoint, status and error, as the configuration names them. The time is that to the head of the answer: how long a
 * body takes is the client's affair, and a stream's has no end.
 */
export class AttemptMeter implements AttemptObserver, MetricSource {
  #upstreams: ReadonlyMap<string, ReadonlyMap<string, Map<number | string, DurationCell>>> = new Map();

  /** Keeps counts of these from now on, and forgets those of others. */
  configure(upstreams: Iterable<readonly [name: string, endpoints: Iterable<string>]>): void {
    const next = new Map<string, Map<string, Map<number | string, DurationCell>>>();
    for (const [name, endpoints] of upstreams) {
      const before = this.#upstreams.get(name);
      const kept = new Map<string, Map<number | string, DurationCell>>();
      for (const id of endpoints) kept.set(id, before?.get(id) ?? new Map());
      next.set(name, kept);
    }
    this.#upstreams = next;
  }

  attemptDone(
    upstream: string,
    endpoint: string,
    status: number,
    error: string | undefined,
    durationMs: number,
    trace: TraceFacts | undefined,
  ): void {
    const cells = this.#upstreams.get(upstream)?.get(endpoint);
    if (!cells) return;
    let key = error ?? status;
    let cell = cells.get(key);
    if (!cell) {
      if (cells.size >= CELLS_MAX && error === undefined) key = Math.floor(status / 100) * 100;
      cell = cells.get(key) ?? durationCell();
      cells.set(key, cell);
    }
    observeDuration(cell, durationMs, trace);
  }

  collect(into: SampleCollector): void {
    for (const [upstream, endpoints] of this.#upstreams) {
      for (const [endpoint, cells] of endpoints) {
        for (const [key, { numbers, exemplars }] of cells) {
          const isStatus = typeof key === "number";
          const error = isStatus ? (key >= 500 ? String(key) : "") : key;
          const labels = [upstream, endpoint, isStatus ? String(key) : "none", error];
          into.add("http_client_request_duration", labels, Array.from(numbers), exemplars);
        }
      }
    }
  }
}
