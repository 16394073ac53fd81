import { connect } from "node:net";
import { ResponseParser } from "../http/response-parser.ts";

/** What is asked of whom. */
export interface Probe {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Gives the probe up: it rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Bound on the head of an answer. */
const HEADER_BYTES = 16 * 1024;

/**
 * The status of the answer to one GET, over a connection of its own: a kept one would say little about whether new ones
 * work. The body is not read, be it endless. Rejects with the connection's error when there is no answer.
 */
export function statusOf({ host, port, path, signal }: Probe): Promise<number> {
  return new Promise((resolve, reject) => {
    const parser = new ResponseParser();
    parser.begin("GET", HEADER_BYTES);
    const socket = connect({ host, port, noDelay: true, signal });
    socket.on("data", (bytes) => {
      parser.feed(bytes);
      let event = parser.next();
      while (event === "interim") event = parser.next();
      if (event === "more") return;
      if (event === "head") resolve(parser.head.status);
      else reject(new Error("the answer is not valid HTTP/1.1"));
      socket.destroy();
    });
    // After an answer these settle nothing.
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the connection ended without an answer")));
    const name = host.includes(":") ? `[${host}]` : host;
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${name}:${port}\r\nUser-Agent: trestle-edge\r\nConnection: close\r\n\r\n`,
      "latin1",
    );
  });
}
