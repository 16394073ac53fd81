import { createHash } from "node:crypto";
import { ApiError } from "../http/errors.ts";
import { Fields } from "./fields.ts";
import type { LinkChange } from "./link.ts";
import { readCode, readPermanent, readTime, readTitle, readUrl } from "./link-fields.ts";

/** A checked request to make a link. */
export interface LinkInput {
  readonly url: string;
  readonly code: string | undefined;
  readonly title: string | null;
  readonly permanent: boolean;
  readonly expiresAt: Date | null;
}

/**
 * Checks the body of `POST /api/links`, apart from whether `expiresAt` is still to come (see `refusePast`).
 *
 * @throws ApiError `VALIDATION_ERROR` with every field that is wrong
 */
export function readLinkInput(body: unknown, origin: string): LinkInput {
  const fields = new Fields(body, ["url", "code", "title", "permanent", "expiresAt"]);
  const input = {
    url: fields.read("url", (value) => readUrl(value, origin)) ?? "",
    code: fields.readOptional("code", readCode),
    title: fields.readOptional("title", readTitle) || null,
    permanent: fields.readOptional("permanent", readPermanent) ?? false,
    expiresAt: fields.readOptional("expiresAt", readTime) ?? null,
  };
  fields.refuseWrong();
  return input;
}

/**
 * Checks the body of `PATCH /api/links/:code`; null takes a title or an expiry away.
 *
 * @throws ApiError `VALIDATION_ERROR` with every field that is wrong
 */
export function readLinkChange(body: unknown, origin: string, nowMs: number): LinkChange {
  const fields = new Fields(body, ["url", "title", "permanent", "expiresAt"]);
  const url = fields.has("url") ? fields.read("url", (value) => readUrl(value, origin)) : undefined;
  const title = fields.readNullable("title", readTitle);
  const permanent = fields.has("permanent") ? fields.read("permanent", readPermanent) : undefined;
  const expiresAt = fields.readNullable("expiresAt", readTime);
  if (fields.isEmpty) fields.refuse("", "Name at least one of url, title, permanent, expiresAt");
  fields.refuseWrong();
  if (expiresAt) refusePast(expiresAt, nowMs);
  return {
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title: title || null }),
    ...(permanent === undefined ? {} : { permanent }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** @throws ApiError `VALIDATION_ERROR` when `expiresAt` has passed */
export function refusePast(expiresAt: Date, nowMs: number): void {
  if (expiresAt.getTime() > nowMs) return;
  throw new ApiError("VALIDATION_ERROR", {
    details: [{ field: "expiresAt", message: "Must be in the future" }],
  });
}

/** A digest of everything asked for, the same for bodies that differ only in their layout. */
export function fingerprintOf(input: LinkInput): Buffer {
  const { url, code, title, permanent, expiresAt } = input;
  const text = JSON.stringify([url, code ?? null, title, permanent, expiresAt?.getTime() ?? null]);
  return createHash("sha256").update(text).digest();
}
