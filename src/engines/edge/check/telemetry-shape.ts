/** What a configuration may say of telemetry. Pure. */

import type { TelemetryConfig, TracesConfig } from "../config/index.ts";
import { isRecord } from "../routing/route-problem.ts";
import { flag, milliseconds, record, type Shape, share, shown, text, whole, wrong } from "./shape.ts";

/** The shortest time between two tellings of metrics. */
const INTERVAL_MS_MIN = 100;
const FIELDS_MAX = 20;

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a name cannot hold
const name = text(/^[^\x00-\x1f\x7f]+$/, 'write a name, as in "front"', 255);
const milli = milliseconds(0);

/** `TelemetryConfig`. */
export const telemetry: Shape = record<TelemetryConfig>(
  '{ "endpoint": "http://127.0.0.1:4318", "service": { "name": "front" } }',
  {
    endpoint,
    headers,
    service: record<TelemetryConfig["service"]>(
      '{ "name": "front" }',
      { name, instance: name, namespace: name },
      ["name"],
    ),
    metricsIntervalMs: (value, place) => {
      const problems = milli(value, place);
      if (problems.length > 0 || value === 0 || Number(value) >= INTERVAL_MS_MIN) return problems;
      return [wrong(place, `is ${shown(value)}`, `use 0 for never, or ${INTERVAL_MS_MIN} and more`)];
    },
    traces: record<TracesConfig>(
      '{ "share": 0.01 }',
      { share, perSecondMax: whole(0, 100_000), slowMs: milli, trust: flag },
      [],
    ),
  },
  ["endpoint", "service"],
);

/** It is not shown where it is wrong, since it may hold a password. */
function endpoint(value: unknown, place: string): ReturnType<Shape> {
  const url = typeof value === "string" && value.length <= 2_048 ? URL.parse(value) : null;
  if (
    (url?.protocol === "http:" || url?.protocol === "https:") &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === ""
  )
    return [];
  return [wrong(place, "is no collector's", "write its base URL, as in http://127.0.0.1:4318")];
}

function headers(value: unknown, place: string): ReturnType<Shape> {
  if (!isRecord(value) || Object.keys(value).length > FIELDS_MAX) {
    const mend = 'write up to 20 of them, as in { "authorization": "Bearer …" }';
    return [wrong(place, "are no fields", mend)];
  }
  return Object.entries(value).flatMap(([field, content]) =>
    /^[!#$%&'*+.^_`|~\dA-Za-z-]{1,256}$/.test(field) &&
    typeof content === "string" &&
    /^[\x20-\x7e]{0,4096}$/.test(content)
      ? []
      : [wrong(`${place}.${shown(field).slice(1, -1)}`, "is no field of HTTP", "use visible ASCII")],
  );
}
