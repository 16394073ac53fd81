import type { Place } from "./check/place.ts";
import { flag, type Reader, readTable, share, time, whole } from "./check/readers.ts";
import { isPlainObject } from "./check/values.ts";
import type { TelemetryModel, TracesModel } from "./model.ts";
import type { Duration } from "./quantities/duration.ts";
import { shown } from "./quantities/measure.ts";
import type { Share } from "./quantities/share.ts";

/** What is observed of a running system. What is left out has its default. */
export interface TelemetryOptions {
  readonly traces?: TracesOptions | undefined;
  /**
   * The base URL of a collector that speaks OTLP over HTTP, to which everything that arrives is sent on as it came:
   * `"http://127.0.0.1:4318"`. Default: nothing is sent on.
   */
  readonly forward?: string | undefined;
  /** Whether whatever was received is kept with the run's record on disk. Default true. */
  readonly record?: boolean | undefined;
}

/** Which requests are traced from end to end. */
export interface TracesOptions {
  /** The share of requests: `"1%"`. Default all. */
  readonly share?: Share | undefined;
  /** No more traces than so many begin in a second, at each edge: the share is lowered to that. 1 to 100,000; default 50. */
  readonly perSecond?: number | undefined;
  /** Requests that take longer are told by the edge even when they are not traced, as are those that fail. 1 ms to 1 day; default 500 ms. */
  readonly slow?: Duration | undefined;
  /** Whether the trace that a client says it is in is gone on with, rather than a new one begun. Default: only of clients on this machine. */
  readonly trustClients?: boolean | undefined;
}

/** The telemetry of a design that says nothing of it. */
export const DEFAULT_TELEMETRY: TelemetryModel = {
  traces: { share: 1, perSecondMax: 50, slowMs: 500 },
  record: true,
};

/** Checks what a design says of telemetry; `undefined` is the default, and `false` none at all. */
export function checkTelemetry(place: Place, value: unknown): TelemetryModel | undefined {
  if (value === undefined || value === true) return DEFAULT_TELEMETRY;
  if (value === false) return undefined;
  if (!isPlainObject(value)) {
    place.problem(`${shown(value)} is no telemetry`, 'Write false for none, or { traces: { share: "1%" } }.');
    return undefined;
  }
  const given = readTable<Partial<TelemetryModel>>(place, value, "telemetry", {
    traces: ["traces", traces],
    forward: ["forward", collector],
    record: ["record", flag],
  });
  return { ...DEFAULT_TELEMETRY, ...given };
}

const traces: Reader<TracesModel> = (place, value) => ({
  ...DEFAULT_TELEMETRY.traces,
  ...readTable<Partial<TracesModel>>(place, value, "traces", {
    share: ["share", share()],
    perSecondMax: ["perSecond", whole(1, 100_000, "a number of traces in a second")],
    slowMs: ["slow", time(1)],
    trustClients: ["trustClients", flag],
  }),
});

const collector: Reader<string> = (place, value) => {
  const url = typeof value === "string" && value.length <= 2_048 ? URL.parse(value) : null;
  if (url && (url.protocol === "http:" || url.protocol === "https:") && url.search === "" && url.hash === "")
    return url.href;
  place.problem(
    "this is not the URL of a collector",
    'Write its base URL, such as "http://127.0.0.1:4318", without a query.',
  );
  return "";
};
