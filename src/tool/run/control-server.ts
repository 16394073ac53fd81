import { randomBytes, timingSafeEqual } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { join } from "node:path";
import { codeOf, messageOf } from "../../blocks/errors/index.ts";
import { createServer } from "../../blocks/node/index.ts";
import type { Clock, Timer } from "../../blocks/time/index.ts";
import { RunError } from "./errors.ts";
import type { RunEvent, SystemSnapshot } from "../control-api/index.ts";
import type { LogEvent } from "./log-tail.ts";
import type { Ports } from "./ports.ts";
import { identityOfChild, type ProcessIdentity } from "./process-identity.ts";

/** What the control API lets others do. */
export interface Controlled {
  snapshot(): SystemSnapshot;
  scale(part: string, replicas: number): Promise<void>;
  restart(part: string): Promise<void>;
  stop(): Promise<void>;
  /** The function returned ends the subscription. */
  subscribe(listener: (event: RunEvent) => void): () => void;
  tail(parts: readonly string[], lines: number): readonly LogEvent[];
}

export interface ControlServerOptions {
  /** Where `control.json` goes. */
  readonly stateFolder: string;
  /** The design file. */
  readonly file: string;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly controlled: Controlled;
}

/** How to reach a supervisor, as `control.json` says it to those who may read that file. */
export interface ControlAddress {
  readonly version: 1;
  readonly port: number;
  readonly token: string;
  /** The design file that runs. */
  readonly file: string;
  readonly supervisor: ProcessIdentity;
}

const BODY_BYTES_MAX = 16 * 1024;
const STREAMS_MAX = 64;
/** A reader that falls behind by more than this is cut off, and may come again. */
const STREAM_BACKLOG_BYTES_MAX = 4 * 1024 * 1024;
const HEARTBEAT_MS = 15_000;

/**
 * The control API: JSON over HTTP and server-sent events on loopback, under `/v1`. Described in `docs/control-api.md`.
 *
 * Other users of the machine do not get in without the token, which stands in a file that only the owner can read. Web
 * pages do not get in either: they have no token, requests that carry an `Origin` are refused, and so is any `Host` other
 * than this one (DNS rebinding).
 */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #streams = new Set<ServerResponse>();

  private constructor(server: Server, { stateFolder, clock }: ControlServerOptions) {
    this.#server = server;
    this.#path = join(stateFolder, "control.json");
    this.#clock = clock;
  }

  /** Listens, and says in `control.json` where. */
  static async open(options: ControlServerOptions): Promise<ControlServer> {
    const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 });
    server.maxConnections = 256;
    const port = await listen(server, options.ports);
    const token = randomBytes(32).toString("base64url");
    const control = new ControlServer(server, options);
    server.on("request", (request, response) => {
      // A client that goes away is no matter.
      response.on("error", () => {});
      void control.#answer(request, response, { port, token, controlled: options.controlled });
    });
    try {
      const supervisor = identityOfChild(process.pid);
      control.#publish({ version: 1, port, token, file: options.file, supervisor });
    } catch (thrown) {
      await control.close();
      throw thrown;
    }
    return control;
  }

  async close(): Promise<void> {
    rmSync(this.#path, { force: true });
    for (const stream of this.#streams) stream.end();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const patience = this.#clock.setTimer(1_000, () => this.#server.closeAllConnections());
    await closed;
    patience.cancel();
  }

  #publish(address: ControlAddress): void {
    const draft = `${this.#path}.draft`;
    // Anew, since an old file would keep its mode.
    rmSync(draft, { force: true });
    writeFileSync(draft, `${JSON.stringify(address)}\n`, { mode: 0o600 });
    renameSync(draft, this.#path);
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    { port, token, controlled }: { port: number; token: string; controlled: Controlled },
  ): Promise<void> {
    const refusal = refusalOf(request, port, token);
    if (refusal) return sendError(response, refusal.status, "CONTROL_REFUSED", refusal.message);
    try {
      const url = URL.parse(request.url ?? "/", "http://127.0.0.1");
      if (!url) throw new RunError("BAD_REQUEST", `${request.url} is no path`);
      const path = url.pathname.split("/").slice(1).map(decoded);
      const [version, noun, name, verb] = path;
      if (version !== "v1")
        return sendError(response, 404, "NOT_FOUND", `no ${url.pathname}: the API is under /v1`);
      if (request.method === "GET" && path.length === 2) {
        if (noun === "system") return send(response, 200, controlled.snapshot());
        if (noun === "events") return this.#stream(response, controlled, { logs: false, parts: [] });
        if (noun === "logs") return this.#logs(response, controlled, url.searchParams);
      }
      if (request.method === "POST" && noun === "parts" && name !== undefined && path.length === 4) {
        if (verb === "scale") {
          await controlled.scale(name, replicasOf(await bodyOf(request)));
          return send(response, 200, controlled.snapshot());
        }
        if (verb === "restart") {
          await controlled.restart(name);
          return send(response, 200, controlled.snapshot());
        }
      }
      if (request.method === "POST" && noun === "down" && path.length === 2) {
        void controlled.stop();
        return send(response, 202, { stopping: true });
      }
      sendError(response, 404, "NOT_FOUND", `no ${request.method} ${url.pathname}`);
    } catch (thrown) {
      const code = codeOf(thrown) ?? "INTERNAL";
      sendError(response, STATUS_BY_CODE[code] ?? 500, code, messageOf(thrown));
    }
  }

  #logs(response: ServerResponse, controlled: Controlled, query: URLSearchParams): void {
    const parts = query.getAll("part");
    const lines = Math.max(0, Math.min(100_000, Number(query.get("lines") ?? 100) || 0));
    const past = controlled.tail(parts, lines);
    if (query.get("follow") === "true") this.#stream(response, controlled, { logs: true, parts }, past);
    else send(response, 200, { data: past });
  }

  #stream(
    response: ServerResponse,
    controlled: Controlled,
    wanted: { readonly logs: boolean; readonly parts: readonly string[] },
    past: readonly RunEvent[] = [],
  ): void {
    if (this.#streams.size >= STREAMS_MAX) {
      sendError(response, 503, "CONTROL_REFUSED", `${STREAMS_MAX} streams are open already`);
      return;
    }
    this.#streams.add(response);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write(": open\n\n");
    const write = (event: RunEvent) => {
      if ((event.type === "log") !== wanted.logs) return;
      if (event.type === "log" && wanted.parts.length > 0 && !wanted.parts.includes(event.part)) return;
      if (response.writableEnded) return;
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      if (response.writableLength > STREAM_BACKLOG_BYTES_MAX) response.destroy();
    };
    for (const event of past) write(event);
    const unsubscribe = controlled.subscribe(write);
    let heartbeat: Timer;
    const beat = () => {
      if (!response.writableEnded) response.write(": still here\n\n");
      heartbeat = this.#clock.setTimer(HEARTBEAT_MS, beat);
    };
    heartbeat = this.#clock.setTimer(HEARTBEAT_MS, beat);
    response.on("close", () => {
      heartbeat.cancel();
      unsubscribe();
      this.#streams.delete(response);
    });
  }
}

/** Another program may take a port between the choice and the listening: then the next one is tried. */
async function listen(server: Server, ports: Ports): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = await ports.take("control");
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host: "127.0.0.1", port }, () => {
          server.removeListener("error", reject);
          resolve();
        });
      });
      return port;
    } catch (thrown) {
      if (codeOf(thrown) !== "EADDRINUSE" || attempt === 3) throw thrown;
    }
  }
}

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  NO_SUCH_PART: 404,
  NOT_POSSIBLE: 409,
  RESTART_FAILED: 409,
  SCALE_FAILED: 409,
  BAD_REQUEST: 400,
};

function refusalOf(
  request: IncomingMessage,
  port: number,
  token: string,
): { status: number; message: string } | undefined {
  const host = request.headers.host;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return { status: 403, message: `this API answers at 127.0.0.1:${port} alone` };
  }
  if (request.headers.origin !== undefined) {
    return { status: 403, message: "this API is not for web pages of other origins" };
  }
  const given = Buffer.from(request.headers.authorization ?? "");
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    return { status: 401, message: "the token of control.json is missing or wrong" };
  }
  return undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Left open when there is too much, since the answer goes out by the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX)
      throw new RunError("BAD_REQUEST", `the body is longer than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch (cause) {
    throw new RunError("BAD_REQUEST", "the body is not JSON", { cause });
  }
}

function replicasOf(body: unknown): number {
  if (typeof body === "object" && body !== null && "replicas" in body && typeof body.replicas === "number") {
    return body.replicas;
  }
  throw new RunError("BAD_REQUEST", 'the body has to be { "replicas": NUMBER }');
}

function send(response: ServerResponse, status: number, body: object): void {
  // What is left of a request that was refused is not read.
  if (!response.req.complete) response.setHeader("connection", "close");
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, { error: { code, message } });
}
