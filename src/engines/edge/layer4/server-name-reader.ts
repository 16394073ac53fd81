import type { Socket } from "node:net";
import { parseClientHello } from "./client-hello.ts";
import { type HeadDeadline, readHead } from "./head-reader.ts";

/** What came of reading the name that a TLS client asks for. */
export type ServerNameOutcome =
  /** It is in lower case; undefined when the client names none, or does not speak TLS. */
  | { readonly kind: "name"; readonly name: string | undefined }
  /** What came begins as TLS does, and breaks its grammar or the bound. */
  | { readonly kind: "malformed" }
  | { readonly kind: "late" }
  | { readonly kind: "left" };

/**
 * Reads which server a client asks for, and answers nothing. Resolves with the socket paused and all that has come still unread.
 * A client that waits for the server's word first says nothing, and is late.
 */
export async function readServerName(socket: Socket, deadline: HeadDeadline): Promise<ServerNameOutcome> {
  const outcome = await readHead(socket, parseClientHello, deadline);
  if (outcome.kind !== "read") return outcome;
  if (outcome.reading.kind === "malformed") return outcome.reading;
  socket.unshift(outcome.bytes);
  return {
    kind: "name",
    name: outcome.reading.kind === "hello" ? outcome.reading.hello.serverName : undefined,
  };
}
