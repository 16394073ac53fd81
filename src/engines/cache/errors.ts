import { CodedError, type ErrorRow } from "../../blocks/errors/index.ts";

/** Why a cache does not start. What a client does wrong is answered over the wire, in Redis's own words. */
export const CACHE_ERRORS = {
  PUBLIC_WITHOUT_PASSWORD: {
    message: "a cache on an address that others reach needs a password",
    retryable: false,
  },
  BAD_OPTION: { message: "an option of the cache is not possible", retryable: false },
  PORT_IN_USE: { message: "the cache's port is taken", retryable: false },
  CANNOT_LISTEN: { message: "the cache cannot listen on that address", retryable: false },
} as const satisfies Record<string, ErrorRow>;

export type CacheErrorCode = keyof typeof CACHE_ERRORS;

/** A cache that cannot start; `message` names the option and the mend. */
export class CacheError extends CodedError<CacheErrorCode> {
  constructor(
    code: CacheErrorCode,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(code, message, { retryable: CACHE_ERRORS[code].retryable, ...options });
  }
}
