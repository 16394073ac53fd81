/** Puts a request as HTTP/2 has it, and reads the heads of answers. Pure. */

import { reasonPhrase } from "../http/reason-phrase.ts";
import type { ResponseStart } from "../http/response-parser.ts";
import type { SentRequest } from "../upstream/link.ts";
import { areRegularFields, isConnectionField, isPseudoField } from "./field-grammar.ts";

/** What a field of a head costs besides its name and value, as a line of HTTP/1.1. */
const LINE_BYTES = 4;
/** Every status has three digits. */
const STATUS = /^[1-9][0-9][0-9]$/;

/**
 * The fields of a request for a HEADERS frame, names and values in turn: the pseudo-fields first, `Host` among them as
 * `:authority`, and none that speak of a connection of HTTP/1.1 (RFC 9113, section 8.2.2).
 */
export function requestFields(request: SentRequest, scheme: "http" | "https"): string[] {
  const { fields } = request;
  const put = [":method", request.method, ":scheme", scheme, ":path", request.target, ":authority", ""];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = (fields[at] ?? "").toLowerCase();
    const value = fields[at + 1] ?? "";
    if (name === "host") put[7] = value;
    else if (name === "te") {
      if (value.toLowerCase() === "trailers") put.push(name, "trailers");
    } else if (name !== "http2-settings" && !isConnectionField(name)) put.push(name, value);
  }
  // One that is empty is no authority; a server takes the request for one of its own name.
  if (put[7] === "") put.splice(6, 2);
  return put;
}

/**
 * The head of an answer as HTTP/1.1 has it, with the standard's reason phrase, which some of its clients cannot do without; undefined when it is not valid, or larger than `headerBytes`. `raw` is names and values
 * in turn, as they came.
 */
export function readAnswerHead(raw: readonly string[], headerBytes: number): ResponseStart | undefined {
  const status = raw[1] ?? "";
  if (raw[0] !== ":status" || !STATUS.test(status)) return undefined;
  const fields = raw.slice(2);
  if (!isValid(fields, headerBytes)) return undefined;
  return { status: Number(status), reason: reasonPhrase(Number(status)), fields, upgrade: undefined };
}

/** Whether trailers, names and values in turn, are valid and not too large. */
export function areTrailers(raw: readonly string[], headerBytes: number): boolean {
  return isValid(raw, headerBytes);
}

function isValid(fields: readonly string[], headerBytes: number): boolean {
  let bytes = 0;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const name = fields[at] ?? "";
    if (isPseudoField(name)) return false;
    bytes += name.length + (fields[at + 1] ?? "").length + LINE_BYTES;
  }
  return bytes <= headerBytes && areRegularFields(fields);
}
