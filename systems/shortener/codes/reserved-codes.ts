/** Paths that are the service's own, or may become so; no link is given one of these, in small letters or capitals. */
const RESERVED: ReadonlySet<string> = new Set([
  "admin",
  "api",
  "assets",
  "docs",
  "health",
  "healthz",
  "login",
  "logout",
  "metrics",
  "openapi",
  "static",
  "status",
]);

export function isReserved(code: string): boolean {
  return RESERVED.has(code.toLowerCase());
}

/** A code that somebody chose: 3 to 32 letters, digits, hyphens and underscores. */
export const CODE_PATTERN = /^[A-Za-z0-9_-]{3,32}$/;
