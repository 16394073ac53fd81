/** What the TLS of several workers tells of the same files. Pure. */

import type { TlsEvent } from "../tls/index.ts";

/** Files of which it is remembered who has told what; that of the one told longest ago is forgotten. */
const REMEMBERED_MAX = 256;
const HOUR_MS = 3_600_000;

/** Tells once what every worker finds out for itself, and again what one of them finds out again. */
export class TlsReports {
  /** By file and kind of news: what was told last, and who has said so. */
  readonly #told = new Map<string, { readonly news: string; readonly sources: WeakSet<object> }>();

  /** Takes a worker's report. True when it is news. */
  take(source: object, event: TlsEvent): boolean {
    // That a certificate runs out is told beside whether its file could be read.
    const key = `${event.type === "tls-expiring"} ${event.file}`;
    const news = newsIn(event);
    const last = this.#told.get(key);
    if (last?.news === news && !last.sources.has(source)) {
      last.sources.add(source);
      return false;
    }
    this.#told.delete(key);
    this.#told.set(key, { news, sources: new WeakSet([source]) });
    if (this.#told.size > REMEMBERED_MAX) {
      for (const oldest of this.#told.keys()) {
        this.#told.delete(oldest);
        break;
      }
    }
    return true;
  }
}

/** An event in words, for a log. */
export function tlsWords(event: TlsEvent): string {
  switch (event.type) {
    case "tls-reloaded":
      return `${event.file} was read again${event.names.length > 0 ? `, for ${event.names.join(", ")}` : ""}`;
    case "tls-refused":
      return `${event.file} has changed, and cannot be used; what was read before stays in force: ${event.reason}`;
    case "tls-expiring": {
      const hours = Math.max(1, Math.round(event.leftMs / HOUR_MS));
      const when = event.leftMs > 0 ? `runs out in ${hours} h` : "has run out";
      return `the certificate in ${event.file}${event.names.length > 0 ? `, for ${event.names.join(", ")},` : ""} ${when}: renew it`;
    }
  }
}

function newsIn(event: TlsEvent): string {
  switch (event.type) {
    case "tls-reloaded":
      return JSON.stringify([event.type, event.names]);
    case "tls-refused":
      return JSON.stringify([event.type, event.reason]);
    case "tls-expiring":
      return JSON.stringify([event.type, event.validToMs]);
  }
}
