import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from "node:http2";
import type { AddressInfo } from "node:net";

/** A server of HTTP/2, in plain text, that a test can look into. */
export interface Http2Origin extends AsyncDisposable {
  readonly port: number;
  readonly sessions: ServerHttp2Session[];
  readonly streams: ServerHttp2Stream[];
}

/** A server on a free port of loopback. */
export async function http2Origin(
  handler: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  settings: Settings = {},
): Promise<Http2Origin> {
  const server = createServer({ settings });
  const sessions: ServerHttp2Session[] = [];
  const streams: ServerHttp2Stream[] = [];
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => {});
  });
  server.on("stream", (stream, headers) => {
    streams.push(stream);
    stream.on("error", () => {});
    handler(stream, headers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    streams,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const session of sessions) session.destroy();
      await closed;
    },
  };
}

/** A client's session that closes with its scope. */
export function http2Client(port: number): ClientHttp2Session & AsyncDisposable {
  const session = connect(`http://127.0.0.1:${port}`);
  session.on("error", () => {});
  return Object.assign(session, {
    async [Symbol.asyncDispose]() {
      if (session.destroyed) return;
      const closed = once(session, "close");
      session.destroy();
      await closed;
    },
  });
}

/** An answer that has arrived whole. */
export interface StreamAnswered {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  /** In the order they came, names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly trailers: Record<string, unknown> | undefined;
  readonly body: string;
  /** Whether the answer ended with its head. */
  readonly headAlone: boolean;
}

/** Reads an answer to its end; rejects when it breaks off. */
export async function readAnswer(stream: ClientHttp2Stream): Promise<StreamAnswered> {
  const { promise, resolve, reject } = Promise.withResolvers<StreamAnswered>();
  let status = 0;
  let headers: Record<string, unknown> = {};
  let rawHeaders: readonly string[] = [];
  let trailers: Record<string, unknown> | undefined;
  let headAlone = false;
  const chunks: Buffer[] = [];
  stream.on("response", (fields, flags, raw) => {
    status = Number(fields[":status"]);
    headers = fields;
    rawHeaders = raw;
    headAlone = (flags & 1) === 1;
  });
  stream.on("trailers", (fields) => {
    trailers = fields;
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("error", reject);
  stream.on("close", () => {
    if (status === 0 || stream.rstCode !== 0)
      reject(new Error(`the stream was reset with ${stream.rstCode}`));
    const body = Buffer.concat(chunks).toString("latin1");
    resolve({ status, headers, rawHeaders, trailers, body, headAlone });
  });
  return await promise;
}
