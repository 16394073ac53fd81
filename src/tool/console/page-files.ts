import { readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname } from "node:path";

/** Answers a request for a file of the page. False, and nothing done, when the path names none. */
export type ConsolePage = (request: IncomingMessage, response: ServerResponse, pathname: string) => boolean;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/**
 * Nothing but the page's own files is loaded, nothing but its own server is spoken to, and no text ever becomes markup or code:
 * names, logs and values of a system are whatever somebody chose to send (https://www.w3.org/TR/CSP3/).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const SECURITY: Readonly<Record<string, string>> = {
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const NOT_BUILT = "The console's page is not built. In a checkout: npm run build:console\n";

/**
 * Serves the page as `scripts/build-console.ts` bundles it: `/`, and its files under `/console/`. It holds no data, so that no
 * token is needed to load it. Files are read when they are asked for, and only those that stand in the folder.
 */
export function consolePage(folder: URL = new URL("./assets/", import.meta.url)): ConsolePage {
  return (request, response, pathname) => {
    const name = pathname === "/" ? "index.html" : /^\/console\/([\w.-]+)$/.exec(pathname)?.[1];
    if (name === undefined) return false;
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const files = filesIn(folder);
    const type = TYPES[extname(name)];
    if (!files.includes(name) || type === undefined) {
      if (pathname !== "/") return false;
      response.writeHead(503, { "content-type": "text/plain; charset=utf-8", ...SECURITY });
      response.end(NOT_BUILT);
      return true;
    }
    const packed = files.includes(`${name}.gz`) && /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
    const body = readFileSync(new URL(packed ? `${name}.gz` : name, folder));
    response.writeHead(200, {
      "content-type": type,
      "content-length": body.length,
      "cache-control": "no-cache",
      vary: "accept-encoding",
      ...(packed ? { "content-encoding": "gzip" } : {}),
      ...SECURITY,
    });
    response.end(request.method === "HEAD" ? undefined : body);
    return true;
  };
}

function filesIn(folder: URL): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
