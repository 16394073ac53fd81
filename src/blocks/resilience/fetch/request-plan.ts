import { codeOf } from "../../errors/index.ts";

type Input = Parameters<typeof fetch>[0];

/** What a request is, as far as sending it once more is concerned, and what is handed to `fetch` for each attempt. */
export class RequestPlan {
  readonly method: string;
  /** The caller's, which outlives every attempt. */
  readonly signal: AbortSignal | undefined;
  /** Whether it may be sent again although it may have arrived. */
  readonly isRepeatable: boolean;
  readonly #input: Input;
  readonly #init: RequestInit | undefined;
  /** A `Request` with a body, which goes with the first that sends it, so that each attempt gets a copy. */
  readonly #original: Request | undefined;
  readonly #hasReplayableBody: boolean;
  #wasSent = false;

  /** Throws what `Headers` throws about headers that are none. */
  constructor(given: Input, givenInit: RequestInit | undefined) {
    // As in `fetch(otherAddress, request)`: what a Request holds is not its own and would be lost in a copy.
    const isRequestForInit = givenInit !== undefined && isRequest(givenInit);
    const input = isRequestForInit ? new Request(given, givenInit) : given;
    const init = isRequestForInit ? undefined : givenInit;
    const request = isRequest(input) ? input : undefined;
    this.#input = input;
    this.#init = init;
    this.method = (init?.method ?? request?.method ?? "GET").toUpperCase();
    this.signal = (init?.signal === undefined ? request?.signal : init.signal) ?? undefined;
    const isSafe = IDEMPOTENT.has(this.method) || this.#headers().has("idempotency-key");
    const requestBody = init?.body === undefined ? request?.body : undefined;
    const hasRequestBody = requestBody !== undefined && requestBody !== null;
    this.#original = isSafe && hasRequestBody ? request : undefined;
    this.#hasReplayableBody = hasRequestBody ? isSafe : isReplayable(init?.body);
    this.isRepeatable = isSafe && this.#hasReplayableBody;
  }

  /** The arguments of `fetch` for one attempt. A header that the request has already stays as it is. */
  argumentsFor(signal: AbortSignal, extraHeaders: Readonly<Record<string, string>>): [Input, RequestInit] {
    const input = this.#original?.clone() ?? this.#input;
    this.#wasSent = true;
    const extra = Object.entries(extraHeaders);
    if (extra.length === 0) return [input, { ...this.#init, signal }];
    const headers = this.#headers();
    for (const [name, value] of extra) if (!headers.has(name)) headers.set(name, value);
    return [input, { ...this.#init, headers, signal }];
  }

  /** Whether an attempt that failed this way may be followed by another, since certainly nothing was sent. */
  wasNotSent(error: unknown): boolean {
    if (!this.#hasReplayableBody) return false;
    const redirect = this.#init?.redirect ?? (isRequest(this.#input) ? this.#input.redirect : undefined);
    // A redirect that was followed may have led from a server that got it to one that does not answer.
    const isFirstHop = redirect === "error" || redirect === "manual";
    return isFirstHop && isConnectFailure(error instanceof Error ? error.cause : undefined);
  }

  /** No attempt follows: nothing is kept for one. A `Request` that was sent is used up, as by `fetch`. */
  end(): void {
    if (this.#wasSent) this.#original?.body?.cancel().catch(() => {});
  }

  #headers(): Headers {
    return new Headers(this.#init?.headers ?? (isRequest(this.#input) ? this.#input.headers : undefined));
  }
}

/** RFC 9110, 9.2.2. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** By its looks: a `fetch` from elsewhere comes with a `Request` of its own. */
function isRequest(given: unknown): given is Request {
  return typeof given === "object" && given !== null && "method" in given && "clone" in given;
}

/** What the platform can read anew for every attempt. Anything else, such as a stream, is gone once it is read. */
function isReplayable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === "string") return true;
  return (
    ArrayBuffer.isView(body) ||
    body instanceof ArrayBuffer ||
    body instanceof Blob ||
    body instanceof URLSearchParams ||
    body instanceof FormData
  );
}

/** What the platform says when no connection came about. A machine with several addresses fails once for each. */
function isConnectFailure(cause: unknown): boolean {
  if (cause instanceof AggregateError) return cause.errors.length > 0 && cause.errors.every(isConnectFailure);
  if (CONNECT_CODES.has(codeOf(cause) ?? "")) return true;
  return cause instanceof Error && "syscall" in cause && cause.syscall === "connect";
}

const CONNECT_CODES: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);
