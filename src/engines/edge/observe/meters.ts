/**
 * The counters of one route, upstream and endpoint: each a single array of numbers, so that counting allocates nothing. Pure.
 */

import { ANSWERS } from "../answers.ts";
import type { ExchangeRecord, Outcome } from "./exchange-record.ts";
import { HISTOGRAM_LENGTH, histogramAt, observe } from "./histogram.ts";
import type { SampleCollector } from "./metrics-snapshot.ts";

const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "CONNECT",
  "OPTIONS",
  "TRACE",
  "PATCH",
  "other",
] as const;
const OUTCOMES = ["answered", "own", "cut", "left"] as const satisfies readonly Outcome[];
/** The last one: answers that a route gives, which have no code. */
const CODES: readonly string[] = [...Object.keys(ANSWERS), "none"];
const CODE_AT: ReadonlyMap<string, number> = new Map(CODES.map((code, at) => [code, at]));
/** Of what a client was sent: the first digit, or nothing at all. */
const CLASSES = ["none", "1xx", "2xx", "3xx", "4xx", "5xx", "other"] as const;

/** Different statuses that are told apart; more than that share `other`. The standard has 62 that are in use. */
const STATUSES_MAX = 96;
const OTHER_STATUS = STATUSES_MAX - 1;
const STATUS_MAX = 999;

/** Gives each status that occurs a place in the arrays of all meters, since most never occur. */
export class StatusPlaces {
  readonly #places = new Uint8Array(STATUS_MAX + 1).fill(OTHER_STATUS);
  readonly #statuses: number[] = [];

  placeOf(status: number): number {
    const place = this.#places[status];
    return place === undefined ? OTHER_STATUS : place === OTHER_STATUS ? this.#newPlace(status) : place;
  }

  labelOf(place: number): string {
    const status = this.#statuses[place];
    return status === undefined ? "other" : status === 0 ? "none" : String(status);
  }

  #newPlace(status: number): number {
    const place = this.#statuses.length;
    if (place === OTHER_STATUS) return OTHER_STATUS;
    this.#statuses.push(status);
    this.#places[status] = place;
    return place;
  }
}

// Where things stand in a route's numbers; the statuses come first.
const METHOD_AT = STATUSES_MAX;
const OUTCOME_AT = METHOD_AT + METHODS.length;
const OWN_AT = OUTCOME_AT + OUTCOMES.length;
const BYTES_IN_AT = OWN_AT + CODES.length;
const BYTES_OUT_AT = BYTES_IN_AT + 1;
const DURATION_AT = BYTES_OUT_AT + 1;
const ROUTE_LENGTH = DURATION_AT + HISTOGRAM_LENGTH;

/** Counts the requests of one route. */
export class RouteMeter {
  readonly #numbers = new Float64Array(ROUTE_LENGTH);
  readonly #places: StatusPlaces;

  constructor(places: StatusPlaces) {
    this.#places = places;
  }

  count(record: ExchangeRecord): void {
    const numbers = this.#numbers;
    add(numbers, this.#places.placeOf(record.status), 1);
    add(numbers, METHOD_AT + methodAt(record.method), 1);
    add(numbers, OUTCOME_AT + outcomeAt(record.outcome), 1);
    if (record.outcome === "own") add(numbers, OWN_AT + codeAt(record.code), 1);
    add(numbers, BYTES_IN_AT, record.requestBytes);
    add(numbers, BYTES_OUT_AT, record.responseBytes);
    observe(numbers, DURATION_AT, record.durationMs);
  }

  collect(route: string, into: SampleCollector): void {
    const numbers = this.#numbers;
    const duration = histogramAt(numbers, DURATION_AT);
    if (!duration) return;
    for (let place = 0; place < STATUSES_MAX; place++) {
      const count = numbers[place] ?? 0;
      if (count > 0) into.add("trestle_edge_requests", [route, this.#places.labelOf(place)], [count]);
    }
    METHODS.forEach((method, at) => {
      const count = numbers[METHOD_AT + at] ?? 0;
      if (count > 0) into.add("trestle_edge_requests_by_method", [route, method], [count]);
    });
    OUTCOMES.forEach((outcome, at) => {
      into.add("trestle_edge_request_outcomes", [route, outcome], [numbers[OUTCOME_AT + at] ?? 0]);
    });
    CODES.forEach((code, at) => {
      const count = numbers[OWN_AT + at] ?? 0;
      if (count > 0) into.add("trestle_edge_own_answers", [route, code], [count]);
    });
    into.add("trestle_edge_request_duration_seconds", [route], duration);
    into.add("trestle_edge_request_body_bytes", [route], [numbers[BYTES_IN_AT] ?? 0]);
    into.add("trestle_edge_response_body_bytes", [route], [numbers[BYTES_OUT_AT] ?? 0]);
  }
}

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

function outcomeAt(outcome: Outcome): number {
  switch (outcome) {
    case "answered":
      return 0;
    case "own":
      return 1;
    case "cut":
      return 2;
    case "left":
      return 3;
  }
}

function codeAt(code: string | undefined): number {
  return (code === undefined ? undefined : CODE_AT.get(code)) ?? CODES.length - 1;
}

function classAt(status: number): number {
  if (status === 0) return 0;
  return status >= 100 && status < 600 ? Math.floor(status / 100) : CLASSES.length - 1;
}

/** Methods are compared by length first: theirs differ enough to leave two at most. */
function methodAt(method: string): number {
  switch (method.length) {
    case 3:
      return method === "GET" ? 0 : method === "PUT" ? 3 : 9;
    case 4:
      return method === "POST" ? 2 : method === "HEAD" ? 1 : 9;
    case 5:
      return method === "PATCH" ? 8 : method === "TRACE" ? 7 : 9;
    case 6:
      return method === "DELETE" ? 4 : 9;
    case 7:
      return method === "OPTIONS" ? 6 : method === "CONNECT" ? 5 : 9;
    default:
      return 9;
  }
}
