import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { CODE_PATTERN, isReserved } from "../codes/reserved-codes.ts";
import { UnavailableError } from "../database/unavailable.ts";
import type { Journal } from "../journal.ts";
import type { Redirect } from "../redirect/redirect.ts";
import { errorAnswer, errorPage } from "./envelope.ts";
import { ApiError } from "./errors.ts";
import { type Answer, originOf, requestIdOf } from "./exchange.ts";
import { type Route, Router } from "./router.ts";

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly redirect: Redirect;
  readonly journal: Journal;
  readonly newRequestId: () => string;
  readonly publicUrl?: string | undefined;
  /** What `/api/…` asks for; without one it is open. */
  readonly apiToken?: string | undefined;
}

/** Seconds that a refused client is asked to wait while the database is away. */
const RETRY_AFTER_S = 2;

/** Answers every request: short links straight from the redirect, the rest through the routes. */
export class App {
  readonly #options: AppOptions;
  readonly #router: Router;
  readonly #token: Buffer | undefined;

  constructor(options: AppOptions) {
    this.#options = options;
    this.#router = new Router(options.routes);
    this.#token = options.apiToken === undefined ? undefined : Buffer.from(options.apiToken);
  }

  /** Never throws and never rejects: whatever happens becomes an answer. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request.url ?? "/");
    const code = path.slice(1);
    const isLink = isLinkCode(code);
    const answered = isLink ? this.#follow(code, request, response) : this.#route(path, request, response);
    answered.catch((thrown: unknown) => this.#fail(thrown, request, response, isLink));
  };

  /** The route that a request takes, with names for what varies; undefined when there is none. */
  readonly routeOf = (request: IncomingMessage): string | undefined => {
    const path = pathOf(request.url ?? "/");
    if (isLinkCode(path.slice(1))) return "/:code";
    const match = this.#router.match(request.method ?? "GET", path);
    return match.kind === "found" ? match.path : undefined;
  };

  async #follow(code: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      throw new ApiError("METHOD_NOT_ALLOWED", { headers: { Allow: "GET, HEAD" } });
    }
    await this.#options.redirect.follow(code, request, response);
  }

  async #route(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path.startsWith("/api/")) this.#authorize(request);
    const match = this.#router.match(request.method ?? "GET", path);
    if (match.kind === "nothing") throw new ApiError("NOT_FOUND");
    if (match.kind === "wrong-method") {
      throw new ApiError("METHOD_NOT_ALLOWED", { headers: { Allow: match.allow.join(", ") } });
    }
    const { url = "/" } = request;
    const requestId = requestIdOf(request, this.#options.newRequestId);
    const answer = await match.handler({
      request,
      requestId,
      origin: originOf(request, this.#options.publicUrl),
      parameters: match.parameters,
      query: new URLSearchParams(url.slice(path.length + 1)),
    });
    send(answer, requestId, request, response);
  }

  #authorize(request: IncomingMessage): void {
    if (!this.#token) return;
    const given = Buffer.from(/^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "");
    const isRight = given.length === this.#token.length && timingSafeEqual(given, this.#token);
    if (!isRight) throw new ApiError("UNAUTHORIZED", { headers: { "WWW-Authenticate": "Bearer" } });
  }

  #fail(thrown: unknown, request: IncomingMessage, response: ServerResponse, isLink: boolean): void {
    // The client has gone, or has half an answer already: there is nobody to tell, or no way to.
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const requestId = requestIdOf(request, this.#options.newRequestId);
    const error = this.#explain(thrown, requestId);
    const origin = originOf(request, this.#options.publicUrl);
    const forPeople = isLink && /\btext\/html\b/.test(request.headers.accept ?? "");
    const answer = forPeople ? errorPage(error) : errorAnswer(error, { requestId, origin });
    send(isLink ? varied(answer) : answer, requestId, request, response);
  }

  #explain(thrown: unknown, requestId: string): ApiError {
    if (thrown instanceof ApiError) return thrown;
    if (thrown instanceof UnavailableError) {
      return new ApiError("UNAVAILABLE", {
        headers: { "Retry-After": String(RETRY_AFTER_S) },
        cause: thrown,
      });
    }
    this.#options.journal.error("a request failed", { request_id: requestId, cause: thrown });
    return new ApiError("INTERNAL_ERROR", { cause: thrown });
  }
}

function isLinkCode(code: string): boolean {
  return CODE_PATTERN.test(code) && !isReserved(code);
}

function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

/** What is told to people and to programs differs: caches must not mix them up. */
function varied(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, Vary: "Accept" } };
}

function send(answer: Answer, requestId: string, request: IncomingMessage, response: ServerResponse): void {
  const { status, headers, body } = answer;
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, {
    ...headers,
    "X-Request-Id": requestId,
    ...(hasBody ? { "Content-Length": Buffer.byteLength(body) } : {}),
  });
  response.end(hasBody && request.method !== "HEAD" ? body : undefined);
}
