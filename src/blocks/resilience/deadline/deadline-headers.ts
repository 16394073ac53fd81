import type { Clock } from "../../time/index.ts";
import { currentDeadline, Deadline } from "./deadline.ts";

/**
 * gRPC's header, as its protocol over HTTP/2 defines it: `TimeoutValue TimeoutUnit`, at most eight digits and one of the
 * letters below. What is left, not a moment: two machines' clocks differ by more than most calls take.
 *
 * It is the one that we write. It is the only one that has a specification and is read on both sides of nearly every mesh; and
 * Envoy takes the headers of its own out of what enters from outside.
 */
const GRPC_TIMEOUT = "grpc-timeout";
const UNIT_MS = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 } as const;
const DIGITS_MAX = 8;

/** What Envoy's router tells the service behind it: whole milliseconds. */
const ENVOY_TIMEOUT = "x-envoy-expected-rq-timeout-ms";

/** Headers as `fetch` or `node:http` hold them: names in lower case. */
export type HeadersLike = Pick<Headers, "get"> | HeadersByName;

type HeadersByName = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The headers that hand a deadline on to another process: none without a deadline, else `grpc-timeout` with what is left,
 * rounded down to milliseconds (beyond a day to seconds), so that it never grows. Default: the deadline that the work is under.
 */
export function deadlineHeaders(deadline: Deadline | undefined = currentDeadline()): Record<string, string> {
  const leftMs = deadline?.remainingMs;
  if (leftMs === undefined || leftMs === Number.POSITIVE_INFINITY) return {};
  return { [GRPC_TIMEOUT]: grpcTimeout(Math.max(0, leftMs)) };
}

/**
 * The deadline that a caller in another process gives, and never more than `maxMs` (milliseconds, above 0): what applies to a
 * caller that says nothing, nothing legible or too much. Reads `grpc-timeout` and Envoy's `x-envoy-expected-rq-timeout-ms`;
 * of several the shortest counts. The way here is not counted: nobody knows what it took.
 *
 * Throws a `RangeError` for any other `maxMs`, and nothing on account of what the headers hold.
 */
export function deadlineFromHeaders(
  headers: HeadersLike,
  options: {
    readonly maxMs: number;
    /** Default: the machine's. */
    readonly clock?: Clock;
  },
): Deadline {
  const { maxMs, clock } = options;
  if (!(maxMs > 0 && maxMs < Number.POSITIVE_INFINITY))
    throw new RangeError(`deadlineFromHeaders: maxMs has to be above 0 and finite, not ${maxMs}`);
  const givenMs = [
    ...valuesOf(headers, GRPC_TIMEOUT).map(msOfGrpc),
    ...valuesOf(headers, ENVOY_TIMEOUT).map(msOfEnvoy),
  ];
  return new Deadline(Math.min(maxMs, ...givenMs.filter((ms) => ms !== undefined)), clock);
}

function grpcTimeout(leftMs: number): string {
  const wholeMs = Math.floor(leftMs);
  if (wholeMs < 10 ** DIGITS_MAX) return `${wholeMs}m`;
  return `${Math.min(Math.floor(leftMs / UNIT_MS.S), 10 ** DIGITS_MAX - 1)}S`;
}

function msOfGrpc(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(text) ?? [];
  return digits === "" ? undefined : Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

function msOfEnvoy(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** More of them than any chain of proxies adds are not read. */
const VALUES_MAX = 16;

/** A header's values. Those of one that came more than once are joined by commas (RFC 9110, 5.3), or are a list. */
function valuesOf(headers: HeadersLike, name: string): string[] {
  const value = isRecord(headers) ? headers[name] : headers.get(name);
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts
    .slice(0, VALUES_MAX)
    .flatMap((text) => (typeof text === "string" ? text.split(",", VALUES_MAX) : []))
    .map((text) => text.trim());
}

function isRecord(headers: HeadersLike): headers is HeadersByName {
  return typeof headers.get !== "function";
}
