import type { Clock } from "trestle/time";
import type { Clicks } from "../clicks/clicks.ts";
import { CODE_PATTERN } from "../codes/reserved-codes.ts";
import { readJson } from "../http/body.ts";
import { clientOf } from "../http/client-address.ts";
import { ApiError } from "../http/errors.ts";
import { type Answer, type Exchange, json, jsonText } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";
import type { CreateLimit } from "./create-limit.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { readIdempotencyKey } from "./idempotency-key.ts";
import { type Link, shownLink } from "./link.ts";
import { readLinkChange, readLinkInput } from "./link-input.ts";
import type { LinkService } from "./link-service.ts";
import type { Links } from "./links.ts";

const PAGE_SIZE = 20;
const PAGE_SIZE_MAX = 100;
/** Over how many days clicks are divided: unless asked otherwise, and at most. */
const DAYS = 30;
const DAYS_MAX = 366;

/** The API for links, `/api/links…`. */
export function linkRoutes(parts: {
  service: LinkService;
  links: Links;
  clicks: Clicks;
  createLimit: CreateLimit;
  clock: Clock;
}): Route[] {
  const { service, links, clicks, createLimit, clock } = parts;

  const found = async (exchange: Exchange): Promise<Link> => {
    const link = await links.find(codeIn(exchange));
    if (!link) throw new ApiError("LINK_NOT_FOUND");
    return link;
  };

  return [
    {
      method: "POST",
      path: "/api/links",
      async handler({ request, origin }): Promise<Answer> {
        const standing = createLimit.admit(clientOf(request));
        const key = readIdempotencyKey(request.headers["idempotency-key"]);
        const input = readLinkInput(await readJson(request), origin);
        const { answer, repeated } = await service.create(input, key, (link) =>
          JSON.stringify(shownLink(link, origin)),
        );
        const { code } = JSON.parse(answer) as { code: string };
        return jsonText(201, answer, {
          Location: `${origin}/api/links/${code}`,
          ...standing,
          ...(repeated ? { "Idempotency-Replayed": "true" } : {}),
        });
      },
    },
    {
      method: "GET",
      path: "/api/links",
      async handler({ query, origin }): Promise<Answer> {
        const limit = readNumber(query, "limit", { byDefault: PAGE_SIZE, max: PAGE_SIZE_MAX });
        const cursor = query.get("cursor");
        const after = cursor === null ? undefined : decodeCursor(cursor);
        if (cursor !== null && !after) throw refused("cursor", "Must be the next_cursor of an earlier page");
        // One more than asked for tells whether there is a next page.
        const page = await links.page({ limit: limit + 1, ...(after ? { after } : {}) });
        const shown = page.slice(0, limit);
        const last = shown.at(-1);
        const hasMore = page.length > limit;
        return json(200, {
          data: shown.map((link) => shownLink(link, origin)),
          pagination: {
            next_cursor:
              hasMore && last ? encodeCursor({ createdAtMs: last.createdAt.getTime(), id: last.id }) : null,
            has_more: hasMore,
          },
        });
      },
    },
    {
      method: "GET",
      path: "/api/links/:code",
      handler: async (exchange) => json(200, shownLink(await found(exchange), exchange.origin)),
    },
    {
      method: "PATCH",
      path: "/api/links/:code",
      async handler(exchange): Promise<Answer> {
        const body = await readJson(exchange.request);
        const change = readLinkChange(body, exchange.origin, clock.wallMs());
        return json(200, shownLink(await service.change(codeIn(exchange), change), exchange.origin));
      },
    },
    {
      method: "DELETE",
      path: "/api/links/:code",
      async handler(exchange): Promise<Answer> {
        await service.remove(codeIn(exchange));
        return { status: 204, headers: { "Cache-Control": "no-store" }, body: "" };
      },
    },
    {
      method: "GET",
      path: "/api/links/:code/stats",
      async handler(exchange): Promise<Answer> {
        const days = readNumber(exchange.query, "days", { byDefault: DAYS, max: DAYS_MAX });
        const link = await found(exchange);
        const { byDay, byReferrer, byDevice } = await clicks.statistics(link.id, days);
        return json(200, { code: link.code, clicks: link.clicks, days, byDay, byReferrer, byDevice });
      },
    },
    {
      method: "GET",
      path: "/api/links/:code/qr",
      async handler(exchange): Promise<Answer> {
        const link = await found(exchange);
        // Loaded on first use: most processes never draw one.
        const { drawQrCode } = await import("../qr/qr-code.ts");
        return {
          status: 200,
          headers: {
            "Content-Type": "image/svg+xml; charset=utf-8",
            "Cache-Control": "private, max-age=3600",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
          },
          body: drawQrCode(`${exchange.origin}/${link.code}`),
        };
      },
    },
  ];
}

/** The code in the path. One that no link can have is not looked for. */
function codeIn({ parameters }: Exchange): string {
  const [code = ""] = parameters;
  if (!CODE_PATTERN.test(code)) throw new ApiError("LINK_NOT_FOUND");
  return code;
}

function readNumber(
  query: URLSearchParams,
  name: string,
  { byDefault, max }: { byDefault: number; max: number },
): number {
  const text = query.get(name);
  if (text === null) return byDefault;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw refused(name, `Must be a whole number from 1 to ${max}`);
  return value;
}

function refused(field: string, message: string): ApiError {
  return new ApiError("VALIDATION_ERROR", { details: [{ field, message }] });
}
