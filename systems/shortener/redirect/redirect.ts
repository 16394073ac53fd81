import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "trestle/time";
import type { ClickCounter } from "../clicks/click-counter.ts";
import { ApiError } from "../http/errors.ts";
import type { TargetCache } from "./target-cache.ts";

/** How long a browser may remember a permanent redirect: long enough to spare some, short enough that clicks count. */
export const PERMANENT_MAX_AGE_S = 90;

/**
 * Follows short links: the path that almost all requests take, so it goes straight from the cache to the response and leaves
 * the counting for later.
 */
export class Redirect {
  readonly #targets: Pick<TargetCache, "target">;
  readonly #clicks: Pick<ClickCounter, "record">;
  readonly #clock: Clock;

  constructor(options: {
    targets: Pick<TargetCache, "target">;
    clicks: Pick<ClickCounter, "record">;
    clock: Clock;
  }) {
    this.#targets = options.targets;
    this.#clicks = options.clicks;
    this.#clock = options.clock;
  }

  /**
   * Answers 302, or 301 for a permanent link, and counts the click of a GET.
   *
   * @throws ApiError `LINK_NOT_FOUND` or `LINK_EXPIRED`
   */
  async follow(code: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = await this.#targets.target(code);
    if (!target) throw new ApiError("LINK_NOT_FOUND");
    const nowMs = this.#clock.wallMs();
    if (target.expiresAtMs !== 0 && target.expiresAtMs <= nowMs) throw new ApiError("LINK_EXPIRED");
    response.writeHead(target.permanent ? 301 : 302, [
      "Location",
      target.url,
      "Cache-Control",
      target.permanent ? permanentCaching(target.expiresAtMs, nowMs) : "private, no-cache",
      "Content-Length",
      "0",
    ]);
    response.end();
    if (request.method === "GET") {
      this.#clicks.record(target.id, nowMs, request.headers.referer, request.headers["user-agent"]);
    }
  }
}

function permanentCaching(expiresAtMs: number, nowMs: number): string {
  const leftS = expiresAtMs === 0 ? PERMANENT_MAX_AGE_S : Math.floor((expiresAtMs - nowMs) / 1000);
  return `private, max-age=${Math.min(PERMANENT_MAX_AGE_S, leftS)}`;
}
