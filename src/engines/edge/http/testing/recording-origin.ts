import type { Socket } from "node:net";
import { type Origin, rawOrigin } from "../../testing/servers.ts";

/** A request as a service sees it. */
export interface SeenRequest {
  /** Its request line. */
  readonly line: string;
  /** Names and values, as they came. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** A service that writes down what is sent to it, and answers each request with 200. */
export interface RecordingOrigin extends AsyncDisposable {
  readonly port: number;
  /** All that came whole. */
  readonly requests: SeenRequest[];
  /** What could have been read in two ways, or not at all. */
  readonly strange: string[];
  clear(): void;
}

/** What is left of the bytes, or why they are strange; undefined when there is more to come. */
type Reading = { readonly request: SeenRequest; readonly rest: string } | { readonly strange: string };

/**
 * Starts one. It reads what HTTP/1.1 has one reading for and nothing else: lines that end in CRLF, one length in plain digits or
 * one coding `chunked`, chunks without extensions. When it is lax, it takes fields and lines of any kind, but none besides
 * `Content-Length` to bound a body.
 */
export async function recordingOrigin(isLax = false): Promise<RecordingOrigin> {
  const requests: SeenRequest[] = [];
  const strange: string[] = [];
  const origin: Origin = await rawOrigin((socket) => {
    let text = "";
    let told = false;
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let reading = readOne(text, isLax); reading; reading = readOne(text, isLax)) {
        if ("strange" in reading) {
          strange.push(reading.strange);
          socket.destroy();
          return;
        }
        text = reading.rest;
        told = false;
        requests.push(reading.request);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      }
      if (!told) told = tellToContinue(text, socket);
    });
  });
  const clear = () => {
    requests.length = 0;
    strange.length = 0;
  };
  return {
    port: origin.port,
    requests,
    strange,
    clear,
    [Symbol.asyncDispose]: () => origin.kill(),
  };
}

function tellToContinue(text: string, socket: Socket): boolean {
  const head = text.slice(0, text.indexOf("\r\n\r\n") + 2);
  if (!head.includes("\r\nExpect: 100-continue\r\n")) return false;
  socket.write("HTTP/1.1 100 Continue\r\n\r\n");
  return true;
}

function readOne(text: string, isLax: boolean): Reading | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [line = "", ...rows] = text.slice(0, headEnd).split("\r\n");
  const head = text.slice(0, headEnd);
  if (!isLax && !/^[A-Za-z-]+ [!-~]+ HTTP\/1\.[01]$/.test(line)) return { strange: head };
  const fields: [string, string][] = [];
  for (const row of rows) {
    const [, name, value] = (isLax ? /^([^:]*): ?(.*)$/s : /^([\w!#$%&'*+.^`|~-]+): ?(.*)$/s).exec(row) ?? [];
    if (name === undefined || value === undefined || (!isLax && /[\0\r\n]/.test(row)))
      return { strange: head };
    fields.push([name, value]);
  }
  const called = (name: string) =>
    fields.filter((field) => (isLax ? field[0] : field[0].replace(/_/g, "-")).toLowerCase() === name);
  const lengths = called("content-length");
  const codings = called("transfer-encoding");
  if (lengths.length + codings.length > 1 || called("host").length > 1) return { strange: head };
  const behind = text.slice(headEnd + 4);
  if (codings[0]) {
    return codings[0][1] === "chunked" ? withChunks(line, fields, behind) : { strange: head };
  }
  const length = lengths[0]?.[1] ?? "0";
  if (!/^(?:0|[1-9]\d*)$/.test(length)) return { strange: head };
  if (behind.length < Number(length)) return undefined;
  const request = { line, fields, body: behind.slice(0, Number(length)) };
  return { request, rest: behind.slice(Number(length)) };
}

function withChunks(line: string, fields: SeenRequest["fields"], text: string): Reading | undefined {
  let body = "";
  let at = 0;
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = text.slice(at, lineEnd);
    if (!/^(?:0|[1-9a-f][0-9a-f]{0,7})$/.test(size)) return { strange: text };
    at = lineEnd + 2;
    if (size === "0") break;
    const end = at + Number.parseInt(size, 16);
    if (text.length < end + 2) return undefined;
    if (!text.startsWith("\r\n", end)) return { strange: text };
    body += text.slice(at, end);
    at = end + 2;
  }
  // The trailers, of which the empty line is the last.
  for (;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const isLast = lineEnd === at;
    at = lineEnd + 2;
    if (isLast) return { request: { line, fields, body }, rest: text.slice(at) };
  }
}
