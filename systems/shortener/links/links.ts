import type { Link, LinkChange, LinkDraft, Target } from "./link.ts";

/** A request's promise to be the same as another with the same key. */
export interface Idempotency {
  readonly key: string;
  /** A digest of what was asked, so that a key used for something else is noticed. */
  readonly fingerprint: Buffer;
  /** Writes the answer that every repetition is given. */
  answer(link: Link): string;
}

/** What became of a request to make a link. */
export type Creation =
  | { readonly kind: "created"; readonly link: Link }
  | { readonly kind: "code-taken" }
  /** The key was used for the same request before: here is the answer that it was given. */
  | { readonly kind: "repeated"; readonly answer: string }
  /** The key was used for another request. */
  | { readonly kind: "key-reused" };

/** Where a page of the listing begins: after this link, newest first. */
export interface Place {
  readonly createdAtMs: number;
  readonly id: number;
}

/** The links that were made. What has been answered is durable. */
export interface Links {
  /**
   * Makes a link, and keeps the answer under the idempotency key in the same transaction. Sent twice with one `draft.id`, it
   * makes one link.
   */
  create(draft: LinkDraft, idempotency?: Idempotency): Promise<Creation>;
  /** What was answered under a key in the last 24 hours, if it was. */
  earlier(key: string, fingerprint: Buffer): Promise<Creation | undefined>;
  find(code: string): Promise<Link | undefined>;
  /** As `find`, for a redirect: only what that needs. */
  target(code: string): Promise<Target | undefined>;
  change(code: string, change: LinkChange): Promise<Link | undefined>;
  /** Deletes the link and its clicks. False when there is none. */
  remove(code: string): Promise<boolean>;
  /** Up to `limit` links after `place`, newest first. */
  page(options: { limit: number; after?: Place }): Promise<Link[]>;
}

/** How long an answer is kept under its idempotency key. */
export const IDEMPOTENCY_HOURS = 24;
