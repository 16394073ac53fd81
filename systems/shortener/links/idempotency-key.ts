import { ApiError } from "../http/errors.ts";

/**
 * The `Idempotency-Key` of a request, if it has one: 1 to 255 visible ASCII characters.
 *
 * @throws ApiError `VALIDATION_ERROR` for any other key
 */
export function readIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === "string" && /^[\x21-\x7e]{1,255}$/.test(header)) return header;
  throw new ApiError("VALIDATION_ERROR", {
    details: [{ field: "Idempotency-Key", message: "Must be 1 to 255 visible ASCII characters" }],
  });
}
