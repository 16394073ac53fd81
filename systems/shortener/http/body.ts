import type { IncomingMessage } from "node:http";
import { ApiError } from "./errors.ts";

/** The most that a body may hold. */
export const BODY_BYTES_MAX = 64 * 1024;

/**
 * Reads the body as JSON.
 *
 * @throws ApiError `UNSUPPORTED_MEDIA_TYPE`, `BODY_TOO_LARGE` or `INVALID_JSON`.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  const encoding = request.headers["content-encoding"];
  if (type !== "application/json" || (encoding !== undefined && encoding !== "identity")) {
    throw new ApiError("UNSUPPORTED_MEDIA_TYPE", { headers: { Accept: "application/json" } });
  }
  const bytes = await readBody(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw new ApiError("INVALID_JSON", { cause: thrown });
  }
}

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers["content-length"]) > BODY_BYTES_MAX)
      return reject(new ApiError("BODY_TOO_LARGE"));
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const collect = (chunk: Buffer) => {
      sizeBytes += chunk.length;
      chunks.push(chunk);
      if (sizeBytes <= BODY_BYTES_MAX) return;
      // The rest is let run past: a client that is still sending would not see an answer on a connection that is cut.
      request.off("data", collect);
      request.resume();
      reject(new ApiError("BODY_TOO_LARGE"));
    };
    request.on("data", collect);
    request.on("end", () => resolve(Buffer.concat(chunks, sizeBytes)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the client went away before its body was whole")));
  });
}
