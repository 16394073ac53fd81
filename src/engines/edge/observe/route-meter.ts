/**
 * Counts the requests of one route: a histogram for each combination of method, status and error that occurs, and numbers beside
 * them. Counting allocates nothing but at a combination's first request. Pure.
 */

import { ANSWERS } from "../answers.ts";
import { type DurationCell, durationCell, observeDuration } from "./duration-cell.ts";
import type { ExchangeRecord } from "./exchange-record.ts";
import { HISTOGRAM_LENGTH } from "./histogram.ts";
import type { SampleCollector } from "./metrics-snapshot.ts";
import { OUTCOMES, outcomeAt } from "./outcomes.ts";
import { STATUSES_MAX, type StatusPlaces } from "./status-places.ts";

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
/** The last one: answers that a route gives, which have no code. */
const CODES: readonly string[] = [...Object.keys(ANSWERS), "none"];
const CODE_AT: ReadonlyMap<string, number> = new Map(CODES.map((code, at) => [code, at]));
/** What a request failed by: nothing; the status; a cut; a code. */
const ERRORS: readonly string[] = ["", "status", "cut", ...CODES];
const CODE_ERROR_AT = 3;

// Where things stand in a route's numbers; the outcomes come first.
const OWN_AT = OUTCOMES.length;
const BYTES_IN_AT = OWN_AT + CODES.length;
const BYTES_OUT_AT = BYTES_IN_AT + 1;
const NUMBERS_LENGTH = BYTES_OUT_AT + 1;

/** Counts the requests of one route. */
export class RouteMeter {
  readonly #numbers = new Float64Array(NUMBERS_LENGTH);
  readonly #cells = new Map<number, DurationCell>();
  readonly #places: StatusPlaces;
  /** The cell of the last request, which is most often that of the next. */
  #lastKey = -1;
  #lastCell: DurationCell | undefined;

  constructor(places: StatusPlaces) {
    this.#places = places;
  }

  count(record: ExchangeRecord): void {
    const numbers = this.#numbers;
    const { outcome } = record;
    add(numbers, outcomeAt(outcome), 1);
    if (outcome === "own") add(numbers, OWN_AT + codeAt(record.code), 1);
    add(numbers, BYTES_IN_AT, record.requestBytes);
    add(numbers, BYTES_OUT_AT, record.responseBytes);
    const place = this.#places.placeOf(record.status);
    const key = (errorAt(record) * METHODS.length + methodAt(record.method)) * STATUSES_MAX + place;
    observeDuration(this.#cellOf(key), record.durationMs, record.trace);
  }

  /** `detailed`: what is only told where telemetry is sent, too. */
  collect(route: string, into: SampleCollector, detailed: boolean): void {
    if (this.#cells.size === 0) return;
    const duration = new Array<number>(HISTOGRAM_LENGTH).fill(0);
    for (const [key, { numbers, exemplars }] of this.#cells) {
      const status = this.#places.labelOf(key % STATUSES_MAX);
      const rest = Math.floor(key / STATUSES_MAX);
      const method = METHODS[rest % METHODS.length] ?? "other";
      let count = 0;
      for (let at = 0; at < HISTOGRAM_LENGTH; at++) {
        const number = numbers[at] ?? 0;
        duration[at] = (duration[at] ?? 0) + number;
        if (at < HISTOGRAM_LENGTH - 1) count += number;
      }
      into.add("trestle_edge_requests", [route, status], [count]);
      into.add("trestle_edge_requests_by_method", [route, method], [count]);
      if (!detailed) continue;
      const error = ERRORS[Math.floor(rest / METHODS.length)] ?? "";
      const labels = [route, method, status, error === "status" ? status : error];
      into.add("http_server_request_duration", labels, Array.from(numbers), exemplars);
    }
    const numbers = this.#numbers;
    OUTCOMES.forEach((outcome, at) => {
      into.add("trestle_edge_request_outcomes", [route, outcome], [numbers[at] ?? 0]);
    });
    CODES.forEach((code, at) => {
      const count = numbers[OWN_AT + at] ?? 0;
      if (count > 0) into.add("trestle_edge_own_answers", [route, code], [count]);
    });
    into.add("trestle_edge_request_duration_seconds", [route], duration);
    into.add("trestle_edge_request_body_bytes", [route], [numbers[BYTES_IN_AT] ?? 0]);
    into.add("trestle_edge_response_body_bytes", [route], [numbers[BYTES_OUT_AT] ?? 0]);
  }

  #cellOf(key: number): DurationCell {
    if (key === this.#lastKey && this.#lastCell) return this.#lastCell;
    let cell = this.#cells.get(key);
    if (!cell) {
      cell = durationCell();
      this.#cells.set(key, cell);
    }
    this.#lastKey = key;
    this.#lastCell = cell;
    return cell;
  }
}

function add(numbers: Float64Array, at: number, amount: number): void {
  numbers[at] = (numbers[at] as number) + amount;
}

function codeAt(code: string | undefined): number {
  return (code === undefined ? undefined : CODE_AT.get(code)) ?? CODES.length - 1;
}

/** As `errorTypeOf` has it. */
function errorAt({ status, outcome, code }: ExchangeRecord): number {
  if (outcome === "cut") return 2;
  if (status < 500) return 0;
  return outcome === "own" && code !== undefined ? CODE_ERROR_AT + codeAt(code) : 1;
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
