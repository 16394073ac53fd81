import {
  flag,
  type Reader,
  readTable,
  share,
  size,
  type Table,
  text,
  time,
  whole,
} from "../../check/readers.ts";
import type { AccessLogModel, AdminModel, LimitsModel } from "../../edge-model.ts";
import type { Duration } from "../../quantities/duration.ts";
import { shown } from "../../quantities/measure.ts";
import type { Share } from "../../quantities/share.ts";
import type { Size } from "../../quantities/size.ts";

/** A line of JSON for each request that is over. */
export interface AccessLog {
  /** A file relative to the design, or `"stdout"` (the default), which is among the edge's logs. */
  readonly to?: string | undefined;
  /** How many of the ordinary requests are logged. Default all. */
  readonly share?: Share | undefined;
  /** Whether requests that fail or are slow are logged in any case. Default true. */
  readonly always?: boolean | undefined;
  /** What is slow. 0 to 1 day; default 1 s. */
  readonly slow?: Duration | undefined;
}

/** An HTTP server for operators on 127.0.0.1: `/metrics` and `/health` for anyone there, the rest by token. */
export interface Admin {
  /** 1 to 65535. */
  readonly port: number;
  /** At least 16 visible characters. Default: one that is made up once, and kept as `admin-token` in the edge's part of the state. */
  readonly token?: string | undefined;
}

/** Bounds on what clients and services may ask of the edge. Times are 1 ms to 1 day. */
export interface Limits {
  /** Of the head of a request or an answer. From 1 B; default 16 KiB. */
  readonly headerSize?: Size | undefined;
  /** Fields of such a head. From 1; default 100. */
  readonly headerFields?: number | undefined;
  /** Of a request's body. Default 16 MiB. */
  readonly bodySize?: Size | undefined;
  /** Of clients, for each listener. From 1; default 4,096. */
  readonly connections?: number | undefined;
  /** Idle connections kept to each replica. From 0; default 512. */
  readonly idleUpstreamConnections?: number | undefined;
  /** How long those are kept. Default 4 s. */
  readonly idleUpstream?: Duration | undefined;
  /** Until a replica takes a connection. Default 3 s. */
  readonly connectTimeout?: Duration | undefined;
  /** From the end of a request to the beginning of the answer. Default 30 s. */
  readonly responseTimeout?: Duration | undefined;
  /** For the head of a request. Default 10 s. */
  readonly requestHeadTimeout?: Duration | undefined;
  /** Silence between requests, and within bodies. Default 1 min. */
  readonly idleTimeout?: Duration | undefined;
  /** How long what is removed may take to answer its last request. Default 10 s. */
  readonly drainTimeout?: Duration | undefined;
}

const COUNT_MAX = 1_000_000;
const count = (least: number) => whole(least, COUNT_MAX, "a count");

const ACCESS_LOG: Table<AccessLogModel> = {
  to: ["to", text("a file's path", "./access.jsonl")],
  share: ["share", share()],
  always: ["always", flag],
  slowMs: ["slow", time(0)],
};

const LIMITS: Table<LimitsModel> = {
  headerBytes: ["headerSize", size(1)],
  headerFields: ["headerFields", count(1)],
  bodyBytes: ["bodySize", size(0)],
  connections: ["connections", count(1)],
  idleUpstreamConnections: ["idleUpstreamConnections", count(0)],
  idleUpstreamMs: ["idleUpstream", time(1)],
  connectTimeoutMs: ["connectTimeout", time(1)],
  responseTimeoutMs: ["responseTimeout", time(1)],
  requestHeadTimeoutMs: ["requestHeadTimeout", time(1)],
  idleTimeoutMs: ["idleTimeout", time(1)],
  drainTimeoutMs: ["drainTimeout", time(1)],
};

/** Reads `accessLog`; true is all requests, among the edge's logs. */
export const readAccessLog: Reader<AccessLogModel | undefined> = (place, value) => {
  if (value === undefined || value === false) return undefined;
  if (value === true) return { to: "stdout" };
  return { to: "stdout", ...readTable<Partial<AccessLogModel>>(place, value, '"accessLog"', ACCESS_LOG) };
};

/** Reads `admin`; a number is its port. */
export const readAdmin: Reader<AdminModel | undefined> = (place, value) => {
  if (value === undefined) return undefined;
  if (typeof value === "number") return { port: port(place, value) };
  return readTable<AdminModel>(place, value, '"admin"', { port: ["port", port], token: ["token", token] }, [
    "port",
  ]);
};

const port = whole(1, 65_535, "a port");

const token: Reader<string> = (place, value) => {
  if (typeof value === "string" && value.length <= 1_024 && /^[\x21-\x7e]{16,}$/.test(value)) return value;
  // Not shown, since it may be one that is in use.
  place.problem(
    typeof value === "string" ? "the token is too short, or holds a blank" : `${shown(value)} is not a token`,
    "Write at least 16 visible characters, or leave it out: one is made up.",
  );
  return "";
};

/** Reads `limits`. */
export const readLimits: Reader<LimitsModel> = (place, value) =>
  value === undefined ? {} : readTable<LimitsModel>(place, value, '"limits"', LIMITS);
