import { list, type Reader, readTable, type Table, text, time, whole } from "../../check/readers.ts";
import { isPlainObject, readText } from "../../check/values.ts";
import type { Duration } from "../../quantities/duration.ts";
import { shown } from "../../quantities/measure.ts";
import type { HealthModel, HealthTimesModel } from "../../upstream-model.ts";

/**
 * How it is known that a replica can serve: a path that answers 2xx; `"tcp"`, its port takes connections, for one that does not speak HTTP/1.1;
 * or `"process"`, it runs, for one that takes no connections.
 */
export type Health = `/${string}` | "tcp" | "process" | HttpHealth | TcpHealth;

/** How often a running replica is checked. Times are 1 ms to 1 day. */
interface HealthTimes {
  /** From one check to the next. Default 2 s. */
  readonly interval?: Duration | undefined;
  /** How long an answer may take. Default 1 s. */
  readonly timeout?: Duration | undefined;
  /** Failures in a row that take a replica out. 1 to 1,000; default 3. A refused connection takes it out at once. */
  readonly unhealthyAfter?: number | undefined;
  /** Successes in a row that bring it back. 1 to 1,000; default 1. */
  readonly healthyAfter?: number | undefined;
}

/** A path that is asked for, over HTTP/1.1. */
export interface HttpHealth extends HealthTimes {
  readonly path: `/${string}`;
  readonly kind?: "http" | undefined;
  /** The `Host` of the check. Default: the replica's address. */
  readonly host?: string | undefined;
  /** Statuses that pass, 200 to 599. Default: 200 to 299. */
  readonly statuses?: readonly number[] | undefined;
  /** What the first 64 KiB of the answer have to contain. Default: anything. */
  readonly bodyIncludes?: string | undefined;
}

/** A port that has to take connections. */
export interface TcpHealth extends HealthTimes {
  readonly kind: "tcp";
  readonly path?: undefined;
}

type HttpModel = Extract<HealthModel, { kind: "http" }>;
type TcpModel = Extract<HealthModel, { kind: "tcp" }>;

const TIMES_MAX = 1_000;
const times: Table<HealthTimesModel> = {
  intervalMs: ["interval", time(1)],
  timeoutMs: ["timeout", time(1)],
  unhealthyAfter: ["unhealthyAfter", whole(1, TIMES_MAX, "a number of checks")],
  healthyAfter: ["healthyAfter", whole(1, TIMES_MAX, "a number of checks")],
};

const readPath: Reader<string> = (place, value) => {
  const path = readText(place, value, "a path", "/healthz");
  if (path === "" || /^\/[\x21\x22\x24-\x7e]*$/.test(path)) return path;
  const meant = /^[\w./-]+$/.test(path) ? `/${path}` : "/healthz";
  place.problem(`${shown(path)} is not a path`, `A path begins with a slash: "${meant}".`);
  return path;
};

/** Reads `health`. */
export const readHealth: Reader<HealthModel> = (place, value) => {
  if (value === "tcp" || value === "process") return { kind: value };
  if (!isPlainObject(value)) return { kind: "http", path: readPath(place, value) };
  if (value.kind === "tcp") {
    return readTable<TcpModel>(place, value, "a check of connections", {
      kind: ["kind", () => "tcp"],
      ...times,
    });
  }
  const model = readTable<HttpModel>(
    place,
    value,
    "a health check",
    {
      kind: ["kind", readKind],
      path: ["path", readPath],
      host: ["host", text("a host", "api.example.com")],
      statuses: ["statuses", list(whole(200, 599, "a status"), "[200, 204]")],
      bodyIncludes: ["bodyIncludes", text("a text", "ok")],
      ...times,
    },
    ["path"],
  );
  return { ...model, kind: "http" };
};

const readKind: Reader<"http"> = (place, value) => {
  if (value !== "http")
    place.problem(`${shown(value)} is no kind of check`, 'Write "http" with a path, or "tcp".');
  return "http";
};
