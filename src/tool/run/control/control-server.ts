import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { join } from "node:path";
import { codeOf, messageOf } from "../../../blocks/errors/index.ts";
import { createServer } from "../../../blocks/node/index.ts";
import type { Clock } from "../../../blocks/time/index.ts";
import { RunError } from "../errors.ts";
import type { Ports } from "../ports.ts";
import { identityOfChild, type ProcessIdentity } from "../process-identity.ts";
import { Strangers } from "../strangers.ts";
import { EventStream } from "./event-stream.ts";
import { type Guard, guardOf, type Refusal } from "./guard.ts";
import { type ControlAnswer, type ControlRoute, findRoute } from "./route.ts";

export interface ControlServerOptions {
  /** Where `control.json` goes. */
  readonly stateFolder: string;
  /** The design file. */
  readonly file: string;
  readonly ports: Ports;
  readonly clock: Clock;
  /** What it answers. */
  readonly routes: readonly ControlRoute[];
  /** Answers what is no part of the API: the console's page, which holds no data and needs no token. True when it did. */
  readonly page?: (request: IncomingMessage, response: ServerResponse, pathname: string) => boolean;
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

/**
 * Where a browser finds the console. The key stands in the fragment, which browsers send to no server and to no other page; the page
 * takes it out of the address bar.
 */
export function consoleUrl({ port, token }: ControlAddress): string {
  return `http://127.0.0.1:${port}/#key=${token}`;
}

const BODY_BYTES_MAX = 16 * 1024;
const STREAMS_MAX = 64;
const CONNECTIONS_MAX = 512;
/** Connections over which nobody has shown the token: more would leave no room for those who have it. */
const STRANGERS_MAX = 256;

/** What every answer says to browsers: no page of another origin may load it, and it is nothing but what its type says. */
const SECURITY: Readonly<Record<string, string>> = {
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/**
 * The control API: JSON over HTTP and server-sent events on loopback, under `/v1`. Described in `docs/control-api.md`.
 *
 * Other users of the machine do not get in without the token, which stands in files that only the owner can read. Web pages do not
 * get in either: they have no token, requests of another `Origin` are refused, and so is any `Host` other than this one (DNS
 * rebinding).
 */
export class ControlServer {
  /** Where it is reached, token included. */
  readonly address: ControlAddress;
  readonly #server: Server;
  readonly #options: ControlServerOptions;
  readonly #guard: Guard;
  readonly #strangers = new Strangers(STRANGERS_MAX);
  readonly #streams = new Set<EventStream>();

  private constructor(server: Server, options: ControlServerOptions, port: number) {
    this.#server = server;
    this.#options = options;
    const token = randomBytes(32).toString("base64url");
    const supervisor = identityOfChild(process.pid);
    this.address = { version: 1, port, token, file: options.file, supervisor };
    this.#guard = guardOf(port, token);
  }

  /** Listens, and says in `control.json` where. */
  static async open(options: ControlServerOptions): Promise<ControlServer> {
    const limits = { requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 2_000 };
    const server = createServer(limits);
    server.maxConnections = CONNECTIONS_MAX;
    const port = await listen(server, options.ports);
    const control = new ControlServer(server, options, port);
    server.on("connection", (socket) => control.#strangers.arrive(socket));
    server.on("request", (request, response) => {
      // A client that goes away is no matter.
      response.on("error", () => {});
      void control.#answer(request, response);
    });
    try {
      control.#publish();
    } catch (thrown) {
      await control.close();
      throw thrown;
    }
    return control;
  }

  async close(): Promise<void> {
    for (const name of ["control.json", "token", "console.html"])
      rmSync(join(this.#options.stateFolder, name), { force: true });
    for (const stream of this.#streams) stream.end();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const patience = this.#options.clock.setTimer(1_000, () => this.#server.closeAllConnections());
    await closed;
    patience.cancel();
  }

  #publish(): void {
    // The token alone, too: what asks for metrics reads it from a file that holds nothing else.
    this.#write("token", `${this.address.token}\n`);
    this.#write("control.json", `${JSON.stringify(this.address)}\n`);
  }

  #write(name: string, text: string): void {
    const path = join(this.#options.stateFolder, name);
    const draft = `${path}.draft`;
    // Anew, since an old file would keep its mode.
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      for (const [name, value] of Object.entries(SECURITY)) response.setHeader(name, value);
      await this.#answerOrThrow(request, response);
    } catch (thrown) {
      // What fails in the middle of an answer can only be cut off.
      if (response.headersSent) return void response.destroy();
      const code = codeOf(thrown) ?? "INTERNAL";
      sendError(response, STATUS_BY_CODE[code] ?? 500, code, messageOf(thrown));
    }
  }

  async #answerOrThrow(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers, socket } = request;
    const foreign = this.#guard.refusalOfHost(request);
    if (foreign) return refuse(response, foreign);
    const url = urlOf(request);
    if (url && this.#answerPage(request, response, url)) return;
    const refusal = this.#guard.refusalOfOrigin(headers) ?? this.#guard.refusalOfToken(headers);
    if (refusal) return refuse(response, refusal);
    this.#strangers.leave(socket);
    if (!url) throw new RunError("BAD_REQUEST", "what is asked for is no path");
    const found = findRoute(this.#options.routes, request.method, url.pathname);
    if (!found) return sendError(response, 404, "NOT_FOUND", notFound(request, url.pathname));
    const answer = await found.route.answer({
      parameter: (name) => found.parameters.get(name) ?? "",
      query: url.searchParams,
      body: () => bodyOf(request),
    });
    this.#send(response, answer);
  }

  /**
   * Whoever follows a link to the page comes from another origin, and may. By the name `localhost` the page is sent on: that may lead
   * to another user's server on `::1` at the same port, whose pages would be of the page's origin and could read what it keeps.
   */
  #answerPage(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
    const { page } = this.#options;
    if (!page) return false;
    const own = `127.0.0.1:${this.address.port}`;
    if (request.headers.host === own || url.pathname !== "/") return page(request, response, url.pathname);
    // The fragment, with the key, is kept by the browser.
    response.writeHead(307, { location: `http://${own}/${url.search}`, "referrer-policy": "no-referrer" });
    response.end();
    return true;
  }

  #send(response: ServerResponse, answer: ControlAnswer): void {
    if ("json" in answer) {
      send(response, answer.status ?? 200, answer.json);
      return;
    }
    if ("text" in answer) {
      response.writeHead(200, { "content-type": answer.type, "cache-control": "no-store" });
      response.end(answer.text);
      return;
    }
    if (this.#streams.size >= STREAMS_MAX) {
      sendError(response, 503, "CONTROL_REFUSED", `${STREAMS_MAX} streams are open already`);
      return;
    }
    const stream = new EventStream(response, this.#options.clock);
    this.#streams.add(stream);
    stream.onEnd(() => this.#streams.delete(stream));
    answer.stream(stream);
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
  NOT_FOUND: 404,
  NOT_POSSIBLE: 409,
  RESTART_FAILED: 409,
  SCALE_FAILED: 409,
  BAD_REQUEST: 400,
};

/** Undefined for what is no path: whole URLs, and `//host/…`, name another host than the one that was checked. */
function urlOf({ url = "" }: IncomingMessage): URL | undefined {
  return /^\/(?![/\\])/.test(url) ? (URL.parse(url, "http://127.0.0.1") ?? undefined) : undefined;
}

function notFound({ method }: IncomingMessage, pathname: string): string {
  return pathname.startsWith("/v1/") ? `no ${method} ${pathname}` : `no ${pathname}: the API is under /v1`;
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

function send(response: ServerResponse, status: number, body: object): void {
  const text = `${JSON.stringify(body)}\n`;
  // What is left of a request that was refused is not read.
  if (!response.req.complete) response.setHeader("connection", "close");
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(text);
}

function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  send(response, status, { error: { code, message } });
}

function refuse(response: ServerResponse, { status, message }: Refusal): void {
  sendError(response, status, "CONTROL_REFUSED", message);
}
