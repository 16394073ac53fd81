import { multiplyInt64, parseInt64, toSafeNumber } from "../numbers/index.ts";
import { ANSWERS } from "./answers.ts";

const INT64_MAX = 2n ** 63n - 1n;

/** How a time is given: `EX` and `PX` from now, `EXAT` and `PXAT` since the Unix epoch; in seconds or milliseconds. */
export const TIME_UNITS = {
  EX: { milliseconds: 1000, relative: true },
  PX: { milliseconds: 1, relative: true },
  EXAT: { milliseconds: 1000, relative: false },
  PXAT: { milliseconds: 1, relative: false },
} as const;

export type TimeUnit = keyof typeof TIME_UNITS;

/** A wall time in milliseconds, or the error for the client. */
export type DeadlineOutcome = { readonly atMs: number } | { readonly error: string };

/** What is asked for: a time as text, its unit, and by which command. */
export interface DeadlineRequest {
  readonly text: string;
  readonly unit: TimeUnit;
  readonly nowMs: number;
  readonly command: string;
  /** Whether times of zero or below are an error (SET) or simply past (EXPIRE). */
  readonly mustBePositive: boolean;
}

/**
 * Reads a time to expire at. Beyond 2^53 - 1 (in the year 287,396) the last milliseconds are lost.
 */
export function readDeadline(request: DeadlineRequest): DeadlineOutcome {
  const given = parseInt64(request.text);
  if (given === undefined) return { error: ANSWERS.notInteger };
  const { milliseconds, relative } = TIME_UNITS[request.unit];
  const invalid = { error: `ERR invalid expire time in '${request.command}' command` };
  if (request.mustBePositive && given <= 0) return invalid;
  const scaled = milliseconds === 1 ? given : multiplyInt64(given, milliseconds);
  if (scaled === undefined) return invalid;
  if (!relative) return { atMs: toSafeNumber(scaled) };
  if (BigInt(scaled) + BigInt(request.nowMs) > INT64_MAX) return invalid;
  return { atMs: toSafeNumber(toSafeNumber(scaled) + request.nowMs) };
}
