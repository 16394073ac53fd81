import { CodedError, type ErrorRow } from "../../errors/index.ts";

/** What can be wrong with telemetry that came from outside. */
export const OTLP_ERRORS = {
  MALFORMED_OTLP: { message: "the bytes are no message of OTLP", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type OtlpErrorCode = keyof typeof OTLP_ERRORS;

/** Bytes that are not what they were said to be; `details.place` is where, in bytes from the beginning. */
export class OtlpError extends CodedError<OtlpErrorCode> {
  constructor(code: OtlpErrorCode, message: string, options: { details?: Record<string, unknown> } = {}) {
    super(code, message, { retryable: OTLP_ERRORS[code].retryable, ...options });
  }
}

/** What is wrong at a place. */
export function malformed(what: string, place: number): OtlpError {
  return new OtlpError("MALFORMED_OTLP", `${what} at byte ${place}`, { details: { place } });
}
