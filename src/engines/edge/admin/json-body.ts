import type { IncomingMessage } from "node:http";
import { messageOf } from "../../../blocks/errors/index.ts";
import { AdminError } from "./admin-errors.ts";

/** Of a request's body. A configuration of ten thousand routes takes about 1 MiB. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Lists and objects within each other; a configuration has ten at most. */
const DEPTH_MAX = 32;

/** Reads a body of JSON. Throws `AdminError` `BODY_TOO_LARGE` or `BAD_REQUEST`; what is left of the body is not read then. */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const text = decoded(await bodyOf(request));
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new AdminError("BAD_REQUEST", `the body is not JSON: ${messageOf(cause)}`, { cause });
  }
  if (!isWithin(body, DEPTH_MAX)) {
    throw new AdminError("BAD_REQUEST", `the body is nested more than ${DEPTH_MAX} deep`);
  }
  return body;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new AdminError("BODY_TOO_LARGE", `the body is longer than ${BODY_BYTES_MAX} bytes`);
  if (Number(request.headers["content-length"] ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Left open when there is too much, since the answer goes out by the same connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (thrown) {
    if (thrown instanceof AdminError) throw thrown;
    throw new AdminError("BAD_REQUEST", "the body broke off", { cause: thrown });
  }
  return Buffer.concat(chunks);
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AdminError("BAD_REQUEST", "the body is not UTF-8", { cause });
  }
}

/** Whether nothing lies deeper: found out step by step, since what is too deep for a limit is too deep for recursion. */
function isWithin(value: unknown, depthMax: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return false;
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      for (const item of Array.isArray(one) ? one : Object.values(one)) below.push(item);
    }
    level = below;
  }
  return true;
}
