/** What the control API did not do, and why. Pure. */
export class ApiError extends Error {
  /** The API's own code, or `UNREACHABLE`, `NO_KEY`, `NO_JSON`, `REFUSED`, `BROKEN` of the page. */
  readonly code: string;
  /** The HTTP status; 0 when none came. */
  readonly status: number;

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
  }
}

/** Whether a body is a refusal as the API writes it: `{ "error": { "code", "message" } }`. */
export function isRefusal(body: unknown): body is { error: { code: string; message: string } } {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const { error } = body;
  if (typeof error !== "object" || error === null) return false;
  return (
    "code" in error &&
    typeof error.code === "string" &&
    "message" in error &&
    typeof error.message === "string"
  );
}
