import { codeOf } from "../../../../blocks/errors/index.ts";

/** Bytes that were compressed, what is wrong with them, or that there are too many. */
export type Inflated = Uint8Array | "malformed" | "too-large";

/**
 * Undoes gzip (RFC 1952) on a thread beside the event loop, and stops as soon as there is more than `sizeMax`: a few kilobytes can say
 * gigabytes.
 */
export async function inflate(bytes: Uint8Array, sizeMax: number): Promise<Inflated> {
  // Most senders do not compress; the module is loaded for the first that does.
  const { gunzip } = await import("node:zlib");
  return new Promise((resolve) => {
    gunzip(bytes, { maxOutputLength: sizeMax, chunkSize: 64 * 1024 }, (error, inflated) => {
      if (!error) resolve(inflated);
      else resolve(codeOf(error) === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "malformed");
    });
  });
}
