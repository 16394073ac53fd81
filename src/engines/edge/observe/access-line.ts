/** A request as a line of JSON. Pure. */

import type { HttpVersion } from "../exchange/messages.ts";
import type { ExchangeRecord } from "./exchange-record.ts";

/** Bound on the target, in characters; what is longer is cut. Other values are cut at `VALUE_LENGTH_MAX`. */
export const TARGET_LENGTH_MAX = 2_048;
/** Names of hosts have 253 characters at most, ids of requests 128. */
export const VALUE_LENGTH_MAX = 256;

/**
 * The line, with its end. Whatever clients sent is quoted so that it can neither end the line nor begin a field, and holds no
 * control character, of ASCII or of Latin-1, that a terminal would obey. `time` has to be plain ASCII.
 */
export function accessLine(record: ExchangeRecord, time: string): string {
  return (
    `{"time":"${time}","request_id":${quoted(record.requestId)},"client":${quoted(record.clientAddress)}` +
    `,"method":${quoted(record.method)},"target":${quoted(record.target, TARGET_LENGTH_MAX)}` +
    `,"host":${quoted(record.host)},"protocol":${protocolOf(record.version)},"tls":${quoted(record.tls)}` +
    `,"status":${record.status},"outcome":"${record.outcome}","code":${quoted(record.code)}` +
    `,"route":${quoted(record.route)},"upstream":${quoted(record.upstream)}` +
    `,"endpoint":${quoted(record.endpoint)},"attempts":${record.attempts}` +
    `,"duration_ms":${milliseconds(record.durationMs)}` +
    `,"upstream_ms":${record.upstreamMs >= 0 ? milliseconds(record.upstreamMs) : "null"}` +
    `,"request_bytes":${record.requestBytes},"response_bytes":${record.responseBytes}` +
    (record.trace ? `,"trace_id":"${record.trace.traceId}"}\n` : "}\n")
  );
}

/** Says in the log how many lines it lacks before this one. */
export function droppedLine(dropped: number, time: string): string {
  return `{"time":"${time}","dropped":${dropped}}\n`;
}

/** Wall times as ISO 8601 with milliseconds: requests that end in one millisecond share the text. */
export class IsoTimes {
  #ms = Number.NaN;
  #text = "";

  /** `wallMs` as `Clock.wallMs` gives it. */
  textOf(wallMs: number): string {
    if (wallMs !== this.#ms) {
      this.#ms = wallMs;
      this.#text = new Date(wallMs).toISOString();
    }
    return this.#text;
  }
}

function protocolOf(version: HttpVersion): string {
  switch (version) {
    case "1.0":
      return '"HTTP/1.0"';
    case "1.1":
      return '"HTTP/1.1"';
    case "2.0":
      return '"HTTP/2"';
  }
}

function quoted(value: string | undefined, lengthMax = VALUE_LENGTH_MAX): string {
  if (value === undefined) return "null";
  const bounded = value.length > lengthMax ? value.slice(0, lengthMax) : value;
  return isPlain(bounded) ? `"${bounded}"` : escaped(bounded);
}

/** Whether JSON shows the text as it is: nearly always so, and quicker to find out than to escape. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char < 0x20 || char > 0x7e || char === 0x22 || char === 0x5c) return false;
  }
  return true;
}

function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const THOUSANDTHS: readonly string[] = Array.from({ length: 1_000 }, (_, at) => String(at).padStart(3, "0"));

/** With three places, put together from whole numbers: those are turned into text several times faster than fractions. */
function milliseconds(ms: number): string {
  const microseconds = ms > 0 ? Math.floor(Math.min(ms, 1e12) * 1_000 + 0.5) : 0;
  const whole = Math.floor(microseconds / 1_000);
  return `${whole}.${THOUSANDTHS[microseconds - whole * 1_000]}`;
}
