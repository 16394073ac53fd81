/** Everything that a request may be refused for. The page `/docs/errors` is made of this table. */
export const API_ERRORS = {
  VALIDATION_ERROR: {
    status: 400,
    message: "The request is not valid",
    mend: "Each entry of `details` names a field and what it should be. Correct these and send the request again.",
  },
  INVALID_JSON: {
    status: 400,
    message: "The body is not valid JSON",
    mend: "Send one JSON object, encoded in UTF-8.",
  },
  UNAUTHORIZED: {
    status: 401,
    message: "The API needs a token",
    mend: "Send the header `Authorization: Bearer TOKEN` with the token that this installation was given.",
  },
  NOT_FOUND: {
    status: 404,
    message: "There is nothing at this path",
    mend: "The paths of the API are listed in /openapi.json.",
  },
  LINK_NOT_FOUND: {
    status: 404,
    message: "There is no link with this code",
    mend: "Codes tell capital letters from small ones. A deleted link is gone for good.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: "The path does not take this method",
    mend: "The header `Allow` lists the methods that it takes.",
  },
  CODE_TAKEN: {
    status: 409,
    message: "The code is taken by another link",
    mend: "Choose another code, or leave it out to be given one.",
  },
  LINK_EXPIRED: {
    status: 410,
    message: "The link has expired",
    mend: "Its maker can give it a later `expiresAt`.",
  },
  BODY_TOO_LARGE: {
    status: 413,
    message: "The body is larger than 64 KiB",
    mend: "A link fits in far less: send one per request.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: "The body must be JSON",
    mend: "Send the header `Content-Type: application/json`, and no `Content-Encoding`.",
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    message: "The idempotency key was used for another request",
    mend: "Use a key of its own for each link; send the same key again only with the same body.",
  },
  RATE_LIMITED: {
    status: 429,
    message: "Many links were made from your address in a short time",
    mend: "Wait for as many seconds as the header `Retry-After` says, then send the request again. `RateLimit-Remaining` says how many may follow at once.",
  },
  INTERNAL_ERROR: {
    status: 500,
    message: "The service failed",
    mend: "Try again. If it keeps failing, give the `request_id` to whoever runs the service.",
  },
  UNAVAILABLE: {
    status: 503,
    message: "The service cannot reach its database",
    mend: "Wait for as many seconds as the header `Retry-After` says, then send the request again.",
  },
  CODES_EXHAUSTED: {
    status: 507,
    message: "Every code has been given out",
    mend: "All 62^7 codes are used. Custom codes can still be made.",
  },
} as const satisfies Record<string, { status: number; message: string; mend: string }>;

export type ApiErrorCode = keyof typeof API_ERRORS;

/** What is wrong with one field of a request. */
export interface ErrorDetail {
  readonly field: string;
  readonly message: string;
}

/** A request that is refused: becomes the error envelope with the status of its code. */
export class ApiError extends Error {
  readonly code: ApiErrorCode;
  readonly status: number;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: ApiErrorCode,
    options: { details?: readonly ErrorDetail[]; headers?: Record<string, string>; cause?: unknown } = {},
  ) {
    super(API_ERRORS[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ApiError";
    this.code = code;
    this.status = API_ERRORS[code].status;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
  }
}
