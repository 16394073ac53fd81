/** What the processes of an edge have counted, as one. Pure. */

import {
  legacyOf,
  type MeteredNames,
  type MetricsSnapshot,
  mergeSnapshots,
} from "../observe/metrics-snapshot.ts";
import { type EdgeReading, mergeStatus } from "../observe/upstream-status.ts";

/**
 * Adds up what processes have told of themselves, those that are gone included, so that no total goes backwards while a configuration stays
 * the same: each process counts with what it told last, and what that was goes on counting when it is gone. What a process counted
 * after that is lost with it, which matters only where one dies unasked: one that drains is asked when it has.
 */
export class WorkerReadings {
  /** By process; nothing of one that has not told anything. */
  readonly #last = new Map<object, EdgeReading | undefined>();
  /** Of those that are gone. */
  #legacy: MetricsSnapshot = {};
  #names: MeteredNames = { routes: [], upstreams: [], listeners: [] };

  /** Another configuration is in force, which names this: of nothing else are counts kept. */
  configure(names: MeteredNames): void {
    this.#names = names;
    this.#legacy = legacyOf(this.#legacy, names);
  }

  /** A process begins. */
  join(source: object): void {
    this.#last.set(source, undefined);
  }

  /** A process tells its numbers. Those that come when it is gone, on a channel that is still read, count for nothing. */
  take(source: object, reading: EdgeReading): void {
    if (this.#last.has(source)) this.#last.set(source, reading);
  }

  /** A process is gone. */
  leave(source: object): void {
    const reading = this.#last.get(source);
    this.#last.delete(source);
    if (reading) this.#legacy = legacyOf(mergeSnapshots([this.#legacy, reading.metrics]), this.#names);
  }

  /** All of them together. */
  total(): EdgeReading {
    const readings = [...this.#last.values()].filter((one) => one !== undefined);
    return {
      metrics: mergeSnapshots([this.#legacy, ...readings.map(({ metrics }) => metrics)]),
      upstreams: mergeStatus(readings.map(({ upstreams }) => upstreams)),
    };
  }
}
