/**
 * A way to have one sequence of bytes read in two ways. `outcome`: the status that it is refused with, or the request lines that the
 * service sees; none, when the edge waits for the rest.
 */
export type SmugglingAttempt = readonly [
  /** The name that the literature has for it. */
  family: string,
  what: string,
  bytes: string,
  outcome: number | readonly string[],
];

/** What must not become a request of its own. */
export const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

/** As one reads it who believes in the chunks: the end of a body, and behind it another request. */
export const ENDED_CHUNKS = `0\r\n\r\n${SMUGGLED}`;

/** A request with these fields, each with its CRLF, and what stands behind its head. */
export function request(fields: string, behind = "", line = "POST / HTTP/1.1"): string {
  return `${line}\r\nHost: x\r\n${fields}\r\n${behind}`;
}

/** `Content-Length`, as many bytes as the text has. */
export function lengthOf(text: string): string {
  return `Content-Length: ${text.length}\r\n`;
}
