/** A click without a `Referer`: typed, scanned, from an app, or from a page that does not tell. */
export const DIRECT = "(direct)";
/** What a click came from is not known, or one more than is kept apart. */
export const OTHER = "(other)";

/** The host that a `Referer` names, without `www.`; never more than that, as paths can be private. */
export function referrerOf(header: string | undefined): string {
  if (!header) return DIRECT;
  if (!URL.canParse(header)) return OTHER;
  const host = new URL(header).hostname.replace(/^www\./, "");
  return host.length > 0 && host.length <= 253 ? host : OTHER;
}
