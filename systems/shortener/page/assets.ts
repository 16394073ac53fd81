import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { errorsDocument, PAGE_SECURITY } from "../http/envelope.ts";
import { ApiError } from "../http/errors.ts";
import type { Answer, Exchange } from "../http/exchange.ts";
import type { Route } from "../http/router.ts";

interface Asset {
  readonly type: string;
  readonly read: () => Promise<Buffer>;
}

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const JS = "text/javascript; charset=utf-8";

const here = (path: string) => () => readFile(new URL(path, import.meta.url));
const ofPackage = (name: string) => () => readFile(fileURLToPath(import.meta.resolve(name)));

/** Every file that is served: nothing else can be asked for, whatever the path. */
const ASSETS: Readonly<Record<string, Asset>> = {
  "/": { type: HTML, read: here("./index.html") },
  "/docs/errors": { type: HTML, read: async () => Buffer.from(errorsDocument()) },
  "/openapi.json": { type: "application/json; charset=utf-8", read: here("../openapi.json") },
  "/favicon.ico": { type: "image/svg+xml", read: here("./icon.svg") },
  "/assets/icon.svg": { type: "image/svg+xml", read: here("./icon.svg") },
  "/assets/style.css": { type: CSS, read: here("./style.css") },
  "/assets/links.css": { type: CSS, read: here("./links.css") },
  "/assets/sheet.css": { type: CSS, read: here("./sheet.css") },
  "/assets/page.js": { type: JS, read: here("./page.js") },
  "/assets/api.js": { type: JS, read: here("./api.js") },
  "/assets/dom.js": { type: JS, read: here("./dom.js") },
  "/assets/form.js": { type: JS, read: here("./form.js") },
  "/assets/link-list.js": { type: JS, read: here("./link-list.js") },
  "/assets/link-details.js": { type: JS, read: here("./link-details.js") },
  "/assets/chart.js": { type: JS, read: here("./chart.js") },
  "/assets/uplot.js": { type: JS, read: ofPackage("uplot/dist/uPlot.esm.js") },
  "/assets/uplot.css": { type: CSS, read: ofPackage("uplot/dist/uPlot.min.css") },
};

/** Serves the page, the description of the API and the list of its errors. Browsers ask each time, and are told 304. */
export function assetRoutes(): Route[] {
  const serve = async ({ request }: Exchange): Promise<Answer> => {
    const path = (request.url ?? "").split("?", 1)[0] ?? "";
    const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
    if (!asset) throw new ApiError("NOT_FOUND");
    // Read anew each time: they are few, small and in the system's own cache, and need no memory here.
    const body = await asset.read();
    const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const headers = { "Cache-Control": "no-cache", ETag: tag, ...PAGE_SECURITY };
    if (request.headers["if-none-match"]?.includes(tag)) return { status: 304, headers, body: "" };
    return { status: 200, headers: { "Content-Type": asset.type, ...headers }, body };
  };
  return ["/", "/docs/errors", "/openapi.json", "/favicon.ico", "/assets/*"].map((path) => ({
    method: "GET",
    path,
    handler: serve,
  }));
}
