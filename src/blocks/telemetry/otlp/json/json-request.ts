import { AttributeBag } from "../attribute-bag.ts";
import type { DecodeBounds, Tally } from "../bounds.ts";
import type { Batch, LogData, MetricData, Resource, Scope, Signal, SpanData } from "../model.ts";
import { logOfJson, spanOfJson } from "./json-items.ts";
import { metricsOfJson, POINT_MEMBERS } from "./json-metrics.ts";
import { JsonScanner } from "./json-scanner.ts";
import { attributesOf, isObject, type JsonObject, objectOf, textOf } from "./json-value.ts";

/*
 * OTLP/JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding:
 *
 *     { "resourceSpans": [ { "resource": { "attributes": [...] }, "scopeSpans": [ { "scope": {...}, "spans": [...] } ] } ] }
 *
 * Names are lowerCamelCase, ids hexadecimal, enums numbers (their names are taken too), 64-bit numbers text or numbers; what is not
 * known is passed over.
 */

const MEMBERS: Readonly<Record<Signal, readonly [string, string, string]>> = {
  traces: ["resourceSpans", "scopeSpans", "spans"],
  metrics: ["resourceMetrics", "scopeMetrics", "metrics"],
  logs: ["resourceLogs", "scopeLogs", "logRecords"],
};

/** Spans of a request, some at a time. Batches may be empty: then there was much to pass over. */
export function readJsonSpans(
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
): Generator<Batch<SpanData>, void> {
  return readItems("traces", bytes, bounds, tally, (json) => taken(spanOfJson(json, bounds), tally));
}

/** Metrics of a request, likewise. */
export function readJsonMetrics(
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
): Generator<Batch<MetricData>, void> {
  return readItems("metrics", bytes, bounds, tally, (json) => metricsOfJson(json, bounds, tally));
}

/** Log records of a request, likewise. */
export function readJsonLogs(
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
): Generator<Batch<LogData>, void> {
  return readItems("logs", bytes, bounds, tally, (json) => taken(logOfJson(json, bounds), tally));
}

function taken<Item>(item: Item | string, tally: Tally): Item[] {
  if (typeof item === "string") {
    tally.refuse("malformed", item);
    return [];
  }
  tally.taken++;
  return [item];
}

function* readItems<Item>(
  signal: Signal,
  bytes: Uint8Array,
  bounds: DecodeBounds,
  tally: Tally,
  read: (json: JsonObject) => Item[],
): Generator<Batch<Item>, void> {
  const scanner = new JsonScanner(bytes);
  let items: Item[] = [];
  let places = 0;
  let from = 0;
  for (const held of scopesOf(scanner, MEMBERS[signal], bounds)) {
    if (held) {
      const start = scanner.skip();
      const end = scanner.at;
      scanner.at = start;
      if (end - start > bounds.itemBytesMax) {
        const count = signal === "metrics" ? pointsAt(scanner) : 1;
        tally.refuse("too-large", `an item is larger than ${bounds.itemBytesMax} bytes`, count);
        scanner.at = end;
      } else {
        const json = scanner.value(bounds.itemBytesMax);
        if (isObject(json)) for (const item of read(json)) items.push(item);
        else {
          scanner.at = start;
          const count = signal === "metrics" ? pointsAt(scanner) : 1;
          tally.refuse("malformed", "an item is no object of JSON", count);
          scanner.at = end;
        }
      }
    }
    places++;
    const isDue = places >= bounds.batchMax || scanner.at - from >= bounds.batchBytesMax;
    if (!isDue && held && !held.isLast()) continue;
    yield { resource: held?.resource ?? NO_RESOURCE, scope: held?.scope ?? NO_SCOPE, items };
    items = [];
    places = 0;
    from = scanner.at;
  }
}

interface Place {
  readonly resource: Resource;
  readonly scope: Scope;
  /** Whether no item of this scope follows. Leaves the scanner where it is. */
  isLast(): boolean;
}

const NO_RESOURCE: Resource = Object.freeze({ attributes: Object.freeze(new AttributeBag()) });
const NO_SCOPE: Scope = Object.freeze({ name: "", version: "" });

/** Stops before each item, which whoever asks has to pass over, and, with nothing, at each scope and resource. */
function* scopesOf(
  scanner: JsonScanner,
  [resources, scopes, items]: readonly [string, string, string],
  bounds: DecodeBounds,
): Generator<Place | undefined, void> {
  const isLast = () => {
    const { at } = scanner;
    const isMore = scanner.element();
    scanner.at = at;
    return !isMore;
  };
  for (const _ of elementsOf(scanner, resources, true)) {
    const resource = { attributes: attributesOf(aheadOf(scanner, "resource", bounds).attributes, bounds) };
    for (const _ of elementsOf(scanner, scopes)) {
      const said = aheadOf(scanner, "scope", bounds);
      const scope = { name: textOf(said.name), version: textOf(said.version) };
      for (const _ of elementsOf(scanner, items)) yield { resource, scope, isLast };
      yield undefined;
    }
    yield undefined;
  }
  scanner.finish();
}

/** Stops before each element of the lists that an object has under a name, and goes on behind the object. */
function* elementsOf(scanner: JsonScanner, name: string, isWhole = false): Generator<void, void> {
  const start = scanner.at;
  if (!scanner.object()) {
    if (!isWhole) return;
    scanner.at = start;
    throw scanner.problem("a request has to be an object");
  }
  for (let member = scanner.member(); member !== undefined; member = scanner.member()) {
    if (member !== name) scanner.skip();
    else if (scanner.list()) while (scanner.element()) yield;
  }
}

/** The object's member of that name, wherever it stands; nearly always it is the first. Leaves the scanner before the object. */
function aheadOf(scanner: JsonScanner, name: string, bounds: DecodeBounds): JsonObject {
  const { at } = scanner;
  let value: JsonObject = {};
  if (scanner.object()) {
    for (let member = scanner.member(); member !== undefined; member = scanner.member()) {
      if (member === name) {
        value = objectOf(scanner.value(bounds.itemBytesMax));
        break;
      }
      scanner.skip();
    }
  }
  scanner.at = at;
  return value;
}

/** How many points a metric has; past it. */
function pointsAt(scanner: JsonScanner): number {
  let count = 0;
  if (!scanner.object()) return 0;
  for (let member = scanner.member(); member !== undefined; member = scanner.member()) {
    if (!(POINT_MEMBERS as readonly string[]).includes(member)) {
      scanner.skip();
      continue;
    }
    for (const _ of elementsOf(scanner, "dataPoints")) {
      scanner.skip();
      count++;
    }
  }
  return count;
}

/**
 * How many spans, points or log records a request holds, found by passing over them. Yields from time to time, and returns the number.
 * Throws `MALFORMED_OTLP` when the brackets do not match.
 */
export function* countJson(signal: Signal, bytes: Uint8Array, bounds: DecodeBounds): Generator<void, number> {
  const scanner = new JsonScanner(bytes);
  let count = 0;
  let from = 0;
  for (const held of scopesOf(scanner, MEMBERS[signal], bounds)) {
    if (held) {
      if (signal === "metrics") count += pointsAt(scanner);
      else {
        scanner.skip();
        count++;
      }
    }
    if (scanner.at - from < bounds.batchBytesMax) continue;
    from = scanner.at;
    yield;
  }
  return count;
}
