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
  /** The cell of the last attempt, which is often that of the next, and whose it is. */
  #lastCell: DurationCell | undefined;
  #lastUpstream = "";
  #lastEndpoint = "";
  #lastStatus = 0;
  #lastError: string | undefined;

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
    this.#lastCell = undefined;
  }

  attemptDone(
    upstream: string,
    endpoint: string,
    status: number,
    error: string | undefined,
    durationMs: number,
    trace: TraceFacts | undefined,
  ): void {
    const isLast =
      endpoint === this.#lastEndpoint &&
      status === this.#lastStatus &&
      error === this.#lastError &&
      upstream === this.#lastUpstream;
    const cell = (isLast && this.#lastCell) || this.#cellOf(upstream, endpoint, status, error);
    if (!cell) return;
    this.#lastCell = cell;
    this.#lastUpstream = upstream;
    this.#lastEndpoint = endpoint;
    this.#lastStatus = status;
    this.#lastError = error;
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

  /** Made where there is none yet; undefined of what the configuration does not name. */
  #cellOf(
    upstream: string,
    endpoint: string,
    status: number,
    error: string | undefined,
  ): DurationCell | undefined {
    const cells = this.#upstreams.get(upstream)?.get(endpoint);
    if (!cells) return undefined;
    const known = cells.get(error ?? status);
    if (known) return known;
    const isFull = cells.size >= CELLS_MAX && error === undefined;
    const key = isFull ? Math.floor(status / 100) * 100 : (error ?? status);
    const cell = cells.get(key) ?? durationCell();
    cells.set(key, cell);
    return cell;
  }
}
