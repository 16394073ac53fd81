/**
 * The counters of one upstream and its endpoints: each a single array of numbers, so that counting allocates nothing. Pure.
 */

import type { ExchangeRecord } from "./exchange-record.ts";
import { HISTOGRAM_LENGTH, histogramAt, observe } from "./histogram.ts";
import type { SampleCollector } from "./metrics-snapshot.ts";
import { OUTCOMES, outcomeAt } from "./outcomes.ts";

/** Of what a client was sent: the first digit, or nothing at all. */
const CLASSES = ["none", "1xx", "2xx", "3xx", "4xx", "5xx", "other"] as const;

// Where things stand in an upstream's numbers; the outcomes come first.
const ATTEMPTS_AT = OUTCOMES.length;
const RETRIES_AT = ATTEMPTS_AT + 1;
const RESPONSE_AT = RETRIES_AT + 1;
const UPSTREAM_LENGTH = RESPONSE_AT + HISTOGRAM_LENGTH;

/** Counts the requests for one upstream, and for each of its endpoints. */
export class UpstreamMeter {
  readonly #numbers = new Float64Array(UPSTREAM_LENGTH);
  #endpoints: ReadonlyMap<string, Float64Array> = new Map();

  /** Keeps counts of these endpoints from now on, and forgets those of others. */
  configure(endpoints: Iterable<string>): void {
    const next = new Map<string, Float64Array>();
    for (const id of endpoints) next.set(id, this.#endpoints.get(id) ?? new Float64Array(CLASSES.length));
    this.#endpoints = next;
  }

  count(record: ExchangeRecord): void {
    const numbers = this.#numbers;
    const { attempts, endpoint } = record;
    add(numbers, outcomeAt(record.outcome), 1);
    add(numbers, ATTEMPTS_AT, attempts);
    if (attempts > 1) add(numbers, RETRIES_AT, attempts - 1);
    if (record.upstreamMs >= 0) observe(numbers, RESPONSE_AT, record.upstreamMs);
    if (endpoint === undefined) return;
    const classes = this.#endpoints.get(endpoint);
    if (classes) add(classes, classAt(record.status), 1);
  }

  collect(upstream: string, into: SampleCollector): void {
    const numbers = this.#numbers;
    OUTCOMES.forEach((outcome, at) => {
      into.add("trestle_edge_upstream_requests", [upstream, outcome], [numbers[at] ?? 0]);
    });
    into.add("trestle_edge_upstream_attempts", [upstream], [numbers[ATTEMPTS_AT] ?? 0]);
    into.add("trestle_edge_upstream_retries", [upstream], [numbers[RETRIES_AT] ?? 0]);
    const response = histogramAt(numbers, RESPONSE_AT);
    if (response) into.add("trestle_edge_upstream_response_seconds", [upstream], response);
    for (const [id, classes] of this.#endpoints) {
      CLASSES.forEach((status, at) => {
        const count = classes[at] ?? 0;
        if (count > 0) into.add("trestle_edge_endpoint_requests", [upstream, id, status], [count]);
      });
    }
  }
}

function add(numbers: Float64Array, at: number, amount: number): void {
  numbers[at] = (numbers[at] as number) + amount;
}

function classAt(status: number): number {
  if (status === 0) return 0;
  return status >= 100 && status < 600 ? Math.floor(status / 100) : CLASSES.length - 1;
}
