/** A short link. */
export interface Link {
  /** Unique for all time, unlike the code, which can be made anew after a deletion. */
  readonly id: number;
  readonly code: string;
  /** Where it leads. */
  readonly url: string;
  readonly title: string | null;
  /** Redirects by 301 rather than 302. */
  readonly permanent: boolean;
  readonly createdAt: Date;
  /** From then on it answers 410; null is never. */
  readonly expiresAt: Date | null;
  /** How often it was followed, as far as counted. */
  readonly clicks: number;
}

/** What is needed to make a link. */
export type LinkDraft = Pick<Link, "id" | "code" | "url" | "title" | "permanent" | "expiresAt">;

/** What may be changed of a link; what is absent stays as it is. */
export type LinkChange = Partial<Pick<Link, "url" | "title" | "permanent" | "expiresAt">>;

/** What a redirect needs to know of a link. */
export interface Target {
  readonly id: number;
  readonly url: string;
  readonly permanent: boolean;
  /** Unix milliseconds; 0 is never. */
  readonly expiresAtMs: number;
}

/** A link as the API shows it, at the origin that the client used. */
export function shownLink(link: Link, origin: string) {
  return {
    code: link.code,
    shortUrl: `${origin}/${link.code}`,
    url: link.url,
    title: link.title,
    permanent: link.permanent,
    createdAt: link.createdAt.toISOString(),
    expiresAt: link.expiresAt?.toISOString() ?? null,
    clicks: link.clicks,
  };
}
